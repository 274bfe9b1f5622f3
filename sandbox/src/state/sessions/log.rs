//! What happened at the gateway, for tests to look at.

use std::collections::VecDeque;

use serde::Serialize;

/// How much of it is remembered.
const KEPT: usize = 2_000;

/// Something that happened at the gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum GatewayEvent {
    /// A client opened a WebSocket, or tried to.
    Connected {
        /// The path and query of its URL.
        url: String,
    },
    /// An IDENTIFY began a session.
    Identified {
        /// The new session.
        session: String,
        /// Which shard, of how many.
        shard: (u64, u64),
        /// Whether it asked for packed payloads.
        compress: bool,
    },
    /// An IDENTIFY was answered with op 9: another of its bucket came just before.
    IdentifiedTooSoon {
        /// Which shard, of how many.
        shard: (u64, u64),
    },
    /// A RESUME took a session up again.
    Resumed {
        /// The session.
        session: String,
        /// Whether it came to the URL that READY had named.
        where_told: bool,
    },
    /// A RESUME was answered with op 9, or closed with 4007.
    ResumeRefused {
        /// What it named.
        session: String,
    },
    /// The gateway closed a connection.
    Closed {
        /// With this code; none: without one.
        code: Option<u16>,
    },
}

/// The last of what happened.
#[derive(Debug, Default)]
pub(crate) struct Log(VecDeque<GatewayEvent>);

impl Log {
    pub(crate) fn note(&mut self, event: GatewayEvent) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(event);
    }

    pub(crate) fn all(&self) -> Vec<GatewayEvent> {
        self.0.iter().cloned().collect()
    }
}
