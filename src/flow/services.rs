//! What every flow works with.

use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::watch;

use super::engine::{eta, operator_log};
use super::error::Error;
use super::image::preview;
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::discord::Discord;
use crate::domain::guild::operator::Rules;
use crate::domain::ids::RenderId;
use crate::providers::Engines;
use crate::store::{Store, Tx};

/// What every flow works with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Services {
    /// The database.
    pub store: Store,
    /// The original pictures.
    pub blobs: Blobs,
    /// What draws.
    pub engines: Engines,
    /// The bot's hands.
    pub discord: Discord,
    /// The time.
    pub clock: Clock,
    /// What the operator set.
    pub rules: Arc<Rules>,
    /// How long images take.
    pub render_times: eta::RenderTimes,
    /// What the operator was told.
    pub operator_log: operator_log::OperatorLog,
    /// When pictures that are not done were shown.
    pub previews: preview::Previews,
    /// Rung after a commit that enqueued something, so that the worker need not wait for its next look.
    pub wake: Wake,
}

/// A bell. Whoever listens hears it even if it rang while they were busy.
#[derive(Clone, Debug)]
pub struct Wake(Arc<watch::Sender<()>>);

impl Default for Wake {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(())))
    }
}

impl Wake {
    /// Rings.
    pub fn ring(&self) {
        self.0.send_replace(());
    }

    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> watch::Receiver<()> {
        self.0.subscribe()
    }
}

impl Services {
    /// Runs a writing transaction, then rings: it may have enqueued something.
    ///
    /// # Errors
    /// The body's, after a rollback; [`Error::Retry`] when the database is away.
    pub async fn change<T, F>(&self, body: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        let changed = self.store.write(body).await?;
        self.wake.ring();
        Ok(changed)
    }

    /// A new render id.
    #[must_use]
    pub fn render_id(&self) -> RenderId {
        RenderId::fresh(self.clock.now_ms(), rand::random())
    }
}

/// Runs work that keeps a core busy on a thread that may be kept busy.
pub(in crate::flow) async fn heavy<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::Broken("a computation panicked".to_owned(), Some(error.into())))
}
