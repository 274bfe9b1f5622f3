//! A log of what happened at the gateway.

use std::collections::VecDeque;

use serde::Serialize;

/// How many entries are kept.
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
        /// Whether it asked for payloads compressed one by one.
        compress: bool,
    },
    /// An IDENTIFY was answered with op 9, because another of its bucket came just before.
    IdentifiedTooSoon {
        /// Which shard, of how many.
        shard: (u64, u64),
    },
    /// A RESUME resumed a session.
    Resumed {
        /// The session.
        session: String,
        /// Whether it came to the URL that READY named.
        where_told: bool,
    },
    /// A RESUME was answered with op 9, or closed with 4007.
    ResumeRefused {
        /// The session that it named.
        session: String,
    },
    /// The gateway closed a connection.
    Closed {
        /// The code; `None` if it was closed without one.
        code: Option<u16>,
    },
}

/// The last entries of the log.
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
