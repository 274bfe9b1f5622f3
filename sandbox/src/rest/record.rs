//! Middleware of every REST request: logs it, lets it fail on request, checks its token.

use axum::body::{Body, to_bytes};
use axum::extract::{OriginalUri, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::core::Core;
use crate::http::hang_up::HangUp;
use crate::http::notes::{Notes, Noticed};
use crate::openapi::flaws::Flaw;
use crate::rest::limits;
use crate::state::fault::{Call, Fault};
use crate::state::model::errors::ApiError;
use crate::state::traffic::{Exchange, Validity};

/// Logs the request, holds it to the rate limits, and lets it fail if a fault is due.
pub(super) async fn record(
    State(core): State<Core>,
    OriginalUri(uri): OriginalUri,
    mut request: Request,
    next: Next,
) -> Response {
    let notes = Notes::default();
    request.extensions_mut().insert(notes.clone());
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
    let (response, answer) = read_answer(response).await;
    let cut = response.extensions().get::<HangUp>().is_some();
    let status = if cut { 0 } else { response.status().as_u16() };
    let by_document = core.checks().by_document();
    core.touch(|state| {
        let at = state.now();
        let Noticed {
            operation,
            body,
            files,
            flaws,
        } = notes.take();
        state.traffic().note(Exchange {
            id: 0,
            at,
            kind: "request",
            name: operation.to_owned(),
            method: Some(method.clone()),
            path: Some(path.clone()),
            status: Some(status),
            validity: validity(status, &flaws, by_document),
            flaws,
            sent: body,
            files,
            answer,
        });
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

/// Reads the JSON of an answer. Other bodies are `null`.
async fn read_answer(response: Response) -> (Response, Value) {
    let (parts, body) = response.into_parts();
    // It comes from memory, whole.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let told = serde_json::from_slice(&bytes).unwrap_or_default();
    (Response::from_parts(parts, Body::from(bytes)), told)
}

/// Judges a request. 400 is the answer to what no rule allows, 405 and 501 to what there is not.
const fn validity(status: u16, flaws: &[Flaw], by_document: bool) -> Validity {
    if !flaws.is_empty() || matches!(status, 400 | 405 | 501) {
        Validity::Invalid
    } else if by_document {
        Validity::Valid
    } else {
        Validity::Unchecked
    }
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
