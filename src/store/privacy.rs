//! Forgets members who asked for it: puts a pseudonym in their place, and removes their words.

mod notes;

use sqlx::any::AnyRow;

use super::rows::{id, impossible, integer, key, render_ids, text};
use super::{Error, Tx, jobs};
use crate::domain::draft::prompt::Prompt;
use crate::domain::guild::pseudonym::PseudonymKey;
use crate::domain::ids::{DraftId, GuildId, RenderId, UserId};
use crate::domain::job::Job;

/// The name of the key of the pseudonyms in the table of secrets.
const KEY: &str = "alias";

/// A member who asked to be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forgetting {
    /// The member who is to be forgotten.
    pub user: UserId,
    /// When the member last asked, in milliseconds since 1970. What the member does later is not
    /// forgotten.
    pub asked_ms: i64,
}

/// Records that a member asks to be forgotten.
///
/// # Errors
/// [`Error::Database`].
pub async fn ask(tx: &mut Tx, user: UserId, now_ms: i64) -> Result<(), Error> {
    let sql = "INSERT INTO forgetting (user_id, asked_ms) VALUES ($1, $2)
        ON CONFLICT (user_id) DO UPDATE SET asked_ms = excluded.asked_ms";
    sqlx::query(sql)
        .bind(key(user.get()))
        .bind(now_ms)
        .execute(tx.conn())
        .await?;
    jobs::enqueue(tx, Job::Forget(user), now_ms).await
}

/// Returns when a member asked to be forgotten. Returns `None` for a member who did not ask, or who
/// is forgotten already.
///
/// # Errors
/// [`Error::Database`].
pub async fn asked(tx: &mut Tx, user: UserId) -> Result<Option<Forgetting>, Error> {
    let query = sqlx::query("SELECT asked_ms FROM forgetting WHERE user_id = $1").bind(key(user.get()));
    let row = query.fetch_optional(tx.conn()).await?;
    row.map(|row| {
        let asked_ms = integer(&row, "asked_ms")?;
        Ok(Forgetting { user, asked_ms })
    })
    .transpose()
}

/// Returns the key of the pseudonyms. Records `fresh` as the key if there is none; the first key
/// stays.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible key.
pub async fn pseudonym_key(tx: &mut Tx, fresh: PseudonymKey) -> Result<PseudonymKey, Error> {
    let sql = "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET name = excluded.name
        RETURNING value";
    let row = sqlx::query(sql)
        .bind(KEY)
        .bind(fresh.expose())
        .fetch_one(tx.conn())
        .await?;
    key_of(&row)
}

fn key_of(row: &AnyRow) -> Result<PseudonymKey, Error> {
    PseudonymKey::from_digits(&text(row, "value")?).ok_or_else(|| impossible("a key of aliases that is none"))
}

/// Returns the pseudonym of a member in the books of a guild, if any member was ever forgotten.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible key.
pub async fn pseudonym(tx: &mut Tx, guild: GuildId, user: UserId) -> Result<Option<UserId>, Error> {
    let query = sqlx::query("SELECT value FROM secrets WHERE name = $1").bind(KEY);
    let row = query.fetch_optional(tx.conn()).await?;
    row.map(|row| Ok(key_of(&row)?.pseudonym(guild, user)))
        .transpose()
}

/// Returns the guilds whose books name a member.
///
/// # Errors
/// [`Error::Database`].
pub async fn guilds(tx: &mut Tx, who: Forgetting) -> Result<Vec<GuildId>, Error> {
    let rows = sqlx::query(
        "SELECT guild_id FROM drafts WHERE requester_id = $1 AND created_ms <= $2
         UNION SELECT r.guild_id FROM votes v JOIN renders r ON r.id = v.render_id WHERE v.user_id = $1 AND v.at_ms <= $2
         UNION SELECT r.guild_id FROM notes n JOIN renders r ON r.id = n.render_id
            WHERE (n.user_id = $1 OR n.struck_by = $1) AND n.at_ms <= $2
         UNION SELECT guild_id FROM renders WHERE stopped_by = $1
         UNION SELECT guild_id FROM projects WHERE created_by = $1 AND created_ms <= $2
         UNION SELECT guild_id FROM entries WHERE actor_id = $1 AND at_ms <= $2 ORDER BY guild_id",
    )
    .bind(key(who.user.get()))
    .bind(who.asked_ms)
    .fetch_all(tx.conn())
    .await?;
    rows.iter()
        .map(|row| Ok(GuildId::new(id(row, "guild_id")?)))
        .collect()
}

/// Returns the images of a member's drafts whose vote is not over.
///
/// # Errors
/// [`Error::Database`].
pub async fn voting(tx: &mut Tx, who: Forgetting) -> Result<Vec<RenderId>, Error> {
    let rows = sqlx::query(
        "SELECT r.id FROM drafts d JOIN renders r ON r.draft_id = d.id
         WHERE d.requester_id = $1 AND d.created_ms <= $2 AND r.vote_state IN ('open', 'waiting') ORDER BY r.id",
    )
    .bind(key(who.user.get()))
    .bind(who.asked_ms)
    .fetch_all(tx.conn())
    .await?;
    render_ids(&rows)
}

/// Puts a pseudonym in a member's place in the books of a guild and removes the member's prompts,
/// except where images are still being drawn or voted on. Returns the drafts whose starter still
/// shows the name or the prompt, and the images whose message still shows a note.
///
/// # Errors
/// [`Error::Database`].
pub async fn forget(
    tx: &mut Tx,
    guild: GuildId,
    who: Forgetting,
    pseudonym: UserId,
) -> Result<(Vec<DraftId>, Vec<RenderId>), Error> {
    let noted = notes::forget(tx, guild, (who.user, who.asked_ms), pseudonym).await?;
    let (guild, user) = (key(guild.get()), key(who.user.get()));
    let (asked_ms, pseudonym) = (who.asked_ms, key(pseudonym.get()));
    let rows = sqlx::query(
        "UPDATE drafts SET requester_id = $4, prompt = $5, keep = NULL, answer_token = NULL, forgotten = 1,
            fingerprint = NULL
         WHERE guild_id = $1 AND requester_id = $2 AND created_ms <= $3 AND state <> 'opening'
            AND NOT EXISTS (SELECT 1 FROM renders r WHERE r.draft_id = drafts.id
                AND (r.state IN ('queued', 'rendering') OR r.vote_state IN ('open', 'waiting')))
         RETURNING id",
    )
    .bind(guild)
    .bind(user)
    .bind(asked_ms)
    .bind(pseudonym)
    .bind(Prompt::forgotten().as_str().to_owned())
    .fetch_all(tx.conn())
    .await?;
    // $1 is the guild and $2 the member. Then come the values that each statement takes besides.
    let statements: [(&str, &[i64]); 7] = [
        (
            "UPDATE renders SET changes = NULL, sent_words = NULL WHERE draft_id IN (SELECT d.id FROM drafts d
                WHERE d.guild_id = $1 AND d.requester_id = $3 AND d.requester_id <> $2 AND d.forgotten = 1)
                AND (changes IS NOT NULL OR sent_words IS NOT NULL)",
            &[pseudonym],
        ),
        (
            // The reactions are read from Discord if such a vote opens anew.
            "DELETE FROM votes WHERE user_id = $2 AND at_ms <= $3 AND EXISTS (SELECT 1 FROM renders r
                WHERE r.id = votes.render_id AND r.guild_id = $1 AND r.vote_state IN ('none', 'closed'))",
            &[asked_ms],
        ),
        (
            // Somebody who was forgotten before may have voted again.
            "DELETE FROM votes WHERE user_id = $2 AND at_ms <= $3 AND EXISTS (SELECT 1 FROM renders r
                    WHERE r.id = votes.render_id AND r.guild_id = $1 AND r.vote_state = 'spent')
                AND EXISTS (SELECT 1 FROM votes o WHERE o.render_id = votes.render_id AND o.user_id = $4
                    AND o.kind = votes.kind AND o.source = votes.source)",
            &[asked_ms, pseudonym],
        ),
        (
            "UPDATE votes SET user_id = $4 WHERE user_id = $2 AND at_ms <= $3 AND EXISTS (SELECT 1 FROM renders r
                WHERE r.id = votes.render_id AND r.guild_id = $1 AND r.vote_state = 'spent')",
            &[asked_ms, pseudonym],
        ),
        (
            "UPDATE renders SET stopped_by = $3, stop_reason = NULL
             WHERE guild_id = $1 AND stopped_by = $2 AND vote_state = 'closed'",
            &[pseudonym],
        ),
        (
            "UPDATE projects SET created_by = $4 WHERE guild_id = $1 AND created_by = $2 AND created_ms <= $3",
            &[asked_ms, pseudonym],
        ),
        (
            "UPDATE entries SET actor_id = $4 WHERE guild_id = $1 AND actor_id = $2 AND at_ms <= $3",
            &[asked_ms, pseudonym],
        ),
    ];
    for (sql, more) in statements {
        let query = sqlx::query(sql).bind(guild).bind(user);
        let query = more.iter().fold(query, |query, value| query.bind(*value));
        query.execute(tx.conn()).await?;
    }
    let drafts: Result<Vec<DraftId>, Error> =
        rows.iter().map(|row| Ok(DraftId::new(id(row, "id")?))).collect();
    Ok((drafts?, noted))
}

/// Records that nothing names a member any more, unless the member has asked again since.
///
/// # Errors
/// [`Error::Database`].
pub async fn done(tx: &mut Tx, who: Forgetting) -> Result<(), Error> {
    sqlx::query("DELETE FROM forgetting WHERE user_id = $1 AND asked_ms = $2")
        .bind(key(who.user.get()))
        .bind(who.asked_ms)
        .execute(tx.conn())
        .await?;
    Ok(())
}
