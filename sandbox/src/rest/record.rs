//! Middleware of every REST request: logs it, lets it fail on request, checks its token.

use axum::extract::{OriginalUri, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::core::Core;
use crate::http::hang_up::HangUp;
use crate::rest::limits;
use crate::state::fault::{Call, Fault};
use crate::state::model::errors::ApiError;

/// Logs the request, holds it to the rate limits, and lets it fail if a fault is due.
pub(super) async fn record(
    State(core): State<Core>,
    OriginalUri(uri): OriginalUri,
    request: Request,
    next: Next,
) -> Response {
    let method = request.method().to_string();
    let path = uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let response = match limits::ask(&core, &request, &path) {
        Ok(bucket) => {
            let fault = core.touch(|state| state.take_fault(&method, &path));
            let mut response = match fault {
                None => next.run(request).await,
                Some(fault) => fail(fault, request, next).await,
            };
            limits::answered(&core, &mut response, bucket.as_ref());
            response
        }
        Err(mut refusal) => {
            limits::answered(&core, &mut refusal, None);
            *refusal
        }
    };
    let cut = response.extensions().get::<HangUp>().is_some();
    let status = if cut { 0 } else { response.status().as_u16() };
    core.touch(|state| {
        let at = state.now();
        state.record(Call {
            method,
            path,
            status,
            at,
        });
    });
    core.announce();
    response
}

async fn fail(fault: Fault, request: Request, next: Next) -> Response {
    if fault.after_effect {
        next.run(request).await;
    }
    let mut error = ApiError::new(fault.status, fault.code, fault.message);
    error.retry_after = fault.retry_after;
    error.scope = fault.scope;
    let mut response = error.into_response();
    if fault.hang_up {
        response.extensions_mut().insert(HangUp);
    }
    response
}

/// Refuses a request without a bot token (401). Any token is valid that was not reset.
pub(super) async fn require_token(State(core): State<Core>, request: Request, next: Next) -> Response {
    let token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .filter(|token| token.trim().len() > "Bot ".len());
    let token = token.map(|token| token.strip_prefix("Bot ").unwrap_or(token).trim());
    if token.is_some_and(|token| core.read(|state| state.sessions().knows(token))) {
        next.run(request).await
    } else {
        ApiError::unauthorized().into_response()
    }
}
