//! Channels and threads.

use serde::{Deserialize, Serialize};

use crate::snowflake::Id;

/// The type of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ChannelKind {
    Text,
    /// Holds posts, which are threads, and no messages of its own.
    Forum,
    PublicThread,
    PrivateThread,
}

impl ChannelKind {
    /// Returns Discord's number for it.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Text => 0,
            Self::Forum => 15,
            Self::PublicThread => 11,
            Self::PrivateThread => 12,
        }
    }
}

/// A channel or a thread.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Channel {
    pub(crate) id: Id,
    pub(crate) kind: ChannelKind,
    pub(crate) name: String,
    pub(crate) topic: Option<String>,
    pub(crate) position: u16,
    pub(crate) parent: Option<Id>,
    pub(crate) last_message: Option<Id>,
    pub(crate) overwrites: Vec<Overwrite>,
    pub(crate) thread: Option<Thread>,
}

/// The fields of a thread besides those of a channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Thread {
    pub(crate) owner: Id,
    pub(crate) archived: bool,
    pub(crate) locked: bool,
    pub(crate) auto_archive_minutes: u64,
    pub(crate) archive_changed_ms: u64,
    pub(crate) created_ms: u64,
    /// The last message or un-archiving: from here the auto-archive time runs. Reactions do not
    /// count.
    pub(crate) active_ms: u64,
    pub(crate) message_count: u64,
    pub(crate) total_sent: u64,
    pub(crate) members: Vec<Id>,
}

/// Permissions of one role or member in one channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Overwrite {
    pub(crate) id: Id,
    /// Whether `id` is a member; else it is a role.
    pub(crate) member: bool,
    pub(crate) allow: u64,
    pub(crate) deny: u64,
}
