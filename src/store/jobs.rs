//! Queues jobs as rows with leases. A job is enqueued in the transaction of the change that needs
//! it.

/// The kinds of the jobs that wait for days.
macro_rules! of_days {
    () => {
        "('close_vote', 'remind', 'uncap', 'check_settings')"
    };
}

mod copied;
mod depth;

use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use super::bell::Lane;
use super::rows::{id, integer, key, places, text};
use super::tx::Engine;
use super::{Error, Tx};
use crate::domain::ids::DraftId;
use crate::domain::job::Job;

pub use copied::may_have_run;
pub use depth::{Depth, Depths, astray, depths, due_ms, pending};

/// A job that one worker of this process may work on until the lease ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The job to run.
    pub job: Job,
    /// How often the job was claimed since it last finished, counting this claim.
    pub attempts: u32,
    fence: i64,
    wanted: i64,
    /// When it was due as it was claimed, in milliseconds since 1970.
    due_ms: i64,
}

/// Writes the statement that claims quick jobs, with what a database needs behind its SELECT.
macro_rules! choose {
    ($behind:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (SELECT kind, target FROM jobs WHERE run_at_ms <= $3 AND lease_until_ms <= $3
                AND kind <> 'render' ORDER BY run_at_ms, target, kind LIMIT $4",
            $behind,
            ") UPDATE jobs SET lease_until_ms = $1, fence = $2, attempts = attempts + 1
             WHERE (kind, target) IN (SELECT kind, target FROM due)
             RETURNING kind, target, attempts, wanted, run_at_ms"
        )
    };
}

/// Enqueues a job, to run at a time in milliseconds since 1970. If the job is queued already,
/// brings it forward. If it is running, makes it run again.
///
/// # Errors
/// [`Error::Database`].
pub async fn enqueue(tx: &mut Tx, job: Job, run_at_ms: i64) -> Result<(), Error> {
    enqueue_all(tx, &[(job, run_at_ms)]).await
}

/// Enqueues different jobs like [`enqueue`], each to run at its time, in one statement.
///
/// # Errors
/// [`Error::Database`].
pub async fn enqueue_all(tx: &mut Tx, jobs: &[(Job, i64)]) -> Result<(), Error> {
    schedule(tx, jobs).await?;
    for (job, run_at_ms) in jobs {
        tx.ring(Lane::of(*job), *run_at_ms);
    }
    Ok(())
}

/// Enqueues different jobs like [`enqueue_all`], but rings no bell: they are due later, and a lane
/// that is called for them would find nothing. It looks by itself once a second.
///
/// # Errors
/// [`Error::Database`].
pub async fn schedule(tx: &mut Tx, jobs: &[(Job, i64)]) -> Result<(), Error> {
    if jobs.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO jobs (kind, target, run_at_ms) VALUES {}
         ON CONFLICT (kind, target) DO UPDATE SET wanted = jobs.wanted + 1, attempts = 0, run_at_ms =
            CASE WHEN excluded.run_at_ms < jobs.run_at_ms THEN excluded.run_at_ms ELSE jobs.run_at_ms END",
        places(jobs.len(), 3)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (job, run_at_ms) in jobs {
        query = query.bind(job.kind()).bind(key(job.target())).bind(*run_at_ms);
    }
    query.execute(tx.conn()).await?;
    Ok(())
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

/// What a claim took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The jobs, in the order in which they are to be begun.
    pub claims: Vec<Claim>,
    /// Whether more may be due: more images waited, or as many quick jobs were taken as were asked
    /// for. A row of a kind that this version does not know counts. It is set aside for as long as a
    /// lease, so that the others need not wait.
    pub full: bool,
}

/// Claims at most `most` jobs of the quick lane, those that have been due longest. The [fair
/// queue](super::fair_queue) claims paid calls.
///
/// # Errors
/// [`Error::Database`].
pub async fn claim(tx: &mut Tx, at: At, most: usize) -> Result<Taken, Error> {
    // Chooses once, and passes over what another process is about to take.
    let sql = match tx.engine() {
        Engine::Sqlite => choose!(""),
        Engine::Postgres => choose!(" FOR UPDATE SKIP LOCKED"),
    };
    let rows = sqlx::query(sql)
        .bind(at.lease_until_ms)
        .bind(at.fence)
        .bind(at.now_ms)
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(tx.conn())
        .await?;
    let taken = taken(&rows, at.fence, most)?;
    if !taken.full {
        tx.answer(Lane::Quick);
    }
    Ok(taken)
}

/// Reads what a claim took.
pub(super) fn taken(rows: &[AnyRow], fence: i64, most: usize) -> Result<Taken, Error> {
    let mut claims = Vec::with_capacity(rows.len());
    for row in rows {
        claims.extend(claim_of(row, fence)?);
    }
    // An UPDATE returns its rows in no order.
    claims.sort_by_key(|claim| (claim.due_ms, claim.job.target(), claim.job.kind()));
    Ok(Taken {
        full: rows.len() == most,
        claims,
    })
}

/// Reads the claim from its row, if this version knows its kind.
fn claim_of(row: &AnyRow, fence: i64) -> Result<Option<Claim>, Error> {
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
        due_ms: integer(row, "run_at_ms")?,
    }))
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
    if remove(tx, claim).await? {
        Ok(())
    } else {
        put_back(tx, claim, again_ms).await
    }
}

/// Removes a job that the claim still holds and that was not enqueued again. Returns whether it did.
async fn remove(tx: &mut Tx, claim: &Claim) -> Result<bool, Error> {
    let done = sqlx::query("DELETE FROM jobs WHERE kind = $1 AND target = $2 AND fence = $3 AND wanted = $4")
        .bind(claim.job.kind())
        .bind(key(claim.job.target()))
        .bind(claim.fence)
        .bind(claim.wanted)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Finishes a job in the transaction of the last thing that it does, like [`finish`]. If another claim
/// replaced it, that thing is done all the same, and the other worker finishes the job.
///
/// # Errors
/// [`Error::Database`].
pub async fn finish_with(tx: &mut Tx, claim: &Claim, again_ms: i64) -> Result<(), Error> {
    if remove(tx, claim).await? {
        return Ok(());
    }
    // It was enqueued again meanwhile.
    tx.ring(Lane::of(claim.job), again_ms);
    match put_back(tx, claim, again_ms).await {
        Ok(()) | Err(Error::LeaseLost) => Ok(()),
        Err(error) => Err(error),
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

/// Puts a job off whose work cannot begin yet, to run at a time in milliseconds since 1970, or at
/// once if it was [woken](wake_later_images) meanwhile. This claim does not count as an attempt.
///
/// # Errors
/// [`Error::LeaseLost`] when another claim replaced it.
pub async fn put_off(tx: &mut Tx, claim: &Claim, run_at_ms: i64) -> Result<(), Error> {
    let put_off = sqlx::query(
        "UPDATE jobs SET lease_until_ms = 0, fence = 0,
            run_at_ms = CASE WHEN run_at_ms = $5 THEN $4 ELSE run_at_ms END,
            attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END
         WHERE kind = $1 AND target = $2 AND fence = $3",
    )
    .bind(claim.job.kind())
    .bind(key(claim.job.target()))
    .bind(claim.fence)
    .bind(run_at_ms)
    .bind(claim.due_ms)
    .execute(tx.conn())
    .await?;
    // It may have been woken meanwhile.
    tx.ring(Lane::of(claim.job), claim.due_ms);
    if put_off.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Error::LeaseLost)
    }
}

/// Brings the delivery of a draft's stored first images forward that wait for the one at a
/// position. They keep count of their attempts, by which a posted message is looked for. One that
/// is just being [put off](put_off) sees by its time that it was woken, and one that is being
/// posted does not run again for that.
///
/// # Errors
/// [`Error::Database`].
pub async fn wake_later_images(tx: &mut Tx, draft: DraftId, position: u32, now_ms: i64) -> Result<(), Error> {
    let sql = "UPDATE jobs SET run_at_ms = CASE WHEN run_at_ms > $3 THEN $3 ELSE run_at_ms END - 1
        WHERE kind = 'deliver' AND target IN (SELECT id FROM renders WHERE draft_id = $1
            AND stage = 'explore' AND version = 1 AND position > $2 AND state = 'done' AND message_id IS NULL)
        RETURNING lease_until_ms";
    let woken = sqlx::query(sql)
        .bind(key(draft.get()))
        .bind(i64::from(position))
        .bind(now_ms)
        .fetch_all(tx.conn())
        .await?;
    for row in &woken {
        // One that is running sees it by itself.
        if integer(row, "lease_until_ms")? <= now_ms {
            tx.ring(Lane::Quick, now_ms - 1);
        }
    }
    Ok(())
}

/// Gives back a claim whose work was not begun: the job is due as it was, and this claim does not
/// count as an attempt.
///
/// # Errors
/// [`Error::LeaseLost`] when another claim replaced it.
pub async fn give_back(tx: &mut Tx, claim: &Claim) -> Result<(), Error> {
    let sql = "UPDATE jobs SET lease_until_ms = 0, fence = 0, attempts = attempts - 1
        WHERE kind = $1 AND target = $2 AND fence = $3";
    tx.ring(Lane::of(claim.job), claim.due_ms);
    guarded(tx, sql, claim, None).await
}

/// Ends a job by turning its row into the job that follows from it, claimed by the same worker.
/// Returns the new claim. Returns `None`, and changes nothing, if the claim was replaced, the job
/// was enqueued again meanwhile, or the other job is queued already.
///
/// # Errors
/// [`Error::Database`].
pub async fn hand_over(tx: &mut Tx, claim: &Claim, to: Job) -> Result<Option<Claim>, Error> {
    let handed = sqlx::query(
        "UPDATE jobs SET kind = $5, target = $6, attempts = 1, wanted = 1
         WHERE kind = $1 AND target = $2 AND fence = $3 AND wanted = $4
            AND NOT EXISTS (SELECT 1 FROM jobs other WHERE other.kind = $5 AND other.target = $6)
         RETURNING run_at_ms",
    )
    .bind(claim.job.kind())
    .bind(key(claim.job.target()))
    .bind(claim.fence)
    .bind(claim.wanted)
    .bind(to.kind())
    .bind(key(to.target()))
    .fetch_optional(tx.conn())
    .await?;
    let claim = |row: AnyRow| {
        Ok(Claim {
            job: to,
            attempts: 1,
            fence: claim.fence,
            wanted: 1,
            due_ms: integer(&row, "run_at_ms")?,
        })
    };
    handed.map(claim).transpose()
}

/// Makes jobs due that lie further ahead than any can: those of a clock that was wrong for a while.
/// A lease counts as over, and so does a pause, but for the jobs that wait for days. Returns how
/// many there were.
///
/// # Errors
/// [`Error::Database`].
pub async fn bring_back(tx: &mut Tx, now_ms: i64, longest_ms: i64) -> Result<u64, Error> {
    let late_ms = now_ms + longest_ms;
    let brought = sqlx::query(concat!(
        "UPDATE jobs SET lease_until_ms = CASE WHEN lease_until_ms > $2 THEN 0 ELSE lease_until_ms END,
            run_at_ms = CASE WHEN run_at_ms > $2 AND kind NOT IN ",
        of_days!(),
        " THEN $1 ELSE run_at_ms END
         WHERE lease_until_ms > $2 OR (run_at_ms > $2 AND kind NOT IN ",
        of_days!(),
        ")",
    ))
    .bind(now_ms)
    .bind(late_ms)
    .execute(tx.conn())
    .await?;
    Ok(brought.rows_affected())
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
