//! The services that every flow works with.

pub mod operator_log;
pub mod previews;
pub mod render_times;

use std::sync::Arc;

use futures::future::BoxFuture;
use tracing::Span;

use super::error::Error;
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::discord::Discord;
use crate::domain::guild::operator::Rules;
use crate::domain::ids::RenderId;
use crate::domain::image::link::Links;
use crate::domain::image::render::Render;
use crate::media::{self, Load};
use crate::providers::{Engines, Provider};
use crate::random;
use crate::store::{Store, Tx};
use crate::telemetry::metrics::Metrics;

/// The services that every flow works with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Services {
    /// The database.
    pub store: Store,
    /// The store of the original pictures.
    pub blobs: Blobs,
    /// The engines that draw.
    pub engines: Engines,
    /// The client of Discord.
    pub discord: Discord,
    /// The clock, which tests set.
    pub clock: Clock,
    /// The rules that the operator set.
    pub rules: Arc<Rules>,
    /// Makes links to files. `None` where the bot serves none.
    pub links: Option<Links>,
    /// How long images of each stage took lately.
    pub render_times: render_times::RenderTimes,
    /// The engines' troubles that the operator was told of already.
    pub operator_log: operator_log::OperatorLog,
    /// When each draft last showed a preview.
    pub previews: previews::Previews,
    /// What this process counts, for those who watch it.
    pub metrics: Metrics,
}

impl Services {
    /// Runs a transaction that may write. The commit wakes the worker if it enqueued a job.
    ///
    /// # Errors
    /// The body's, after a rollback; [`Error::Retry`] when the database is away.
    pub async fn change<T, F>(&self, body: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        self.store.write(body).await
    }

    /// Returns the engine that a render was asked of, or will be. `None`: it is not in the settings
    /// any more.
    #[must_use]
    pub fn engine_of(&self, render: &Render) -> Option<Arc<dyn Provider>> {
        self.engines.get(&self.rules.asked(render).engine)
    }

    /// Returns whether the call of a render may wait in the queue of a service, from which it can be
    /// taken back.
    #[must_use]
    pub fn can_call_off(&self, render: &Render) -> bool {
        self.engine_of(render).is_some_and(|engine| engine.can_call_off())
    }

    /// Returns a new render id.
    #[must_use]
    pub fn render_id(&self) -> RenderId {
        RenderId::fresh(self.clock.now_ms(), random::bits())
    }
}

/// Does work on pictures on a thread of its own, once there are a core and the memory for it.
pub(in crate::flow) async fn heavy<T: Send + 'static>(
    load: Load,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let span = Span::current();
    media::work(load, move || span.in_scope(work))
        .await
        .map_err(|error| Error::Broken("a computation panicked".to_owned(), Some(error.into())))
}
