//! Records which marks the use of a pool or a budget has passed, and whether the guild was told.

use sqlx::any::AnyRow;

use super::rows::columns::columns;
use super::rows::{credits, impossible, integer, key, text};
use super::{Error, Locked, Tx, jobs};
use crate::domain::credits::GuildPool;
use crate::domain::ids::GuildId;
use crate::domain::job::Job;
use crate::domain::money::usage_alert::{Mark, Subject, Use};

/// A mark that was passed, and the use at that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The pool or budget that is used.
    pub subject: Subject,
    /// The mark that was passed: a half, four fifths, or all of the pool or budget.
    pub mark: Mark,
    /// How much was used, of how much.
    pub used: Use,
    /// When the mark was passed, in milliseconds since 1970.
    pub passed_ms: i64,
}

/// Records more use of a pool or budget. Has a mark that is passed told, once until credits are
/// added.
///
/// # Errors
/// [`Error::Database`].
pub async fn used(
    tx: &mut Tx,
    pool: &Locked<GuildPool>,
    subject: Subject,
    (before, now): (Use, Use),
    now_ms: i64,
) -> Result<(), Error> {
    let Some(mark) = before.passes(now) else {
        return Ok(());
    };
    let guild = pool.of(tx)?.guild;
    let passed = sqlx::query(
        "INSERT INTO alerts (guild_id, subject, mark, used, whole, passed_ms) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (guild_id, subject) DO UPDATE SET mark = excluded.mark, used = excluded.used,
            whole = excluded.whole, passed_ms = excluded.passed_ms, told = 0
         WHERE alerts.mark < excluded.mark",
    )
    .bind(key(guild.get()))
    .bind(subject.name())
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

/// Records that credits were added to a pool or budget. The marks above the present use can be
/// passed again.
///
/// # Errors
/// [`Error::Database`].
pub async fn added(tx: &mut Tx, pool: &Locked<GuildPool>, subject: Subject, now: Use) -> Result<(), Error> {
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
        .bind(key(pool.of(tx)?.guild.get()))
        .bind(subject.name())
        .bind(mark)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Returns the marks that a guild was not told of yet, the oldest first.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn untold(tx: &mut Tx, guild: GuildId) -> Result<Vec<Alert>, Error> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(alerts, ""),
        " FROM alerts WHERE guild_id = $1 AND told = 0 ORDER BY passed_ms, subject"
    ));
    let rows = query.bind(key(guild.get())).fetch_all(tx.conn()).await?;
    rows.iter().map(alert).collect()
}

fn alert(row: &AnyRow) -> Result<Alert, Error> {
    let (percent, subject) = (integer(row, "mark")?, text(row, "subject")?);
    Ok(Alert {
        subject: Subject::from_name(&subject).ok_or_else(|| impossible(format!("an alert of {subject}")))?,
        mark: Mark::from_percent(percent).ok_or_else(|| impossible(format!("a mark of {percent} %")))?,
        used: Use {
            used: credits(row, "used")?,
            whole: credits(row, "whole")?,
        },
        passed_ms: integer(row, "passed_ms")?,
    })
}

/// Records that the guild was told of a mark.
///
/// # Errors
/// [`Error::Database`].
pub async fn told(tx: &mut Tx, guild: GuildId, alert: Alert) -> Result<(), Error> {
    sqlx::query(
        "UPDATE alerts SET told = 1 WHERE guild_id = $1 AND subject = $2 AND mark = $3 AND passed_ms = $4",
    )
    .bind(key(guild.get()))
    .bind(alert.subject.name())
    .bind(alert.mark.percent())
    .bind(alert.passed_ms)
    .execute(tx.conn())
    .await?;
    Ok(())
}
