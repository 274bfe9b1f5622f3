//! Looks at the queue without touching it.

use crate::domain::job::Job;
use crate::store::rows::{id, integer, key, text};
use crate::store::{Error, Tx};

/// How much of a lane of the queue there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Jobs that a process holds a lease on.
    pub running: i64,
    /// Jobs that are due and that nobody has claimed.
    pub due: i64,
    /// Jobs that are due later.
    pub later: i64,
    /// For how long the first of the due ones is due, in milliseconds. 0: none is due.
    pub oldest_due_ms: i64,
}

/// How much of the queue there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depths {
    /// Paid calls.
    pub render: Depth,
    /// Everything else.
    pub quick: Depth,
}

/// Counts the queue.
///
/// # Errors
/// [`Error::Database`].
pub async fn depths(tx: &mut Tx, now_ms: i64) -> Result<Depths, Error> {
    let rows = sqlx::query(
        "SELECT CAST(paid AS BIGINT) AS paid, COUNT(*) AS jobs, SUM(running) AS running, SUM(due) AS due, MIN(due_ms) AS first_ms FROM (
            SELECT CASE WHEN kind = 'render' THEN 1 ELSE 0 END AS paid,
                CASE WHEN lease_until_ms > $1 THEN 1 ELSE 0 END AS running,
                CASE WHEN lease_until_ms <= $1 AND run_at_ms <= $1 THEN 1 ELSE 0 END AS due,
                CASE WHEN lease_until_ms <= $1 AND run_at_ms <= $1 THEN run_at_ms ELSE $1 END AS due_ms
            FROM jobs) AS each_job GROUP BY paid",
    );
    let mut all = Depths::default();
    for row in rows.bind(now_ms).fetch_all(tx.conn()).await? {
        let (running, due) = (integer(&row, "running")?, integer(&row, "due")?);
        let depth = Depth {
            running,
            due,
            later: integer(&row, "jobs")? - running - due,
            oldest_due_ms: now_ms - integer(&row, "first_ms")?,
        };
        if integer(&row, "paid")? == 1 {
            all.render = depth;
        } else {
            all.quick = depth;
        }
    }
    Ok(all)
}

/// Counts the jobs that lie further ahead than any can, as [`bring_back`](super::bring_back) makes
/// them due.
///
/// # Errors
/// [`Error::Database`].
pub async fn astray(tx: &mut Tx, now_ms: i64, longest_ms: i64) -> Result<i64, Error> {
    let count = sqlx::query(concat!(
        "SELECT COUNT(*) AS jobs FROM jobs WHERE lease_until_ms > $1 OR (run_at_ms > $1 AND kind NOT IN ",
        of_days!(),
        ")",
    ));
    let row = count.bind(now_ms + longest_ms).fetch_one(tx.conn()).await?;
    integer(&row, "jobs")
}

/// Returns the queued jobs, each with the time at which it is due, in milliseconds since 1970,
/// soonest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn pending(tx: &mut Tx) -> Result<Vec<(Job, i64)>, Error> {
    let rows = sqlx::query("SELECT kind, target, run_at_ms FROM jobs ORDER BY run_at_ms, kind, target");
    let rows = rows.fetch_all(tx.conn()).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(job) = Job::from_parts(&text(&row, "kind")?, id(&row, "target")?) {
            all.push((job, integer(&row, "run_at_ms")?));
        }
    }
    Ok(all)
}

/// Returns when a job is due, in milliseconds since 1970, if it is queued.
///
/// # Errors
/// [`Error::Database`].
pub async fn due_ms(tx: &mut Tx, job: Job) -> Result<Option<i64>, Error> {
    let query = sqlx::query("SELECT run_at_ms FROM jobs WHERE kind = $1 AND target = $2");
    let query = query.bind(job.kind()).bind(key(job.target()));
    let row = query.fetch_optional(tx.conn()).await?;
    row.map(|row| integer(&row, "run_at_ms")).transpose()
}
