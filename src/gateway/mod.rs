//! Inbound Discord: parse, then call a flow. serenity's types stop here and in `discord`.
//!
//! poise reads the commands; reactions, buttons and the life of a session come through serenity's own handler. Shards are
//! begun, watched and begun again here.

mod commands;
mod components;
mod events;
mod inbound;
mod member;
mod permissions;
mod reactions;
mod reply;
mod session;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use self::inbound::Inbound;
pub use self::inbound::{Counts, Seen};
pub use self::session::reconnect::Lost;
use self::session::shards::Shards;
pub use self::session::timeouts::Patience;
use crate::flow::services::Studio;

/// The live end of the gateway.
#[derive(Debug)]
pub struct Gateway {
    inbound: Arc<Inbound>,
    patience: Patience,
}

impl Gateway {
    /// Gets ready to listen.
    #[must_use]
    pub fn new(studio: Studio, patience: Patience) -> Self {
        let seen = Seen::new();
        let inbound = Arc::new(Inbound { studio, seen });
        Self { inbound, patience }
    }

    /// How far the handlers are.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.inbound.seen.clone()
    }

    /// Listens until it is stopped, whatever becomes of a connection.
    ///
    /// # Errors
    /// [`Lost`] when no session can be had any more, or should not be.
    pub async fn run(self, stop: CancellationToken) -> Result<(), Lost> {
        Shards::new(self.inbound, self.patience).run(stop).await
    }
}
