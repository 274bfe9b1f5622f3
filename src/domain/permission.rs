//! Names what Discord must allow the bot in a channel, for what it does there.

use super::ids::ChannelId;

/// Something that Discord allows in a channel, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// To see a channel.
    ViewChannel,
    /// To write in a channel.
    SendMessages,
    /// To open a thread.
    CreatePublicThreads,
    /// To write in a thread.
    SendMessagesInThreads,
    /// To post a file.
    AttachFiles,
    /// To react first.
    AddReactions,
    /// To read what was written before.
    ReadMessageHistory,
    /// To write in a thread that is locked.
    ManageThreads,
}

/// What the bot does in a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Opens threads for drafts.
    Drafts,
    /// Shows drafts in threads that are there.
    DraftsInThread,
    /// Posts the picture of an approved stage in a thread of the channel.
    Picture,
    /// Posts in a thread of the channel that is locked.
    LockedThread,
    /// Shows finals.
    Gallery,
    /// Tells admins what they should know.
    Log,
    /// Tells once a day what waits for votes.
    Digest,
}

/// What keeps the bot from posting in a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bar {
    /// It lacks these in the channel around the thread.
    Lacks(Vec<Permission>, ChannelId),
    /// The thread is locked.
    Locked(ChannelId),
}

impl Purpose {
    /// Every purpose for which the bot asks to be allowed something when it is invited. Whoever locks
    /// a thread wants no posts there.
    pub const ALL: [Self; 6] = [
        Self::Drafts,
        Self::DraftsInThread,
        Self::Picture,
        Self::Gallery,
        Self::Log,
        Self::Digest,
    ];

    /// Returns what the bot must be allowed.
    #[must_use]
    pub const fn needs(self) -> &'static [Permission] {
        use Permission::{
            AddReactions, AttachFiles, CreatePublicThreads, ManageThreads, ReadMessageHistory, SendMessages,
            SendMessagesInThreads, ViewChannel,
        };
        match self {
            Self::Drafts => &[
                ViewChannel,
                SendMessages,
                CreatePublicThreads,
                SendMessagesInThreads,
                AttachFiles,
                AddReactions,
                ReadMessageHistory,
            ],
            Self::DraftsInThread => &[
                ViewChannel,
                SendMessagesInThreads,
                AttachFiles,
                AddReactions,
                ReadMessageHistory,
            ],
            Self::Picture => &[
                ViewChannel,
                SendMessagesInThreads,
                AttachFiles,
                ReadMessageHistory,
            ],
            Self::LockedThread => &[ManageThreads],
            Self::Gallery => &[ViewChannel, SendMessages, AttachFiles],
            Self::Log => &[ViewChannel, SendMessages],
            Self::Digest => &[ViewChannel, SendMessages, AttachFiles, ReadMessageHistory],
        }
    }
}
