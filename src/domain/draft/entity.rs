//! Describes a draft as it was accepted, and where it is shown.

use super::prompt::Prompt;
use crate::domain::geometry::Ratio;
use crate::domain::ids::{AnswerToken, ChannelId, DraftId, GuildId, MessageId, ProjectId, UserId};
use crate::domain::stage::Stage;

/// One `/draft`, as it was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The interaction's id.
    pub id: DraftId,
    /// The guild whose pool pays.
    pub guild: GuildId,
    /// The channel in which it was asked for. Its starter is posted there.
    pub channel: ChannelId,
    /// The channel of that thread, if it was asked for in one. Then it is shown in that thread, and
    /// no other is opened.
    pub parent: Option<ChannelId>,
    /// The member who asked for it.
    pub requester: UserId,
    /// The project that pays, if one does.
    pub project: Option<ProjectId>,
    /// The prompt.
    pub prompt: Prompt,
    /// Details to keep from stage to stage.
    pub keep: Option<String>,
    /// The ratio.
    pub ratio: Ratio,
    /// How many images, 1 to 4.
    pub images: u32,
    /// How many references the draft is based on, 0 to 4.
    pub references: u32,
    /// The last stage that the engines can draw at this ratio.
    pub last_stage: Stage,
    /// Where it is shown.
    pub place: Place,
    /// The interaction's token, until its private answer is final.
    pub answer_token: Option<AnswerToken>,
    /// Whether its requester asked to be forgotten: the prompt is gone.
    pub forgotten: bool,
    /// When it was accepted, in milliseconds since 1970.
    pub created_ms: i64,
}

/// Where a draft is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Its thread is still to be opened. The starter may be posted already.
    Opening(Option<MessageId>),
    /// The draft is shown in its thread.
    Open {
        /// The public message that the thread hangs on.
        starter: MessageId,
        /// The thread.
        thread: ChannelId,
    },
    /// Its thread could never be opened, and its credits were released. The starter may have been
    /// posted.
    Abandoned(Option<MessageId>),
}

impl Draft {
    /// Returns the thread, once it is open.
    #[must_use]
    pub const fn thread(&self) -> Option<ChannelId> {
        match self.place {
            Place::Open { thread, .. } => Some(thread),
            Place::Opening(_) | Place::Abandoned(_) => None,
        }
    }

    /// Returns whether its images are shown in a channel, or it was asked for there.
    #[must_use]
    pub fn is_at(&self, channel: ChannelId) -> bool {
        self.channel == channel || self.thread() == Some(channel)
    }

    /// Returns the channel for messages that its thread does not take: the channel around the
    /// thread.
    #[must_use]
    pub fn around(&self) -> ChannelId {
        self.parent.unwrap_or(self.channel)
    }
}
