//! The sandbox's clock, moved from outside the process.

use std::time::Duration;

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::core::Core;
use crate::http::payload::Payload;
use crate::state::model::errors::{ApiError, ApiResult};

/// How far the clock can be moved at once, in milliseconds: ten years.
const MOST_MS: u64 = 10 * 366 * 24 * 60 * 60 * 1_000;

pub(super) fn routes() -> Router<Core> {
    Router::new().route("/sandbox/control/advance", post(advance))
}

#[derive(Deserialize)]
struct AdvanceForm {
    ms: u64,
}

async fn advance(State(core): State<Core>, body: Payload) -> ApiResult<Json<Value>> {
    let form: AdvanceForm = body.read()?;
    if form.ms > MOST_MS {
        return Err(ApiError::new(400, 0, format!("ms: at most {MOST_MS}")));
    }
    let now = core.change(|state| {
        state.advance(Duration::from_millis(form.ms));
        state.now()
    });
    Ok(Json(json!({ "now_ms": now })))
}
