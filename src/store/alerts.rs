//! Which marks the use of a pool has passed, and whether that was told.

use super::rows::{credits, impossible, integer, key};
use super::{Error, Tx, jobs};
use crate::domain::alert::{Mark, Use};
use crate::domain::ids::GuildId;
use crate::domain::job::Job;

const POOL: &str = "pool";

/// A mark that was passed, and how much was used then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The mark.
    pub mark: Mark,
    /// How much was used, of how much.
    pub used: Use,
    /// When, in milliseconds since 1970.
    pub passed_ms: i64,
}

/// Notes that a pool is used up further, and has a mark that is passed told: once until credits are added. Lock the pool
/// first.
///
/// # Errors
/// [`Error::Database`].
pub async fn used(tx: &mut Tx, guild: GuildId, before: Use, now: Use, now_ms: i64) -> Result<(), Error> {
    let Some(mark) = before.passes(now) else {
        return Ok(());
    };
    let passed = sqlx::query(
        "INSERT INTO alerts (guild_id, subject, mark, used, whole, passed_ms) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (guild_id, subject) DO UPDATE SET mark = excluded.mark, used = excluded.used,
            whole = excluded.whole, passed_ms = excluded.passed_ms, told = 0
         WHERE alerts.mark < excluded.mark",
    )
    .bind(key(guild.get()))
    .bind(POOL)
    .bind(mark.percent())
    .bind(now.used.get())
    .bind(now.whole.get())
    .bind(now_ms)
    .execute(tx.conn())
    .await?;
    if passed.rows_affected() == 1 {
        jobs::enqueue(tx, Job::Alert(guild), now_ms).await?;
    }
    Ok(())
}

/// Notes that credits were added to a pool: the marks above its use now can be passed again. Lock the pool first.
///
/// # Errors
/// [`Error::Database`].
pub async fn added(tx: &mut Tx, guild: GuildId, now: Use) -> Result<(), Error> {
    let (sql, mark) = match now.mark() {
        None => (
            "DELETE FROM alerts WHERE guild_id = $1 AND subject = $2 AND mark > $3",
            0,
        ),
        Some(mark) => (
            "UPDATE alerts SET mark = $3, told = 1 WHERE guild_id = $1 AND subject = $2 AND mark > $3",
            mark.percent(),
        ),
    };
    sqlx::query(sql)
        .bind(key(guild.get()))
        .bind(POOL)
        .bind(mark)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The mark that a guild was not told of yet.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for a row that cannot be.
pub async fn untold(tx: &mut Tx, guild: GuildId) -> Result<Option<Alert>, Error> {
    let query = sqlx::query("SELECT * FROM alerts WHERE guild_id = $1 AND subject = $2 AND told = 0")
        .bind(key(guild.get()))
        .bind(POOL);
    let Some(row) = query.fetch_optional(tx.conn()).await? else {
        return Ok(None);
    };
    let percent = integer(&row, "mark")?;
    Ok(Some(Alert {
        mark: Mark::from_percent(percent).ok_or_else(|| impossible(format!("a mark of {percent} %")))?,
        used: Use {
            used: credits(&row, "used")?,
            whole: credits(&row, "whole")?,
        },
        passed_ms: integer(&row, "passed_ms")?,
    }))
}

/// Notes that it was told.
///
/// # Errors
/// [`Error::Database`].
pub async fn told(tx: &mut Tx, guild: GuildId, alert: Alert) -> Result<(), Error> {
    sqlx::query(
        "UPDATE alerts SET told = 1 WHERE guild_id = $1 AND subject = $2 AND mark = $3 AND passed_ms = $4",
    )
    .bind(key(guild.get()))
    .bind(POOL)
    .bind(alert.mark.percent())
    .bind(alert.passed_ms)
    .execute(tx.conn())
    .await?;
    Ok(())
}
