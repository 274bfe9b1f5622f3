//! The parameters of a request's path. One that does not fit is refused in Discord's words.

use axum::extract::FromRequestParts;
use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::openapi::operations::OperationRequest;
use crate::state::model::errors::{ApiError, invalid};

/// The parameters of a path, parsed (50035; 10014 for an emoji).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path<T>(pub(crate) T);

impl<S, T> FromRequestParts<S> for Path<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let parsed = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        let asked = parts.extensions.get::<OperationRequest>();
        parsed
            .map(|axum::extract::Path(parsed)| Self(parsed))
            .map_err(|rejection| refusal(rejection, asked))
    }
}

/// Says which parameter does not fit.
fn refusal(rejection: PathRejection, asked: Option<&OperationRequest>) -> ApiError {
    let PathRejection::FailedToDeserializePathParams(failed) = rejection else {
        return ApiError::not_found();
    };
    let named = |at: usize| {
        asked
            .and_then(|asked| asked.parameters.get(at))
            .map(|(name, _)| *name)
    };
    let (name, value) = match failed.into_kind() {
        ErrorKind::InvalidUtf8InPathParam { key } if key == "emoji" => return ApiError::unknown_emoji(),
        ErrorKind::InvalidUtf8InPathParam { key } => (key, String::new()),
        ErrorKind::ParseErrorAtKey { key, value, .. } => (key, value),
        ErrorKind::ParseErrorAtIndex { index, value, .. } => (named(index).unwrap_or("id").to_owned(), value),
        ErrorKind::ParseError { value, .. } => (named(0).unwrap_or("id").to_owned(), value),
        _ => return ApiError::not_found(),
    };
    let message = format!("Value \"{value}\" is not snowflake.");
    invalid(&name, "NUMBER_TYPE_COERCE", &message)
}
