//! Messages of the bot and of others.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::Value;

use crate::core::Core;
use crate::http::payload::Payload;
use crate::snowflake::Id;
use crate::state::messages::form::id_of;
use crate::state::messages::timeline::MessagePage;
use crate::state::model::errors::{ApiError, ApiResult, invalid};

pub(super) fn routes() -> Router<Core> {
    Router::new()
        .route("/channels/{channel}/messages", get(list).post(create))
        .route("/channels/{channel}/messages/bulk-delete", post(delete_many))
        .route(
            "/channels/{channel}/messages/{message}",
            get(show).patch(edit).delete(delete),
        )
}

#[derive(Deserialize)]
struct ListQuery {
    limit: Option<usize>,
    before: Option<Id>,
    after: Option<Id>,
    around: Option<Id>,
}

async fn list(
    State(core): State<Core>,
    Path(channel): Path<Id>,
    Query(query): Query<ListQuery>,
) -> ApiResult<Json<Vec<Value>>> {
    let limit = query.limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(invalid(
            "limit",
            "NUMBER_TYPE_MAX",
            "int value should be between 1 and 100.",
        ));
    }
    let page = MessagePage {
        before: query.before,
        after: query.after,
        around: query.around,
        limit,
    };
    core.read(|state| state.list_messages(state.bot(), channel, page))
        .map(Json)
}

async fn create(State(core): State<Core>, Path(channel): Path<Id>, body: Payload) -> ApiResult<Json<Value>> {
    let form = body.into_message()?;
    core.change(|state| {
        let bot = state.bot();
        let id = state.post(bot, channel, form)?;
        let message = state.message(channel, id).ok_or_else(ApiError::unknown_message)?;
        Ok(Json(state.message_json(message, bot)))
    })
}

async fn show(State(core): State<Core>, Path((channel, message)): Path<(Id, Id)>) -> ApiResult<Json<Value>> {
    core.read(|state| state.get_message(state.bot(), channel, message))
        .map(Json)
}

async fn edit(
    State(core): State<Core>,
    Path((channel, message)): Path<(Id, Id)>,
    body: Payload,
) -> ApiResult<Json<Value>> {
    let form = body.into_message()?;
    core.change(|state| {
        let bot = state.bot();
        state.edit(bot, channel, message, form)?;
        let message = state
            .message(channel, message)
            .ok_or_else(ApiError::unknown_message)?;
        Ok(Json(state.message_json(message, bot)))
    })
}

async fn delete(State(core): State<Core>, Path((channel, message)): Path<(Id, Id)>) -> ApiResult<StatusCode> {
    core.change(|state| state.delete_message(state.bot(), channel, message))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn delete_many(
    State(core): State<Core>,
    Path(channel): Path<Id>,
    body: Payload,
) -> ApiResult<StatusCode> {
    let ids: Vec<Id> = body.json["messages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(id_of)
        .collect();
    if !(2..=100).contains(&ids.len()) {
        return Err(invalid(
            "messages",
            "BASE_TYPE_BAD_LENGTH",
            "Must be between 2 and 100 in length.",
        ));
    }
    core.change(|state| state.delete_many(state.bot(), channel, &ids))?;
    Ok(StatusCode::NO_CONTENT)
}
