//! The open pages, which are told of everything as it happens.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::broadcast;

use crate::guide::Guide;
use crate::snowflake::Id;

/// How many events a slow page may lag behind before it loses some.
const PAGE_LAG: usize = 4_096;

/// An event for the pages.
#[derive(Clone, Debug)]
pub struct PageEvent {
    /// Only for the page of this user; all if absent.
    pub only_for: Option<u64>,
    /// The guild in which it happened.
    pub guild: u64,
    /// `{ "t": type, "d": data }`.
    pub body: Arc<Value>,
}

/// The pages that are open.
#[derive(Debug)]
pub(crate) struct Pages {
    told: broadcast::Sender<PageEvent>,
    /// What a newcomer is told.
    guide: Option<Guide>,
    /// The guild in which things happen now.
    guild: Id,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            told: broadcast::channel(PAGE_LAG).0,
            guide: None,
            guild: 0,
        }
    }
}

impl Pages {
    /// Returns whether any page is open.
    pub(crate) fn any(&self) -> bool {
        self.told.receiver_count() > 0
    }

    /// Sends an event to all pages, or with `only_for` to those of one person.
    pub(crate) fn tell(&self, only_for: Option<Id>, kind: &str, data: &Value) {
        if !self.any() {
            return;
        }
        let body = Arc::new(json!({ "t": kind, "d": data }));
        // They may have left just now.
        let guild = self.guild;
        let _ = self.told.send(PageEvent {
            only_for,
            guild,
            body,
        });
    }

    /// From now on things happen in this guild.
    pub(crate) const fn enter(&mut self, guild: Id) {
        self.guild = guild;
    }

    /// Subscribes to what the pages are told.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<PageEvent> {
        self.told.subscribe()
    }

    /// Sets what a newcomer is told.
    pub(crate) fn set_guide(&mut self, guide: Option<Guide>) {
        self.guide = guide;
    }

    /// Returns what a newcomer is told, if anything.
    pub(crate) fn guide(&self) -> Option<&Guide> {
        self.guide.as_ref()
    }
}
