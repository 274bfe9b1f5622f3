//! Claims jobs in the transaction that enqueues them.
//!
//! A commit would ring the worker, which would claim in a transaction of its own. Where the worker
//! has a free place, the transaction claims for it instead, and its commit puts the claims on the
//! worker's tray. A claim that nobody comes for, because the process died, ends with its lease.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::Lane;
use crate::domain::engine::quota::EngineQuota;
use crate::store::jobs::{self, At, Taken};
use crate::store::{Error, Tx, fair_queue};

/// What one lane of the worker claims. Each engine has its own, so that a slow one delays no other.
#[derive(Clone, Debug)]
pub enum Take {
    /// All jobs but renders.
    Quick,
    /// The renders of one engine.
    Images(EngineQuota),
}

impl Take {
    /// Returns the lane whose bell is rung for these jobs.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        match self {
            Self::Quick => Lane::Quick,
            Self::Images(_) => Lane::Render,
        }
    }

    /// Claims at most `most` jobs: those that have been due longest, or the next images of an
    /// engine.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn claim(&self, tx: &mut Tx, at: At, most: usize) -> Result<Taken, Error> {
        match self {
            Self::Quick => jobs::claim(tx, at, most).await,
            Self::Images(engine) => fair_queue::claim(tx, engine, at, most).await,
        }
    }
}

/// Jobs that a commit has claimed, each with a place.
#[derive(Debug)]
pub struct Handed {
    /// The claims.
    pub taken: Taken,
    /// The places.
    pub places: Vec<OwnedSemaphorePermit>,
}

/// Where a commit puts what it has claimed for a lane of the worker.
#[derive(Clone)]
pub struct Tray {
    take: Take,
    places: Arc<Semaphore>,
    at: Arc<dyn Fn() -> At + Send + Sync>,
    out: mpsc::UnboundedSender<Handed>,
}

impl fmt::Debug for Tray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tray")
            .field("take", &self.take)
            .finish_non_exhaustive()
    }
}

impl Tray {
    /// Makes a tray for a lane with these places, and what is put on it. `at` gives each claim its
    /// time and its mark.
    #[must_use]
    pub fn new(
        take: Take,
        places: Arc<Semaphore>,
        at: impl Fn() -> At + Send + Sync + 'static,
    ) -> (Self, mpsc::UnboundedReceiver<Handed>) {
        let (out, handed) = mpsc::unbounded_channel();
        let at = Arc::new(at);
        (
            Self {
                take,
                places,
                at,
                out,
            },
            handed,
        )
    }

    /// Takes all places that are free.
    fn free(&self) -> Vec<OwnedSemaphorePermit> {
        let free = || self.places.clone().try_acquire_owned().ok();
        std::iter::from_fn(free).collect()
    }
}

/// The trays of a process. Cheap to clone; a copy is the same trays.
#[derive(Clone, Debug, Default)]
pub struct Trays(Arc<Mutex<Vec<Arc<Tray>>>>);

/// A tray that is out. It is taken away when this is dropped.
#[derive(Debug)]
pub struct PutOut {
    trays: Trays,
    tray: Arc<Tray>,
}

/// What a transaction has claimed. Dropped without a commit, it only frees the places.
#[derive(Debug, Default)]
pub(in crate::store) struct Filled(Vec<(Arc<Tray>, Handed)>);

impl Trays {
    /// Puts a tray out. Commits claim for it from now on.
    #[must_use]
    pub fn put_out(&self, tray: Tray) -> PutOut {
        let tray = Arc::new(tray);
        self.all().push(tray.clone());
        let trays = self.clone();
        PutOut { trays, tray }
    }

    /// Claims for the lanes in which a transaction has enqueued something that is due, for as many
    /// places as are free. The transaction must commit next. It then rings only where somebody is
    /// still to look.
    pub(in crate::store) async fn fill(&self, tx: &mut Tx) -> Result<Filled, Error> {
        let mut filled = Vec::new();
        for lane in [Lane::Quick, Lane::Render] {
            let Some(due_ms) = tx.rung().due_ms(lane) else {
                continue;
            };
            let mut answered = true;
            let trays: Vec<Arc<Tray>> = self
                .all()
                .iter()
                .filter(|tray| tray.take.lane() == lane)
                .cloned()
                .collect();
            let mut is_taken = false;
            for tray in &trays {
                // Claims of two engines move the turns of guilds in no common order, and two such
                // transactions could wait for each other.
                if is_taken {
                    answered = false;
                    break;
                }
                let at = (tray.at)();
                if due_ms > at.now_ms {
                    continue;
                }
                let mut places = tray.free();
                if places.is_empty() {
                    answered = false;
                    continue;
                }
                let taken = tray.take.claim(tx, at, places.len()).await?;
                answered &= !taken.full;
                places.truncate(taken.claims.len());
                if !taken.claims.is_empty() {
                    is_taken = true;
                    filled.push((tray.clone(), Handed { taken, places }));
                }
            }
            if answered && !trays.is_empty() {
                tx.answer(lane);
            }
        }
        Ok(Filled(filled))
    }

    fn all(&self) -> MutexGuard<'_, Vec<Arc<Tray>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Filled {
    /// Hands out what was claimed, once that is committed.
    pub(in crate::store) fn hand_out(self) {
        for (tray, handed) in self.0 {
            // A worker that has ended since does not come for it. The claim ends with its lease.
            drop(tray.out.send(handed));
        }
    }
}

impl Drop for PutOut {
    fn drop(&mut self) {
        self.trays.all().retain(|tray| !Arc::ptr_eq(tray, &self.tray));
    }
}
