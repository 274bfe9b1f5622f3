//! Channels and threads.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::core::Core;
use crate::http::payload::Payload;
use crate::permissions::{READ_MESSAGE_HISTORY, SEND_MESSAGES};
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
        .route("/channels/{channel}/threads", post(open_thread))
        .route(
            "/channels/{channel}/messages/{message}/threads",
            post(open_thread_from),
        )
        .route("/channels/{channel}/threads/archived/public", get(archived))
        .route("/channels/{channel}/thread-members", get(thread_members))
        .route(
            "/channels/{channel}/thread-members/{user}",
            put(join).delete(leave),
        )
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
    core.read(|state| state.require(state.bot(), channel, SEND_MESSAGES))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn open_thread(
    State(core): State<Core>,
    Path(channel): Path<Id>,
    body: Payload,
) -> ApiResult<(StatusCode, Json<Value>)> {
    let thread = core.change(|state| state.open_thread(state.bot(), channel, &body.json))?;
    Ok((StatusCode::CREATED, Json(thread)))
}

async fn open_thread_from(
    State(core): State<Core>,
    Path((channel, message)): Path<(Id, Id)>,
    body: Payload,
) -> ApiResult<(StatusCode, Json<Value>)> {
    let thread = core.change(|state| state.open_thread_from(state.bot(), channel, message, &body.json))?;
    Ok((StatusCode::CREATED, Json(thread)))
}

async fn archived(State(core): State<Core>, Path(channel): Path<Id>) -> ApiResult<Json<Value>> {
    core.read(|state| {
        state.require(state.bot(), channel, READ_MESSAGE_HISTORY)?;
        let children = state.channels().threads_of(channel);
        let archived = children.filter(|child| state.is_archived(child.id));
        let threads: Vec<Value> = archived.map(|child| state.channel_json(child)).collect();
        Ok(Json(
            json!({ "threads": threads, "members": [], "has_more": false }),
        ))
    })
}

async fn thread_members(State(core): State<Core>, Path(channel): Path<Id>) -> ApiResult<Json<Value>> {
    core.read(|state| {
        state.visible(state.bot(), channel)?;
        state
            .thread_members_json(channel)
            .map(|members| Json(json!(members)))
    })
}

async fn join(State(core): State<Core>, Path((channel, user)): Path<(Id, String)>) -> ApiResult<StatusCode> {
    core.change(|state| {
        state.visible(state.bot(), channel)?;
        state.join_thread(channel, who(state.bot(), &user));
        Ok(StatusCode::NO_CONTENT)
    })
}

async fn leave(State(core): State<Core>, Path((channel, user)): Path<(Id, String)>) -> ApiResult<StatusCode> {
    core.change(|state| {
        state.visible(state.bot(), channel)?;
        state.leave_thread(channel, who(state.bot(), &user));
        Ok(StatusCode::NO_CONTENT)
    })
}

/// Parses `@me` or an id.
fn who(me: Id, user: &str) -> Id {
    user.parse().unwrap_or(me)
}
