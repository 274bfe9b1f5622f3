//! Failing requests, rate limits, and what came of both, from outside the process.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::core::Core;
use crate::http::payload::Payload;
use crate::openapi::checks::Checked;
use crate::state::fault::{Call, Fault};
use crate::state::model::errors::ApiResult;
use crate::state::rate_limits::RateLimits;
use crate::state::traffic::Exchange;

pub(super) fn routes() -> Router<Core> {
    Router::new()
        .route("/sandbox/control/fail", post(fail))
        .route("/sandbox/control/faults", get(armed).delete(disarm))
        .route("/sandbox/control/traffic", get(traffic))
        .route("/sandbox/control/limits", get(limits).put(set_limits))
        .route("/sandbox/control/calls", get(calls))
        .route("/sandbox/control/checks", get(checks))
}

async fn fail(State(core): State<Core>, body: Payload) -> ApiResult<StatusCode> {
    let fault: Fault = body.read()?;
    core.change(|state| state.add_fault(fault));
    Ok(StatusCode::NO_CONTENT)
}

/// Returns what waits: for requests, for events, for connections.
async fn armed(State(core): State<Core>) -> Json<Value> {
    Json(core.read(|state| {
        let (events, greetings) = state.sessions().armed();
        json!({ "requests": state.armed(), "events": events, "greetings": greetings })
    }))
}

/// Takes back everything that waits.
async fn disarm(State(core): State<Core>) -> StatusCode {
    core.change(crate::state::State::disarm);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct TrafficQuery {
    /// Only those after the one with this id.
    #[serde(default)]
    after: u64,
}

async fn traffic(State(core): State<Core>, Query(query): Query<TrafficQuery>) -> Json<Vec<Exchange>> {
    Json(core.read(|state| state.traffic().after(query.after)))
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
