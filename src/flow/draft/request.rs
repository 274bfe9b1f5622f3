//! What a member asks for with a draft, and what comes of it.

use std::collections::BTreeSet;

use super::references::References;
use crate::discord::Reply;
use crate::domain::button::Button;
use crate::domain::draft::admission::DraftOptions;
use crate::domain::ids::{AnswerToken, ChannelId, DraftId, GuildId, RoleId, UserId};

/// A member's request for a draft.
#[derive(Clone, Debug)]
pub struct DraftRequest {
    /// The interaction's id, which becomes the draft's.
    pub id: DraftId,
    /// The guild whose pool pays.
    pub guild: GuildId,
    /// The channel or thread of the request.
    pub channel: ChannelId,
    /// The channel of that thread, if it is one.
    pub parent: Option<ChannelId>,
    /// The member who asks.
    pub requester: UserId,
    /// The roles of the requester.
    pub roles: BTreeSet<RoleId>,
    /// The interaction's token, for the private answer.
    pub token: AnswerToken,
    /// The options as they were typed.
    pub options: DraftOptions,
    /// The pictures that the draft is based on.
    pub references: References,
    /// The button or form that asked for the draft, with the price that it showed. `None`: a command
    /// asked.
    pub pressed: Option<Button>,
}

/// The outcome of a request, in words for the requester.
#[derive(Clone)]
pub enum Started {
    /// The draft is accepted.
    Accepted {
        /// The answer. It changes when the draft's thread is open, so it need not be repeated if it
        /// is lost.
        answer: String,
        /// What the requester should also know, in a message of its own.
        note: Option<String>,
    },
    /// The draft may not start, and nothing is held.
    Refused(String),
    /// The draft costs something else than was shown, or the same was drawn before, and nothing is
    /// held. The button of the answer asks for the same at the price that holds.
    Offered(Box<Reply>),
}
