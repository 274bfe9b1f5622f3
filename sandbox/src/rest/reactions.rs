//! Reactions as the bot gives, takes and reads them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, get, put};
use axum::{Json, Router};
use serde_json::Value;

use crate::core::Core;
use crate::http::path::Path;
use crate::http::query::Parameters;
use crate::snowflake::Id;
use crate::state::messages::reactions::ReactorPage;
use crate::state::model::Emoji;
use crate::state::model::errors::ApiResult;

pub(super) fn routes() -> Router<Core> {
    let base = "/channels/{channel}/messages/{message}/reactions";
    Router::new()
        .route(base, delete(clear))
        .route(&format!("{base}/{{emoji}}"), get(list).delete(clear_emoji))
        .route(&format!("{base}/{{emoji}}/@me"), put(add).delete(remove_own))
        .route(&format!("{base}/{{emoji}}/{{user}}"), delete(remove))
}

async fn add(
    State(core): State<Core>,
    Path((channel, message, emoji)): Path<(Id, Id, String)>,
) -> ApiResult<StatusCode> {
    let emoji = Emoji::parse(&emoji)?;
    core.change(|state| state.react(state.bot(), channel, message, &emoji, false))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove_own(
    State(core): State<Core>,
    Path((channel, message, emoji)): Path<(Id, Id, String)>,
) -> ApiResult<StatusCode> {
    let emoji = Emoji::parse(&emoji)?;
    core.change(|state| state.unreact(state.bot(), state.bot(), channel, message, &emoji))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove(
    State(core): State<Core>,
    Path((channel, message, emoji, user)): Path<(Id, Id, String, Id)>,
) -> ApiResult<StatusCode> {
    let emoji = Emoji::parse(&emoji)?;
    core.change(|state| state.unreact(state.bot(), user, channel, message, &emoji))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn clear(State(core): State<Core>, Path((channel, message)): Path<(Id, Id)>) -> ApiResult<StatusCode> {
    core.change(|state| state.clear_reactions(state.bot(), channel, message, None))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn clear_emoji(
    State(core): State<Core>,
    Path((channel, message, emoji)): Path<(Id, Id, String)>,
) -> ApiResult<StatusCode> {
    let emoji = Emoji::parse(&emoji)?;
    core.change(|state| state.clear_reactions(state.bot(), channel, message, Some(&emoji)))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list(
    State(core): State<Core>,
    Path((channel, message, emoji)): Path<(Id, Id, String)>,
    mut query: Parameters,
) -> ApiResult<Json<Vec<Value>>> {
    let emoji = Emoji::parse(&emoji)?;
    let page = ReactorPage {
        after: query.id("after"),
        limit: query.count("limit", 25, 1..=100),
        burst: query.count("type", 0, 0..=1) == 1,
    };
    query.check()?;
    core.read(|state| state.reactors(state.bot(), channel, message, &emoji, page))
        .map(Json)
}
