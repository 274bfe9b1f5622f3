//! The guild's own emoji, as the bot reads them.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::core::Core;
use crate::http::path::Path;
use crate::rest::guilds::in_guild;
use crate::snowflake::Id;
use crate::state::model::errors::ApiResult;

pub(super) fn routes() -> Router<Core> {
    Router::new()
        .route("/guilds/{guild}/emojis", get(list))
        .route("/guilds/{guild}/emojis/{emoji}", get(show))
}

async fn list(State(core): State<Core>, Path(guild): Path<Id>) -> ApiResult<Json<Value>> {
    in_guild(&core, guild, |state| Ok(json!(state.emojis_seen_by(state.bot()))))
}

async fn show(State(core): State<Core>, Path((guild, emoji)): Path<(Id, Id)>) -> ApiResult<Json<Value>> {
    in_guild(&core, guild, |state| state.emoji_seen_by(state.bot(), emoji))
}
