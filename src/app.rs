//! Puts the parts together: builds, connects, supervises and stops them in order.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use secrecy::ExposeSecret;
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::blobs::{self, Blobs};
use crate::clock::Clock;
use crate::config::{self, BlobsConfig, Config, EngineConfig, EngineKind};
use crate::discord::{self, ConnectError, Discord};
use crate::domain::database_url;
use crate::domain::engine::catalog::Model;
use crate::domain::guild::operator::Rules;
use crate::domain::image::call::Outcome;
use crate::domain::stage::Stage;
use crate::flow::approval::recount;
use crate::flow::draft::references;
use crate::flow::error::chain;
use crate::flow::services::Services;
use crate::flow::services::operator_log::OperatorLog;
use crate::flow::services::previews::Previews;
use crate::flow::services::render_times::RenderTimes;
use crate::gateway::{FatalGatewayError, Gateway, Seen, Timeouts};
use crate::providers::fal::{self, Fal};
use crate::providers::gemini::Gemini;
use crate::providers::local::Local;
use crate::providers::openai::OpenAi;
use crate::providers::sketch::Sketch;
use crate::providers::{Engines, Provider, http};
use crate::store::{self, Store, renders};
use crate::telemetry::metrics::Metrics;
use crate::watch::{self, Watch};
use crate::worker::Worker;

/// How often the open votes are recounted without a cause, because an event can be lost without a
/// trace.
const SWEEP_EVERY: Duration = Duration::from_mins(30);
/// Once in so many times the references of drafts that were never written are removed.
const SWEEPS_A_DAY: u64 = 48;

/// How long the bot tries on, at each thing that it has to record, once it is to stop and its
/// database or its blob store fails.
const LAST_TRIES: Duration = Duration::from_secs(15);

/// Why the bot could not start, or ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be used.
    #[error("database.url = {url}: the database cannot be used")]
    Store {
        /// The URL, without what is secret in it.
        url: String,
        /// Why.
        source: store::Error,
    },
    /// The store of the pictures cannot be used.
    #[error("{place}: pictures cannot be kept there")]
    Blobs {
        /// The folder or the bucket, as the setting that names it.
        place: String,
        /// Why.
        source: blobs::Error,
    },
    /// Discord's REST API refused the bot.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The engine of a stage is in the models file, but cannot be used.
    #[error("stages.{stage}.engine = {engine}: {fix}")]
    NoEngine {
        /// The stage.
        stage: Stage,
        /// The engine that the stage names.
        engine: String,
        /// What the operator must do.
        fix: String,
    },
    /// The HTTP client for the engines cannot be made.
    #[error("requests to engines cannot be made on this machine")]
    Engines(#[source] reqwest::Error),
    /// A task of the bot ended by itself.
    #[error("a part of the bot ended by itself")]
    Background(#[source] JoinError),
    /// Those who watch the process cannot be answered.
    #[error(transparent)]
    Watch(#[from] watch::Error),
    /// The connection to Discord's gateway is lost for good.
    #[error(transparent)]
    Gateway(#[from] FatalGatewayError),
}

/// A running bot.
#[derive(Debug)]
pub struct App {
    /// The services that its flows work with.
    pub services: Services,
    /// Counts the events that its handlers are done with.
    pub seen: Seen,
    stop: CancellationToken,
    stop_listening: CancellationToken,
    gateway: JoinHandle<Result<(), FatalGatewayError>>,
    background: JoinSet<()>,
    /// Dropped last: a bot that stops lives until then.
    watch: Option<Watch>,
}

/// How the bot reaches Discord.
#[derive(Debug)]
pub struct Transport {
    /// The builder of the HTTP client for REST; made from [`discord::client`].
    pub client: reqwest::ClientBuilder,
    /// The timeouts of the gateway connection.
    pub timeouts: Timeouts,
}

impl Default for Transport {
    fn default() -> Self {
        Self {
            client: discord::client(),
            timeouts: Timeouts::default(),
        }
    }
}

/// Whether the `sketch` engine obeys words in a prompt that tell it to fail or to be slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultInjection {
    /// It obeys: in the demo and in tests, which try every ending of a paid call.
    Told,
    /// It never obeys, so that nobody can keep a server's credits held with a word.
    Never,
}

/// Returns the engines that can be used: those of this machine, and those whose key is set.
///
/// # Errors
/// [`Error::Engines`] when no HTTP client can be made on this machine.
pub fn engines(fault_injection: FaultInjection, config: &Config) -> Result<Engines, Error> {
    let mut engines = Engines::default();
    for (name, engine) in &config.engines {
        let models = || config.rules.catalog.models(name);
        if let Some(engine) = self::engine(fault_injection, name, engine, models)? {
            engines = engines.with(name, engine);
        }
    }
    Ok(engines)
}

/// Makes one engine. Returns `None` for a service that has no key and wants one.
fn engine(
    fault_injection: FaultInjection,
    name: &str,
    engine: &EngineConfig,
    models: impl Fn() -> BTreeMap<String, Model>,
) -> Result<Option<Arc<dyn Provider>>, Error> {
    let access = match (engine.kind, &engine.access) {
        (EngineKind::Sketch, _) => {
            let told = fault_injection == FaultInjection::Told;
            return Ok(Some(Arc::new(Sketch::new(told))));
        }
        (EngineKind::Local, _) => return Ok(Some(Arc::new(Local))),
        (_, Some(access)) if access.is_there => access,
        (_, _) => return Ok(None),
    };
    let (key, base_url) = (access.key.clone(), access.base_url.clone());
    let variable = config::key_name(name);
    let made: Result<Arc<dyn Provider>, reqwest::Error> = match engine.kind {
        EngineKind::Openai => OpenAi::new(key, base_url, models(), http::SILENCE)
            .map(|openai| openai.with_partials(access.partials).named(name, &variable))
            .map(|openai| Arc::new(openai) as _),
        EngineKind::Gemini => Gemini::new(key, base_url, models(), http::SILENCE)
            .map(|gemini| Arc::new(gemini.named(name, &variable)) as _),
        EngineKind::Fal => Fal::new(key, base_url, models(), fal::PollTimes::default())
            .map(|fal| Arc::new(fal.named(name, &variable)) as _),
        EngineKind::Sketch | EngineKind::Local => return Ok(None),
    };
    made.map(Some).map_err(Error::Engines)
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
        let rules = Arc::new(config.rules);
        check_engines(&rules, &engines)?;
        // Before anything that may have to be waited for.
        let watch = match config.watch.as_str() {
            "" => None,
            address => Some(Watch::listen(address).await?),
        };
        let metrics = metrics();
        let url = config.database_url.expose_secret();
        let unusable = |source| Error::Store {
            url: database_url::shown(url),
            source,
        };
        let store = Store::open(url).await.map_err(unusable)?;
        let has_pictures = store.read(|tx| renders::any_done(tx).boxed()).await;
        let has_pictures = has_pictures.map_err(unusable)?;
        let blobs = open_blobs(&config.blobs, has_pictures, clock.now_ms()).await?;
        let (token, base) = (&config.discord.token, &config.discord.api_base);
        let pauses = transport.timeouts.again;
        let discord = Discord::connect(
            transport.client,
            token,
            base,
            clock.clone(),
            pauses,
            metrics.clone(),
        )
        .await?;
        tracing::info!("invite the bot with {}", discord.invitation());
        let services = Services {
            store,
            blobs,
            engines,
            discord,
            clock,
            rules,
            render_times: RenderTimes::default(),
            operator_log: OperatorLog::default(),
            previews: Previews::default(),
            metrics,
        };
        if let Some(watch) = &watch {
            watch.started(services.clone());
        }
        let gateway = Gateway::new(services.clone(), transport.timeouts);
        let seen = gateway.seen();
        let (stop, stop_listening) = (CancellationToken::new(), CancellationToken::new());
        let gateway = tokio::spawn(gateway.run(stop_listening.clone()));
        Ok(Self {
            services,
            seen,
            stop,
            stop_listening,
            gateway,
            background: JoinSet::new(),
            watch,
        })
    }

    /// Returns where health and metrics are told, if they are.
    #[must_use]
    pub fn watched_at(&self) -> Option<SocketAddr> {
        self.watch.as_ref().map(Watch::address)
    }

    /// Starts to work: runs the jobs of the queue, and has the open votes recounted from time to
    /// time.
    pub fn work(&mut self) {
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
        self.services.store.close().await;
    }
}

/// Refuses to start if the engine of a stage is missing: that stage could never be drawn.
///
/// # Errors
/// [`Error::NoEngine`] for the first such stage, with what the operator must do.
pub fn check_engines(rules: &Rules, engines: &Engines) -> Result<(), Error> {
    for stage in Stage::ALL {
        let engine = &rules.spec(stage).engine;
        if engines.get(engine).is_none() {
            let fix = match config::key_variable(engine) {
                Some(variable) => format!("set {variable} (engines.{engine}.key)"),
                None => format!(
                    "add a section [engines.{engine}] with its kind to the settings, or set {} if it is there without a key",
                    config::key_name(engine)
                ),
            };
            return Err(Error::NoEngine {
                stage,
                engine: engine.clone(),
                fix,
            });
        }
    }
    Ok(())
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

/// Recounts the open votes every [`SWEEP_EVERY`], and removes once a day what no draft has, until it
/// is told to stop.
async fn sweep(services: Services, stop: CancellationToken) {
    for turn in 0_u64.. {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SWEEP_EVERY) => {}
        }
        if let Err(error) = recount::missed_votes(&services).await {
            tracing::error!("open votes could not be read again: {}", chain(&error));
        }
        if turn % SWEEPS_A_DAY == 0
            && let Err(error) = references::sweep(&services).await
        {
            tracing::error!("references could not be swept: {}", chain(&error));
        }
    }
}
