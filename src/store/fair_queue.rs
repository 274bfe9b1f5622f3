//! Chooses whose image an engine draws next. Guilds take turns, and each guild's oldest image is
//! drawn first. A guild that asks for forty images so keeps nobody waiting for more than one of
//! them.

use super::jobs::{At, Taken, taken};
use super::rows::{integer, key};
use super::tx::Engine;
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

/// Writes the statement that claims renders, with what a database needs behind its SELECT. The
/// guilds take turns: first the oldest image of each, then the next of each.
macro_rules! choose {
    ($behind:literal) => {
        concat!(
            "WITH rounds AS MATERIALIZED (
                SELECT j.target, j.run_at_ms, COALESCE(t.turn, 0) AS turn, ROW_NUMBER() OVER (
                    PARTITION BY r.guild_id ORDER BY j.run_at_ms, j.target) AS round FROM ",
            waiting!(),
            "), next AS MATERIALIZED (
                SELECT j.target FROM jobs j JOIN rounds w ON w.target = j.target
                WHERE j.kind = 'render' AND j.run_at_ms <= $1 AND j.lease_until_ms <= $1
                ORDER BY w.round, w.turn, w.run_at_ms, w.target LIMIT $7",
            $behind,
            ") UPDATE jobs SET lease_until_ms = $5, fence = $6, attempts = attempts + 1
             WHERE kind = 'render' AND target IN (SELECT target FROM next)
             RETURNING kind, target, attempts, wanted, run_at_ms, (SELECT COUNT(*) FROM rounds) AS waited"
        )
    };
}

/// Returns the names of the stages that an engine draws, padded to the number of stages.
fn names(engine: &EngineQuota) -> [&'static str; 3] {
    let name = |i: usize| engine.stages.get(i).map_or("", |stage| stage.name());
    [name(0), name(1), name(2)]
}

/// Claims at most `most` renders whose turn it is at an engine, as far as the engine's quota allows.
///
/// # Errors
/// [`Error::Database`].
pub async fn claim(tx: &mut Tx, engine: &EngineQuota, at: At, most: usize) -> Result<Taken, Error> {
    let limits = engine.quota.a_minute > 0;
    let most = if limits {
        let asked = asked(tx, &engine.name, at.now_ms - MINUTE_MS).await?;
        most.min(engine.quota.left(asked) as usize)
    } else {
        most
    };
    if most == 0 {
        return Ok(Taken::default());
    }
    let sql = match tx.engine() {
        Engine::Sqlite => choose!(""),
        Engine::Postgres => choose!(" FOR UPDATE OF j SKIP LOCKED"),
    };
    let [first, second, third] = names(engine);
    let rows = sqlx::query(sql)
        .bind(at.now_ms)
        .bind(first)
        .bind(second)
        .bind(third)
        .bind(at.lease_until_ms)
        .bind(at.fence)
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(tx.conn())
        .await?;
    let mut taken = taken(&rows, at.fence, most)?;
    let waited = rows.first().map_or(Ok(0), |row| integer(row, "waited"))?;
    taken.full = usize::try_from(waited).unwrap_or(usize::MAX) > rows.len();
    if !rows.is_empty() {
        take_turns(tx, at.fence).await?;
        if limits {
            note(tx, &engine.name, at).await?;
        }
    }
    Ok(taken)
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

/// Moves the guilds of the renders that a claim took behind all others, in their order so far. The rows
/// are written in one order, so that two claims never wait for each other.
async fn take_turns(tx: &mut Tx, fence: i64) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO turns (guild_id, turn)
         SELECT mine.guild_id, (SELECT COALESCE(MAX(turn), 0) FROM turns)
            + ROW_NUMBER() OVER (ORDER BY mine.images, mine.turn, mine.first_ms, mine.guild_id)
         FROM (SELECT r.guild_id, COUNT(*) AS images, COALESCE(MAX(t.turn), 0) AS turn, MIN(j.run_at_ms) AS first_ms
            FROM jobs j JOIN renders r ON r.id = j.target LEFT JOIN turns t ON t.guild_id = r.guild_id
            WHERE j.kind = 'render' AND j.fence = $1 GROUP BY r.guild_id) mine
         WHERE true ORDER BY mine.guild_id
         ON CONFLICT (guild_id) DO UPDATE SET turn = excluded.turn",
    )
    .bind(fence)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Records the images that a claim asks for, and forgets calls too old to count.
async fn note(tx: &mut Tx, engine: &str, at: At) -> Result<(), Error> {
    sqlx::query("DELETE FROM calls WHERE engine = $1 AND at_ms <= $2")
        .bind(engine)
        .bind(at.now_ms - MINUTE_MS)
        .execute(tx.conn())
        .await?;
    sqlx::query(
        "INSERT INTO calls (engine, render_id, at_ms)
         SELECT $1, target, $2 FROM jobs WHERE kind = 'render' AND fence = $3",
    )
    .bind(engine)
    .bind(at.now_ms)
    .bind(at.fence)
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
        "), mine AS (SELECT target, run_at_ms, draft_id, turn, round FROM waiting WHERE draft_id = $5 ORDER BY round LIMIT 1)
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
