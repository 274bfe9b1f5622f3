//! Runs the queue by hand: jobs run when a story says so, and no sooner.

use std::collections::VecDeque;

use greenlight::app::App;
use greenlight::flow::dispatch::Begun;
use greenlight::flow::error::Error;
use greenlight::flow::services::Services;
use greenlight::store::bell::Lane;
use greenlight::store::jobs::Claim;
use greenlight::worker::{Take, Worker};
use tokio::sync::watch;

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

    /// Listens to the bells of the lanes, like a worker that has just looked at the queue.
    pub fn lanes(&self) -> Lanes {
        let engines = self.services.rules.engines().into_iter().map(|engine| {
            let places = engine.quota.at_once as usize;
            (Take::Images(engine), Lane::Render, places)
        });
        let quick = (Take::Quick, Lane::Quick, QUICK_PLACES);
        let all = std::iter::once(quick).chain(engines);
        let lanes = all.map(|(take, lane, places)| Served {
            take,
            places,
            bell: self.services.store.bells().listen(lane),
            full: false,
            claimed: VecDeque::new(),
        });
        Lanes(lanes.collect())
    }

    /// Runs all jobs that a worker is called for as it does, but one after the other: it claims for as
    /// many places as there are when a bell rings, and goes on with what the end of a job has
    /// claimed.
    pub async fn run_as_the_worker(&self, lanes: &mut Lanes) {
        let lanes = &mut lanes.0;
        loop {
            for lane in lanes.iter_mut() {
                let may_be_more = lane.full && lane.claimed.is_empty();
                if may_be_more || lane.bell.has_changed().expect("the store is open") {
                    lane.bell.mark_unchanged();
                    self.look(lane).await;
                }
            }
            let Some(at) = lanes.iter().position(|lane| !lane.claimed.is_empty()) else {
                return;
            };
            while let Some((claim, begun)) = lanes[at].claimed.pop_front() {
                let lane = &mut lanes[at];
                let free = lane.places - lane.claimed.len();
                let turn = self.worker.turn(claim, begun, &lane.take, free).await;
                let taken = turn.taken.unwrap_or_default().claims;
                lane.full &= taken.is_empty() || taken.len() == free;
                lane.claimed.extend(taken.into_iter().map(|claim| (claim, None)));
                lanes[0].claimed.extend(turn.next.map(|next| (next, None)));
            }
        }
    }

    /// Has the quick lane look at the queue by itself, as it does once a second.
    pub async fn look_at_the_queue(&self, lanes: &mut Lanes) {
        self.look(&mut lanes.0[0]).await;
    }

    async fn look(&self, lane: &mut Served) {
        let free = lane.places - lane.claimed.len();
        let taken = self.worker.claim(&lane.take, free).await.expect("the queue");
        lane.full = taken.full;
        let begun = self.worker.begin(&taken.claims).await;
        lane.claimed.extend(taken.claims.into_iter().zip(begun));
    }
}

/// The lanes of a worker: first the quick one, then one for each engine.
pub struct Lanes(Vec<Served>);

/// A lane with what it has claimed.
struct Served {
    take: Take,
    places: usize,
    bell: watch::Receiver<()>,
    /// Whether the last claim took as much as it could.
    full: bool,
    claimed: VecDeque<(Claim, Option<Begun>)>,
}
