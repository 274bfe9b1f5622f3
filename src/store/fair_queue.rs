//! Chooses whose image an engine draws next. Guilds take turns, and each guild's oldest image is
//! drawn first. A guild that asks for forty images so keeps nobody waiting for more than one of
//! them.

use super::jobs::{Claim, claim_of};
use super::rows::{integer, key};
use super::{Error, Tx};
use crate::domain::engine::quota::{EngineQuota, MINUTE_MS};
use crate::domain::ids::DraftId;

/// Selects the waiting images: the jobs of renders that nobody has claimed, with the turn of their
/// guild.
macro_rules! waiting {
    () => {
        "jobs j JOIN renders r ON r.id = j.target LEFT JOIN turns t ON t.guild_id = r.guild_id
        WHERE j.kind = 'render' AND j.run_at_ms <= $1 AND j.lease_until_ms <= $1 AND r.stage IN ($2, $3, $4)"
    };
}

/// Returns the names of the stages that an engine draws, padded to the number of stages.
fn names(engine: &EngineQuota) -> [&'static str; 3] {
    let name = |i: usize| engine.stages.get(i).map_or("", |stage| stage.name());
    [name(0), name(1), name(2)]
}

/// The time and the mark of a claim.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// The time, in milliseconds since 1970.
    pub now_ms: i64,
    /// When the claim ends unless the worker renews it, in milliseconds since 1970.
    pub lease_until_ms: i64,
    /// The fence: any number but 0 that no other claim uses.
    pub fence: i64,
}

/// Claims the render whose turn it is at an engine. Returns `None` if none waits or the engine's
/// quota is used up. Like [`jobs::claim`](super::jobs::claim), may return `None` although renders
/// wait.
///
/// # Errors
/// [`Error::Database`].
pub async fn claim(tx: &mut Tx, engine: &EngineQuota, at: At) -> Result<Option<Claim>, Error> {
    let since_ms = at.now_ms - MINUTE_MS;
    if engine.quota.a_minute > 0 && !engine.quota.allows(asked(tx, &engine.name, since_ms).await?) {
        return Ok(None);
    }
    let sql = concat!(
        "UPDATE jobs SET lease_until_ms = $5, fence = $6, attempts = attempts + 1
         WHERE kind = 'render' AND run_at_ms <= $1 AND lease_until_ms <= $1 AND target = (SELECT j.target FROM ",
        waiting!(),
        " ORDER BY COALESCE(t.turn, 0), j.run_at_ms, j.target LIMIT 1) RETURNING kind, target, attempts, wanted",
    );
    let [first, second, third] = names(engine);
    let row = sqlx::query(sql)
        .bind(at.now_ms)
        .bind(first)
        .bind(second)
        .bind(third)
        .bind(at.lease_until_ms)
        .bind(at.fence)
        .fetch_optional(tx.conn())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let target = integer(&row, "target")?;
    take_turn(tx, target).await?;
    if engine.quota.a_minute > 0 {
        note(tx, &engine.name, target, at.now_ms).await?;
    }
    claim_of(&row, at.fence)
}

/// Counts the images asked of an engine since a time, in milliseconds since 1970.
async fn asked(tx: &mut Tx, engine: &str, since_ms: i64) -> Result<u32, Error> {
    let row = sqlx::query("SELECT COUNT(*) AS asked FROM calls WHERE engine = $1 AND at_ms > $2")
        .bind(engine)
        .bind(since_ms)
        .fetch_one(tx.conn())
        .await?;
    Ok(u32::try_from(integer(&row, "asked")?).unwrap_or(u32::MAX))
}

/// Moves the guild of a render behind all others.
async fn take_turn(tx: &mut Tx, render: i64) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO turns (guild_id, turn)
         SELECT guild_id, (SELECT COALESCE(MAX(turn), 0) + 1 FROM turns) FROM renders WHERE id = $1
         ON CONFLICT (guild_id) DO UPDATE SET turn = excluded.turn",
    )
    .bind(render)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Records that an image was asked for, and forgets calls too old to count.
async fn note(tx: &mut Tx, engine: &str, render: i64, now_ms: i64) -> Result<(), Error> {
    sqlx::query("DELETE FROM calls WHERE engine = $1 AND at_ms <= $2")
        .bind(engine)
        .bind(now_ms - MINUTE_MS)
        .execute(tx.conn())
        .await?;
    sqlx::query("INSERT INTO calls (engine, render_id, at_ms) VALUES ($1, $2, $3)")
        .bind(engine)
        .bind(render)
        .bind(now_ms)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Returns how many images of other drafts an engine will draw before the next image of a draft, as
/// the turns stand now. Returns nothing if no image of the draft waits.
///
/// # Errors
/// [`Error::Database`].
pub async fn ahead(
    tx: &mut Tx,
    engine: &EngineQuota,
    draft: DraftId,
    now_ms: i64,
) -> Result<Option<u32>, Error> {
    let sql = concat!(
        "WITH waiting AS (
            SELECT j.target, j.run_at_ms, r.draft_id, COALESCE(t.turn, 0) AS turn, ROW_NUMBER() OVER (
                PARTITION BY r.guild_id ORDER BY j.run_at_ms, j.target) AS round FROM ",
        waiting!(),
        "), mine AS (SELECT * FROM waiting WHERE draft_id = $5 ORDER BY round LIMIT 1)
         SELECT COUNT(w.target) AS ahead FROM mine m LEFT JOIN waiting w ON w.draft_id <> m.draft_id
            AND (w.round, w.turn, w.run_at_ms, w.target) < (m.round, m.turn, m.run_at_ms, m.target)
         GROUP BY m.target",
    );
    let [first, second, third] = names(engine);
    let row = sqlx::query(sql)
        .bind(now_ms)
        .bind(first)
        .bind(second)
        .bind(third)
        .bind(key(draft.get()))
        .fetch_optional(tx.conn())
        .await?;
    row.map(|row| Ok(u32::try_from(integer(&row, "ahead")?).unwrap_or(u32::MAX)))
        .transpose()
}
