//! Messages of the bot and of others.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::Value;

use crate::core::Core;
use crate::http::path::Path;
use crate::http::payload::Payload;
use crate::http::query::Parameters;
use crate::snowflake::Id;
use crate::state::messages::timeline::MessagePage;
use crate::state::model::errors::{ApiError, ApiResult, FormErrors};
use crate::state::model::wire::id_of;

pub(super) fn routes() -> Router<Core> {
    Router::new()
        .route("/channels/{channel}/messages", get(list).post(create))
        .route("/channels/{channel}/messages/bulk-delete", post(delete_many))
        .route(
            "/channels/{channel}/messages/{message}",
            get(show).patch(edit).delete(delete),
        )
}

async fn list(
    State(core): State<Core>,
    Path(channel): Path<Id>,
    mut query: Parameters,
) -> ApiResult<Json<Vec<Value>>> {
    query.exclusive(&["before", "after", "around"]);
    let page = MessagePage {
        before: query.id("before"),
        after: query.id("after"),
        around: query.id("around"),
        limit: query.count("limit", 50, 1..=100),
    };
    query.check()?;
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
    let form = body.into_edit()?;
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
    let ids = bulk_of(&body.json["messages"])?;
    core.change(|state| state.delete_many(state.bot(), channel, &ids))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Parses which messages to delete: 2 to 100 ids, each once.
fn bulk_of(messages: &Value) -> ApiResult<Vec<Id>> {
    let listed = messages.as_array().map_or(&[][..], Vec::as_slice);
    let mut errors = FormErrors::default();
    if !(2..=100).contains(&listed.len()) {
        errors.length_of_list("messages", 2, 100);
    }
    let mut ids = Vec::new();
    for (message, at) in listed.iter().zip(0..) {
        match id_of(message) {
            None => errors.add(
                &format!("messages.{at}"),
                "NUMBER_TYPE_COERCE",
                format!("Value {message} is not snowflake."),
            ),
            Some(id) if ids.contains(&id) => {
                let message = "The set already contains this value";
                errors.add("messages", "SET_TYPE_ALREADY_CONTAINS_VALUE", message);
            }
            Some(id) => ids.push(id),
        }
    }
    errors.check()?;
    Ok(ids)
}
