//! Answers to interactions. The token in the path is the only credential, as on Discord.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::Value;

use crate::core::Core;
use crate::http::path::Path;
use crate::http::payload::Payload;
use crate::http::query::Parameters;
use crate::snowflake::Id;
use crate::state::interactions::answers::FirstAnswer;
use crate::state::model::errors::{ApiError, ApiResult};

pub(super) fn routes() -> Router<Core> {
    Router::new()
        .route("/interactions/{id}/{token}/callback", post(callback))
        .route("/webhooks/{app}/{token}", post(follow_up))
        .route(
            "/webhooks/{app}/{token}/messages/{message}",
            get(show).patch(edit).delete(delete),
        )
}

async fn callback(
    State(core): State<Core>,
    Path((id, token)): Path<(Id, String)>,
    mut query: Parameters,
    body: Payload,
) -> ApiResult<Response> {
    let wanted = query.flag("with_response");
    query.check()?;
    let answer = FirstAnswer::parse(&body.json, body.files)?;
    let told = core.change(|state| state.answer_first(id, &token, answer))?;
    Ok(if wanted {
        Json(told).into_response()
    } else {
        StatusCode::NO_CONTENT.into_response()
    })
}

/// Parses which message is meant; `@original` is `None`.
fn which(message: &str) -> ApiResult<Option<Id>> {
    if message == "@original" {
        return Ok(None);
    }
    message.parse().map(Some).map_err(|_| ApiError::unknown_message())
}

async fn follow_up(
    State(core): State<Core>,
    Path((_app, token)): Path<(Id, String)>,
    body: Payload,
) -> ApiResult<Json<Value>> {
    let form = body.into_message()?;
    core.change(|state| state.follow_up(&token, form)).map(Json)
}

async fn show(
    State(core): State<Core>,
    Path((_app, token, message)): Path<(Id, String, String)>,
) -> ApiResult<Json<Value>> {
    let message = which(&message)?;
    core.read(|state| state.get_answer(&token, message)).map(Json)
}

async fn edit(
    State(core): State<Core>,
    Path((_app, token, message)): Path<(Id, String, String)>,
    body: Payload,
) -> ApiResult<Json<Value>> {
    let message = which(&message)?;
    let form = body.into_edit()?;
    core.change(|state| state.edit_answer(&token, message, form))
        .map(Json)
}

async fn delete(
    State(core): State<Core>,
    Path((_app, token, message)): Path<(Id, String, String)>,
) -> ApiResult<StatusCode> {
    let message = which(&message)?;
    core.change(|state| state.delete_answer(&token, message))?;
    Ok(StatusCode::NO_CONTENT)
}
