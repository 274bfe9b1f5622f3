//! What came of an interaction.

use serde_json::Value;

use crate::state::State;
use crate::state::model::{EPHEMERAL, Interaction};

/// The bot's answer to an interaction.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The answer's message as it is now (`@original`). After an update it is the updated message,
    /// after a silent acknowledgement the first follow-up, after a modal `null`.
    pub message: Value,
    /// Whether only the one who asked sees it.
    pub ephemeral: bool,
    /// Whether it was deferred first.
    pub deferred: bool,
    /// All follow-ups, oldest first.
    pub followups: Vec<Value>,
    /// The modal, if it was answered with one.
    pub modal: Option<Value>,
}

impl Answer {
    pub(crate) fn of(state: &State, interaction: &Interaction) -> Self {
        let shown = |id: u64| {
            let message = state.message(interaction.channel, id)?;
            Some(state.message_json(message, interaction.user))
        };
        let followups: Vec<Value> = interaction.followups.iter().filter_map(|id| shown(*id)).collect();
        let silent = interaction.original == interaction.source;
        let original = interaction.original.and_then(shown);
        let message = if silent && interaction.deferred {
            followups.first().cloned().or(original)
        } else {
            original
        };
        let flags = message
            .as_ref()
            .map_or(0, |message| message["flags"].as_u64().unwrap_or(0));
        Self {
            message: message.unwrap_or_default(),
            ephemeral: flags & EPHEMERAL != 0,
            deferred: interaction.deferred,
            followups,
            modal: interaction.modal.clone(),
        }
    }
}
