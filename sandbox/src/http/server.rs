//! The listener: one loopback port for REST, gateway, files, page and control.

use std::io;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::core::Core;
use crate::http::cdn;
use crate::http::hang_up::HangUp;
use crate::http::place;
use crate::{control, gateway, page, rest};

#[derive(Debug, thiserror::Error)]
#[error("the connection was cut on request")]
struct WasHungUp;

/// Builds the router of everything that is served.
pub(crate) fn router(core: &Core) -> Router {
    let local = Router::new()
        .merge(page::routes())
        .merge(control::routes())
        .layer(middleware::from_fn(refuse_foreigners));
    // Bots send no Origin, but any page in a browser could open a WebSocket.
    let bots = Router::new()
        .nest("/api/v10", rest::routes(core))
        .nest("/api", rest::routes(core))
        .merge(gateway::routes())
        .layer(middleware::from_fn(refuse_foreign_origins));
    Router::new()
        .merge(bots)
        .merge(cdn::routes())
        .merge(local)
        .layer(middleware::from_fn_with_state(core.clone(), place::enter))
        .with_state(core.clone())
}

/// Serves connections until the sandbox stops.
pub(crate) async fn serve(listener: TcpListener, core: Core) {
    take(listener, core, |stream| std::future::ready(Ok(stream))).await;
}

/// Serves TLS connections until the sandbox stops.
#[cfg(feature = "tls")]
pub(crate) async fn serve_tls(listener: TcpListener, acceptor: tokio_rustls::TlsAcceptor, core: Core) {
    let shake = move |stream| {
        let acceptor = acceptor.clone();
        async move { acceptor.accept(stream).await }
    };
    take(listener, core, shake).await;
}

/// Serves connections. `open` turns each into the stream that carries HTTP.
async fn take<S, F>(listener: TcpListener, core: Core, open: impl Fn(TcpStream) -> F)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    F: Future<Output = io::Result<S>> + Send + 'static,
{
    let app = router(&core);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    // Small answers should not wait for each other.
                    let _ = stream.set_nodelay(true);
                    let (opened, app) = (open(stream), app.clone());
                    connections.spawn(async move {
                        match opened.await {
                            Ok(stream) => connection(stream, app).await,
                            Err(error) => tracing::debug!(%error, "a connection was not opened"),
                        }
                    });
                }
            }
            Some(_) = connections.join_next() => {}
            () = core.stopped() => break,
        }
    }
    connections.shutdown().await;
}

async fn connection(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, app: Router) {
    let service = service_fn(move |request: hyper::Request<Incoming>| answer(app.clone(), request));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn answer(app: Router, request: hyper::Request<Incoming>) -> Result<Response, WasHungUp> {
    let Ok(response) = app.oneshot(request.map(Body::new)).await;
    if response.extensions().get::<HangUp>().is_some() {
        Err(WasHungUp)
    } else {
        Ok(response)
    }
}

/// Refuses requests by another name or from another page: the page and its API act in people's
/// names.
async fn refuse_foreigners(request: Request, next: Next) -> Response {
    let headers = request.headers();
    if is_local(text(headers, header::HOST).unwrap_or_default()) && origin_is_own(headers) {
        return next.run(request).await;
    }
    refusal()
}

async fn refuse_foreign_origins(request: Request, next: Next) -> Response {
    if origin_is_own(request.headers()) {
        next.run(request).await
    } else {
        refusal()
    }
}

fn refusal() -> Response {
    (StatusCode::FORBIDDEN, "This is for this machine alone.\n").into_response()
}

/// Returns whether a request comes from no page, or from the sandbox's own. A foreign page whose
/// name resolves to this machine has the same name in both headers, but not a loopback name.
fn origin_is_own(headers: &HeaderMap) -> bool {
    let host = text(headers, header::HOST).unwrap_or_default();
    text(headers, header::ORIGIN).is_none_or(|origin| is_local(host) && is_own(origin, host))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers
        .get(name)
        .map(|value| value.to_str().unwrap_or("unreadable"))
}

/// Returns whether a `Host` is a loopback name. Guards against DNS rebinding.
fn is_local(host: &str) -> bool {
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

/// Returns whether an `Origin` is this server.
fn is_own(origin: &str, host: &str) -> bool {
    origin.strip_prefix("http://") == Some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_local() {
        for host in ["127.0.0.1:80", "localhost", "localhost:4321", "[::1]:9", "[::1]"] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "evil.example:80",
            "127.0.0.1.evil.example",
            "localhost.evil:80",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }

    #[test]
    fn only_the_page_itself_is_its_own_origin() {
        assert!(is_own("http://127.0.0.1:80", "127.0.0.1:80"));
        assert!(!is_own("http://127.0.0.1:81", "127.0.0.1:80"));
        assert!(!is_own("null", "127.0.0.1:80"));
    }
}
