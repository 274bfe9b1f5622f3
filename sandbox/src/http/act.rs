//! What people do with the bot, as the page and the control API send it.

use serde::Deserialize;
use serde_json::Value;

use crate::http::id::Snowflake;
use crate::snowflake::Id;
use crate::state::State;
use crate::state::interactions::options::Invocation;
use crate::state::model::{ActError, MenuTarget, Upload};

/// What a person does with the bot.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Act {
    /// Sends a slash command.
    Command {
        channel_id: Snowflake,
        name: String,
        #[serde(default)]
        options: Value,
    },
    /// Asks for the choices of an option.
    Autocomplete {
        channel_id: Snowflake,
        name: String,
        focused: String,
        #[serde(default)]
        options: Value,
    },
    /// Clicks a button.
    Button {
        channel_id: Snowflake,
        message_id: Snowflake,
        custom_id: String,
    },
    /// Picks values from a select.
    Select {
        channel_id: Snowflake,
        message_id: Snowflake,
        custom_id: String,
        values: Vec<String>,
    },
    /// Uses a message's menu.
    Menu {
        channel_id: Snowflake,
        message_id: Snowflake,
        name: String,
    },
    /// Uses a member's menu.
    #[serde(rename = "user-menu")]
    UserMenu {
        channel_id: Snowflake,
        user_id: Snowflake,
        name: String,
    },
    /// Submits a modal: that of an interaction, else the latest open one with this `custom_id`.
    Modal {
        custom_id: String,
        interaction_id: Option<Snowflake>,
        #[serde(default)]
        fields: Value,
    },
}

impl Act {
    /// Returns where it is done; a form is where it was opened.
    fn channel(&self) -> Option<Id> {
        match self {
            Self::Command { channel_id, .. }
            | Self::Autocomplete { channel_id, .. }
            | Self::Button { channel_id, .. }
            | Self::Select { channel_id, .. }
            | Self::Menu { channel_id, .. }
            | Self::UserMenu { channel_id, .. } => Some(channel_id.0),
            Self::Modal { .. } => None,
        }
    }
}

/// Starts the interaction of an act. Returns its id.
pub(crate) fn perform(state: &mut State, me: Id, act: &Act, files: &[Upload]) -> Result<Id, ActError> {
    if let Some(channel) = act.channel() {
        state.enter_channel(channel);
    }
    match act {
        Act::Command {
            channel_id,
            name,
            options,
        } => state.use_command(&Invocation {
            user: me,
            channel: channel_id.0,
            name,
            options,
            files,
        }),
        Act::Autocomplete {
            channel_id,
            name,
            focused,
            options,
        } => {
            let invocation = Invocation {
                user: me,
                channel: channel_id.0,
                name,
                options,
                files: &[],
            };
            state.autocomplete(&invocation, focused)
        }
        Act::Button {
            channel_id,
            message_id,
            custom_id,
        } => state.use_component(me, channel_id.0, message_id.0, custom_id, &[]),
        Act::Select {
            channel_id,
            message_id,
            custom_id,
            values,
        } => state.use_component(me, channel_id.0, message_id.0, custom_id, values),
        Act::Menu {
            channel_id,
            message_id,
            name,
        } => state.use_menu(me, channel_id.0, MenuTarget::Message(message_id.0), name),
        Act::UserMenu {
            channel_id,
            user_id,
            name,
        } => state.use_menu(me, channel_id.0, MenuTarget::User(user_id.0), name),
        Act::Modal {
            custom_id,
            interaction_id,
            fields,
        } => {
            let opener = interaction_id
                .map(|id| id.0)
                .or_else(|| state.open_modal(me, custom_id));
            let opener = opener.unwrap_or_default();
            let guild = state.guild_of_interaction(Some(opener), "");
            state.enter(guild);
            state.submit_modal(me, opener, fields)
        }
    }
}
