//! Queues jobs as rows with leases. A job is enqueued in the transaction of the change that needs
//! it.

use sqlx::any::AnyRow;

use super::rows::{id, integer, key, text};
use super::{Error, Tx};
use crate::domain::job::Job;

/// A job that one worker of this process may work on until the lease ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The job to run.
    pub job: Job,
    /// How often the job was claimed since it last finished, counting this claim.
    pub attempts: u32,
    fence: i64,
    wanted: i64,
}

/// The jobs that a claim may take. Paid calls are long, and must not keep the others waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Paid calls.
    Render,
    /// Everything else.
    Quick,
}

/// Enqueues a job, to run at a time in milliseconds since 1970. If the job is queued already,
/// brings it forward. If it is running, makes it run again.
///
/// # Errors
/// [`Error::Database`].
pub async fn enqueue(tx: &mut Tx, job: Job, run_at_ms: i64) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO jobs (kind, target, run_at_ms) VALUES ($1, $2, $3)
         ON CONFLICT (kind, target) DO UPDATE SET wanted = jobs.wanted + 1, attempts = 0, run_at_ms =
            CASE WHEN excluded.run_at_ms < jobs.run_at_ms THEN excluded.run_at_ms ELSE jobs.run_at_ms END",
    )
    .bind(job.kind())
    .bind(key(job.target()))
    .bind(run_at_ms)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Claims the job of the quick lane that has been due longest. Returns `None` if none is due. The
/// [fair queue](super::fair_queue) claims paid calls. The fence is any number but 0 that no other
/// claim uses.
///
/// Jobs may be due although `None` is returned, see [`any_due`]: another claim took the first job,
/// or the first job is of a kind that this version does not know. Such a job is set aside for as
/// long as a lease, so that the others need not wait.
///
/// # Errors
/// [`Error::Database`].
pub async fn claim(
    tx: &mut Tx,
    now_ms: i64,
    lease_until_ms: i64,
    fence: i64,
) -> Result<Option<Claim>, Error> {
    let row = sqlx::query(
        "UPDATE jobs SET lease_until_ms = $1, fence = $2, attempts = attempts + 1
         WHERE (kind, target) = (SELECT kind, target FROM jobs WHERE run_at_ms <= $3 AND lease_until_ms <= $3
            AND kind <> 'render' ORDER BY run_at_ms, target, kind LIMIT 1)
         AND run_at_ms <= $3 AND lease_until_ms <= $3 RETURNING kind, target, attempts, wanted",
    )
    .bind(lease_until_ms)
    .bind(fence)
    .bind(now_ms)
    .fetch_optional(tx.conn())
    .await?;
    match row {
        None => Ok(None),
        Some(row) => claim_of(&row, fence),
    }
}

/// Reads the claim from its row, if this version knows its kind.
pub(super) fn claim_of(row: &AnyRow, fence: i64) -> Result<Option<Claim>, Error> {
    let (kind, target) = (text(row, "kind")?, id(row, "target")?);
    let Some(job) = Job::from_parts(&kind, target) else {
        tracing::warn!(
            job.kind = kind,
            job.target = %target,
            "a job is of a kind that this version does not know"
        );
        return Ok(None);
    };
    let attempts = u32::try_from(integer(row, "attempts")?).unwrap_or(u32::MAX);
    Ok(Some(Claim {
        job,
        attempts,
        fence,
        wanted: integer(row, "wanted")?,
    }))
}

/// Returns whether some job of a lane is due: a [`claim`] that returned none may have missed only
/// the first one.
///
/// # Errors
/// [`Error::Database`].
pub async fn any_due(tx: &mut Tx, lane: Lane, now_ms: i64) -> Result<bool, Error> {
    let due = sqlx::query(
        "SELECT target FROM jobs WHERE run_at_ms <= $1 AND lease_until_ms <= $1
         AND (CASE WHEN kind = 'render' THEN 1 ELSE 0 END) = $2 LIMIT 1",
    )
    .bind(now_ms)
    .bind(i64::from(lane == Lane::Render))
    .fetch_optional(tx.conn())
    .await?;
    Ok(due.is_some())
}

/// Locks the row of a job and checks that the claim still holds. A transaction that records the
/// outcome of a job must call this last.
///
/// # Errors
/// [`Error::LeaseLost`] when another claim replaced it.
pub async fn fence(tx: &mut Tx, claim: &Claim) -> Result<(), Error> {
    let sql = "UPDATE jobs SET fence = fence WHERE kind = $1 AND target = $2 AND fence = $3";
    guarded(tx, sql, claim, None).await
}

/// Extends the lease while the work goes on.
///
/// # Errors
/// [`Error::LeaseLost`] when another claim replaced it.
pub async fn renew(tx: &mut Tx, claim: &Claim, lease_until_ms: i64) -> Result<(), Error> {
    let sql = "UPDATE jobs SET lease_until_ms = $4 WHERE kind = $1 AND target = $2 AND fence = $3";
    guarded(tx, sql, claim, Some(lease_until_ms)).await
}

/// Finishes a job. A job that was enqueued again meanwhile stays, and is due at `again_ms`, in
/// milliseconds since 1970.
///
/// # Errors
/// [`Error::LeaseLost`] when another claim replaced it.
pub async fn finish(tx: &mut Tx, claim: &Claim, again_ms: i64) -> Result<(), Error> {
    let done = sqlx::query("DELETE FROM jobs WHERE kind = $1 AND target = $2 AND fence = $3 AND wanted = $4")
        .bind(claim.job.kind())
        .bind(key(claim.job.target()))
        .bind(claim.fence)
        .bind(claim.wanted)
        .execute(tx.conn())
        .await?;
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        put_back(tx, claim, again_ms).await
    }
}

/// Puts an unfinished job back, to run again at a time in milliseconds since 1970. An enqueue that
/// came meanwhile does not bring it forward. Ends the claim: a late renewal must not lease a job
/// that nobody works on.
///
/// # Errors
/// [`Error::LeaseLost`] when another claim replaced it.
pub async fn put_back(tx: &mut Tx, claim: &Claim, run_at_ms: i64) -> Result<(), Error> {
    let sql = "UPDATE jobs SET lease_until_ms = 0, fence = 0, run_at_ms = $4
        WHERE kind = $1 AND target = $2 AND fence = $3";
    guarded(tx, sql, claim, Some(run_at_ms)).await
}

async fn guarded(tx: &mut Tx, sql: &'static str, claim: &Claim, time_ms: Option<i64>) -> Result<(), Error> {
    let query = sqlx::query(sql)
        .bind(claim.job.kind())
        .bind(key(claim.job.target()))
        .bind(claim.fence);
    let query = if let Some(time_ms) = time_ms {
        query.bind(time_ms)
    } else {
        query
    };
    let changed = query.execute(tx.conn()).await?;
    if changed.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Error::LeaseLost)
    }
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
