//! Runs the queue by hand: jobs run when a story says so, and no sooner.

use greenlight::app::App;
use greenlight::flow::error::Error;
use greenlight::flow::services::Services;
use greenlight::store::jobs::{Claim, Lane};
use greenlight::worker::{Take, Worker};

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
            Lane::Quick => self.worker.claim(&Take::Quick).await,
            Lane::Render => {
                for engine in self.services.rules.engines() {
                    if let Some(claim) = self.worker.claim(&Take::Images(engine)).await? {
                        return Ok(Some(claim));
                    }
                }
                Ok(None)
            }
        }
    }

    /// Runs a claimed job to its end and records how it ended.
    pub async fn perform(&self, claim: Claim) {
        self.worker.perform(claim).await;
    }
}
