//! Channels and threads.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::Value;

use crate::core::Core;
use crate::http::path::Path;
use crate::http::payload::Payload;
use crate::snowflake::Id;
use crate::state::model::errors::ApiResult;

pub(super) fn routes() -> Router<Core> {
    Router::new()
        .route("/channels/{channel}", get(show).patch(edit).delete(delete))
        .route(
            "/channels/{channel}/permissions/{subject}",
            put(overwrite).delete(delete_overwrite),
        )
        .route("/channels/{channel}/typing", post(typing))
}

async fn show(State(core): State<Core>, Path(channel): Path<Id>) -> ApiResult<Json<Value>> {
    core.read(|state| Ok(Json(state.channel_json(state.visible(state.bot(), channel)?))))
}

async fn edit(State(core): State<Core>, Path(channel): Path<Id>, body: Payload) -> ApiResult<Json<Value>> {
    core.change(|state| state.edit_channel(state.bot(), channel, &body.json))
        .map(Json)
}

async fn delete(State(core): State<Core>, Path(channel): Path<Id>) -> ApiResult<Json<Value>> {
    core.change(|state| state.delete_channel(state.bot(), channel))
        .map(Json)
}

async fn overwrite(
    State(core): State<Core>,
    Path((channel, subject)): Path<(Id, Id)>,
    body: Payload,
) -> ApiResult<StatusCode> {
    core.change(|state| state.put_overwrite(state.bot(), channel, subject, &body.json))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn delete_overwrite(
    State(core): State<Core>,
    Path((channel, subject)): Path<(Id, Id)>,
) -> ApiResult<StatusCode> {
    core.change(|state| state.delete_overwrite(state.bot(), channel, subject))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn typing(State(core): State<Core>, Path(channel): Path<Id>) -> ApiResult<StatusCode> {
    core.read(|state| state.require_sender(state.bot(), channel))?;
    Ok(StatusCode::NO_CONTENT)
}
