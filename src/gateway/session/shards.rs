//! Begins the bot's shards one after the other, as Discord allows, and keeps each up until the bot
//! is stopped.
//!
//! serenity's own queue of shards is not used: it begins a session whenever it sees fit, and waits
//! for a silent connection for ever. This module begins each connection, counts it, watches it, and
//! begins it again or gives it up.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::connection::{Connection, Setup};
use super::reconnect::{ConnectionEnd, FatalGatewayError, Reconnect, may_begin};
use super::timeouts::Timeouts;
use crate::discord::{Allowance, Error};
use crate::domain::role::ShardRange;
use crate::flow::processes;
use crate::gateway::commands;
use crate::gateway::inbound::Inbound;
use crate::telemetry::metrics::Metrics;

const UNAUTHORIZED: u16 = 401;

/// What all shards have in common.
pub(in crate::gateway) struct Shards {
    setup: Setup,
    /// Those that this process holds. `None`: all, as many as Discord recommends.
    range: Option<ShardRange>,
    /// When the next session of each bucket may be begun.
    turns: Mutex<HashMap<u64, Instant>>,
}

impl Shards {
    pub(in crate::gateway) fn new(
        inbound: Arc<Inbound>,
        timeouts: Timeouts,
        range: Option<ShardRange>,
    ) -> Arc<Self> {
        Arc::new(Self {
            setup: Setup {
                inbound,
                options: Arc::new(commands::options()),
                timeouts,
            },
            range,
            turns: Mutex::default(),
        })
    }

    /// Keeps the shards of this process up until the bot is stopped.
    pub(in crate::gateway) async fn run(
        self: Arc<Self>,
        stop: CancellationToken,
    ) -> Result<(), FatalGatewayError> {
        let Some(range) = self.range(&stop).await? else {
            return Ok(());
        };
        // Whichever ends for good ends all of them.
        let stop = stop.child_token();
        let mut shards = JoinSet::new();
        for id in range.ids() {
            let span = tracing::error_span!("shard", shard.id = id);
            shards.spawn(
                self.clone()
                    .keep_up(id, range.of(), stop.clone())
                    .instrument(span),
            );
        }
        let mut ended = Ok(());
        while let Some(one) = shards.join_next().await {
            let one = one.unwrap_or_else(resume);
            stop.cancel();
            ended = ended.and(one);
        }
        ended
    }

    /// Returns the shards that were named, or asks Discord how many there are to be. Returns nothing
    /// if the bot is stopped first.
    async fn range(&self, stop: &CancellationToken) -> Result<Option<ShardRange>, FatalGatewayError> {
        if self.range.is_some() {
            return Ok(self.range);
        }
        let mut reconnect = Reconnect::default();
        while !stop.is_cancelled() {
            match self.allowance(stop).await {
                Ok(allowance) => return Ok(Some(ShardRange::all(allowance.shards))),
                Err(end) => self.rest(&mut reconnect, end, stop).await?,
            }
        }
        Ok(None)
    }

    async fn keep_up(
        self: Arc<Self>,
        id: u32,
        of: u32,
        stop: CancellationToken,
    ) -> Result<(), FatalGatewayError> {
        let mut reconnect = Reconnect::default();
        while !stop.is_cancelled() {
            let end = self.connect(id, of, &mut reconnect, &stop).await;
            self.metrics().session(id, false);
            if end == ConnectionEnd::Stopped {
                break;
            }
            tracing::warn!("the connection to Discord's gateway {end}");
            self.rest(&mut reconnect, end, &stop).await?;
        }
        Ok(())
    }

    /// Makes one connection, and watches it to its end. First it asks whether a session may be
    /// begun.
    async fn connect(
        &self,
        id: u32,
        of: u32,
        reconnect: &mut Reconnect,
        stop: &CancellationToken,
    ) -> ConnectionEnd {
        let allowance = match self.allowance(stop).await {
            Ok(allowance) => allowance,
            Err(end) => return end,
        };
        if let Err(lost) = may_begin(&allowance) {
            return ConnectionEnd::Fatal(lost);
        }
        if reconnect.in_vain() && allowance.shards > of {
            let (wanted, have) = (allowance.shards, of);
            return ConnectionEnd::Fatal(match self.range {
                None => FatalGatewayError::Shards { wanted, have },
                Some(_) => FatalGatewayError::NamedShards { wanted, have },
            });
        }
        reconnect.may_begin(&allowance, of);
        tokio::select! {
            () = stop.cancelled() => return ConnectionEnd::Stopped,
            () = self.turn(u64::from(id) % allowance.max_concurrency) => {}
        }
        tracing::info!(of, left = allowance.remaining, "beginning a session with Discord");
        let opened = tokio::select! {
            () = stop.cancelled() => return ConnectionEnd::Stopped,
            opened = Connection::open(&self.setup, id, of, &allowance.url) => opened,
        };
        match opened {
            Ok(connection) => connection.watch(&self.setup.timeouts, self.metrics(), stop).await,
            Err(end) => end,
        }
    }

    fn metrics(&self) -> &Metrics {
        &self.setup.inbound.services.metrics
    }

    async fn allowance(&self, stop: &CancellationToken) -> Result<Allowance, ConnectionEnd> {
        let asked = tokio::select! {
            () = stop.cancelled() => return Err(ConnectionEnd::Stopped),
            asked = self.setup.inbound.services.discord.allowance() => asked,
        };
        asked.map_err(|error| match error {
            Error::Refused {
                status: UNAUTHORIZED, ..
            } => ConnectionEnd::Fatal(FatalGatewayError::Token),
            error => {
                tracing::warn!("Discord does not say how many sessions may be begun: {error}");
                ConnectionEnd::Unreachable
            }
        })
    }

    /// Waits until a bucket may begin a session, here and in the other processes.
    async fn turn(&self, bucket: u64) {
        // A little more: Discord counts the IDENTIFY, which follows the connection.
        let apart = self.setup.timeouts.apart * 11 / 10;
        let mine = {
            let mut turns = self.turns.lock().await;
            let mine = turns
                .get(&bucket)
                .map_or_else(Instant::now, |next| (*next).max(Instant::now()));
            turns.insert(bucket, mine + apart);
            mine
        };
        let services = &self.setup.inbound.services;
        let due = processes::session_turn(services, bucket, apart).await;
        sleep_until(mine.max(Instant::now() + due)).await;
    }

    async fn rest(
        &self,
        reconnect: &mut Reconnect,
        end: ConnectionEnd,
        stop: &CancellationToken,
    ) -> Result<(), FatalGatewayError> {
        let pause = reconnect.after(end, &self.setup.timeouts)?;
        tokio::select! {
            () = stop.cancelled() => {}
            () = sleep(pause) => {}
        }
        Ok(())
    }
}

/// Passes a shard's result on. A panic in a shard is a panic of the program.
fn resume(error: JoinError) -> Result<(), FatalGatewayError> {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        // Nobody aborts them.
        Err(_) => Ok(()),
    }
}
