//! Closes holds: settles or releases them by the outcome of the paid call, or by a person's
//! decision where nobody knows the outcome.

use std::collections::BTreeSet;

use super::{Error, Held, Tx, change, jobs};
use crate::domain::approval::vote::Image;
use crate::domain::ids::{DraftId, GuildId, RenderId, UserId};
use crate::domain::image::render::{Ruling, Verdict};
use crate::domain::job::Job;
use crate::store::rows::columns::columns;
use crate::store::rows::{credits, id, impossible, integer, key, optional_text, render_ids, text};
use crate::store::{Locked, guilds};

/// Returns the open hold of a render, if it has one.
///
/// # Errors
/// [`Error::Database`].
pub async fn open_hold(tx: &mut Tx, image: &Locked<Image>) -> Result<Option<Held>, Error> {
    let render = image.of(tx)?.id;
    let row = sqlx::query(
        "SELECT h.id, h.guild_id, h.amount FROM entries h WHERE h.kind = 'hold' AND h.render_id = $1
         AND NOT EXISTS (SELECT 1 FROM entries c WHERE c.closes = h.id)",
    )
    .bind(key(render.get()))
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| {
        let guild = GuildId::new(id(&row, "guild_id")?);
        Ok(Held {
            entry: integer(&row, "id")?,
            guild,
            render,
            amount: credits(&row, "amount")?,
        })
    })
    .transpose()
}

/// Settles a hold, because the picture is stored. Has the guild's log channel told.
///
/// # Errors
/// [`Error::Database`], also when the hold was closed meanwhile.
pub async fn settle(tx: &mut Tx, held: Held, now_ms: i64) -> Result<(), Error> {
    close(tx, held, Verdict::Settle, (None, None), now_ms).await
}

/// Releases a hold, and wakes approvals that wait for credits.
///
/// # Errors
/// [`Error::Database`], also when the hold was closed meanwhile.
pub async fn release(tx: &mut Tx, held: Held, now_ms: i64) -> Result<(), Error> {
    close(tx, held, Verdict::Release, (None, None), now_ms).await
}

/// Closes the hold of a render of unknown outcome as a person decided. The books keep who decided
/// and why.
///
/// # Errors
/// [`Error::Database`], also when the hold was closed meanwhile.
pub async fn decide(tx: &mut Tx, held: Held, decision: &Ruling, now_ms: i64) -> Result<(), Error> {
    let hand = (Some(decision.by), decision.reason.as_deref());
    close(tx, held, decision.verdict, hand, now_ms).await
}

async fn close(
    tx: &mut Tx,
    held: Held,
    verdict: Verdict,
    (actor, reason): (Option<UserId>, Option<&str>),
    now_ms: i64,
) -> Result<(), Error> {
    let (kind, sql) = match verdict {
        Verdict::Settle => (
            "settle",
            concat!(
                "UPDATE pools SET held = held - $2, settled = settled + $2 WHERE guild_id = $1 RETURNING ",
                columns!(pools, "")
            ),
        ),
        Verdict::Release => (
            "release",
            concat!(
                "UPDATE pools SET held = held - $2 WHERE guild_id = $1 RETURNING ",
                columns!(pools, "")
            ),
        ),
    };
    change(tx, sql, held.guild, held.amount).await?;
    sqlx::query(
        "INSERT INTO entries (guild_id, kind, amount, render_id, closes, actor_id, reason, at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(key(held.guild.get()))
    .bind(kind)
    .bind(held.amount.get())
    .bind(key(held.render.get()))
    .bind(held.entry)
    .bind(actor.map(|user| key(user.get())))
    .bind(reason)
    .bind(now_ms)
    .execute(tx.conn())
    .await?;
    match verdict {
        // Without a log channel there is nobody to tell.
        Verdict::Settle if guilds::has_log(tx, held.guild).await? => {
            jobs::enqueue(tx, Job::LogSpend(held.render), now_ms).await
        }
        Verdict::Settle => Ok(()),
        Verdict::Release => jobs::enqueue(tx, Job::ResumeWaiting(held.guild), now_ms).await,
    }
}

/// Returns a person's decision about the credits of a render, if there is one.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible entry.
pub async fn decision(tx: &mut Tx, render: RenderId) -> Result<Option<Ruling>, Error> {
    let row = sqlx::query(
        "SELECT c.kind, c.actor_id, c.reason FROM entries h JOIN entries c ON c.closes = h.id
         WHERE h.kind = 'hold' AND h.render_id = $1 AND c.actor_id IS NOT NULL",
    )
    .bind(key(render.get()))
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| {
        Ok(Ruling {
            verdict: match text(&row, "kind")?.as_str() {
                "settle" => Verdict::Settle,
                "release" => Verdict::Release,
                kind => return Err(impossible(format!("a hold that is closed by a {kind}"))),
            },
            by: UserId::new(id(&row, "actor_id")?),
            reason: optional_text(&row, "reason")?,
        })
    })
    .transpose()
}

/// Returns the renders of a draft that a person decided were paid, and that have no picture.
///
/// # Errors
/// [`Error::Database`].
pub async fn paid_in_vain(tx: &mut Tx, draft: DraftId) -> Result<BTreeSet<RenderId>, Error> {
    // By way of the hold: settles have no index by render, and the ledger only grows.
    let rows = sqlx::query(
        "SELECT r.id FROM renders r JOIN entries h ON h.render_id = r.id AND h.kind = 'hold'
         JOIN entries c ON c.closes = h.id AND c.kind = 'settle'
         WHERE r.draft_id = $1 AND r.state <> 'done'",
    );
    let rows = rows.bind(key(draft.get())).fetch_all(tx.conn()).await?;
    render_ids(&rows)
}
