//! The guild, its channels, roles and members.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::core::Core;
use crate::http::path::Path;
use crate::http::query::Parameters;
use crate::snowflake::Id;
use crate::state;
use crate::state::channels::json::membership_json;
use crate::state::model::errors::{ApiError, ApiResult};

pub(super) fn routes() -> Router<Core> {
    Router::new()
        .route("/guilds/{guild}", get(guild))
        .route("/guilds/{guild}/channels", get(channels))
        .route("/guilds/{guild}/members", get(members))
        .route("/guilds/{guild}/threads/active", get(active_threads))
}

/// Reads the state if the guild is the sandbox's, and the bot is in it (10004).
pub(super) fn in_guild(
    core: &Core,
    guild: Id,
    look: impl FnOnce(&state::State) -> ApiResult<Value>,
) -> ApiResult<Json<Value>> {
    core.read(|state| {
        if state.guild().id == guild && state.people().is_member(state.bot()) {
            look(state).map(Json)
        } else {
            Err(ApiError::unknown_guild())
        }
    })
}

async fn guild(State(core): State<Core>, Path(guild): Path<Id>) -> ApiResult<Json<Value>> {
    in_guild(&core, guild, |state| Ok(state.guild_json()))
}

async fn channels(State(core): State<Core>, Path(guild): Path<Id>) -> ApiResult<Json<Value>> {
    in_guild(&core, guild, |state| {
        Ok(state
            .text_channels()
            .into_iter()
            .map(|channel| state.channel_json(channel))
            .collect())
    })
}

async fn members(
    State(core): State<Core>,
    Path(guild): Path<Id>,
    mut query: Parameters,
) -> ApiResult<Json<Value>> {
    let limit = query.count("limit", 1, 1..=1_000);
    let after = query.id("after").unwrap_or(0);
    query.check()?;
    in_guild(&core, guild, |state| {
        state.require_members_intent()?;
        let listed = state
            .people()
            .member_ids()
            .filter(|user| *user > after)
            .take(limit);
        Ok(listed.filter_map(|user| state.member_json(user)).collect())
    })
}

async fn active_threads(State(core): State<Core>, Path(guild): Path<Id>) -> ApiResult<Json<Value>> {
    in_guild(&core, guild, |state| {
        let bot = state.bot();
        let seen: Vec<_> = state
            .active_threads()
            .filter(|thread| state.sees(bot, thread.id))
            .collect();
        let joined = seen.iter().filter_map(|thread| membership_json(thread, bot));
        let members: Vec<Value> = joined.collect();
        let threads: Vec<Value> = seen.iter().map(|thread| state.channel_json(thread)).collect();
        Ok(json!({ "threads": threads, "members": members, "has_more": false }))
    })
}
