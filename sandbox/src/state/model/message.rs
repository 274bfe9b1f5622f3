//! Messages and their reactions.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::snowflake::Id;
use crate::state::model::attachment::Attachment;
use crate::state::model::emoji::Emoji;
use crate::state::model::interaction::Origin;

/// Flag: only one person sees the message.
pub(crate) const EPHEMERAL: u64 = 1 << 6;
/// Flag: "… is thinking", the placeholder of a deferred answer.
pub(crate) const LOADING: u64 = 1 << 7;
/// Flag: the message shows no embeds.
pub(crate) const SUPPRESS_EMBEDS: u64 = 1 << 2;
/// Flag: a thread was opened from the message.
pub(crate) const HAS_THREAD: u64 = 1 << 5;
/// Flag: the message notifies nobody.
pub(crate) const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
/// Flag: the message is a layout of components, without text or embeds beside them. It stays for good.
pub(crate) const IS_COMPONENTS_V2: u64 = 1 << 15;

/// A message, ephemeral ones included.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: Id,
    pub(crate) channel: Id,
    pub(crate) author: Id,
    /// Discord's message type: 0 usual, 18 thread created, 19 reply, 20 command's answer, 21 thread
    /// starter, …
    pub(crate) kind: u8,
    pub(crate) content: String,
    pub(crate) sent_ms: u64,
    pub(crate) edited_ms: Option<u64>,
    pub(crate) flags: u64,
    pub(crate) mentions: Vec<Id>,
    pub(crate) mention_roles: Vec<Id>,
    pub(crate) mention_everyone: bool,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) nonce: Option<String>,
    pub(crate) reference: Option<Reference>,
    pub(crate) interaction: Option<Origin>,
    pub(crate) reactions: Vec<Reaction>,
    /// The only person who can see it; everybody if unset.
    pub(crate) only_for: Option<Id>,
}

/// The message that another one replies to or starts from.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Reference {
    pub(crate) channel: Id,
    /// Absent for "a thread was created", which points to a channel.
    pub(crate) message: Option<Id>,
}

/// One emoji under a message and who added it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Reaction {
    pub(crate) emoji: Emoji,
    pub(crate) users: Vec<Id>,
    /// Those who added it as a super reaction.
    pub(crate) burst: Vec<Id>,
}

impl Message {
    /// Returns whether it is a layout of components.
    pub(crate) const fn is_layout(&self) -> bool {
        self.flags & IS_COMPONENTS_V2 != 0
    }

    /// Returns whether Discord wrote it, not its author.
    pub(crate) const fn is_system(&self) -> bool {
        // Usual messages, replies, and the answers of slash commands and menus.
        !matches!(self.kind, 0 | 19 | 20 | 23)
    }

    pub(crate) fn reaction(&self, emoji: &Emoji) -> Option<&Reaction> {
        self.reactions.iter().find(|reaction| reaction.emoji.is(emoji))
    }

    pub(crate) fn add_reaction(&mut self, user: Id, emoji: &Emoji, burst: bool) {
        let at = self
            .reactions
            .iter()
            .position(|reaction| reaction.emoji.is(emoji))
            .unwrap_or_else(|| {
                self.reactions.push(Reaction {
                    emoji: emoji.clone(),
                    users: vec![],
                    burst: vec![],
                });
                self.reactions.len() - 1
            });
        let reaction = &mut self.reactions[at];
        if burst {
            reaction.burst.push(user);
        } else {
            reaction.users.push(user);
        }
    }

    /// Removes somebody's reaction. Returns whether it was a super reaction, `None` if there was
    /// none.
    pub(crate) fn remove_reaction(&mut self, user: Id, emoji: &Emoji) -> Option<bool> {
        let at = self
            .reactions
            .iter()
            .position(|reaction| reaction.emoji.is(emoji))?;
        let reaction = &mut self.reactions[at];
        if !reaction.has(user) {
            return None;
        }
        let burst = reaction.burst.contains(&user);
        reaction.users.retain(|other| *other != user);
        reaction.burst.retain(|other| *other != user);
        if reaction.users.is_empty() && reaction.burst.is_empty() {
            self.reactions.remove(at);
        }
        Some(burst)
    }
}

impl Reaction {
    pub(crate) fn has(&self, user: Id) -> bool {
        self.users.contains(&user) || self.burst.contains(&user)
    }
}
