//! The parts put together: built, connected, supervised, stopped in order.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::blobs::{self, Blobs};
use crate::clock::Clock;
use crate::config::Config;
use crate::discord::{ConnectError, Discord};
use crate::flow::{Studio, Wake, chain, recover};
use crate::gateway::{Gateway, Seen};
use crate::providers::Engines;
use crate::providers::sketch::Sketch;
use crate::store::{self, Store};
use crate::worker::Worker;

/// How often open votes are read again without a reason: an event can be lost without a trace.
const SWEEP_EVERY: Duration = Duration::from_mins(30);

/// Why the bot could not start, or stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error("the database at database.url cannot be used")]
    Store(#[from] store::Error),
    /// The blob folder.
    #[error("the folder at blobs.folder cannot be used")]
    Blobs(#[from] blobs::Error),
    /// Discord's REST API.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Discord's gateway.
    #[error("the gateway ended")]
    Gateway(#[from] Box<serenity::Error>),
}

/// Who does the work of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// A worker in the background.
    Worked,
    /// Whoever started the bot, by hand.
    ByHand,
}

/// A bot that runs.
#[derive(Debug)]
pub struct App {
    /// What its flows work with.
    pub studio: Studio,
    /// Does its work.
    pub worker: Worker,
    /// How far its handlers are.
    pub seen: Seen,
    stop: CancellationToken,
    shards: Arc<serenity::all::ShardManager>,
    gateway: JoinHandle<Result<(), serenity::Error>>,
    background: Vec<JoinHandle<()>>,
}

/// The engines that this machine has.
#[must_use]
pub fn engines() -> Engines {
    Engines::default().with("sketch", Arc::new(Sketch::default()))
}

impl App {
    /// Opens the database and the blobs, says hello to Discord, and begins to listen and to work.
    ///
    /// # Errors
    /// [`Error`], with what to mend.
    pub async fn start(config: Config, engines: Engines, clock: Clock, queue: Queue) -> Result<Self, Error> {
        let store = Store::open(config.database_url.expose_secret()).await?;
        let blobs = Blobs::open(&config.blobs_folder)?;
        let discord = Discord::connect(&config.discord.token, &config.discord.api_base).await?;
        let rules = Arc::new(config.rules);
        let studio = Studio {
            store,
            blobs,
            engines,
            discord,
            clock,
            rules,
            wake: Wake::default(),
        };
        let gateway = Gateway::new(studio.clone()).await.map_err(Box::new)?;
        let (seen, shards) = (gateway.seen(), gateway.shards());
        let worker = Worker::new(studio.clone(), config.paid_calls);
        let stop = CancellationToken::new();
        let mut background = Vec::new();
        if queue == Queue::Worked {
            let (worker, ended) = (worker.clone(), stop.clone());
            background.push(tokio::spawn(async move { worker.run(ended).await }));
            background.push(tokio::spawn(sweep(studio.clone(), stop.clone())));
        }
        let gateway = tokio::spawn(gateway.run());
        Ok(Self {
            studio,
            worker,
            seen,
            stop,
            shards,
            gateway,
            background,
        })
    }

    /// Waits until the gateway ends by itself, which it should not, or until `signal` comes; then stops.
    ///
    /// # Errors
    /// [`Error::Gateway`] when the gateway ended by itself.
    pub async fn run_until(mut self, signal: impl Future<Output = ()>) -> Result<(), Error> {
        let ended = tokio::select! {
            ended = &mut self.gateway => Some(ended),
            () = signal => None,
        };
        self.stop().await;
        match ended {
            None | Some(Ok(Ok(()))) => Ok(()),
            Some(Ok(Err(error))) => Err(Box::new(error).into()),
            Some(Err(panic)) => std::panic::resume_unwind(panic.into_panic()),
        }
    }

    /// Stops listening, lets paid calls end, and closes the database, in this order.
    pub async fn stop(self) {
        self.shards.shutdown_all().await;
        self.stop.cancel();
        for task in self.background {
            if let Err(error) = task.await {
                tracing::error!("a background task ended badly: {error}");
            }
        }
        self.gateway.abort();
        self.studio.store.close().await;
    }
}

async fn sweep(studio: Studio, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SWEEP_EVERY) => {}
        }
        if let Err(error) = recover::missed_votes(&studio).await {
            tracing::error!("open votes could not be read again: {}", chain(&error));
        }
    }
}
