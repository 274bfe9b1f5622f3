//! The imperative shell: load, ask the domain, act, record. What branches, branches here.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod account;
pub mod again;
pub mod approvals;
pub mod books;
pub mod caps;
pub mod deliver;
pub mod draft;
mod drift;
pub mod gallery;
pub mod glimpse;
pub mod job;
pub mod log;
pub mod pace;
pub mod picture;
pub mod privacy;
pub mod project;
pub mod quorum;
pub mod recover;
pub mod references;
pub mod remind;
pub mod render;
pub mod settings;
pub mod treasury;
pub mod trouble;
pub mod unresolved;
pub mod vote;

use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::watch;

use crate::blobs::{self, Blobs};
use crate::clock::Clock;
use crate::discord::{self, Discord};
use crate::domain::ids::{ChannelId, RenderId};
use crate::domain::rules::Rules;
use crate::providers::Engines;
use crate::store::{self, Store, Tx};

/// What every flow works with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Studio {
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
    pub pace: pace::Pace,
    /// What the operator was told.
    pub troubles: trouble::Troubles,
    /// When pictures that are not done were shown.
    pub glimpses: glimpse::Glimpses,
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

impl Studio {
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

/// Why a flow did not come to its end. What a person did wrong is not among them: that is an answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something is busy or away; the same again later may work.
    #[error("{what}")]
    Retry {
        /// What is away.
        what: &'static str,
        /// When to try again, in milliseconds from now, if somebody said so.
        after_ms: Option<i64>,
        /// What it said.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// Another worker took the job over; what was to be written is theirs to write.
    #[error("another worker has this job now")]
    LeaseLost,
    /// Something that should not be. It is kept and looked at again, rarely.
    #[error("{0}")]
    Broken(String, #[source] Option<Box<dyn std::error::Error + Send + Sync>>),
}

impl Error {
    /// Something that should not be.
    #[must_use]
    pub fn broken(what: impl Into<String>) -> Self {
        Self::Broken(what.into(), None)
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::LeaseLost => Self::LeaseLost,
            store::Error::Inconsistent(what) => Self::broken(what),
            error @ (store::Error::Database(_) | store::Error::Migrate(_) | store::Error::Url(_)) => {
                Self::Retry {
                    what: "the database failed",
                    after_ms: None,
                    source: Some(error.into()),
                }
            }
        }
    }
}

/// Parts what Discord refuses for good from what may work later. Only the second is an [`Error`]: a refusal for good is
/// something that a flow has to answer, because asking again changes nothing.
///
/// # Errors
/// [`Error::Retry`] when Discord is busy or away.
fn lasting<T>(result: Result<T, discord::Error>) -> Result<Result<T, discord::Error>, Error> {
    match result {
        Err(discord::Error::Busy(after_ms)) => Err(Error::Retry {
            what: "Discord is busy or away",
            after_ms,
            source: None,
        }),
        lasting => Ok(lasting),
    }
}

/// Does what can be left undone: a message that is gone needs no edit. A refusal for good is only logged.
///
/// # Errors
/// [`Error::Retry`] when Discord is busy or away.
fn if_it_can(what: &str, result: Result<(), discord::Error>) -> Result<(), Error> {
    if let Err(error) = lasting(result)? {
        tracing::info!("{what} could not be done: {error}");
    }
    Ok(())
}

/// Whether an earlier run of a job said this and died before it could write that down. A first run need not look, and a channel
/// that cannot be read is taken for one where nothing was said.
///
/// # Errors
/// [`Error::Retry`] when Discord is busy or away.
async fn was_said(
    studio: &Studio,
    channel: ChannelId,
    since_ms: i64,
    content: &str,
    attempts: u32,
) -> Result<bool, Error> {
    if attempts <= 1 {
        return Ok(false);
    }
    let said = lasting(studio.discord.find_said(channel, since_ms, content).await)?;
    Ok(said.is_ok_and(|said| !said.is_empty()))
}

impl From<blobs::Error> for Error {
    fn from(error: blobs::Error) -> Self {
        Self::Retry {
            what: "the blob store failed",
            after_ms: None,
            source: Some(error.into()),
        }
    }
}

/// Runs work that keeps a core busy on a thread that may be kept busy.
async fn heavy<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::Broken("a computation panicked".to_owned(), Some(error.into())))
}

/// An error and what caused it, on one line, for the log.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |cause| cause.source())
        .fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}
