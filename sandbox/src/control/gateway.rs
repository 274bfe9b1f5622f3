//! Faults of the gateway, made from outside the process.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::core::Core;
use crate::http::payload::Payload;
use crate::state::model::errors::ApiResult;
use crate::state::sessions::cut::Cut;
use crate::state::sessions::limits::GatewayLimits;
use crate::state::sessions::mishap::{EventFault, Greeting};

pub(super) fn routes() -> Router<Core> {
    Router::new()
        .route("/sandbox/control/cut", post(cut))
        .route("/sandbox/control/dispatched", get(dispatched))
        .route("/sandbox/control/gateway", get(look))
        .route("/sandbox/control/gateway/events", post(mishap))
        .route("/sandbox/control/gateway/greet", post(greet))
        .route("/sandbox/control/gateway/limits", post(limits))
        .route("/sandbox/control/gateway/reset_token", post(reset_token))
}

#[derive(Deserialize)]
struct CutForm {
    #[serde(default)]
    shard: Option<u64>,
    #[serde(flatten)]
    cut: Cut,
}

async fn cut(State(core): State<Core>, body: Payload) -> ApiResult<StatusCode> {
    let form: CutForm = body.read()?;
    core.change(|state| state.cut_gateway(form.shard, form.cut));
    Ok(StatusCode::NO_CONTENT)
}

async fn look(State(core): State<Core>) -> Json<Value> {
    Json(core.read(|state| {
        let sessions = state.sessions();
        json!({ "sessions": sessions.views(), "limits": sessions.limits(), "log": sessions.log() })
    }))
}

async fn mishap(State(core): State<Core>, body: Payload) -> ApiResult<StatusCode> {
    let fault: EventFault = body.read()?;
    core.change(|state| state.sessions_mut().add_fault(fault));
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GreetForm {
    greeting: Greeting,
    #[serde(default = "once")]
    times: u16,
}

const fn once() -> u16 {
    1
}

async fn greet(State(core): State<Core>, body: Payload) -> ApiResult<StatusCode> {
    let form: GreetForm = body.read()?;
    core.change(|state| state.sessions_mut().greet(form.greeting, form.times.into()));
    Ok(StatusCode::NO_CONTENT)
}

/// Sets the gateway's limits. Missing fields become Discord's own.
async fn limits(State(core): State<Core>, body: Payload) -> ApiResult<Json<GatewayLimits>> {
    let wanted: GatewayLimits = body.read()?;
    core.change(|state| *state.sessions_mut().limits_mut() = wanted.clone());
    Ok(Json(wanted))
}

async fn reset_token(State(core): State<Core>) -> StatusCode {
    core.change(|state| state.sessions_mut().reset_token());
    StatusCode::NO_CONTENT
}

async fn dispatched(State(core): State<Core>) -> Json<Value> {
    Json(core.read(|state| json!(state.sessions().dispatched())))
}
