//! What every handler works with, and how far the handlers are.

use std::sync::Arc;

use tokio::sync::watch;

use crate::flow::services::Services;

/// What every handler works with.
#[derive(Clone, Debug)]
pub(in crate::gateway) struct Inbound {
    pub(in crate::gateway) services: Services,
    pub(in crate::gateway) seen: Seen,
}

/// How many events were handled to their end, whatever came of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventCounts {
    /// Reactions given and taken back.
    pub reactions: u64,
    /// Fresh sessions whose open votes were read again.
    pub sessions: u64,
    /// Sessions that went on after a loss, and whose open votes were read again.
    pub resumed: u64,
    /// Guilds that came into sight or changed, and have their pool.
    pub guilds: u64,
}

/// Tells how far the handlers are, for code that waits for them.
#[derive(Clone, Debug)]
pub struct Seen(Arc<watch::Sender<EventCounts>>);

impl Seen {
    /// Starts to count.
    pub(in crate::gateway) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(EventCounts::default())))
    }

    /// Follows the counts.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<EventCounts> {
        self.0.subscribe()
    }

    pub(in crate::gateway) fn note(&self, change: impl FnOnce(&mut EventCounts)) {
        self.0.send_modify(change);
    }
}
