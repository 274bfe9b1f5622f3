//! Members, roles and permissions, set from outside the process.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::core::Core;
use crate::http::id::Snowflake;
use crate::http::path::Path;
use crate::http::payload::Payload;
use crate::snowflake::Id;
use crate::state::model::errors::{ApiError, ApiResult};

pub(super) fn routes() -> Router<Core> {
    Router::new()
        .route("/sandbox/control/members", post(join))
        .route("/sandbox/control/members/{user}", delete(leave))
        .route("/sandbox/control/members/{user}/roles", put(set_roles))
        .route("/sandbox/control/roles", post(create_role))
        .route("/sandbox/control/roles/{role}", delete(delete_role))
        .route("/sandbox/control/permissions", post(permissions))
        .route("/sandbox/control/overwrites", put(overwrite))
}

/// A new person by a name, or one who left by their id.
#[derive(Deserialize)]
#[serde(untagged)]
enum JoinForm {
    New { name: String },
    Back { user_id: Snowflake },
}

async fn join(State(core): State<Core>, body: Payload) -> ApiResult<Json<Value>> {
    let form: JoinForm = body.read()?;
    let id = core.change(|state| match form {
        JoinForm::New { name } => Ok(state.join(&name)),
        JoinForm::Back { user_id } => state.rejoin(user_id.0).map(|()| user_id.0),
    })?;
    Ok(Json(json!({ "id": id.to_string() })))
}

async fn leave(State(core): State<Core>, Path(user): Path<Id>) -> StatusCode {
    core.change(|state| state.leave(user));
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct RolesForm {
    roles: Vec<Snowflake>,
}

async fn set_roles(State(core): State<Core>, Path(user): Path<Id>, body: Payload) -> ApiResult<StatusCode> {
    let form: RolesForm = body.read()?;
    let roles = form.roles.iter().map(|role| role.0).collect();
    core.change(|state| state.set_roles(user, roles))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Creates a role from Discord's fields: `name`, `permissions`, `color`.
async fn create_role(State(core): State<Core>, body: Payload) -> ApiResult<Json<Value>> {
    core.change(|state| {
        let role = state.create_role(state.owner(), &body.json)?;
        state.role_json_of(role).ok_or_else(ApiError::unknown_role)
    })
    .map(Json)
}

async fn delete_role(State(core): State<Core>, Path(role): Path<Id>) -> ApiResult<StatusCode> {
    core.change(|state| state.delete_role(state.owner(), role))?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct OverwriteForm {
    channel_id: Snowflake,
    /// A role or a user; the guild's id means @everyone.
    subject_id: Snowflake,
    allow: Snowflake,
    deny: Snowflake,
}

async fn overwrite(State(core): State<Core>, body: Payload) -> ApiResult<StatusCode> {
    let form: OverwriteForm = body.read()?;
    let (channel, subject) = (form.channel_id.0, form.subject_id.0);
    core.change(|state| {
        state.enter_channel(channel);
        state.overwrite(channel, subject, form.allow.0, form.deny.0)
    })?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct PermissionsForm {
    channel_id: Snowflake,
    /// Bits, as a decimal string.
    permissions: Snowflake,
    deny: bool,
}

async fn permissions(State(core): State<Core>, body: Payload) -> ApiResult<StatusCode> {
    let form: PermissionsForm = body.read()?;
    core.change(|state| {
        state.enter_channel(form.channel_id.0);
        state.set_bot_denied(form.channel_id.0, form.permissions.0, form.deny);
    });
    Ok(StatusCode::NO_CONTENT)
}
