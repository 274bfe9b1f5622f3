//! The gateway: sessions over WebSocket, with everything that can go wrong with them.

mod close;
mod connection;
pub(crate) mod control;
mod identify;
mod limits;
mod log;
mod members;
mod mishap;
mod packing;
mod session;
mod steer;

use axum::Router;
use axum::extract::{OriginalUri, Path, Query, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

pub(crate) use self::close::Close;
pub use self::limits::GatewayLimits;
pub(crate) use self::limits::Starts;
pub use self::log::GatewayEvent;
pub(crate) use self::log::Log;
pub(crate) use self::mishap::{Event, Mishaps};
pub use self::mishap::{EventFault, Greeting, Mishap};
pub(crate) use self::session::{Frame, Link, Session, Wishes};
pub use self::steer::{Cut, GatewayControl, SessionView};

use self::connection::Connection;
use self::packing::Packing;
use crate::core::Core;

/// `/gateway`, and below it the URL that READY names for a RESUME.
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
        state.hub.log.note(GatewayEvent::Connected { url });
        state.hub.mishaps.greeting()
    });
    if greeting == Some(Greeting::Unanswered) {
        core.stopped().await;
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let refused = query.refused();
    let packing = Packing::asked(query.compress.as_deref());
    let told = session.map(|Path(session)| session);
    upgrade.on_upgrade(async move |socket| {
        let connection = Connection::new(core, socket, packing, told);
        match (greeting, refused) {
            (Some(_), _) => connection.ignore().await,
            (None, Some(close)) => connection.refuse(close).await,
            (None, None) => connection.run().await,
        }
    })
}

impl ConnectQuery {
    /// Only v10 (and v9, which is the same here) in JSON is served.
    fn refused(&self) -> Option<Close> {
        if !self.v.as_deref().is_none_or(|v| matches!(v, "9" | "10")) {
            return Some(close::INVALID_VERSION);
        }
        let json = self.encoding.as_deref().is_none_or(|encoding| encoding == "json");
        (!json).then_some(close::DECODE_ERROR)
    }
}
