//! Message limits, boosts and accounts, set from outside the process.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

use crate::core::Core;
use crate::http::id::Snowflake;
use crate::http::payload::Payload;
use crate::state::messages::rules::MessageLimits;
use crate::state::model::Nitro;
use crate::state::model::errors::{ApiResult, invalid};

pub(super) fn routes() -> Router<Core> {
    Router::new()
        .route("/sandbox/control/messages", get(limits).put(set_limits))
        .route("/sandbox/control/guild", post(guild))
        .route("/sandbox/control/users", post(user))
}

async fn limits(State(core): State<Core>) -> Json<MessageLimits> {
    Json(core.read(|state| state.messages().limits().clone()))
}

async fn set_limits(State(core): State<Core>, body: Payload) -> ApiResult<StatusCode> {
    let limits: MessageLimits = body.read()?;
    core.change(|state| state.set_message_limits(limits));
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GuildForm {
    premium_tier: u8,
}

async fn guild(State(core): State<Core>, body: Payload) -> ApiResult<StatusCode> {
    let form: GuildForm = body.read()?;
    if form.premium_tier > 3 {
        return Err(invalid(
            "premium_tier",
            "NUMBER_TYPE_MAX",
            "Must be between 0 and 3.",
        ));
    }
    core.change(|state| state.set_premium_tier(form.premium_tier));
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserForm {
    user_id: Snowflake,
    locale: Option<String>,
    nitro: Option<Nitro>,
}

async fn user(State(core): State<Core>, body: Payload) -> ApiResult<StatusCode> {
    let form: UserForm = body.read()?;
    core.change(|state| {
        state.edit_user(form.user_id.0, |user| {
            user.locale = form.locale.or(user.locale.take());
            user.nitro = form.nitro.unwrap_or(user.nitro);
        })
    })?;
    Ok(StatusCode::NO_CONTENT)
}
