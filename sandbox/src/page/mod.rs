//! The page: its files and its API.

mod acts;
mod events;
mod people;
mod view;
mod viewer;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};

use crate::core::Core;
use crate::http::path::Path;

/// Embeds one of the page's files.
macro_rules! embed {
    ($name:literal, $kind:expr) => {
        ($name, $kind, include_str!(concat!("../../page/", $name)))
    };
}

/// The page's files, compiled in: name, media type, text.
const FILES: [(&str, &str, &str); 27] = [
    embed!("index.html", "text/html; charset=utf-8"),
    embed!("style.css", "text/css; charset=utf-8"),
    embed!("api.js", SCRIPT),
    embed!("app.js", SCRIPT),
    embed!("column.js", SCRIPT),
    embed!("command-form.js", SCRIPT),
    embed!("composer.js", SCRIPT),
    embed!("controls.js", SCRIPT),
    embed!("days.js", SCRIPT),
    embed!("events.js", SCRIPT),
    embed!("field.js", SCRIPT),
    embed!("form.js", SCRIPT),
    embed!("guide.css", "text/css; charset=utf-8"),
    embed!("guide.js", SCRIPT),
    embed!("layout.js", SCRIPT),
    embed!("markdown.js", SCRIPT),
    embed!("media.js", SCRIPT),
    embed!("messages.js", SCRIPT),
    embed!("parts.js", SCRIPT),
    embed!("people.js", SCRIPT),
    embed!("rooms.js", SCRIPT),
    embed!("sidebar.js", SCRIPT),
    embed!("span.js", SCRIPT),
    embed!("tools.css", "text/css; charset=utf-8"),
    embed!("tools.js", SCRIPT),
    embed!("traffic.js", SCRIPT),
    embed!("viewer.js", SCRIPT),
];
const SCRIPT: &str = "text/javascript; charset=utf-8";
/// The page loads nothing from elsewhere and runs no script but its own files.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' http://127.0.0.1:* http://localhost:* data: blob:; connect-src 'self' ws:; object-src 'none'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Routes the page and its API.
pub(crate) fn routes() -> Router<Core> {
    Router::new()
        .route("/", get(async || file("index.html")))
        .route("/page/{name}", get(async |Path(name): Path<String>| file(&name)))
        .route("/sandbox/state", get(view::state))
        .route("/sandbox/guide", get(view::guide))
        .route(
            "/sandbox/channels/{channel}/messages",
            get(view::messages).post(acts::say),
        )
        .route(
            "/sandbox/channels/{channel}/messages/{message}/reactions/{emoji}",
            put(acts::react).delete(acts::unreact),
        )
        .route(
            "/sandbox/channels/{channel}/messages/{message}",
            delete(acts::erase),
        )
        .route("/sandbox/members", post(people::join))
        .route(
            "/sandbox/members/{user}",
            put(people::rejoin).delete(people::part),
        )
        .route(
            "/sandbox/members/{user}/roles/{role}",
            put(people::give).delete(people::take),
        )
        .route("/sandbox/roles", post(people::create_role))
        .route("/sandbox/interactions", post(acts::interact))
        .route("/sandbox/ephemeral/{message}", delete(acts::dismiss))
        .route("/sandbox/events", get(events::events))
        .layer(DefaultBodyLimit::disable())
}

fn file(name: &str) -> Response {
    let Some((_, kind, text)) = FILES.iter().find(|(known, _, _)| *known == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, *kind),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, Bytes::from_static(text.as_bytes())).into_response()
}
