//! A draft, as it was accepted, and where it is shown.

use super::prompt::Prompt;
use crate::domain::geometry::Ratio;
use crate::domain::ids::{AnswerToken, ChannelId, DraftId, GuildId, MessageId, ProjectId, UserId};
use crate::domain::stage::Stage;

/// One `/draft`, as it was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The interaction's id.
    pub id: DraftId,
    /// Whose pool pays.
    pub guild: GuildId,
    /// Where it was asked for: the starter is posted there.
    pub channel: ChannelId,
    /// The channel of that thread, if it was asked for in one: then it is shown there, and no other is opened.
    pub parent: Option<ChannelId>,
    /// Who asked.
    pub requester: UserId,
    /// The project that it is for.
    pub project: Option<ProjectId>,
    /// What to draw.
    pub prompt: Prompt,
    /// What to keep from stage to stage.
    pub keep: Option<String>,
    /// The shape.
    pub ratio: Ratio,
    /// How many images, 1 to 4.
    pub images: u32,
    /// How many pictures it is drawn after, 0 to 4.
    pub references: u32,
    /// The last stage that the engines can draw at this ratio.
    pub last_stage: Stage,
    /// Where it is shown.
    pub place: Place,
    /// The interaction's token, until its private answer has its last form.
    pub answer_token: Option<AnswerToken>,
    /// Whether who asked for it asked to be forgotten: the prompt is gone.
    pub forgotten: bool,
    /// When it was accepted, in milliseconds since 1970.
    pub created_ms: i64,
}

/// Where a draft is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Its thread is still to be opened; the starter may be posted already.
    Opening(Option<MessageId>),
    /// In its thread.
    Open {
        /// The public message that the thread hangs on.
        starter: MessageId,
        /// The thread.
        thread: ChannelId,
    },
    /// Its thread could never be opened, and its credits came back; the starter may have been posted.
    Abandoned(Option<MessageId>),
}

impl Draft {
    /// The thread, once it is open.
    #[must_use]
    pub const fn thread(&self) -> Option<ChannelId> {
        match self.place {
            Place::Open { thread, .. } => Some(thread),
            Place::Opening(_) | Place::Abandoned(_) => None,
        }
    }

    /// Whether its pictures are shown in a channel, or it was asked for there.
    #[must_use]
    pub fn is_at(&self, channel: ChannelId) -> bool {
        self.channel == channel || self.thread() == Some(channel)
    }

    /// Where it is told what its thread does not take: the channel that the thread is in.
    #[must_use]
    pub fn around(&self) -> ChannelId {
        self.parent.unwrap_or(self.channel)
    }
}
