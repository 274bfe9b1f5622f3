//! Puts the parts together: builds, connects, supervises and stops them in order.

mod engines;
mod error;
mod hearing;
mod sharing;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use secrecy::ExposeSecret;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

pub use self::engines::{FaultInjection, check_engines, engines};
pub use self::error::Error;
use self::hearing::Hearing;
use self::sharing::{BEAT_EVERY, Shared};
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::config::{BlobsConfig, Config};
use crate::discord::{self, Budget, Discord};
use crate::domain::database_url;
use crate::domain::image::call::Outcome;
use crate::domain::image::link::{LinkKey, Links};
use crate::domain::role::Part;
use crate::domain::stage::Stage;
use crate::flow::approval::recount;
use crate::flow::draft::{references, retention};
use crate::flow::error::chain;
use crate::flow::services::Services;
use crate::flow::services::operator_log::OperatorLog;
use crate::flow::services::previews::Previews;
use crate::flow::services::render_times::RenderTimes;
use crate::gateway::{FatalGatewayError, Seen, Timeouts};
use crate::links::LinkServer;
use crate::providers::Engines;
use crate::store::{Store, renders};
use crate::telemetry::metrics::Metrics;
use crate::watch::Watch;
use crate::worker::Worker;

/// How often the open votes are recounted without a cause, because an event can be lost without a
/// trace.
const SWEEP_EVERY: Duration = Duration::from_mins(30);
/// Once in so many times it is looked for what is to be removed.
const SWEEPS_A_DAY: u64 = 48;

/// How long the bot tries on, at each thing that it has to record, once it is to stop and its
/// database or its blob store fails.
const LAST_TRIES: Duration = Duration::from_secs(15);

/// A running bot, or one of the processes that it consists of.
#[derive(Debug)]
pub struct App {
    /// The services that its flows work with.
    pub services: Services,
    /// Counts the events that its handlers are done with.
    pub seen: Seen,
    part: Part,
    stop: CancellationToken,
    stop_listening: CancellationToken,
    gateway: JoinHandle<Result<(), FatalGatewayError>>,
    background: JoinSet<()>,
    /// Speaks with the other processes, where there can be any.
    shared: Option<Shared>,
    /// Dropped last: a bot that stops lives until then.
    watch: Option<Watch>,
    links: Option<LinkServer>,
}

/// How the bot reaches Discord.
#[derive(Debug)]
pub struct Transport {
    /// The builder of the HTTP client for REST; made from [`discord::client`].
    pub client: reqwest::ClientBuilder,
    /// The timeouts of the gateway connection.
    pub timeouts: Timeouts,
    /// How often this process tells the bot's others that it lives.
    pub beat_every: Duration,
}

impl Default for Transport {
    fn default() -> Self {
        Self {
            client: discord::client(),
            timeouts: Timeouts::default(),
            beat_every: BEAT_EVERY,
        }
    }
}

/// Makes the counts of this process, with a 0 for each way in which an attempt can end.
fn metrics() -> Metrics {
    let metrics = Metrics::default();
    for stage in Stage::ALL {
        for outcome in Outcome::NAMES {
            metrics.expect_attempts(stage.name(), outcome);
        }
    }
    metrics
}

impl App {
    /// Opens the database and the blobs, connects to Discord, and starts to listen. Jobs wait in
    /// the queue until [`App::work`].
    ///
    /// # Errors
    /// [`Error`], which says what to mend.
    pub async fn start(config: Config, engines: Engines, clock: Clock) -> Result<Self, Error> {
        Self::start_over(Transport::default(), config, engines, clock).await
    }

    /// Starts like [`App::start`], but reaches Discord by the given transport.
    ///
    /// # Errors
    /// [`Error`], which says what to mend.
    pub async fn start_over(
        transport: Transport,
        config: Config,
        engines: Engines,
        clock: Clock,
    ) -> Result<Self, Error> {
        Box::pin(Self::start_as(Part::default(), transport, config, engines, clock)).await
    }

    /// Starts like [`App::start_over`], as a process that has a part of the work.
    ///
    /// # Errors
    /// [`Error`], which says what to mend.
    pub async fn start_as(
        part: Part,
        transport: Transport,
        config: Config,
        engines: Engines,
        clock: Clock,
    ) -> Result<Self, Error> {
        let rules = Arc::new(config.rules);
        check_engines(&rules, &engines)?;
        // Before anything that may have to be waited for.
        let watch = match config.watch.as_str() {
            "" => None,
            address => Some(Watch::listen(address).await?),
        };
        let link_server = match config.links.listen.as_str() {
            "" => None,
            address => Some(LinkServer::listen(address).await?),
        };
        let key = LinkKey::of_token(config.discord.token.expose_secret());
        let public_url = config.links.public_url;
        let links = (!public_url.is_empty()).then(|| Links::new(key, public_url));
        let metrics = metrics();
        let (store, has_pictures) = open_store(config.database_url.expose_secret(), part).await?;
        let blobs = open_blobs(&config.blobs, has_pictures, clock.now_ms()).await?;
        let budget = Budget::new(clock.clone(), metrics.clone());
        let shared = Shared::begin(&store, &budget, transport.beat_every).await;
        let (token, base) = (&config.discord.token, &config.discord.api_base);
        let pauses = transport.timeouts.again;
        let discord = Discord::connect(transport.client, token, base, clock.clone(), pauses, &budget).await?;
        tracing::info!("invite the bot with {}", discord.invitation());
        let services = Services {
            store,
            blobs,
            engines,
            discord,
            clock,
            rules,
            links,
            render_times: RenderTimes::default(),
            operator_log: OperatorLog::default(),
            previews: Previews::default(),
            metrics,
        };
        if let Some(watch) = &watch {
            watch.started(services.clone(), part.role);
        }
        if let Some(server) = &link_server {
            server.started(services.clone());
        }
        let (stop, stop_listening) = (CancellationToken::new(), CancellationToken::new());
        let hearing = Hearing::start(part, &services, transport.timeouts, stop_listening.clone());
        Ok(Self {
            services,
            seen: hearing.seen,
            part,
            stop,
            stop_listening,
            gateway: hearing.task,
            background: JoinSet::new(),
            shared,
            watch,
            links: link_server,
        })
    }

    /// Returns where health and metrics are told, if they are.
    #[must_use]
    pub fn watched_at(&self) -> Option<SocketAddr> {
        self.watch.as_ref().map(Watch::address)
    }

    /// Returns where files are handed out by links, if they are.
    #[must_use]
    pub fn links_at(&self) -> Option<SocketAddr> {
        self.links.as_ref().map(LinkServer::address)
    }

    /// Starts to work: runs the jobs of the queue, and has the open votes recounted from time to
    /// time. A process that only hears Discord leaves that to others.
    pub fn work(&mut self) {
        if !self.part.role.works() {
            return;
        }
        let (worker, ended) = (Worker::new(self.services.clone()), self.stop.clone());
        self.background.spawn(async move { worker.run(ended).await });
        self.background
            .spawn(sweep(self.services.clone(), self.stop.clone()));
    }

    /// Runs until `signal` completes or a part ends by itself, which none should. Then stops.
    ///
    /// # Errors
    /// [`Error::Gateway`] or [`Error::Background`] when a part ended by itself. The bot does not
    /// run on without it: one that listens and does not work would accept drafts that nobody draws.
    pub async fn run_until(mut self, signal: impl Future<Output = ()>) -> Result<(), Error> {
        let ended = tokio::select! {
            ended = &mut self.gateway => match ended {
                Ok(Ok(())) => Ok(()),
                Ok(Err(lost)) => Err(lost.into()),
                Err(panic) => Err(Error::Background(panic)),
            },
            Some(Err(panic)) = self.background.join_next() => Err(Error::Background(panic)),
            () = signal => Ok(()),
        };
        self.stop().await;
        ended
    }

    /// Stops listening, waits until paid calls end, and closes the database, in this order. A
    /// database or a blob store that fails is waited for a little, and does not keep the bot alive.
    pub async fn stop(self) {
        self.stop_within(LAST_TRIES).await;
    }

    /// Stops like [`App::stop`], and waits at most so long for each thing that is to be recorded.
    pub async fn stop_within(mut self, last_tries: Duration) {
        self.services.store.end_within(last_tries);
        self.stop_listening.cancel();
        if !self.gateway.is_finished()
            && let Err(error) = (&mut self.gateway).await
        {
            tracing::error!("the part that listens to Discord ended badly: {error}");
        }
        self.stop.cancel();
        while let Some(ended) = self.background.join_next().await {
            if let Err(error) = ended {
                tracing::error!("a part that works in the background ended badly: {error}");
            }
        }
        if let Some(shared) = self.shared.take() {
            shared.end().await;
        }
        self.services.store.close().await;
    }
}

/// Opens the database for a part of the work. Returns whether any picture was stored so far.
async fn open_store(url: &str, part: Part) -> Result<(Store, bool), Error> {
    let shown = || database_url::shown(url);
    let unusable = |source| Error::Store { url: shown(), source };
    let store = Store::open(url).await.map_err(unusable)?;
    if !part.is_all() && !store.can_be_shared() {
        return Err(Error::OneProcess { url: shown() });
    }
    let has_pictures = store.read(|tx| renders::any_done(tx).boxed()).await;
    Ok((store, has_pictures.map_err(unusable)?))
}

/// Opens the store of the pictures, and removes what dead processes had half written there.
async fn open_blobs(config: &BlobsConfig, has_pictures: bool, now_ms: i64) -> Result<Blobs, Error> {
    let unusable = |source| Error::Blobs {
        place: config.to_string(),
        source,
    };
    let blobs = Blobs::open(&config.place, has_pictures).await.map_err(unusable)?;
    let swept = Blobs::sweep(&config.place, now_ms).await.map_err(unusable)?;
    if swept > 0 {
        tracing::info!(swept, "half-written pictures of processes that died are removed");
    }
    Ok(blobs)
}

/// Recounts the open votes every [`SWEEP_EVERY`], and removes once a day what no draft has and what was
/// kept long enough, until it is told to stop. What a day's run has left, the next sweep goes on with.
async fn sweep(services: Services, stop: CancellationToken) {
    let mut is_more = false;
    for turn in 0_u64.. {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SWEEP_EVERY) => {}
        }
        if let Err(error) = recount::missed_votes(&services).await {
            tracing::error!("open votes could not be read again: {}", chain(&error));
        }
        if let Some(processes) = services.store.processes()
            && let Err(error) = processes.forget().await
        {
            tracing::error!(
                "what processes of before have left is not removed: {}",
                chain(&error)
            );
        }
        let is_daily = turn % SWEEPS_A_DAY == 0;
        if is_daily && let Err(error) = references::sweep(&services).await {
            tracing::error!("references could not be swept: {}", chain(&error));
        }
        if is_daily || is_more {
            let removed = retention::run(&services, || stop.is_cancelled()).await;
            is_more = removed.as_ref().map_or(true, |removed| removed.more);
            if let Err(error) = removed {
                tracing::error!(
                    "what was kept long enough could not be removed: {}",
                    chain(&error)
                );
            }
        }
    }
}
