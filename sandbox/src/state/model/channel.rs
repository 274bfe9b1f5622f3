//! Channels and threads.

use serde::{Deserialize, Serialize};

use crate::snowflake::{self, Id};

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
    /// Its guild; `None` in what was saved when there was only one.
    #[serde(default)]
    pub(crate) guild: Option<Id>,
    pub(crate) kind: ChannelKind,
    pub(crate) name: String,
    pub(crate) topic: Option<String>,
    pub(crate) position: u16,
    pub(crate) parent: Option<Id>,
    pub(crate) last_message: Option<Id>,
    pub(crate) overwrites: Vec<Overwrite>,
    pub(crate) thread: Option<Thread>,
    /// How long people wait between two messages, in seconds. Bots do not.
    #[serde(default)]
    pub(crate) slowmode_s: u64,
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
    pub(crate) members: Vec<ThreadMember>,
    /// Whether members of a private thread may add others.
    #[serde(default = "usually")]
    pub(crate) invitable: bool,
}

const fn usually() -> bool {
    true
}

impl Thread {
    /// Returns somebody's membership.
    pub(crate) fn member(&self, user: Id) -> Option<&ThreadMember> {
        self.members.iter().find(|member| member.user == user)
    }

    /// Returns how many members Discord shows. It stops counting at 50.
    pub(crate) fn shown_members(&self) -> usize {
        self.members.len().min(50)
    }
}

/// Somebody in a thread.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(from = "SavedThreadMember")]
pub(crate) struct ThreadMember {
    pub(crate) user: Id,
    pub(crate) joined_ms: u64,
}

/// A member as saved: once it was only the user.
#[derive(Deserialize)]
#[serde(untagged)]
enum SavedThreadMember {
    User(Id),
    Full { user: Id, joined_ms: u64 },
}

impl From<SavedThreadMember> for ThreadMember {
    fn from(saved: SavedThreadMember) -> Self {
        match saved {
            SavedThreadMember::User(user) => Self {
                user,
                joined_ms: snowflake::ms(user),
            },
            SavedThreadMember::Full { user, joined_ms } => Self { user, joined_ms },
        }
    }
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
