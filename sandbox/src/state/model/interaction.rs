//! Interactions, and what a message says about the one that it answers.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::snowflake::Id;

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
    /// The type of the option that an autocompletion is for.
    #[serde(default)]
    pub(crate) completes: Option<u64>,
    /// The choices that an autocompletion was answered with.
    pub(crate) choices: Option<Value>,
    /// The type of the answering message: 23 for menus, 20 for slash commands, else 0.
    pub(crate) answer_kind: u8,
    /// The files of a command's options. They are served for as long as the interaction is kept.
    #[serde(default)]
    pub(crate) files: Vec<Id>,
}

/// The type of an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum InteractionKind {
    Command,
    Component,
    Autocomplete,
    Modal,
}

impl InteractionKind {
    /// Returns Discord's number for it.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Command => 2,
            Self::Component => 3,
            Self::Autocomplete => 4,
            Self::Modal => 5,
        }
    }
}

/// The state of the answer to an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stage {
    /// Sent to the bot, which has three seconds to answer.
    Waiting,
    /// "… is thinking" (type 5).
    Deferred,
    /// Acknowledged silently (type 6): the source message may still be edited.
    DeferredUpdate,
    /// Answered with a message, a modal or choices.
    Answered,
    /// The bot did not answer in time, or was not there.
    Failed,
}

/// What a menu was used on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum MenuTarget {
    User(Id),
    Message(Id),
}

impl MenuTarget {
    /// Returns Discord's number for commands of such a menu.
    pub(crate) fn command_type(self) -> u64 {
        match self {
            Self::User(_) => 2,
            Self::Message(_) => 3,
        }
    }
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
