//! Failing requests, rate limits, and what came of both, from outside the process.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use crate::core::Core;
use crate::http::payload::Payload;
use crate::openapi::checks::Checked;
use crate::state::fault::{Call, Fault};
use crate::state::model::errors::ApiResult;
use crate::state::rate_limits::RateLimits;

pub(super) fn routes() -> Router<Core> {
    Router::new()
        .route("/sandbox/control/fail", post(fail))
        .route("/sandbox/control/limits", get(limits).put(set_limits))
        .route("/sandbox/control/calls", get(calls))
        .route("/sandbox/control/checks", get(checks))
}

async fn fail(State(core): State<Core>, body: Payload) -> ApiResult<StatusCode> {
    let fault: Fault = body.read()?;
    core.change(|state| state.add_fault(fault));
    Ok(StatusCode::NO_CONTENT)
}

async fn limits(State(core): State<Core>) -> Json<RateLimits> {
    Json(core.read(crate::state::State::rate_limits))
}

/// Sets the rate limits: the word `"discord"`, or limits of one's own.
async fn set_limits(State(core): State<Core>, body: Payload) -> ApiResult<StatusCode> {
    let limits = if body.json == json!("discord") {
        RateLimits::discord()
    } else {
        body.read()?
    };
    core.change(|state| state.set_rate_limits(limits));
    Ok(StatusCode::NO_CONTENT)
}

async fn calls(State(core): State<Core>) -> Json<Vec<Call>> {
    Json(core.read(|state| state.calls().cloned().collect()))
}

async fn checks(State(core): State<Core>) -> Json<Checked> {
    Json(core.checks().report())
}
