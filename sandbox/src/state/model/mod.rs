//! The things of a Discord, as they are kept. How they look on the wire is `wire`'s matter.

pub(crate) mod errors;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::permissions;
use crate::snowflake::Id;

/// A message that only one person sees.
pub(crate) const EPHEMERAL: u64 = 1 << 6;
/// "… is thinking": the placeholder of a deferred answer.
pub(crate) const LOADING: u64 = 1 << 7;
/// Links show no previews.
pub(crate) const SUPPRESS_EMBEDS: u64 = 1 << 2;
/// A thread was opened from this message.
pub(crate) const HAS_THREAD: u64 = 1 << 5;
/// A message without a notification.
pub(crate) const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;

/// The guild and its bot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Guild {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) owner: Id,
    pub(crate) premium_tier: u8,
    /// The bot's user, and its application.
    pub(crate) bot: Id,
    /// What @everyone may do, as permission bits.
    #[serde(default = "usual_permissions")]
    pub(crate) everyone: u64,
}

fn usual_permissions() -> u64 {
    permissions::MEMBER
}

impl Guild {
    /// The largest file that may be posted here, in bytes.
    pub(crate) fn upload_limit(&self) -> u64 {
        let mebibytes = match self.premium_tier {
            0 | 1 => 10,
            2 => 50,
            _ => 100,
        };
        mebibytes * 1024 * 1024
    }

    /// How many emoji the guild may have.
    pub(crate) fn emoji_limit(&self) -> usize {
        match self.premium_tier {
            0 => 50,
            1 => 100,
            2 => 150,
            _ => 250,
        }
    }
}

/// A user, member of the guild or not (any more).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) bot: bool,
    pub(crate) color: String,
    pub(crate) hint: String,
    pub(crate) persona: bool,
    /// The language of the user's client; English if unset.
    #[serde(default)]
    pub(crate) locale: Option<String>,
    /// The user's subscription.
    #[serde(default)]
    pub(crate) nitro: Nitro,
}

/// What a user pays Discord for. It lets them upload larger files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nitro {
    /// Nothing.
    #[default]
    None,
    /// Nitro Basic: files of 50 MiB.
    Basic,
    /// Nitro: files of 500 MiB.
    Full,
}

impl Nitro {
    /// The largest file that such a user may upload anywhere, in bytes.
    pub(crate) fn upload_limit(self) -> u64 {
        match self {
            Self::None => 10 << 20,
            Self::Basic => 50 << 20,
            Self::Full => 500 << 20,
        }
    }
}

/// A user's membership of the guild.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) roles: Vec<Id>,
    pub(crate) joined_ms: u64,
    #[serde(default)]
    pub(crate) nick: Option<String>,
    /// The end of a timeout: until then they only look.
    #[serde(default)]
    pub(crate) silent_until_ms: Option<u64>,
}

impl Member {
    pub(crate) fn new(roles: Vec<Id>, joined_ms: u64) -> Self {
        Self {
            roles,
            joined_ms,
            nick: None,
            silent_until_ms: None,
        }
    }
}

/// A role besides @everyone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) permissions: u64,
    pub(crate) color: u32,
}

/// What a channel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ChannelKind {
    Text,
    /// Holds posts, which are threads, and no messages of its own.
    Forum,
    PublicThread,
    PrivateThread,
}

impl ChannelKind {
    /// Discord's number.
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

/// What a thread has besides a channel's things.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Thread {
    pub(crate) owner: Id,
    pub(crate) archived: bool,
    pub(crate) locked: bool,
    pub(crate) auto_archive_minutes: u64,
    pub(crate) archive_changed_ms: u64,
    pub(crate) created_ms: u64,
    /// The last message or un-archiving: from here the auto-archive time runs. Reactions do not count.
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

/// A message, ephemeral ones included.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: Id,
    pub(crate) channel: Id,
    pub(crate) author: Id,
    /// Discord's message type: 0 usual, 18 thread created, 19 reply, 20 command's answer, 21 thread starter, …
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
    /// Who alone can see it.
    pub(crate) only_for: Option<Id>,
}

/// The message that another one replies to or starts from.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Reference {
    pub(crate) channel: Id,
    /// Absent for "a thread was created", which points to a channel.
    pub(crate) message: Option<Id>,
}

/// The interaction that a message answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Origin {
    pub(crate) id: Id,
    pub(crate) kind: InteractionKind,
    pub(crate) user: Id,
    /// The command's full name; empty for components.
    pub(crate) name: String,
    /// The message whose component was used.
    pub(crate) source: Option<Id>,
    /// The original answer, for a follow-up.
    pub(crate) original: Option<Id>,
    /// What a menu was used on.
    #[serde(default)]
    pub(crate) target: Option<MenuTarget>,
    /// The interaction that opened the modal.
    #[serde(default)]
    pub(crate) opener: Option<Box<Origin>>,
}

/// What a menu was used on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum MenuTarget {
    User(Id),
    Message(Id),
}

impl MenuTarget {
    /// Discord's number for commands of such a menu.
    pub(crate) fn command_type(self) -> u64 {
        match self {
            Self::User(_) => 2,
            Self::Message(_) => 3,
        }
    }
}

/// A file of a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) id: Id,
    pub(crate) filename: String,
    pub(crate) description: Option<String>,
    pub(crate) content_type: String,
    pub(crate) size: u64,
    pub(crate) width: Option<u64>,
    pub(crate) height: Option<u64>,
    /// Shown inside an embed (`attachment://name`), so not listed among the message's attachments.
    pub(crate) in_embed: bool,
}

/// One emoji under a message and who added it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Reaction {
    pub(crate) emoji: Emoji,
    pub(crate) users: Vec<Id>,
    /// Those who added it as a super reaction.
    pub(crate) burst: Vec<Id>,
}

/// A Unicode emoji, or a custom one with an id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Emoji {
    pub(crate) id: Option<Id>,
    pub(crate) name: String,
}

/// An emoji of the guild's own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CustomEmoji {
    pub(crate) name: String,
    /// Who made it.
    pub(crate) creator: Id,
}

/// What kind of interaction; the numbers are Discord's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum InteractionKind {
    Command,
    Component,
    Autocomplete,
    Modal,
}

impl InteractionKind {
    /// Discord's number.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Command => 2,
            Self::Component => 3,
            Self::Autocomplete => 4,
            Self::Modal => 5,
        }
    }
}

/// How far the answer to an interaction has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stage {
    /// Sent to the bot, which has three seconds.
    Waiting,
    /// "… is thinking" (type 5).
    Deferred,
    /// Acknowledged without a word (type 6): the source message may still be edited.
    DeferredUpdate,
    /// There is a real answer.
    Answered,
    /// The bot did not answer in time, or was not there.
    Failed,
}

/// One use of a command, a component, a modal or an autocompletion.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Interaction {
    pub(crate) id: Id,
    pub(crate) token: String,
    pub(crate) kind: InteractionKind,
    pub(crate) user: Id,
    pub(crate) channel: Id,
    pub(crate) created_ms: u64,
    /// The command's full name, or the component's `custom_id`.
    pub(crate) name: String,
    /// The message whose component was used, or that opened the modal.
    pub(crate) source: Option<Id>,
    /// What a menu was used on.
    #[serde(default)]
    pub(crate) target: Option<MenuTarget>,
    /// The interaction that was answered with the modal.
    #[serde(default)]
    pub(crate) opened_by: Option<Id>,
    pub(crate) stage: Stage,
    /// Whether it was deferred before it was answered.
    pub(crate) deferred: bool,
    /// The answer's message; after an update it is the source.
    pub(crate) original: Option<Id>,
    pub(crate) followups: Vec<Id>,
    /// The modal that it was answered with.
    pub(crate) modal: Option<Value>,
    /// The choices that an autocompletion was answered with.
    pub(crate) choices: Option<Value>,
    /// 23 for menus, 20 for slash commands, 0 else: the type of the answering message.
    pub(crate) answer_kind: u8,
    /// The files of a command's options. They are served for as long as the interaction is remembered.
    #[serde(default)]
    pub(crate) files: Vec<Id>,
}
