//! Tells those who watch the process how it is: whether it lives, whether it is ready, and what it
//! counts, over HTTP on an address of its own.

mod health;
mod readings;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

use self::health::Readiness;
use crate::domain::role::Role;
use crate::flow::error::chain;
use crate::flow::services::Services;
use crate::telemetry::metrics::{CONTENT_TYPE, Readings};

/// What the count of tasks is.
const TASKS: &str = "Tasks of this process that are not over";

/// Why the address cannot be listened at.
#[derive(Debug, thiserror::Error)]
#[error(
    "watch.listen = {address}: {cause}; name an address of this machine and a free port, or leave it empty"
)]
pub struct Error {
    address: String,
    cause: io::Error,
}

/// Answers those who watch the process, until it is dropped.
#[derive(Debug)]
pub struct Watch {
    address: SocketAddr,
    /// Empty while the bot starts.
    watched: Arc<OnceLock<Watched>>,
    _server: AbortOnDropHandle<()>,
}

impl Watch {
    /// Listens at an address such as `127.0.0.1:9464`. Port 0 lets the machine choose one.
    ///
    /// # Errors
    /// [`Error`] when the address is not this machine's, or its port is taken.
    pub async fn listen(address: &str) -> Result<Self, Error> {
        let failed = |cause| Error {
            address: address.to_owned(),
            cause,
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let watched = Arc::new(OnceLock::new());
        let router = Router::new()
            .route("/healthz", get(async || "ok\n"))
            .route("/readyz", get(ready))
            .route("/metrics", get(metrics))
            .with_state(watched.clone());
        tracing::info!(%address, "health and metrics are told over HTTP");
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!("health and metrics are not told any more: {error}");
            }
        });
        Ok(Self {
            address,
            watched,
            _server: AbortOnDropHandle::new(server),
        })
    }

    /// Returns where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Notes that the bot has started, with the services that it works with, and what the process
    /// does of the bot's work.
    pub fn started(&self, services: Services, role: Role) {
        let _first = self.watched.set(Watched { services, role });
    }
}

/// What is looked at.
#[derive(Debug)]
struct Watched {
    services: Services,
    role: Role,
}

type Started = State<Arc<OnceLock<Watched>>>;

/// Answers 200 when the bot can do its work, and 503 with what is in the way.
async fn ready(State(watched): Started) -> impl IntoResponse {
    let readiness = match watched.get() {
        Some(Watched { services, role }) => Readiness::of(services, *role).await,
        None => Readiness::starting(),
    };
    let status = if readiness.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(readiness))
}

/// Answers with every metric. While the database is away, with those of the process.
async fn metrics(State(watched): Started) -> impl IntoResponse {
    let Some(Watched { services, role }) = watched.get() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let read = health::in_time(readings::read(services));
    let (read, readiness) = tokio::join!(read, Readiness::of(services, *role));
    let why = match read {
        Some(Ok(readings)) => Ok(readings),
        Some(Err(error)) => Err(chain(&error)),
        None => Err("it does not answer in time".to_owned()),
    };
    let mut readings = why.unwrap_or_else(|why| {
        tracing::warn!("the database's metrics cannot be read: {why}");
        Readings::default()
    });
    readiness.tell(&mut readings);
    let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    readings.add("tasks", TASKS, None, i64::try_from(tasks).unwrap_or(i64::MAX));
    match services.metrics.text(&readings) {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
