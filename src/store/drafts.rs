//! Reads and writes drafts: what was asked for, and where it is shown.

pub mod retention;

use std::collections::BTreeSet;

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};

use super::rows::columns::columns;
use super::rows::{count, id, impossible, integer, key, optional, optional_id, optional_text, places, text};
use super::{Error, Locked, Tx};
use crate::domain::button::Button;
use crate::domain::draft::entity::{Draft, Place};
use crate::domain::draft::fingerprint::Fingerprint;
use crate::domain::draft::prompt::Prompt;
use crate::domain::ids::{AnswerToken, ChannelId, DraftId, GuildId, MessageId, ProjectId, UserId};
use crate::domain::stage::Stage;

/// Records a draft, unless a draft with the same id is there already. Returns whether the draft was
/// recorded. One without a fingerprint is like no other.
///
/// # Errors
/// [`Error::Database`].
pub async fn insert(tx: &mut Tx, draft: &Draft, fingerprint: Option<Fingerprint>) -> Result<bool, Error> {
    let added = sqlx::query(
        "INSERT INTO drafts (id, guild_id, channel_id, requester_id, prompt, keep, ratio, images, last_stage, state,
            answer_token, created_ms, project_id, parent_id, reference_count, fingerprint)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'opening', $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING",
    )
    .bind(key(draft.id.get()))
    .bind(key(draft.guild.get()))
    .bind(key(draft.channel.get()))
    .bind(key(draft.requester.get()))
    .bind(draft.prompt.as_str().to_owned())
    .bind(draft.keep.clone())
    .bind(draft.ratio.to_string())
    .bind(i64::from(draft.images))
    .bind(draft.last_stage.name())
    .bind(draft.answer_token.as_ref().map(|token| token.expose().to_owned()))
    .bind(draft.created_ms)
    .bind(draft.project.map(|project| key(project.get())))
    .bind(draft.parent.map(|parent| key(parent.get())))
    .bind(i64::from(draft.references))
    .bind(fingerprint.map(Fingerprint::get))
    .execute(tx.conn())
    .await?;
    Ok(added.rows_affected() == 1)
}

/// Reads a draft.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn find(tx: &mut Tx, draft: DraftId) -> Result<Option<Draft>, Error> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(drafts, ""),
        " FROM drafts WHERE id = $1"
    ))
    .bind(key(draft.get()));
    query
        .fetch_optional(tx.conn())
        .await?
        .as_ref()
        .map(from_row)
        .transpose()
}

/// Reads a draft, and in the same statement the newest other one of a channel or thread that asks for the
/// same and of which an image is drawn.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn find_or_alike(
    tx: &mut Tx,
    draft: DraftId,
    channel: ChannelId,
    fingerprint: Fingerprint,
) -> Result<(Option<Draft>, Option<Draft>), Error> {
    let rows = sqlx::query(concat!(
        "SELECT ",
        columns!(drafts, "d."),
        " FROM drafts d WHERE d.id = $1 OR d.id = (SELECT MAX(a.id) FROM drafts a
            WHERE a.fingerprint = $3 AND a.channel_id = $2 AND a.id <> $1
                AND EXISTS (SELECT 1 FROM renders r WHERE r.draft_id = a.id AND r.stage = 'explore' AND r.state = 'done'))"
    ))
    .bind(key(draft.get()))
    .bind(key(channel.get()))
    .bind(fingerprint.get())
    .fetch_all(tx.conn())
    .await?;
    let found = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    let (own, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| one.id == draft);
    Ok((own.into_iter().next(), others.into_iter().next()))
}

/// Returns those of some ids that no draft has and that are younger than the first draft. A database
/// that knows nothing of the time of an id says nothing of it.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible id.
pub async fn never_written(tx: &mut Tx, ids: &[DraftId]) -> Result<Vec<DraftId>, Error> {
    let first = sqlx::query("SELECT MIN(id) AS id FROM drafts")
        .fetch_one(tx.conn())
        .await?;
    let Some(first) = optional_id(&first, "id")?.map(DraftId::new) else {
        return Ok(Vec::new());
    };
    let younger: Vec<DraftId> = ids.iter().copied().filter(|id| *id > first).collect();
    if younger.is_empty() {
        return Ok(younger);
    }
    let written = written(tx, &younger).await?;
    Ok(younger.into_iter().filter(|id| !written.contains(id)).collect())
}

/// How many drafts are asked for at once, at most.
pub const ASKED_AT_ONCE: usize = 200;

/// Returns those of some ids that drafts have: of one id at least, and of [`ASKED_AT_ONCE`] at most.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible id.
pub async fn written(tx: &mut Tx, some: &[DraftId]) -> Result<BTreeSet<DraftId>, Error> {
    let sql = format!("SELECT id FROM drafts WHERE id IN {}", places(1, some.len()));
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for draft in some {
        query = query.bind(key(draft.get()));
    }
    let rows = query.fetch_all(tx.conn()).await?;
    rows.iter().map(|row| Ok(DraftId::new(id(row, "id")?))).collect()
}

/// Reads a draft that must be there.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for a missing or impossible row.
pub async fn get(tx: &mut Tx, draft: DraftId) -> Result<Draft, Error> {
    find(tx, draft)
        .await?
        .ok_or_else(|| impossible(format!("draft {draft} is not there")))
}

/// Returns the guild of a draft.
///
/// # Errors
/// [`Error::Database`].
pub async fn guild_of(tx: &mut Tx, draft: DraftId) -> Result<Option<GuildId>, Error> {
    let query = sqlx::query("SELECT guild_id FROM drafts WHERE id = $1").bind(key(draft.get()));
    let row = query.fetch_optional(tx.conn()).await?;
    row.map(|row| Ok(GuildId::new(id(&row, "guild_id")?))).transpose()
}

/// Locks the row of a draft, then reads the draft. The lock is on a column of no key, so that rows
/// which point to the draft can still be written.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for a missing or impossible row.
pub async fn lock(tx: &mut Tx, draft: DraftId) -> Result<Locked<Draft>, Error> {
    let query = sqlx::query(concat!(
        "UPDATE drafts SET state = state WHERE id = $1 RETURNING ",
        columns!(drafts, "")
    ))
    .bind(key(draft.get()));
    let row = query.fetch_optional(tx.conn()).await?;
    let row = row.as_ref().map(from_row).transpose()?;
    let row = row.ok_or_else(|| impossible(format!("draft {draft} is not there")))?;
    Ok(Locked::new(tx, row))
}

/// Records where a draft is shown.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_place(tx: &mut Tx, draft: &Locked<Draft>, place: Place) -> Result<(), Error> {
    let (state, starter, thread) = match place {
        Place::Opening(starter) => ("opening", starter, None),
        Place::Open { starter, thread } => ("open", Some(starter), Some(thread)),
        Place::Abandoned(starter) => ("abandoned", starter, None),
    };
    sqlx::query("UPDATE drafts SET state = $2, starter_id = $3, thread_id = $4 WHERE id = $1")
        .bind(key(draft.of(tx)?.id.get()))
        .bind(state)
        .bind(starter.map(|message| key(message.get())))
        .bind(thread.map(|thread| key(thread.get())))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Forgets the interaction's token of a draft, because the private answer is final. Needs no lock:
/// the column is only ever cleared.
///
/// # Errors
/// [`Error::Database`].
pub async fn forget_token(tx: &mut Tx, draft: DraftId) -> Result<(), Error> {
    let query = sqlx::query("UPDATE drafts SET answer_token = NULL WHERE id = $1").bind(key(draft.get()));
    query.execute(tx.conn()).await?;
    Ok(())
}

/// Records which button or form asked for a draft, without its price.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_press(tx: &mut Tx, draft: DraftId, press: Button) -> Result<(), Error> {
    let query = sqlx::query("UPDATE drafts SET pressed = $2 WHERE id = $1");
    query
        .bind(key(draft.get()))
        .bind(press.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Returns the drafts for which a member has pressed a button or sent a form after a time in
/// milliseconds since 1970, if anything of them is drawn or will be. The newest is first.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn pressed_since(
    tx: &mut Tx,
    press: Button,
    by: UserId,
    since_ms: i64,
) -> Result<Vec<Draft>, Error> {
    let rows = sqlx::query(concat!(
        "SELECT ",
        columns!(drafts, "d."),
        " FROM drafts d WHERE d.pressed = $1 AND d.requester_id = $2 AND d.created_ms > $3
            AND EXISTS (SELECT 1 FROM renders r WHERE r.draft_id = d.id
                AND r.state NOT IN ('cancelled', 'refused', 'operator', 'broken', 'exhausted'))
         ORDER BY d.id DESC"
    ))
    .bind(press.to_string())
    .bind(key(by.get()))
    .bind(since_ms)
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(from_row).collect()
}

/// Whether a draft is the first of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct First {
    /// It is the first of its guild.
    pub of_guild: bool,
    /// It is the first of its requester there.
    pub of_requester: bool,
}

/// Returns whether a draft is the first of its guild, and of its requester there.
///
/// # Errors
/// [`Error::Database`].
pub async fn first(tx: &mut Tx, draft: &Draft) -> Result<First, Error> {
    let query = sqlx::query(
        "SELECT (SELECT COUNT(*) FROM (SELECT id FROM drafts WHERE guild_id = $1 AND id < $2 LIMIT 1) g) AS older,
            (SELECT COUNT(*) FROM (SELECT id FROM drafts WHERE guild_id = $1 AND requester_id = $3 AND id < $2 LIMIT 1) m)
                AS older_own",
    );
    let row = query
        .bind(key(draft.guild.get()))
        .bind(key(draft.id.get()))
        .bind(key(draft.requester.get()))
        .fetch_one(tx.conn())
        .await?;
    Ok(First {
        of_guild: integer(&row, "older")? == 0,
        of_requester: integer(&row, "older_own")? == 0,
    })
}

/// Returns how many drafts of a guild have renders that are queued or rendering.
///
/// # Errors
/// [`Error::Database`].
pub async fn open_count(tx: &mut Tx, guild: GuildId) -> Result<u32, Error> {
    let row = sqlx::query(
        "SELECT COUNT(DISTINCT draft_id) AS open FROM renders WHERE guild_id = $1 AND state IN ('queued', 'rendering')",
    )
    .bind(key(guild.get()))
    .fetch_one(tx.conn())
    .await?;
    count(&row, "open")
}

fn from_row(row: &AnyRow) -> Result<Draft, Error> {
    let starter = optional_id(row, "starter_id")?.map(MessageId::new);
    let thread = optional_id(row, "thread_id")?.map(ChannelId::new);
    let place = match (text(row, "state")?.as_str(), starter, thread) {
        ("opening", starter, None) => Place::Opening(starter),
        ("open", Some(starter), Some(thread)) => Place::Open { starter, thread },
        ("abandoned", starter, None) => Place::Abandoned(starter),
        (state, ..) => return Err(impossible(format!("a draft that is {state} at its place"))),
    };
    let last_stage = text(row, "last_stage")?;
    Ok(Draft {
        id: DraftId::new(id(row, "id")?),
        guild: GuildId::new(id(row, "guild_id")?),
        channel: ChannelId::new(id(row, "channel_id")?),
        parent: optional_id(row, "parent_id")?.map(ChannelId::new),
        requester: UserId::new(id(row, "requester_id")?),
        project: optional_id(row, "project_id")?.map(ProjectId::new),
        prompt: Prompt::stored(text(row, "prompt")?),
        keep: optional_text(row, "keep")?,
        ratio: text(row, "ratio")?.parse().map_err(impossible)?,
        images: count(row, "images")?,
        references: count(row, "reference_count")?,
        last_stage: Stage::from_name(&last_stage).ok_or_else(|| impossible(format!("stage {last_stage}")))?,
        place,
        answer_token: optional_text(row, "answer_token")?.map(AnswerToken::new),
        forgotten: integer(row, "forgotten")? != 0,
        references_removed_ms: optional(row, "references_removed_ms")?,
        prompt_removed_ms: optional(row, "prompt_removed_ms")?,
        created_ms: integer(row, "created_ms")?,
    })
}

/// Returns the drafts of a channel or thread, and those of the threads in it, that have something
/// queued or rendering.
///
/// # Errors
/// [`Error::Database`].
pub async fn pending_at(tx: &mut Tx, channel: ChannelId) -> Result<Vec<DraftId>, Error> {
    let query = sqlx::query(
        "SELECT DISTINCT d.id FROM renders r JOIN drafts d ON d.id = r.draft_id
         WHERE r.state IN ('queued', 'rendering') AND (d.thread_id = $1 OR d.channel_id = $1 OR d.parent_id = $1)
         ORDER BY d.id",
    );
    ids(tx, query.bind(key(channel.get()))).await
}

/// Returns the drafts of a guild that have something queued or rendering.
///
/// # Errors
/// [`Error::Database`].
pub async fn pending_in(tx: &mut Tx, guild: GuildId) -> Result<Vec<DraftId>, Error> {
    let query = sqlx::query(
        "SELECT DISTINCT draft_id AS id FROM renders
         WHERE guild_id = $1 AND state IN ('queued', 'rendering') ORDER BY draft_id",
    );
    ids(tx, query.bind(key(guild.get()))).await
}

/// Returns the guilds that have something queued or rendering.
///
/// # Errors
/// [`Error::Database`].
pub async fn guilds_with_pending(tx: &mut Tx) -> Result<Vec<GuildId>, Error> {
    let query = sqlx::query(
        "SELECT DISTINCT guild_id FROM renders WHERE state IN ('queued', 'rendering') ORDER BY guild_id",
    );
    let rows = query.fetch_all(tx.conn()).await?;
    rows.iter()
        .map(|row| Ok(GuildId::new(id(row, "guild_id")?)))
        .collect()
}

/// Returns the drafts whose references are kept, each with their number.
///
/// # Errors
/// [`Error::Database`].
pub async fn references(tx: &mut Tx) -> Result<Vec<(DraftId, u32)>, Error> {
    let query = sqlx::query(
        "SELECT id, reference_count FROM drafts WHERE reference_count > 0 AND references_removed_ms IS NULL
            AND forgotten = 0 ORDER BY id",
    );
    let rows = query.fetch_all(tx.conn()).await?;
    rows.iter()
        .map(|row| Ok((DraftId::new(id(row, "id")?), count(row, "reference_count")?)))
        .collect()
}

async fn ids(tx: &mut Tx, query: Query<'_, Any, AnyArguments>) -> Result<Vec<DraftId>, Error> {
    let rows = query.fetch_all(tx.conn()).await?;
    rows.iter().map(|row| Ok(DraftId::new(id(row, "id")?))).collect()
}
