//! Describes a draft as it was accepted, and where it is shown.

use super::prompt::Prompt;
use crate::domain::geometry::Ratio;
use crate::domain::ids::{AnswerToken, ChannelId, DraftId, GuildId, MessageId, ProjectId, UserId};
use crate::domain::stage::Stage;

/// A request for images that was accepted: what `/draft` asked for, and where its images are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The id of the draft, which is that of the interaction that asked for it.
    pub id: DraftId,
    /// The guild whose pool pays.
    pub guild: GuildId,
    /// The channel or thread in which the draft was asked for. The starter is posted there.
    pub channel: ChannelId,
    /// The channel around the thread in which the draft was asked for. The draft is then shown in
    /// that thread, and no other is opened. `None` if it was asked for in a channel.
    pub parent: Option<ChannelId>,
    /// The member who asked for the draft.
    pub requester: UserId,
    /// The project that pays, if one does.
    pub project: Option<ProjectId>,
    /// The prompt, or the text that stands in its place once it is forgotten.
    pub prompt: Prompt,
    /// The details that later stages must keep, as the requester listed them. `None` if none were
    /// listed.
    pub keep: Option<String>,
    /// The ratio of all pictures of the draft.
    pub ratio: Ratio,
    /// How many images, 1 to 4.
    pub images: u32,
    /// How many references the draft is based on, 0 to 4.
    pub references: u32,
    /// The last stage that the engines can draw at this ratio.
    pub last_stage: Stage,
    /// Where the draft is shown, or why it is not yet.
    pub place: Place,
    /// The interaction's token, with which the private answer is edited. `None` once that answer is
    /// final.
    pub answer_token: Option<AnswerToken>,
    /// Whether the prompt is gone: its requester asked to be forgotten, or it was kept long enough.
    pub forgotten: bool,
    /// When the references were removed because they were kept long enough, in milliseconds since
    /// 1970. `None`: they were not.
    pub references_removed_ms: Option<i64>,
    /// When the prompt was, in milliseconds since 1970. `None`: it was not.
    pub prompt_removed_ms: Option<i64>,
    /// When the draft was accepted, in milliseconds since 1970.
    pub created_ms: i64,
}

/// Where a draft is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The thread is still to be opened. Holds the starter, if it is posted already.
    Opening(Option<MessageId>),
    /// The draft is shown in its thread.
    Open {
        /// The public message that the thread hangs on.
        starter: MessageId,
        /// The thread in which the draft is shown.
        thread: ChannelId,
    },
    /// The thread could never be opened, and the draft's credits were released. Holds the starter,
    /// if it was posted.
    Abandoned(Option<MessageId>),
}

impl Draft {
    /// Returns the thread in which the draft is shown. Returns `None` until it is open, and for an
    /// abandoned draft.
    #[must_use]
    pub const fn thread(&self) -> Option<ChannelId> {
        match self.place {
            Place::Open { thread, .. } => Some(thread),
            Place::Opening(_) | Place::Abandoned(_) => None,
        }
    }

    /// Returns whether a channel or thread is the one in which the draft was asked for or is shown.
    #[must_use]
    pub fn is_at(&self, channel: ChannelId) -> bool {
        self.channel == channel || self.thread() == Some(channel)
    }

    /// Returns whether the requester asked to be forgotten, so that no word of theirs may stay anywhere.
    #[must_use]
    pub const fn member_is_forgotten(&self) -> bool {
        self.forgotten && (self.prompt_removed_ms.is_none() || self.requester.is_pseudonym())
    }

    /// Returns the channel around the draft's thread, for messages that the thread does not take.
    #[must_use]
    pub fn around(&self) -> ChannelId {
        self.parent.unwrap_or(self.channel)
    }
}
