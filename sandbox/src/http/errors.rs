//! Discord's errors as HTTP responses.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::openapi::flaws::Flaw;
use crate::state::model::ActError;
use crate::state::model::errors::{ApiError, ApiResult, FormErrors};
use crate::state::rate_limits::Scope;

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(body(&self))).into_response();
        if let Some(seconds) = self.retry_after
            && let Ok(value) = HeaderValue::from_str(&seconds.ceil().to_string())
        {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, value);
            headers.insert("x-ratelimit-scope", HeaderValue::from_static(self.scope.name()));
            if self.scope == Scope::Global {
                headers.insert("x-ratelimit-global", HeaderValue::from_static("true"));
            }
            response.extensions_mut().insert(self.scope);
        }
        response
    }
}

/// Formats the body of an error.
fn body(error: &ApiError) -> Value {
    let mut body = json!({ "message": error.message, "code": error.code });
    if let Some(tree) = &error.errors {
        body["errors"] = tree.clone();
    }
    if let Some(seconds) = error.retry_after {
        body["retry_after"] = json!(seconds);
        body["global"] = json!(error.scope == Scope::Global);
    }
    body
}

impl From<ActError> for ApiError {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Invalid(text) => Self::new(400, 0, text),
            ActError::Refused { code, message } => Self::new(403, code, message),
            ActError::NoAnswer(text) => Self::new(409, 0, text),
        }
    }
}

/// Refuses a request that has flaws by Discord's document (50035).
///
/// # Errors
/// With every flaw at its field, if there is any.
pub(crate) fn refuse(flaws: &[Flaw]) -> ApiResult<()> {
    let mut errors = FormErrors::default();
    for flaw in flaws {
        errors.add(&flaw.path, &flaw.code, flaw.message.clone());
    }
    errors.check()
}
