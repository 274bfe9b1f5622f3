//! Runs the queue by hand: jobs run when a story says so, and no sooner.

use greenlight::app::App;
use greenlight::flow::error::Error;
use greenlight::flow::services::Services;
use greenlight::store::bell::Lane;
use greenlight::store::jobs::Claim;
use greenlight::worker::{Take, Worker};

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

    /// Runs all jobs that are due as the worker does, but one after the other: it claims for as
    /// many places as there are, and goes on with what the end of a job has claimed.
    pub async fn run_as_the_worker(&self) {
        let mut lanes = vec![(Take::Quick, QUICK_PLACES, Vec::new())];
        for engine in self.services.rules.engines() {
            let places = engine.quota.at_once as usize;
            lanes.push((Take::Images(engine), places, Vec::new()));
        }
        loop {
            for (take, places, hand) in &mut lanes {
                if hand.is_empty() {
                    *hand = self.worker.claim(take, *places).await.expect("the queue").claims;
                }
            }
            let Some(lane) = lanes.iter().position(|(_, _, hand)| !hand.is_empty()) else {
                return;
            };
            while !lanes[lane].2.is_empty() {
                let (take, places, hand) = &mut lanes[lane];
                let claim = hand.remove(0);
                let turn = self.worker.turn(claim, take, *places - hand.len()).await;
                hand.extend(turn.taken.unwrap_or_default().claims);
                lanes[0].2.extend(turn.next);
            }
        }
    }
}
