//! Claims jobs, runs them, and finishes them or puts them back. A worker renews its leases while it
//! works; a fence keeps a worker whose lease ended from writing.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::join_all;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, Span};

use crate::domain::engine::quota::EngineQuota;
use crate::domain::job::Job;
use crate::flow::dispatch;
use crate::flow::done::Done;
use crate::flow::error::{Error, chain};
use crate::flow::services::Services;
use crate::random;
use crate::store;
use crate::store::fair_queue::{self, At};
use crate::store::jobs::{self, Claim, Lane};

/// How long a claim holds unless it is renewed, in milliseconds.
const LEASE_MS: i64 = 60_000;
const RENEW_EVERY: Duration = Duration::from_secs(20);
/// How many quick jobs run at once.
const QUICK_AT_ONCE: usize = 8;
/// How often the queue is looked at without a ring. Other processes enqueue too, and leases end.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The shortest and the longest pause before a job runs again after a passing failure, in
/// milliseconds. Each pause is double the one before.
const RETRY_MS: (i64, i64) = (1_000, 60_000);
const BROKEN_MS: (i64, i64) = (30_000, 600_000);

/// Runs the jobs of the queue. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Worker {
    services: Services,
}

/// What one loop of the worker claims. Each engine has its own loop, so that a slow one delays no
/// other.
#[derive(Debug)]
pub enum Take {
    /// All jobs but renders.
    Quick,
    /// The renders of one engine.
    Images(EngineQuota),
}

impl Worker {
    /// Makes a worker. It lets each engine draw as many images at once as the operator's rules
    /// allow.
    #[must_use]
    pub const fn new(services: Services) -> Self {
        Self { services }
    }

    /// Works until it is told to stop. Then it claims nothing more and waits for the jobs under
    /// way, so that a deploy leaves no paid call behind whose outcome nobody learned.
    pub async fn run(&self, stop: CancellationToken) {
        let tracker = TaskTracker::new();
        let mut loops = vec![self.take(Take::Quick, QUICK_AT_ONCE, &tracker, &stop)];
        for engine in self.services.rules.engines() {
            let at_once = engine.quota.at_once as usize;
            loops.push(self.take(Take::Images(engine), at_once, &tracker, &stop));
        }
        join_all(loops).await;
        tracker.close();
        tracker.wait().await;
    }

    async fn take(&self, what: Take, at_once: usize, tracker: &TaskTracker, stop: &CancellationToken) {
        let places = Arc::new(Semaphore::new(at_once));
        let mut bell = self.services.wake.listen();
        while !stop.is_cancelled() {
            let Ok(place) = places.clone().acquire_owned().await else {
                return;
            };
            bell.mark_unchanged();
            match self.claim(&what).await {
                Ok(Some(claim)) if !stop.is_cancelled() => {
                    let worker = self.clone();
                    tracker.spawn(async move {
                        worker.perform(claim).await;
                        drop(place);
                    });
                    continue;
                }
                // The worker is being stopped. Without this, the lease would keep the job from the
                // next process for a minute.
                Ok(Some(claim)) => {
                    let at_once = Ok(Done::Again(self.services.clock.now_ms()));
                    self.finish(claim, at_once).instrument(span(&claim)).await;
                }
                Ok(None) => {}
                Err(error) => tracing::error!("the queue cannot be read: {}", chain(&error)),
            }
            drop(place);
            tokio::select! {
                () = stop.cancelled() => {}
                _ = bell.changed() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Claims the job that has been due longest, or the next image of an engine. Returns `None` if
    /// none is due.
    ///
    /// # Errors
    /// [`Error`] when the queue cannot be read.
    pub async fn claim(&self, what: &Take) -> Result<Option<Claim>, Error> {
        match what {
            Take::Quick => self.claim_quick().await,
            Take::Images(engine) => self.claim_image(engine).await,
        }
    }

    async fn claim_quick(&self) -> Result<Option<Claim>, Error> {
        self.claim_twice(
            Lane::Quick,
            |At {
                 now_ms,
                 lease_until_ms,
                 fence,
             }| {
                let store = &self.services.store;
                store.write(move |tx| jobs::claim(tx, now_ms, lease_until_ms, fence).boxed())
            },
        )
        .await
    }

    async fn claim_image(&self, engine: &EngineQuota) -> Result<Option<Claim>, Error> {
        self.claim_twice(Lane::Render, |at| {
            let engine = engine.clone();
            let store = &self.services.store;
            store.write(move |tx| async move { fair_queue::claim(tx, &engine, at).await }.boxed())
        })
        .await
    }

    /// Claims a job, and tries once more if that gave none although one is due: another process may
    /// have taken only the first.
    async fn claim_twice<F>(&self, lane: Lane, claim: impl Fn(At) -> F) -> Result<Option<Claim>, Error>
    where
        F: Future<Output = Result<Option<Claim>, store::Error>>,
    {
        let now_ms = self.services.clock.now_ms();
        let at = || At {
            now_ms,
            lease_until_ms: now_ms + LEASE_MS,
            fence: random::bits(),
        };
        if let Some(claim) = claim(at()).await? {
            return Ok(Some(claim));
        }
        let due = self
            .services
            .store
            .read(move |tx| jobs::any_due(tx, lane, now_ms).boxed());
        if due.await? {
            Ok(claim(at()).await?)
        } else {
            Ok(None)
        }
    }

    /// Runs a claimed job to its end and records how it ended.
    pub async fn perform(&self, claim: Claim) {
        self.run_and_finish(claim).instrument(span(&claim)).await;
    }

    async fn run_and_finish(&self, claim: Claim) {
        let renewal = tokio::spawn(self.clone().renew(claim).in_current_span());
        let services = self.services.clone();
        let work = async move { dispatch::run(&services, &claim).await };
        // A task of its own makes a panic a failed job, and not a dead worker.
        let outcome = tokio::spawn(work.in_current_span()).await;
        renewal.abort();
        let outcome = outcome.unwrap_or_else(|panic| Err(Error::broken(format!("a job panicked: {panic}"))));
        self.finish(claim, outcome).await;
    }

    async fn renew(self, claim: Claim) {
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            let until = self.services.clock.now_ms() + LEASE_MS;
            let renewed = self
                .services
                .store
                .write(move |tx| async move { jobs::renew(tx, &claim, until).await }.boxed());
            if let Err(error) = renewed.await {
                tracing::warn!("the lease on a job was not renewed: {}", chain(&error));
            }
        }
    }

    async fn finish(&self, claim: Claim, outcome: Result<Done, Error>) {
        let now_ms = self.services.clock.now_ms();
        let (mut rest_ms, mut again_ms) = (now_ms, None);
        match outcome {
            Ok(Done::Finished) => {}
            Ok(Done::Rest(at_ms)) => rest_ms = at_ms,
            Ok(Done::Again(at_ms)) => again_ms = Some(at_ms),
            // The worker that replaced the claim finishes the job.
            Err(Error::LeaseLost) => return,
            Err(error @ Error::Retry { after_ms, .. }) => {
                tracing::warn!("a job is put back to be tried again: {}", chain(&error));
                // A service that asks for a wait of zero again and again is given a longer one.
                again_ms = Some(now_ms + after_ms.unwrap_or(0).max(pause(RETRY_MS, claim.attempts)));
            }
            Err(error @ Error::Broken(..)) => {
                tracing::error!("a job failed: {}", chain(&error));
                again_ms = Some(now_ms + pause(BROKEN_MS, claim.attempts));
            }
        }
        let written = self.services.store.write(move |tx| {
            async move {
                match again_ms {
                    None => jobs::finish(tx, &claim, rest_ms).await,
                    Some(at_ms) => jobs::put_back(tx, &claim, at_ms).await,
                }
            }
            .boxed()
        });
        match written.await {
            Ok(()) => self.services.wake.ring(),
            // The lease ends and the job runs again. Every job may.
            Err(error) => {
                tracing::warn!("the end of a job was not written: {}", chain(&error));
            }
        }
    }
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
        | Job::LogUnknown(id) => id.to_string(),
        Job::OpenThread(_)
        | Job::ShowProgress(_)
        | Job::Recount(_)
        | Job::Remind(_)
        | Job::Alert(_)
        | Job::Forget(_)
        | Job::ResumeWaiting(_)
        | Job::CheckSettings(_) => job.target().to_string(),
    }
}

/// Returns the pause after so many attempts, in milliseconds.
fn pause((first, longest): (i64, i64), attempts: u32) -> i64 {
    let doublings = attempts.saturating_sub(1).min(20);
    (first << doublings).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let pauses: Vec<i64> = [1, 2, 3, 6, 7, 8, u32::MAX]
            .map(|attempts| pause(RETRY_MS, attempts))
            .to_vec();
        assert_eq!(pauses, [1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000]);
    }
}
