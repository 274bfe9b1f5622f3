//! Inbound Discord: reads what came, then calls a flow. serenity's types stop here and in
//! `discord`.
//!
//! poise reads the commands. Reactions, buttons and the life of a session come through serenity's
//! own handler. `session` begins shards, watches them and begins them again.

mod commands;
mod components;
mod events;
mod guilds;
mod inbound;
mod member;
mod permissions;
mod reactions;
mod replies;
mod reply;
mod session;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

pub use self::commands::register::are_registered;
use self::inbound::Inbound;
pub use self::inbound::{EventCounts, Seen};
pub use self::session::reconnect::{FatalGatewayError, may_begin};
use self::session::shards::Shards;
pub use self::session::timeouts::Timeouts;
use crate::domain::role::ShardRange;
use crate::flow::services::Services;

/// How long a bot that stops waits for its answers. Discord gives an answer three seconds.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// Listens to Discord's gateway.
#[derive(Debug)]
pub struct Gateway {
    inbound: Arc<Inbound>,
    timeouts: Timeouts,
    shards: Option<ShardRange>,
}

impl Gateway {
    /// Gets ready to listen on some shards. `None`: on all.
    #[must_use]
    pub fn new(services: Services, timeouts: Timeouts, shards: Option<ShardRange>) -> Self {
        let inbound = Arc::new(Inbound::new(services, timeouts.again));
        Self {
            inbound,
            timeouts,
            shards,
        }
    }

    /// Returns how far the handlers are.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.inbound.seen.clone()
    }

    /// Listens until it is stopped, and then answers what it has heard. A connection that breaks is
    /// made again.
    ///
    /// # Errors
    /// [`FatalGatewayError`] when no session can be had any more, or should not be.
    pub async fn run(self, stop: CancellationToken) -> Result<(), FatalGatewayError> {
        let inbound = self.inbound.clone();
        let ended = tokio::select! {
            ended = Shards::new(self.inbound, self.timeouts, self.shards).run(stop) => ended,
            () = inbound.catch_up() => Ok(()),
        };
        // serenity runs each handler as a task of its own, which outlives its connection. What they
        // work with ends when this returns.
        inbound.has_answered(LAST_ANSWERS).await;
        ended
    }
}
