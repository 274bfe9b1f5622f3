//! Around every REST request: the list of calls, failures on request, the token.

use axum::extract::{OriginalUri, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::core::Core;
use crate::errors::ApiError;
use crate::server::HangUp;
use crate::state::fault::{Call, Fault};

/// Lists the request, and lets it fail if a fault is due.
pub(super) async fn record(
    State(core): State<Core>,
    OriginalUri(uri): OriginalUri,
    request: Request,
    next: Next,
) -> Response {
    let method = request.method().to_string();
    let path = uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let fault = core.touch(|state| state.faults.take(&method, &path));
    let response = match fault {
        None => next.run(request).await,
        Some(fault) => fail(fault, request, next).await,
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
    let mut response = error.into_response();
    if fault.hang_up {
        response.extensions_mut().insert(HangUp);
    }
    response
}

/// 401 unless the request carries some bot token. Any will do.
pub(super) async fn require_token(request: Request, next: Next) -> Response {
    let token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    if token.is_some_and(|token| token.trim().len() > "Bot ".len()) {
        next.run(request).await
    } else {
        ApiError::unauthorized().into_response()
    }
}
