//! What the person at the page does.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::core::Core;
use crate::http::payload::Payload;
use crate::page::Viewer;
use crate::snowflake::Id;
use crate::state::State as World;
use crate::state::interactions::invoke::Invocation;
use crate::state::model::ActError;
use crate::state::model::Upload;
use crate::state::model::errors::{ApiError, ApiResult};
use crate::state::model::{MenuTarget, Stage};

/// How long the page waits for an autocompletion.
const COMPLETION_PATIENCE: Duration = Duration::from_secs(4);

impl From<ActError> for ApiError {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Invalid(text) => Self::new(400, 0, text),
            ActError::Refused { code, message } => Self::new(403, code, message),
            ActError::NoAnswer(text) => Self::new(409, 0, text),
        }
    }
}

pub(super) async fn say(
    State(core): State<Core>,
    Path(channel): Path<Id>,
    Query(viewer): Query<Viewer>,
    mut body: Payload,
) -> ApiResult<Json<Value>> {
    // The page names all its files `files[]`.
    for (file, at) in body.files.iter_mut().zip(0_usize..) {
        file.key = at.to_string();
    }
    let form = body.into_message()?;
    core.change(|state| {
        let me = viewer.member(state)?;
        let id = state.say(me, channel, form)?;
        let message = state.message(channel, id).ok_or_else(ApiError::unknown_message)?;
        Ok(Json(state.page_message_json(message, me)))
    })
}

pub(super) async fn react(
    State(core): State<Core>,
    Path((channel, message, emoji)): Path<(Id, Id, String)>,
    Query(viewer): Query<Viewer>,
) -> ApiResult<StatusCode> {
    core.change(|state| {
        let me = viewer.member(state)?;
        state.add_reaction(me, channel, message, &emoji, false)?;
        Ok(StatusCode::NO_CONTENT)
    })
}

pub(super) async fn unreact(
    State(core): State<Core>,
    Path((channel, message, emoji)): Path<(Id, Id, String)>,
    Query(viewer): Query<Viewer>,
) -> ApiResult<StatusCode> {
    core.change(|state| {
        let me = viewer.member(state)?;
        state.remove_reaction(me, channel, message, &emoji)?;
        Ok(StatusCode::NO_CONTENT)
    })
}

pub(super) async fn dismiss(
    State(core): State<Core>,
    Path(message): Path<Id>,
    Query(viewer): Query<Viewer>,
) -> ApiResult<StatusCode> {
    core.change(|state| {
        let me = viewer.member(state)?;
        state.dismiss(me, message)?;
        Ok(StatusCode::NO_CONTENT)
    })
}

/// What a person does to the bot, as the page tells it.
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
    /// Picks from a select.
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
    /// Sends a modal: that of an interaction, else the latest open one with this id.
    Modal {
        custom_id: String,
        interaction_id: Option<Snowflake>,
        #[serde(default)]
        fields: Value,
    },
}

/// An id in JSON: a decimal string.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Snowflake(pub(crate) Id);

impl TryFrom<String> for Snowflake {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

pub(super) async fn interact(
    State(core): State<Core>,
    Query(viewer): Query<Viewer>,
    body: Payload,
) -> ApiResult<Json<Value>> {
    let act: Act =
        serde_json::from_value(body.json).map_err(|error| ApiError::new(400, 0, error.to_string()))?;
    let completing = matches!(act, Act::Autocomplete { .. });
    let id = core.change(|state| {
        let me = viewer.member(state)?;
        Ok::<Id, ApiError>(perform(state, me, &act, &body.files)?)
    })?;
    if completing {
        Ok(Json(choices(&core, id).await))
    } else {
        Ok(Json(json!({ "id": id.to_string() })))
    }
}

/// Starts the interaction that an act is.
pub(crate) fn perform(state: &mut World, me: Id, act: &Act, files: &[Upload]) -> Result<Id, ActError> {
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
            state.submit_modal(me, opener.unwrap_or_default(), fields)
        }
    }
}

/// The choices that the bot answers an autocompletion with; none if it does not.
async fn choices(core: &Core, id: Id) -> Value {
    let answered = || {
        core.read(|state| {
            let interaction = state.interactions.get(&id)?;
            let over = matches!(interaction.stage, Stage::Answered | Stage::Failed);
            over.then(|| interaction.choices.clone().unwrap_or_else(|| json!([])))
        })
    };
    let choices = core.wait_for(COMPLETION_PATIENCE, answered).await;
    json!({ "id": id.to_string(), "choices": choices.unwrap_or_else(|| json!([])) })
}
