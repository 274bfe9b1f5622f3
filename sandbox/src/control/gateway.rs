//! The gateway's bad days, from outside of the process.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::core::Core;
use crate::handle::gateway::{Cut, GatewayControl};
use crate::http::payload::Payload;
use crate::state::model::errors::ApiResult;
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
    GatewayControl::new(core).cut(form.shard, form.cut);
    Ok(StatusCode::NO_CONTENT)
}

async fn look(State(core): State<Core>) -> Json<Value> {
    let gateway = GatewayControl::new(core);
    Json(json!({
        "sessions": gateway.sessions(), "limits": gateway.limits(), "log": gateway.log(),
    }))
}

async fn mishap(State(core): State<Core>, body: Payload) -> ApiResult<StatusCode> {
    let fault: EventFault = body.read()?;
    GatewayControl::new(core).mishap(fault);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GreetForm {
    greeting: Greeting,
    #[serde(default = "once")]
    times: usize,
}

const fn once() -> usize {
    1
}

async fn greet(State(core): State<Core>, body: Payload) -> ApiResult<StatusCode> {
    let form: GreetForm = body.read()?;
    GatewayControl::new(core).greet(form.greeting, form.times);
    Ok(StatusCode::NO_CONTENT)
}

/// Fields that are absent go back to Discord's own.
async fn limits(State(core): State<Core>, body: Payload) -> ApiResult<Json<GatewayLimits>> {
    let wanted: GatewayLimits = body.read()?;
    let gateway = GatewayControl::new(core);
    gateway.set_limits(|limits| *limits = wanted);
    Ok(Json(gateway.limits()))
}

async fn reset_token(State(core): State<Core>) -> StatusCode {
    GatewayControl::new(core).reset_token();
    StatusCode::NO_CONTENT
}

async fn dispatched(State(core): State<Core>) -> Json<Value> {
    Json(core.read(|state| json!(state.hub.dispatched)))
}
