//! Serves a lane of the queue: claims for as many places as are free, and fills them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::queue::Worker;
use crate::flow::dispatch::Begun;
use crate::flow::error::chain;
use crate::store::bell::Lane;
use crate::store::bell::tray::{Handed, Take, Tray};
use crate::store::jobs::{Claim, Taken};

/// How many quick jobs run at once.
const QUICK_AT_ONCE: usize = 8;
/// How often the queue is looked at without a ring. Jobs become due, other processes enqueue too,
/// and leases end.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a worker that ends waits for claims that a commit is just making for it.
const LAST_CLAIMS: Duration = Duration::from_secs(5);
/// How often jobs are looked for that lie further ahead than any can.
const BRING_BACK_EVERY: Duration = Duration::from_mins(1);

/// The places of a lane. A copy is the same places.
#[derive(Clone, Debug)]
struct Desk {
    take: Arc<Take>,
    places: Arc<Semaphore>,
    /// Whether the last claim took as much as it could: more may be due.
    more: Arc<AtomicBool>,
    /// Told when a place is free and more may be due.
    free: Arc<Notify>,
    stop: CancellationToken,
}

/// A job with the place in which it runs.
struct Seated {
    claim: Claim,
    /// What was begun of it already.
    begun: Option<Begun>,
    place: OwnedSemaphorePermit,
}

impl Desk {
    fn new(take: Take, at_once: usize, stop: &CancellationToken) -> Self {
        Self {
            take: Arc::new(take),
            places: Arc::new(Semaphore::new(at_once)),
            more: Arc::default(),
            free: Arc::default(),
            stop: stop.clone(),
        }
    }

    /// Waits for a free place, and takes all that are free.
    async fn places(&self) -> Option<Vec<OwnedSemaphorePermit>> {
        let first = self.place().await?;
        Some(std::iter::once(first).chain(self.free()).collect())
    }

    /// Waits for a free place.
    async fn place(&self) -> Option<OwnedSemaphorePermit> {
        self.places.clone().acquire_owned().await.ok()
    }

    /// Takes all places that are free.
    fn free(&self) -> impl Iterator<Item = OwnedSemaphorePermit> {
        std::iter::from_fn(|| self.places.clone().try_acquire_owned().ok())
    }

    /// Gives each claimed job a place. The places that are left over are free again.
    fn seat(&self, taken: Taken, places: Vec<OwnedSemaphorePermit>) -> Vec<Seated> {
        self.more.store(taken.full, Ordering::Relaxed);
        let seats = taken.claims.into_iter().zip(places);
        let seat = |(claim, place)| Seated {
            claim,
            begun: None,
            place,
        };
        seats.map(seat).collect()
    }

    /// Frees places without a look at the queue.
    fn leave(&self, places: Vec<OwnedSemaphorePermit>) {
        drop(places);
        if self.more.load(Ordering::Relaxed) {
            self.free.notify_one();
        }
    }

    fn is_closing(&self) -> bool {
        self.stop.is_cancelled()
    }
}

impl Worker {
    /// Works until it is told to stop. Then it claims nothing more and waits for the jobs under
    /// way, so that a deploy leaves no paid call behind whose outcome nobody learned.
    pub async fn run(&self, stop: CancellationToken) {
        let tracker = TaskTracker::new();
        let quick = Desk::new(Take::Quick, QUICK_AT_ONCE, &stop);
        let engines = self.services.rules.engines().into_iter().map(|engine| {
            let at_once = engine.quota.at_once as usize;
            Desk::new(Take::Images(engine), at_once, &stop)
        });
        let desks: Vec<Desk> = std::iter::once(quick.clone()).chain(engines).collect();
        let serving = desks.iter().map(|desk| self.serve(desk, &quick, &tracker));
        let receiving = desks.iter().map(|desk| self.receive(desk, &quick, &tracker));
        tokio::join!(
            join_all(serving),
            join_all(receiving),
            self.bring_back_now_and_then(&stop)
        );
        tracker.close();
        tracker.wait().await;
    }

    async fn bring_back_now_and_then(&self, stop: &CancellationToken) {
        loop {
            self.bring_back().await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(BRING_BACK_EVERY) => {}
            }
        }
    }

    /// Begins what commits claim for a lane, until the worker is told to stop.
    async fn receive(&self, desk: &Desk, quick: &Desk, tracker: &TaskTracker) {
        let worker = self.clone();
        let (tray, mut handed) = Tray::new((*desk.take).clone(), desk.places.clone(), move || worker.at());
        let put_out = self.services.store.trays().put_out(tray);
        let begin = |next: Handed| self.spawn_all(desk, quick, tracker, desk.seat(next.taken, next.places));
        while let Some(next) = desk.stop.run_until_cancelled(handed.recv()).await.flatten() {
            begin(next);
        }
        drop(put_out);
        // A commit under way still has the tray. What it has claimed is given back.
        let rest = async {
            while let Some(next) = handed.recv().await {
                begin(next);
            }
        };
        drop(tokio::time::timeout(LAST_CLAIMS, rest).await);
    }

    /// Fills the places of a lane until the worker is told to stop.
    async fn serve(&self, desk: &Desk, quick: &Desk, tracker: &TaskTracker) {
        let mut bell = self.services.store.bells().listen(desk.take.lane());
        while !desk.is_closing() {
            let Some(places) = desk.places().await else { return };
            bell.mark_unchanged();
            let full = match self.claim(&desk.take, places.len()).await {
                Ok(taken) => {
                    let full = taken.full;
                    self.spawn_all(desk, quick, tracker, desk.seat(taken, places));
                    full
                }
                Err(error) => {
                    tracing::error!("the queue cannot be read: {}", chain(&error));
                    false
                }
            };
            if full {
                continue;
            }
            tokio::select! {
                () = desk.stop.cancelled() => {}
                _ = bell.changed() => {}
                () = desk.free.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Begins jobs, each in a task of its own. The images among them are begun together first.
    fn spawn_all(&self, desk: &Desk, quick: &Desk, tracker: &TaskTracker, all: Vec<Seated>) {
        if all.len() < 2 || desk.take.lane() != Lane::Render || desk.is_closing() {
            for seated in all {
                self.spawn(desk, quick, tracker, seated);
            }
            return;
        }
        let (worker, desk, quick, more) = (self.clone(), desk.clone(), quick.clone(), tracker.clone());
        tracker.spawn(async move {
            let claims: Vec<Claim> = all.iter().map(|seated| seated.claim).collect();
            let begun = worker.begin(&claims).await;
            for (seated, begun) in all.into_iter().zip(begun) {
                worker.spawn(&desk, &quick, &more, Seated { begun, ..seated });
            }
        });
    }

    /// Begins a job in a task of its own. Gives it back if the worker is being stopped: its lease
    /// would keep it from the next process.
    fn spawn(&self, desk: &Desk, quick: &Desk, tracker: &TaskTracker, seated: Seated) {
        let worker = self.clone();
        // What was begun is waited for, like all other calls under way.
        if desk.is_closing() && seated.begun.is_none() {
            tracker.spawn(async move { worker.give_back(seated.claim).await });
        } else {
            let (desk, quick, more) = (desk.clone(), quick.clone(), tracker.clone());
            tracker.spawn(worker.work(desk, quick, more, seated));
        }
    }

    /// Runs a job, then those that its place gets next.
    fn work(self, desk: Desk, quick: Desk, tracker: TaskTracker, first: Seated) -> BoxFuture<'static, ()> {
        let work = async move {
            let mut seated = Some(first);
            while let Some(Seated { claim, begun, place }) = seated.take() {
                let mut places = vec![place];
                // A job under way keeps no place but its own.
                let free = || {
                    if desk.is_closing() {
                        return 0;
                    }
                    places.extend(desk.free());
                    places.len()
                };
                let turn = self.turn(claim, begun, &desk.take, free).await;
                let next = if let Some(taken) = turn.taken {
                    desk.seat(taken, places)
                } else {
                    desk.leave(places);
                    Vec::new()
                };
                let mut next = next.into_iter();
                seated = next.next();
                for other in next {
                    self.spawn(&desk, &quick, &tracker, other);
                }
                // The engine's place is free by now. What follows is quick.
                if let Some(claim) = turn.next
                    && let Some(place) = quick.place().await
                {
                    let begun = None;
                    self.spawn(&quick, &quick, &tracker, Seated { claim, begun, place });
                }
            }
        };
        work.boxed()
    }
}
