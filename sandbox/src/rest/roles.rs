//! Roles, and what is done to members.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::core::Core;
use crate::http::path::Path;
use crate::http::payload::Payload;
use crate::rest::guilds::in_guild;
use crate::snowflake::Id;
use crate::state;
use crate::state::model::errors::{ApiError, ApiResult};

pub(super) fn routes() -> Router<Core> {
    Router::new()
        .route("/guilds/{guild}/roles", get(roles).post(create))
        .route("/guilds/{guild}/roles/member-counts", get(counts))
        .route(
            "/guilds/{guild}/roles/{role}",
            get(role).patch(edit).delete(delete),
        )
        .route(
            "/guilds/{guild}/members/{user}",
            get(member).patch(edit_member).delete(kick),
        )
        .route(
            "/guilds/{guild}/members/{user}/roles/{role}",
            put(give).delete(take),
        )
}

/// Acts as the bot if the guild is the sandbox's (10004).
fn act_in_guild<T>(
    core: &Core,
    guild: Id,
    act: impl FnOnce(&mut state::State, Id) -> ApiResult<T>,
) -> ApiResult<T> {
    core.change(|state| {
        if state.guild().id == guild {
            act(state, state.bot())
        } else {
            Err(ApiError::unknown_guild())
        }
    })
}

async fn roles(State(core): State<Core>, Path(guild): Path<Id>) -> ApiResult<Json<Value>> {
    in_guild(&core, guild, |state| Ok(json!(state.roles_json())))
}

async fn counts(State(core): State<Core>, Path(guild): Path<Id>) -> ApiResult<Json<Value>> {
    in_guild(&core, guild, |state| Ok(state.role_counts()))
}

async fn role(State(core): State<Core>, Path((guild, role)): Path<(Id, Id)>) -> ApiResult<Json<Value>> {
    in_guild(&core, guild, |state| {
        state.role_json_of(role).ok_or_else(ApiError::unknown_role)
    })
}

async fn create(State(core): State<Core>, Path(guild): Path<Id>, body: Payload) -> ApiResult<Json<Value>> {
    act_in_guild(&core, guild, |state, bot| {
        let role = state.create_role(bot, &body.json)?;
        state.role_json_of(role).ok_or_else(ApiError::unknown_role)
    })
    .map(Json)
}

async fn edit(
    State(core): State<Core>,
    Path((guild, role)): Path<(Id, Id)>,
    body: Payload,
) -> ApiResult<Json<Value>> {
    act_in_guild(&core, guild, |state, bot| {
        state.edit_role(bot, role, &body.json)?;
        state.role_json_of(role).ok_or_else(ApiError::unknown_role)
    })
    .map(Json)
}

async fn delete(State(core): State<Core>, Path((guild, role)): Path<(Id, Id)>) -> ApiResult<StatusCode> {
    act_in_guild(&core, guild, |state, bot| state.delete_role(bot, role))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn member(State(core): State<Core>, Path((guild, user)): Path<(Id, Id)>) -> ApiResult<Json<Value>> {
    in_guild(&core, guild, |state| {
        if !state.people().knows(user) {
            return Err(ApiError::unknown_user());
        }
        state.member_json(user).ok_or_else(ApiError::unknown_member)
    })
}

async fn edit_member(
    State(core): State<Core>,
    Path((guild, user)): Path<(Id, Id)>,
    body: Payload,
) -> ApiResult<Json<Value>> {
    act_in_guild(&core, guild, |state, bot| {
        state.edit_member(bot, user, &body.json)?;
        state.member_json(user).ok_or_else(ApiError::unknown_member)
    })
    .map(Json)
}

async fn kick(State(core): State<Core>, Path((guild, user)): Path<(Id, Id)>) -> ApiResult<StatusCode> {
    act_in_guild(&core, guild, |state, bot| state.kick(bot, user))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn give(
    State(core): State<Core>,
    Path((guild, user, role)): Path<(Id, Id, Id)>,
) -> ApiResult<StatusCode> {
    act_in_guild(&core, guild, |state, bot| state.set_role(bot, user, role, true))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn take(
    State(core): State<Core>,
    Path((guild, user, role)): Path<(Id, Id, Id)>,
) -> ApiResult<StatusCode> {
    act_in_guild(&core, guild, |state, bot| state.set_role(bot, user, role, false))?;
    Ok(StatusCode::NO_CONTENT)
}
