//! The sandbox's clock, moved from outside the process.

use std::time::Duration;

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::core::Core;
use crate::http::payload::Payload;
use crate::state::model::errors::ApiResult;

pub(super) fn routes() -> Router<Core> {
    Router::new().route("/sandbox/control/advance", post(advance))
}

#[derive(Deserialize)]
struct AdvanceForm {
    ms: u64,
}

async fn advance(State(core): State<Core>, body: Payload) -> ApiResult<Json<Value>> {
    let form: AdvanceForm = body.read()?;
    let now = core.change(|state| {
        state.advance(Duration::from_millis(form.ms));
        state.now()
    });
    Ok(Json(json!({ "now_ms": now })))
}
