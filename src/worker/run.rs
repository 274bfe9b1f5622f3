//! Runs one job and writes how it ended.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use tracing::{Instrument, Span};

use super::queue::{LEASE_MS, Turn, Worker, end};
use crate::domain::job::Job;
use crate::domain::pauses::Pauses;
use crate::flow::dispatch::{self, Begun};
use crate::flow::done::Done;
use crate::flow::error::{Error, chain};
use crate::store::bell::tray::Take;
use crate::store::jobs::{self, Claim};

/// How often a lease is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(3);
/// The pauses before a job runs again after a passing failure.
const RETRY: Pauses = Pauses {
    first: Duration::from_secs(1),
    longest: Duration::from_mins(1),
};
/// The pauses before a job runs again after a failure that may not pass.
const BROKEN: Pauses = Pauses {
    first: Duration::from_secs(30),
    longest: Duration::from_mins(10),
};

impl Worker {
    /// Runs a claimed job to its end and records how it ended. Returns the job that follows from
    /// it, if that is claimed by now.
    pub async fn perform(&self, claim: Claim) -> Option<Claim> {
        self.turn(claim, None, &Take::Quick, || 0).await.next
    }

    /// Runs a claimed job to its end, or goes on with what was begun of it. Records the end, and claims
    /// in the same transaction at most as many jobs as `free` says then.
    pub async fn turn(
        &self,
        claim: Claim,
        begun: Option<Begun>,
        take: &Take,
        free: impl FnOnce() -> usize + Send,
    ) -> Turn {
        let run = async {
            let outcome = self.run_one(claim, begun).await;
            self.finish(claim, outcome, take, free).await
        };
        run.instrument(span(&claim)).await
    }

    async fn run_one(&self, claim: Claim, begun: Option<Begun>) -> Result<Done, Error> {
        let work = async {
            match begun {
                Some(begun) => dispatch::go_on(&self.services, &claim, begun).await,
                None => dispatch::run(&self.services, &claim).await,
            }
        };
        // A panic is a failed job, and not a dead worker.
        let work = AssertUnwindSafe(work).catch_unwind();
        // The flows are large, and most time is spent elsewhere.
        let mut work = Box::pin(work);
        loop {
            tokio::select! {
                biased;
                outcome = &mut work => {
                    return outcome.unwrap_or_else(|panic| Err(Error::broken(panicked(panic.as_ref()))));
                }
                () = tokio::time::sleep(RENEW_EVERY) => {
                    // Beside the work, which goes on while the database is slow.
                    drop(tokio::spawn(self.clone().renew(claim).in_current_span()));
                }
            }
        }
    }

    async fn renew(self, claim: Claim) {
        let until = self.services.clock.now_ms() + LEASE_MS;
        let renewed = self
            .services
            .store
            .write(move |tx| async move { jobs::renew(tx, &claim, until).await }.boxed());
        if let Err(error) = renewed.await {
            tracing::warn!("the lease on a job was not renewed: {}", chain(&error));
        }
    }

    async fn finish(
        &self,
        claim: Claim,
        outcome: Result<Done, Error>,
        take: &Take,
        free: impl FnOnce() -> usize + Send,
    ) -> Turn {
        let done = match outcome {
            Ok(Done::Ended(next)) => return Turn { next, taken: None },
            Ok(done) => done,
            // The worker that replaced the claim finishes the job.
            Err(Error::LeaseLost) => return Turn::default(),
            Err(error) => Done::Again(self.services.clock.now_ms() + pause_after(&error, claim.attempts)),
        };
        let (take, at, most) = (take.clone(), self.at(), free());
        let written = self.services.store.write(move |tx| {
            async move {
                end(tx, &claim, done, at.now_ms).await?;
                if most == 0 {
                    return Ok(None);
                }
                take.claim(tx, at, most).await.map(Some)
            }
            .boxed()
        });
        match written.await {
            Ok(taken) => Turn { next: None, taken },
            // The lease ends and the job runs again. Every job may.
            Err(error) => {
                tracing::warn!("the end of a job was not written: {}", chain(&error));
                Turn::default()
            }
        }
    }
}

/// Says why a job failed, and returns the pause before it runs again, in milliseconds.
fn pause_after(error: &Error, attempts: u32) -> i64 {
    match error {
        Error::Retry { after_ms, .. } => {
            tracing::warn!("a job is put back to be tried again: {}", chain(error));
            // A service that asks for a wait of zero again and again is given a longer one.
            after_ms.unwrap_or(0).max(pause_ms(RETRY, attempts))
        }
        Error::Broken(..) | Error::LeaseLost => {
            tracing::error!("a job failed: {}", chain(error));
            pause_ms(BROKEN, attempts)
        }
    }
}

/// Returns what a panic said.
fn panicked(panic: &(dyn std::any::Any + Send)) -> String {
    let said = panic
        .downcast_ref::<&str>()
        .map(|said| (*said).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!("a job panicked: {}", said.unwrap_or_default())
}

/// Makes the span of one run of a job. Its level keeps the ids of a warning in the log whatever
/// `log.filter` says.
fn span(claim: &Claim) -> Span {
    tracing::error_span!(
        "job",
        job.kind = claim.job.kind(),
        job.target = %target(claim.job),
        job.attempt = claim.attempts,
    )
}

/// Returns the id that a job is about, written as in `render.id` and the other fields of the log.
fn target(job: Job) -> String {
    match job {
        Job::Render(id)
        | Job::Deliver(id)
        | Job::ShowTally(id)
        | Job::Confirm(id)
        | Job::RecheckLimit(id)
        | Job::CloseVote(id)
        | Job::Exhibit(id)
        | Job::LogSpend(id)
        | Job::LogUnknown(id)
        | Job::TellStop(id) => id.to_string(),
        Job::OpenThread(_)
        | Job::ShowProgress(_)
        | Job::Recount(_)
        | Job::Remind(_)
        | Job::LookUp(_)
        | Job::LogGrant(_)
        | Job::Alert(_)
        | Job::Digest(_)
        | Job::Hello(_)
        | Job::Forget(_)
        | Job::ResumeWaiting(_)
        | Job::CheckSettings(_)
        | Job::RemoveFiles(_) => job.target().to_string(),
    }
}

/// Returns the pause after so many attempts, in milliseconds.
fn pause_ms(pauses: Pauses, attempts: u32) -> i64 {
    i64::try_from(pauses.after(attempts).as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_outlives_four_renewals_that_are_missed() {
        let every_ms = i64::try_from(RENEW_EVERY.as_millis()).expect("seconds");
        assert!(4 * every_ms < LEASE_MS, "{LEASE_MS} ms");
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let pauses: Vec<i64> = [1, 2, 3, 6, 7, 8, u32::MAX]
            .map(|attempts| pause_ms(RETRY, attempts))
            .to_vec();
        assert_eq!(pauses, [1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000]);
    }
}
