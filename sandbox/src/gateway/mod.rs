//! The gateway: WebSocket connections of bots. The sessions that they carry are part of the state.

mod connection;
mod identify;
mod members;
mod packing;

use axum::Router;
use axum::extract::{OriginalUri, Path, Query, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::core::Core;
use crate::gateway::connection::Connection;
use crate::gateway::packing::Packing;
use crate::state::sessions::close::{self, Close};
use crate::state::sessions::log::GatewayEvent;
use crate::state::sessions::mishap::Greeting;

/// Routes `/gateway`, and below it the RESUME URLs that READY names.
pub(crate) fn routes() -> Router<Core> {
    Router::new()
        .route("/gateway", get(connect))
        .route("/gateway/", get(connect))
        .route("/gateway/{session}", get(connect))
        .route("/gateway/{session}/", get(connect))
}

#[derive(Debug, Deserialize)]
struct ConnectQuery {
    v: Option<String>,
    encoding: Option<String>,
    compress: Option<String>,
}

async fn connect(
    State(core): State<Core>,
    OriginalUri(uri): OriginalUri,
    session: Option<Path<String>>,
    Query(query): Query<ConnectQuery>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let url = uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let greeting = core.change(|state| {
        state.sessions_mut().note(GatewayEvent::Connected { url });
        state.sessions_mut().greeting()
    });
    if greeting == Some(Greeting::Unanswered) {
        core.stopped().await;
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let refused = query.refused();
    let packing = Packing::asked(query.compress.as_deref());
    let url_session = session.map(|Path(session)| session);
    upgrade.on_upgrade(async move |socket| {
        let connection = Connection::new(core, socket, packing, url_session);
        match (greeting, refused) {
            (Some(_), _) => connection.stay_silent().await,
            (None, Some(close)) => connection.refuse(close).await,
            (None, None) => connection.run().await,
        }
    })
}

impl ConnectQuery {
    /// Returns how to close a connection that asks for anything but v10 or v9 in JSON.
    fn refused(&self) -> Option<Close> {
        if !self.v.as_deref().is_none_or(|v| matches!(v, "9" | "10")) {
            return Some(close::INVALID_VERSION);
        }
        let json = self.encoding.as_deref().is_none_or(|encoding| encoding == "json");
        (!json).then_some(close::DECODE_ERROR)
    }
}
