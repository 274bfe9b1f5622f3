//! The control API: the steering of `Sandbox`, for those outside of its process.

mod content;
mod emojis;
pub(crate) mod gateway;
mod members;

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::core::Core;
use crate::http::payload::Payload;
use crate::openapi::checks::Checked;
use crate::page::acts::{Act, Snowflake, perform};
use crate::state::fault::{Call, Fault};
use crate::state::messages::form::MessageForm;
use crate::state::model::errors::{ApiError, ApiResult};
use crate::state::rate_limits::{Limiter, RateLimits};

pub(crate) fn routes() -> Router<Core> {
    Router::new()
        .route("/sandbox/control/fail", post(fail))
        .route("/sandbox/control/limits", get(limits).put(set_limits))
        .route("/sandbox/control/calls", get(calls))
        .route("/sandbox/control/checks", get(checks))
        .route("/sandbox/control/dispatched", get(dispatched))
        .route("/sandbox/control/advance", post(advance))
        .route("/sandbox/control/permissions", post(permissions))
        .route("/sandbox/control/act", post(act))
        .merge(members::routes())
        .merge(content::routes())
        .merge(emojis::routes())
}

fn read<T: serde::de::DeserializeOwned>(json: Value) -> ApiResult<T> {
    serde_json::from_value(json).map_err(|error| ApiError::new(400, 0, error.to_string()))
}

async fn fail(State(core): State<Core>, body: Payload) -> ApiResult<StatusCode> {
    let fault: Fault = read(body.json)?;
    core.change(|state| state.faults.add(fault));
    Ok(StatusCode::NO_CONTENT)
}

async fn limits(State(core): State<Core>) -> Json<RateLimits> {
    Json(core.read(|state| state.limits.limits.clone()))
}

/// The word `"discord"`, or limits of one's own.
async fn set_limits(State(core): State<Core>, body: Payload) -> ApiResult<StatusCode> {
    let limits = if body.json == json!("discord") {
        RateLimits::discord()
    } else {
        read(body.json)?
    };
    core.change(|state| state.limits = Limiter::new(limits));
    Ok(StatusCode::NO_CONTENT)
}

async fn calls(State(core): State<Core>) -> Json<Vec<Call>> {
    Json(core.read(|state| state.calls.iter().cloned().collect()))
}

async fn checks(State(core): State<Core>) -> Json<Checked> {
    Json(core.checks().report())
}

async fn dispatched(State(core): State<Core>) -> Json<Value> {
    Json(core.read(|state| json!(state.hub.dispatched)))
}

#[derive(Deserialize)]
struct AdvanceForm {
    ms: u64,
}

async fn advance(State(core): State<Core>, body: Payload) -> ApiResult<Json<Value>> {
    let form: AdvanceForm = read(body.json)?;
    let now = core.change(|state| {
        state.advance(Duration::from_millis(form.ms));
        state.now()
    });
    Ok(Json(json!({ "now_ms": now })))
}

#[derive(Deserialize)]
struct PermissionsForm {
    channel_id: Snowflake,
    /// Bits, as a decimal string.
    permissions: Snowflake,
    deny: bool,
}

async fn permissions(State(core): State<Core>, body: Payload) -> ApiResult<StatusCode> {
    let form: PermissionsForm = read(body.json)?;
    core.change(|state| state.set_bot_denied(form.channel_id.0, form.permissions.0, form.deny));
    Ok(StatusCode::NO_CONTENT)
}

/// What a person does, with `as` and `what` besides the act's own fields.
#[derive(Deserialize)]
struct ActForm {
    #[serde(rename = "as")]
    user: Snowflake,
    what: String,
    #[serde(flatten)]
    rest: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct ReactionForm {
    channel_id: Snowflake,
    message_id: Snowflake,
    emoji: String,
    #[serde(default)]
    burst: bool,
}

#[derive(Deserialize)]
struct SayForm {
    channel_id: Snowflake,
    content: String,
}

async fn act(State(core): State<Core>, body: Payload) -> ApiResult<Json<Value>> {
    let form: ActForm = read(body.json)?;
    let (me, mut rest) = (form.user.0, form.rest);
    let id = match form.what.as_str() {
        "react" | "unreact" => {
            let on: ReactionForm = read(Value::Object(rest))?;
            core.change(|state| {
                let (channel, message) = (on.channel_id.0, on.message_id.0);
                if form.what == "react" {
                    state.add_reaction(me, channel, message, &on.emoji, on.burst)
                } else {
                    state.remove_reaction(me, channel, message, &on.emoji)
                }
            })?;
            return Ok(Json(json!({})));
        }
        "give-role" | "take-role" | "kick" | "leave" => {
            members::act(&core, me, &form.what, Value::Object(rest))?;
            return Ok(Json(json!({})));
        }
        "say" => {
            let said: SayForm = read(Value::Object(rest))?;
            let message = MessageForm::parse(&json!({ "content": said.content }), body.files)?;
            core.change(|state| state.say(me, said.channel_id.0, message))?
        }
        what => {
            let kind = if what == "click" { "button" } else { what };
            rest.insert("kind".to_owned(), json!(kind));
            let act: Act = read(Value::Object(rest))?;
            core.change(|state| perform(state, me, &act, &body.files))?
        }
    };
    Ok(Json(json!({ "id": id.to_string() })))
}
