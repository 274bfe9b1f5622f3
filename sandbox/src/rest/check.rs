//! Middleware of every REST request: finds its official operation, and checks both sides by the
//! document.

use axum::body::{Body, to_bytes};
use axum::extract::{Query, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::core::Core;
use crate::http;
use crate::http::notes::Notes;
use crate::openapi::operations::{self, Coverage, Lookup, OperationRequest};
use crate::state::model::errors::ApiError;

/// Finds the operation, refuses one that is not served, and checks the answer.
pub(super) async fn identify(State(core): State<Core>, mut request: Request, next: Next) -> Response {
    let asked = match operations::find(request.method().as_str(), request.uri().path()) {
        Lookup::Operation(asked) => asked,
        Lookup::OtherMethod => return ApiError::method_not_allowed().into_response(),
        Lookup::Nothing if is_versioned(request.uri().path()) => {
            return ApiError::invalid_version().into_response();
        }
        Lookup::Nothing => return ApiError::not_found().into_response(),
    };
    let notes = Notes::of(&request);
    notes.add(|noticed| noticed.operation = asked.operation.id);
    if asked.operation.coverage != Coverage::Served {
        let message = core.checks().not_served(&asked);
        return ApiError::new(501, 0, message).into_response();
    }
    request.extensions_mut().insert(asked.clone());
    let response = next.run(request).await;
    check_answer(&core, &asked, response, &notes).await
}

/// Returns whether a path below `/api` begins with a version. That of the sandbox is cut off before.
fn is_versioned(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next();
    let version = first.and_then(|first| first.strip_prefix('v'));
    version.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()))
}

/// Refuses a path or a query that violates the document (50035).
pub(super) async fn parameters(State(core): State<Core>, request: Request, next: Next) -> Response {
    let Some(asked) = request.extensions().get::<OperationRequest>() else {
        return next.run(request).await;
    };
    let query = Query::<Vec<(String, String)>>::try_from_uri(request.uri());
    let query = query.map(|Query(pairs)| pairs).unwrap_or_default();
    let flaws = core.checks().parameters(asked, &query);
    Notes::of(&request).add(|noticed| noticed.flaws.extend(flaws.iter().cloned()));
    match http::errors::refuse(&flaws) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

async fn check_answer(core: &Core, asked: &OperationRequest, response: Response, notes: &Notes) -> Response {
    if !core.checks().by_document() {
        return response;
    }
    let (parts, body) = response.into_parts();
    // It comes from memory, whole.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let told = (!bytes.is_empty()).then(|| {
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        serde_json::from_slice(&bytes).unwrap_or_else(|_| text())
    });
    let flaws = core.checks().answer(asked, parts.status.as_u16(), told.as_ref());
    notes.add(|noticed| noticed.flaws.extend(flaws));
    Response::from_parts(parts, Body::from(bytes))
}
