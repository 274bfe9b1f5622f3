//! The files that were posted, as Discord's CDN serves them.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::core::Core;
use crate::http::path::Path;
use crate::snowflake::Id;

pub(crate) fn routes() -> Router<Core> {
    Router::new().route("/attachments/{channel}/{attachment}/{filename}", get(attachment))
}

async fn attachment(
    State(core): State<Core>,
    Path((_channel, attachment, filename)): Path<(Id, Id, String)>,
    uri: Uri,
) -> Response {
    let gone = || (StatusCode::NOT_FOUND, "This content is no longer available.").into_response();
    let signed = |state: &crate::state::State| {
        let query = uri.query().unwrap_or_default();
        state
            .is_signed(uri.path(), query)
            .then(|| state.blob(attachment))
            .flatten()
    };
    let Some(blob) = core.read(signed) else {
        return gone();
    };
    let read = tokio::task::spawn_blocking(move || blob.read()).await;
    let Ok(Ok(bytes)) = read else { return gone() };
    let headers = [
        (
            header::CONTENT_TYPE,
            crate::state::messages::attachments::content_type(&filename, None),
        ),
        (header::CACHE_CONTROL, "public, max-age=31536000".to_owned()),
        // A posted file must not run as a page of this origin.
        (
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'".to_owned(),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, bytes).into_response()
}
