//! Claims jobs and writes how they ended.

use std::collections::BTreeMap;

use futures::FutureExt;

use crate::domain::job::Job;
use crate::flow::dispatch::{self, Begun};
use crate::flow::done::Done;
use crate::flow::error::{Error, chain};
use crate::flow::services::Services;
use crate::random;
use crate::store::bell::tray::Take;
use crate::store::jobs::{self, At, Claim, Taken};
use crate::store::{self, Tx};

/// How long a claim holds unless it is renewed, in milliseconds. A worker that is alive misses four
/// renewals before another takes its job over.
pub(super) const LEASE_MS: i64 = 15_000;
/// How far ahead a lease or a pause may lie, in milliseconds. It is longer than any pause that a
/// job or a service asks for.
pub const LONGEST_MS: i64 = 60 * 60_000;

/// Runs the jobs of the queue. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Worker {
    pub(super) services: Services,
}

/// What a worker has in hand after a job.
#[derive(Debug, Default)]
pub struct Turn {
    /// The job that follows from the one that ended, in another lane.
    pub next: Option<Claim>,
    /// What was claimed together with the end of the job. `None`: the queue was not asked.
    pub taken: Option<Taken>,
}

impl Worker {
    /// Makes a worker. It lets each engine draw as many images at once as the operator's rules
    /// allow.
    #[must_use]
    pub const fn new(services: Services) -> Self {
        Self { services }
    }

    /// Claims at most `most` jobs: those that have been due longest, or the next images of an
    /// engine.
    ///
    /// # Errors
    /// [`Error`] when the queue cannot be read.
    pub async fn claim(&self, what: &Take, most: usize) -> Result<Taken, Error> {
        let (what, at) = (what.clone(), self.at());
        let claimed = self
            .services
            .store
            .write(move |tx| async move { what.claim(tx, at, most).await }.boxed());
        Ok(claimed.await?)
    }

    /// Begins together, in one transaction, what several claims have to draw. Returns what was begun of
    /// each. A claim that is left out begins by itself.
    pub async fn begin(&self, claims: &[Claim]) -> Vec<Option<Begun>> {
        let draws = |claim: &&Claim| matches!(claim.job, Job::Render(_));
        let mut begun = BTreeMap::new();
        if claims.iter().filter(draws).count() > 1 {
            match dispatch::begin(&self.services, claims).await {
                Ok(all) => begun = all,
                // One that cannot be begun keeps no other from it.
                Err(error) => tracing::warn!("images begin one by one: {}", chain(&error)),
            }
        }
        let of = |claim: &Claim| match claim.job {
            Job::Render(id) => begun.remove(&id),
            _ => None,
        };
        claims.iter().map(of).collect()
    }

    /// Gives back a claim whose work was not begun, so that its lease keeps nobody waiting.
    pub async fn give_back(&self, claim: Claim) {
        let given = self
            .services
            .store
            .write(move |tx| async move { jobs::give_back(tx, &claim).await }.boxed());
        if let Err(error) = given.await {
            tracing::warn!("a job was not given back: {}", chain(&error));
        }
    }

    /// Returns the time and the mark of a claim that is made now.
    #[must_use]
    pub fn at(&self) -> At {
        let now_ms = self.services.clock.now_ms();
        At {
            now_ms,
            lease_until_ms: now_ms + LEASE_MS,
            fence: random::bits(),
        }
    }

    /// Makes jobs due that lie further ahead than any can: the clock may have been wrong for a while,
    /// here or where another process runs.
    pub(super) async fn bring_back(&self) {
        let now_ms = self.services.clock.now_ms();
        let brought = self
            .services
            .store
            .write(move |tx| async move { jobs::bring_back(tx, now_ms, LONGEST_MS).await }.boxed());
        match brought.await {
            Ok(0) => {}
            Ok(jobs) => tracing::warn!(
                jobs,
                "jobs lay further ahead than any can, by a clock that was wrong, and are due now"
            ),
            Err(error) => tracing::error!("the queue cannot be read: {}", chain(&error)),
        }
    }
}

/// Writes the end of a job to the queue.
pub(super) async fn end(tx: &mut Tx, claim: &Claim, done: Done, now_ms: i64) -> Result<(), store::Error> {
    match done {
        Done::Finished => jobs::finish(tx, claim, now_ms).await,
        Done::Rest(at_ms) => jobs::finish(tx, claim, at_ms).await,
        Done::Again(at_ms) => jobs::put_back(tx, claim, at_ms).await,
        Done::NotYet(at_ms) => jobs::put_off(tx, claim, at_ms).await,
        Done::Ended(_) => Ok(()),
    }
}
