//! What the person at the page does.

use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::core::Core;
use crate::http::act::{Act, perform};
use crate::http::path::Path;
use crate::http::payload::Payload;
use crate::page::viewer::Viewer;
use crate::snowflake::Id;
use crate::state::model::Stage;
use crate::state::model::errors::{ApiError, ApiResult};

/// How long the page waits for an autocompletion.
const COMPLETION_PATIENCE: Duration = Duration::from_secs(4);

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

pub(super) async fn erase(
    State(core): State<Core>,
    Path((channel, message)): Path<(Id, Id)>,
    Query(viewer): Query<Viewer>,
) -> ApiResult<StatusCode> {
    core.change(|state| {
        let me = viewer.member(state)?;
        state.erase(me, channel, message)?;
        Ok(StatusCode::NO_CONTENT)
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

pub(super) async fn interact(
    State(core): State<Core>,
    Query(viewer): Query<Viewer>,
    body: Payload,
) -> ApiResult<Json<Value>> {
    let (act, files): (Act, _) = body.read_with_files()?;
    let completing = matches!(act, Act::Autocomplete { .. });
    let id = core.change(|state| {
        let me = viewer.member(state)?;
        Ok::<Id, ApiError>(perform(state, me, &act, &files)?)
    })?;
    if completing {
        Ok(Json(choices(&core, id).await))
    } else {
        Ok(Json(json!({ "id": id.to_string() })))
    }
}

/// Waits for the choices of an autocompletion. Returns none if the bot does not answer.
async fn choices(core: &Core, id: Id) -> Value {
    let answered = || {
        core.read(|state| {
            let interaction = state.interactions().get(id)?;
            let over = matches!(interaction.stage, Stage::Answered | Stage::Failed);
            over.then(|| interaction.choices.clone().unwrap_or_else(|| json!([])))
        })
    };
    let choices = core.wait_for(COMPLETION_PATIENCE, answered).await;
    json!({ "id": id.to_string(), "choices": choices.unwrap_or_else(|| json!([])) })
}
