//! One connection of a shard: serenity's runner on it, and a watch over both.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::channel::mpsc::UnboundedReceiver;
use serenity::all::{
    ConnectionStage, GatewayError, GatewayIntents, Http, Shard, ShardId, ShardInfo, ShardManager,
    ShardManagerOptions, ShardMessenger, ShardRunner, ShardRunnerInfo, ShardRunnerMessage,
    ShardRunnerOptions,
};
use serenity::prelude::TypeMap;
use tokio::runtime;
use tokio::sync::{Mutex, RwLock, oneshot};
use tokio::time::{Instant, interval, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use super::reconnect::{ConnectionEnd, FatalGatewayError};
use super::timeouts::Timeouts;
use crate::gateway::commands;
use crate::gateway::events::Handler;
use crate::gateway::inbound::Inbound;
use crate::telemetry::metrics::Metrics;

/// What the bot asks to hear. None of them is privileged.
const INTENTS: GatewayIntents = GatewayIntents::GUILDS
    .union(GatewayIntents::GUILD_MESSAGES)
    .union(GatewayIntents::GUILD_MESSAGE_REACTIONS)
    .union(GatewayIntents::GUILD_EMOJIS_AND_STICKERS);
/// How often the watch looks within [`Timeouts::silence`].
const LOOKS: u32 = 12;
/// The close code of a normal end, which ends the session too.
const GOODBYE: u16 = 1000;
/// How long a goodbye may take.
const PARTING: Duration = Duration::from_secs(2);

type Ended = Result<(), serenity::Error>;
type Reports = UnboundedReceiver<Result<(), GatewayError>>;

/// What all connections work with.
pub(in crate::gateway) struct Setup {
    pub(in crate::gateway) inbound: Arc<Inbound>,
    pub(in crate::gateway) options: Arc<commands::Options>,
    pub(in crate::gateway) timeouts: Timeouts,
}

/// One connection. Dropping it drops what runs on it.
pub(in crate::gateway) struct Connection {
    id: ShardId,
    manager: Arc<ShardManager>,
    /// When the session on it began.
    begun: Arc<OnceLock<Instant>>,
    /// Tells how its runner has ended.
    ended: oneshot::Receiver<Ended>,
    /// The manager's reports. Nobody listens: the runner says the same when it ends.
    _reports: Reports,
    /// Dropping this ends the runner.
    _alive: oneshot::Sender<()>,
}

impl Connection {
    /// Connects. A session begins later, or does not.
    pub(in crate::gateway) async fn open(
        setup: &Setup,
        id: u32,
        of: u32,
        url: &str,
    ) -> Result<Self, ConnectionEnd> {
        let http = setup.inbound.services.discord.http();
        let info = ShardInfo {
            id: ShardId(id),
            total: of,
        };
        let url = Arc::new(Mutex::new(url.to_owned()));
        let shard = Shard::new(url.clone(), http.token(), info, INTENTS, None);
        let shard = match timeout(setup.timeouts.handshake, shard).await {
            Ok(Ok(shard)) => shard,
            Ok(Err(error)) => {
                tracing::warn!("Discord's gateway cannot be reached: {error}");
                return Err(ConnectionEnd::Unreachable);
            }
            Err(_) => return Err(ConnectionEnd::Silent { served: false }),
        };
        let (manager, reports) = idle_manager(&url, &http);
        // The runner waits up to five seconds for this before it asks to be started anew. The task
        // that would say it does not run here.
        manager.shutdown_finished(info.id);
        let begun = Arc::new(OnceLock::new());
        let handler = Handler {
            inbound: setup.inbound.clone(),
            options: setup.options.clone(),
            manager: manager.clone(),
            resume_url: url,
            begun: begun.clone(),
        };
        let runner = ShardRunner::new(ShardRunnerOptions {
            data: Arc::default(),
            event_handlers: vec![Arc::new(handler)],
            raw_event_handlers: Vec::new(),
            framework: None,
            manager: manager.clone(),
            shard,
            http,
        });
        let known = ShardRunnerInfo {
            latency: None,
            runner_tx: ShardMessenger::new(&runner),
            stage: ConnectionStage::Disconnected,
        };
        manager.runners.lock().await.insert(info.id, known);
        let (alive, gone) = oneshot::channel();
        Ok(Self {
            id: info.id,
            manager,
            begun,
            ended: run(runner, gone),
            _reports: reports,
            _alive: alive,
        })
    }

    /// Watches until it ends, falls silent, or the bot is stopped.
    pub(in crate::gateway) async fn watch(
        mut self,
        timeouts: &Timeouts,
        metrics: &Metrics,
        stop: &CancellationToken,
    ) -> ConnectionEnd {
        let mut looks = interval(timeouts.silence / LOOKS);
        let (mut heard, mut heard_at, mut well_at) = (None, Instant::now(), Instant::now());
        loop {
            tokio::select! {
                ended = &mut self.ended => return self.end(ended.unwrap_or(Ok(()))),
                () = stop.cancelled() => {
                    self.part().await;
                    return ConnectionEnd::Stopped;
                }
                _ = looks.tick() => {}
            }
            let (latency, stage) = self.pulse().await;
            if latency != heard {
                (heard, heard_at) = (latency, Instant::now());
                latency.inspect(|latency| metrics.heartbeat(*latency));
            }
            metrics.session(self.id.0, stage == ConnectionStage::Connected);
            if stage == ConnectionStage::Connected {
                well_at = Instant::now();
            }
            let served = self.begun.get().is_some();
            if heard_at.elapsed() > timeouts.silence || well_at.elapsed() > timeouts.ready {
                return ConnectionEnd::Silent { served };
            }
        }
    }

    /// Returns how long the last heartbeat took, and how far the session is. No two heartbeats take
    /// the same time, so a new figure is a sign of life.
    async fn pulse(&self) -> (Option<Duration>, ConnectionStage) {
        let runners = self.manager.runners.lock().await;
        runners
            .get(&self.id)
            .map_or((None, ConnectionStage::Disconnected), |known| {
                (known.latency, known.stage)
            })
    }

    fn end(&self, ended: Ended) -> ConnectionEnd {
        if let Err(serenity::Error::Gateway(error)) = &ended {
            match error {
                GatewayError::InvalidAuthentication => return ConnectionEnd::Fatal(FatalGatewayError::Token),
                GatewayError::InvalidGatewayIntents => {
                    return ConnectionEnd::Fatal(FatalGatewayError::Intents);
                }
                GatewayError::DisallowedGatewayIntents => {
                    return ConnectionEnd::Fatal(FatalGatewayError::Disallowed);
                }
                _ => {}
            }
        }
        if let Err(error) = ended {
            tracing::warn!("a connection to Discord's gateway broke: {error}");
        }
        match self.begun.get() {
            Some(begun) => ConnectionEnd::Served(begun.elapsed()),
            None => ConnectionEnd::TurnedAway,
        }
    }

    /// Ends the session with a goodbye. Discord shows the bot as offline at once, and keeps nothing
    /// for it.
    async fn part(&mut self) {
        if let Some(known) = self.manager.runners.lock().await.get(&self.id) {
            known
                .runner_tx
                .send_to_shard(ShardRunnerMessage::Shutdown(self.id, GOODBYE));
        }
        if timeout(PARTING, &mut self.ended).await.is_err() {
            tracing::warn!("Discord's gateway does not answer a goodbye");
        }
    }
}

/// Runs a runner on a thread of its own, for as long as the connection is there.
///
/// After some closes serenity loops without ever waiting, until its next heartbeat. On the
/// runtime's threads it would hold up other work. A thread that is waited for would hold up the end
/// of the process.
fn run(mut runner: ShardRunner, gone: oneshot::Receiver<()>) -> oneshot::Receiver<Ended> {
    let (handle, span) = (runtime::Handle::current(), Span::current());
    let (tell, ended) = oneshot::channel();
    std::thread::spawn(move || {
        let work = async {
            tokio::select! {
                biased;
                _ = gone => {}
                // If the connection was dropped, nobody is told.
                end = runner.run() => drop(tell.send(end)),
            }
        };
        handle.block_on(work.instrument(span));
    });
    ended
}

/// Makes a manager that only notes what runners report.
///
/// serenity's runners need one. A manager begins sessions from a queue of its own, in a task of its
/// own. This one's task ends with the runtime that it was made in.
fn idle_manager(url: &Arc<Mutex<String>>, http: &Arc<Http>) -> (Arc<ShardManager>, Reports) {
    let options = ShardManagerOptions {
        data: Arc::<RwLock<TypeMap>>::default(),
        event_handlers: Vec::new(),
        raw_event_handlers: Vec::new(),
        framework: Arc::default(),
        shard_index: 0,
        shard_init: 0,
        shard_total: 0,
        ws_url: url.clone(),
        http: http.clone(),
        intents: INTENTS,
        presence: None,
    };
    let elsewhere = runtime::Builder::new_current_thread().build();
    let elsewhere = elsewhere.expect("a runtime that asks nothing of the machine");
    let inside = elsewhere.enter();
    let manager = ShardManager::new(options);
    drop(inside);
    elsewhere.shutdown_background();
    manager
}
