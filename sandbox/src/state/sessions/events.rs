//! Gateway events, and how many of them were sent.

use serde::Serialize;
use serde_json::Value;

use crate::snowflake::Id;

/// An event before it is sent to a session.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) intent: u64,
    pub(crate) guild: Option<Id>,
    pub(crate) name: String,
    pub(crate) data: Value,
}

/// The kinds of events that [`Dispatched`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
    Reaction,
    Interaction,
    Message,
    Other,
}

impl EventKind {
    pub(crate) fn of(name: &str) -> Self {
        if name.starts_with("MESSAGE_REACTION_") {
            Self::Reaction
        } else if name == "INTERACTION_CREATE" {
            Self::Interaction
        } else if name.starts_with("MESSAGE_") {
            Self::Message
        } else {
            Self::Other
        }
    }
}

/// How many events were sent to connected bot sessions so far, replays included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Dispatched {
    /// `MESSAGE_REACTION_*` events.
    pub reactions: u64,
    /// `INTERACTION_CREATE` events.
    pub interactions: u64,
    /// `MESSAGE_CREATE`, `MESSAGE_UPDATE` and `MESSAGE_DELETE` events, also in bulk.
    pub messages: u64,
}

impl Dispatched {
    pub(crate) const fn count(&mut self, kind: EventKind) {
        match kind {
            EventKind::Reaction => self.reactions += 1,
            EventKind::Interaction => self.interactions += 1,
            EventKind::Message => self.messages += 1,
            EventKind::Other => {}
        }
    }
}
