//! Runs the queue by hand: jobs run when a story says so, and no sooner.

use std::collections::VecDeque;
use std::sync::Arc;

use greenlight::app::App;
use greenlight::flow::dispatch::Begun;
use greenlight::flow::error::Error;
use greenlight::flow::services::Services;
use greenlight::store::bell::Lane;
use greenlight::store::bell::tray::{Handed, PutOut, Take, Tray};
use greenlight::store::jobs::{Claim, Taken};
use greenlight::worker::Worker;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

/// How many quick jobs the worker runs at once.
const QUICK_PLACES: usize = 8;

/// A worker that runs nothing by itself.
#[derive(Clone, Debug)]
pub struct Hands {
    services: Services,
    worker: Worker,
}

impl Hands {
    /// Makes the hands for a bot's queue.
    pub fn of(app: &App) -> Self {
        let services = app.services.clone();
        let worker = Worker::new(services.clone());
        Self { services, worker }
    }

    /// Runs every job that is due, one after the other, until none is. Returns how many ran.
    pub async fn run_due(&self) -> Result<usize, Error> {
        let mut ran = 0;
        loop {
            let mut claimed = self.claim(Lane::Quick).await?;
            if claimed.is_none() {
                claimed = self.claim(Lane::Render).await?;
            }
            let Some(claim) = claimed else { return Ok(ran) };
            self.perform(claim).await;
            ran += 1;
        }
    }

    /// Claims the next job of a lane: the quick job that has been due longest, or a render of any
    /// engine.
    pub async fn claim(&self, lane: Lane) -> Result<Option<Claim>, Error> {
        match lane {
            Lane::Quick => self.one(&Take::Quick).await,
            Lane::Render => {
                for engine in self.services.rules.engines() {
                    if let Some(claim) = self.one(&Take::Images(engine)).await? {
                        return Ok(Some(claim));
                    }
                }
                Ok(None)
            }
        }
    }

    async fn one(&self, what: &Take) -> Result<Option<Claim>, Error> {
        Ok(self.worker.claim(what, 1).await?.claims.pop())
    }

    /// Runs a claimed job to its end and records how it ended. What follows from it waits for its
    /// turn.
    pub async fn perform(&self, claim: Claim) {
        if let Some(next) = self.worker.perform(claim).await {
            self.worker.give_back(next).await;
        }
    }

    /// Begins together what claims have to draw, and dies before any call. Returns which were begun.
    pub async fn begins(&self, claims: &[Claim]) -> Vec<bool> {
        let begun = self.worker.begin(claims).await;
        begun.iter().map(Option::is_some).collect()
    }

    /// Listens to the bells of the lanes and puts out their trays, like a worker that has just looked at
    /// the queue.
    pub fn lanes(&self) -> Lanes {
        let engines = self.services.rules.engines().into_iter().map(|engine| {
            let places = engine.quota.at_once as usize;
            (Take::Images(engine), places)
        });
        let all = std::iter::once((Take::Quick, QUICK_PLACES)).chain(engines);
        let lanes = all.map(|(take, places)| {
            let (places, worker) = (Arc::new(Semaphore::new(places)), self.worker.clone());
            let (tray, handed) = Tray::new(take.clone(), places.clone(), move || worker.at());
            Served {
                bell: self.services.store.bells().listen(take.lane()),
                take,
                places,
                handed,
                _tray: self.services.store.trays().put_out(tray),
                full: false,
                claimed: VecDeque::new(),
            }
        });
        Lanes(lanes.collect())
    }

    /// Runs all jobs that a worker is called for as it does, but one after the other: it takes what
    /// commits have claimed, claims for as many places as there are when a bell rings, and goes on
    /// with what the end of a job has claimed.
    pub async fn run_as_the_worker(&self, lanes: &mut Lanes) {
        let lanes = &mut lanes.0;
        loop {
            for lane in lanes.iter_mut() {
                while let Ok(Handed { taken, places }) = lane.handed.try_recv() {
                    self.seat(lane, taken, places).await;
                }
                let may_be_more = lane.full && lane.claimed.is_empty();
                let is_called = may_be_more || lane.bell.has_changed().expect("the store is open");
                if is_called && lane.places.available_permits() > 0 {
                    lane.bell.mark_unchanged();
                    self.look(lane).await;
                }
            }
            let Some(at) = lanes.iter().position(|lane| !lane.claimed.is_empty()) else {
                return;
            };
            while let Some((claim, begun, place)) = lanes[at].claimed.pop_front() {
                let lane = &mut lanes[at];
                let mut free = vec![place];
                free.extend(lane.free());
                let most = free.len();
                let turn = self.worker.turn(claim, begun, &lane.take, || most).await;
                if let Some(taken) = turn.taken {
                    lane.full = taken.full;
                    let seated = taken.claims.into_iter().zip(free);
                    lane.claimed
                        .extend(seated.map(|(claim, place)| (claim, None, place)));
                } else {
                    drop(free);
                }
                if let Some(next) = turn.next {
                    let place = lanes[0]
                        .free()
                        .pop()
                        .expect("a quick job more than there are places");
                    lanes[0].claimed.push_back((next, None, place));
                }
            }
        }
    }

    /// Has the quick lane look at the queue by itself, as it does once a second.
    pub async fn look_at_the_queue(&self, lanes: &mut Lanes) {
        self.look(&mut lanes.0[0]).await;
    }

    async fn look(&self, lane: &mut Served) {
        let free = lane.free();
        let taken = self
            .worker
            .claim(&lane.take, free.len())
            .await
            .expect("the queue");
        self.seat(lane, taken, free).await;
    }

    async fn seat(&self, lane: &mut Served, taken: Taken, places: Vec<OwnedSemaphorePermit>) {
        lane.full = taken.full;
        let begun = self.worker.begin(&taken.claims).await;
        let seated = taken.claims.into_iter().zip(begun).zip(places);
        lane.claimed
            .extend(seated.map(|((claim, begun), place)| (claim, begun, place)));
    }
}

/// The lanes of a worker: first the quick one, then one for each engine.
pub struct Lanes(Vec<Served>);

/// A lane with what it has claimed.
struct Served {
    take: Take,
    places: Arc<Semaphore>,
    bell: watch::Receiver<()>,
    handed: mpsc::UnboundedReceiver<Handed>,
    _tray: PutOut,
    /// Whether the last claim left some that were due.
    full: bool,
    claimed: VecDeque<(Claim, Option<Begun>, OwnedSemaphorePermit)>,
}

impl Served {
    /// Takes all places that are free.
    fn free(&self) -> Vec<OwnedSemaphorePermit> {
        let free = || self.places.clone().try_acquire_owned().ok();
        std::iter::from_fn(free).collect()
    }
}
