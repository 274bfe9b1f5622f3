//! Inbound Discord: parse, then call a flow. serenity's types stop here and in `discord`.
//!
//! poise reads the commands; reactions, buttons and the life of a session come through serenity's own handler. Shards are
//! begun, watched and begun again here.

mod answer;
mod buttons;
mod commands;
mod connection;
mod handler;
mod lifecycle;
mod reactions;
mod register;
mod shards;
mod tries;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::shards::Shards;
pub use self::tries::Lost;
use crate::flow::Studio;

/// What every handler works with.
#[derive(Clone, Debug)]
struct Inbound {
    studio: Studio,
    seen: Seen,
}

/// How many events were handled to their end, whatever came of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Reactions given and taken back.
    pub reactions: u64,
    /// Fresh sessions whose open votes were read again.
    pub sessions: u64,
    /// Sessions that went on after a loss, and whose open votes were read again.
    pub resumed: u64,
    /// Guilds that came into sight or changed, and have their pool.
    pub guilds: u64,
}

/// Tells how far the handlers are, to whoever has to wait for them.
#[derive(Clone, Debug)]
pub struct Seen(Arc<watch::Sender<Counts>>);

impl Seen {
    /// Follows the counts.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<Counts> {
        self.0.subscribe()
    }

    fn note(&self, change: impl FnOnce(&mut Counts)) {
        self.0.send_modify(change);
    }
}

/// How patient the bot is with Discord's gateway. Tests are in more of a hurry.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How long a connection may take to be made.
    pub handshake: Duration,
    /// How long a session may take to begin or to go on.
    pub ready: Duration,
    /// How long no heartbeat may be answered: three of Discord's intervals.
    pub silence: Duration,
    /// The least time between two sessions that are begun: Discord's for one bucket.
    pub apart: Duration,
    /// The longest pause before a session is begun again.
    pub longest_pause: Duration,
    /// How long a session must last for the next one to be begun at once.
    pub settled: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(20),
            ready: Duration::from_mins(1),
            silence: Duration::from_millis(3 * 41_250),
            apart: Duration::from_secs(5),
            longest_pause: Duration::from_mins(5),
            settled: Duration::from_mins(10),
        }
    }
}

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
        let seen = Seen(Arc::new(watch::Sender::new(Counts::default())));
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
