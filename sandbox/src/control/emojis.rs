//! The guild's own emoji.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::Value;

use crate::core::Core;
use crate::http::path::Path;
use crate::http::payload::Payload;
use crate::snowflake::Id;
use crate::state::model::errors::ApiResult;

pub(super) fn routes() -> Router<Core> {
    Router::new()
        .route("/sandbox/control/emojis", get(list).post(create))
        .route("/sandbox/control/emojis/{emoji}", delete(remove))
}

async fn list(State(core): State<Core>) -> Json<Vec<Value>> {
    Json(core.read(crate::state::State::emojis_json))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EmojiForm {
    name: String,
}

async fn create(State(core): State<Core>, body: Payload) -> ApiResult<Json<Value>> {
    let form: EmojiForm = body.read()?;
    core.change(|state| {
        let owner = state.owner();
        let emoji = state.create_emoji(owner, &form.name)?;
        state.emoji_seen_by(owner, emoji)
    })
    .map(Json)
}

async fn remove(State(core): State<Core>, Path(emoji): Path<Id>) -> ApiResult<StatusCode> {
    core.change(|state| state.delete_emoji(emoji))?;
    Ok(StatusCode::NO_CONTENT)
}
