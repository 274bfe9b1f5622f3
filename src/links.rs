//! Hands out files by links that expire, over HTTP on an address that members can reach.
//!
//! What a path means is `domain/image/link`'s to say, and whether its file may be given is
//! `flow/image/hand_out`'s. No log has a link or a name: whoever reads it could use them.

mod range;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::AbortOnDropHandle;

use self::range::{Part, part};
use crate::domain::ids::RenderId;
use crate::domain::image::link::{Handout, Link, NoLink};
use crate::domain::limits;
use crate::flow::error::chain;
use crate::flow::image::hand_out::{Withheld, opened, packed};
use crate::flow::services::Services;
use crate::wording;

/// How much of a file is in memory for each who loads it, in bytes.
const PIECE: u64 = 1024 * 1024;
/// After so many seconds whoever was sent away may ask again.
const AGAIN: HeaderValue = HeaderValue::from_static("5");

/// Why the address cannot be listened at.
#[derive(Debug, thiserror::Error)]
#[error(
    "links.listen = {address}: {cause}; name an address of this machine and a free port, or leave it empty"
)]
pub struct Error {
    address: String,
    cause: io::Error,
}

/// Answers those who have links, until it is dropped.
#[derive(Debug)]
pub struct LinkServer {
    address: SocketAddr,
    inside: Arc<Inside>,
    _server: AbortOnDropHandle<()>,
}

#[derive(Debug)]
struct Inside {
    /// Empty while the bot starts.
    services: OnceLock<Services>,
    /// The files that may be handed out at once.
    places: Arc<Semaphore>,
    /// The packs that may be in memory at once.
    packs: Arc<Semaphore>,
}

impl LinkServer {
    /// Listens at an address such as `127.0.0.1:8080`. Port 0 lets the machine choose one.
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
        let inside = Arc::new(Inside {
            services: OnceLock::new(),
            places: Arc::new(Semaphore::new(limits::HANDED_OUT_AT_ONCE)),
            packs: Arc::new(Semaphore::new(limits::PACKS_AT_ONCE)),
        });
        let router = Router::new().fallback(answer).with_state(inside.clone());
        tracing::info!(%address, "files are handed out by links");
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!("files are not handed out any more: {error}");
            }
        });
        Ok(Self {
            address,
            inside,
            _server: AbortOnDropHandle::new(server),
        })
    }

    /// Returns where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Notes that the bot has started, with the services that it works with.
    pub fn started(&self, services: Services) {
        let _first = self.inside.services.set(services);
    }
}

async fn answer(State(inside): State<Arc<Inside>>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let allow = [(header::ALLOW, HeaderValue::from_static("GET, HEAD"))];
        return (
            StatusCode::METHOD_NOT_ALLOWED,
            allow,
            page(wording::FILES_ARE_READ),
        )
            .into_response();
    }
    let place = inside.places.clone().try_acquire_owned();
    let (Some(services), Ok(place)) = (inside.services.get(), place) else {
        return busy();
    };
    match opened(services, uri.path()).await {
        Ok(Ok((link, _))) if link.what == Handout::Pack => {
            hand_out_pack(services, &link, &inside.packs).await
        }
        Ok(Ok((link, bytes))) => hand_out(services, &link, bytes, (&method, &headers), place),
        Ok(Err(withheld)) => refuse(withheld),
        Err(error) => {
            tracing::warn!("a file could not be handed out: {}", chain(&error));
            busy()
        }
    }
}

/// Answers with a file, or with the part of it that is wanted.
fn hand_out(
    services: &Services,
    link: &Link,
    bytes: u64,
    (method, headers): (&Method, &HeaderMap),
    place: OwnedSemaphorePermit,
) -> Response {
    // A stored picture never changes.
    let tag = format!("\"{}-{bytes:x}\"", link.render);
    let part = part(headers, &tag, bytes);
    tracing::info!(render.id = %link.render, guild.id = %link.guild, %method, "a file is handed out by a link");
    let (status, first, end) = match part {
        Part::Whole => (StatusCode::OK, 0, bytes),
        Part::Piece(first, end) => (StatusCode::PARTIAL_CONTENT, first, end),
        Part::Nothing => (StatusCode::RANGE_NOT_SATISFIABLE, 0, 0),
    };
    let body = if method == Method::HEAD || part == Part::Nothing {
        Body::empty()
    } else {
        Body::from_stream(pieces(services.clone(), link.render, (first, end), place))
    };
    let mut response = (status, body).into_response();
    let told = response.headers_mut();
    let mut tell = |name, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            told.insert(name, value);
        }
    };
    match part {
        Part::Whole => {}
        Part::Piece(first, end) => tell(
            header::CONTENT_RANGE,
            format!("bytes {first}-{}/{bytes}", end.saturating_sub(1)),
        ),
        Part::Nothing => tell(header::CONTENT_RANGE, format!("bytes */{bytes}")),
    }
    tell(header::ETAG, tag);
    tell(header::ACCEPT_RANGES, "bytes".to_owned());
    describe(&mut response, &link.name, end - first);
    guarded(response)
}

/// Answers with a pack, which is made for it.
async fn hand_out_pack(services: &Services, link: &Link, packs: &Arc<Semaphore>) -> Response {
    let Ok(place) = packs.clone().try_acquire_owned() else {
        return busy();
    };
    tracing::info!(render.id = %link.render, guild.id = %link.guild, "a pack is handed out by a link");
    match packed(services, link).await {
        Ok(Some(pack)) => {
            let bytes = pack.len();
            let pack = Bytes::from_owner(Pack {
                file: pack,
                _place: place,
            });
            let mut response = Body::from(pack).into_response();
            describe(&mut response, &link.name, bytes as u64);
            guarded(response)
        }
        Ok(None) => refuse(Withheld::Gone),
        Err(error) => {
            tracing::warn!("a pack could not be handed out: {}", chain(&error));
            busy()
        }
    }
}

/// A pack that is being sent. Its place is kept until it is not in memory any more.
struct Pack {
    file: Vec<u8>,
    _place: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Pack {
    fn as_ref(&self) -> &[u8] {
        &self.file
    }
}

/// Says what a file is and what it is called, and how many bytes of it come.
fn describe(response: &mut Response, name: &str, bytes: u64) {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
}

/// Reads a file piece by piece, as fast as it is taken. The place is kept until the end.
fn pieces(
    services: Services,
    render: RenderId,
    (first, end): (u64, u64),
    place: OwnedSemaphorePermit,
) -> impl futures::Stream<Item = Result<Vec<u8>, io::Error>> {
    let from = (services, first, place);
    stream::try_unfold(from, move |(services, at, place)| async move {
        if at >= end {
            return Ok(None);
        }
        let to = end.min(at + PIECE);
        match services.blobs.piece(render, at..to).await {
            Ok(Some(piece)) if piece.len() as u64 == to - at => Ok(Some((piece, (services, to, place)))),
            Ok(_) => Err(io::Error::other("the file is not there any more")),
            Err(error) => {
                tracing::warn!(render.id = %render, "a file was cut while it was handed out: {}", chain(&error));
                Err(io::Error::other("the file cannot be read"))
            }
        }
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("gif") => "image/gif",
        Some("zip") => "application/zip",
        _ => "application/octet-stream",
    }
}

fn refuse(why: Withheld) -> Response {
    let (status, text) = match why {
        Withheld::No(NoLink::Form) => (StatusCode::NOT_FOUND, wording::NO_SUCH_LINK),
        Withheld::No(NoLink::Forged) => (StatusCode::FORBIDDEN, wording::FORGED_LINK),
        Withheld::No(NoLink::Expired) => (StatusCode::GONE, wording::EXPIRED_LINK),
        Withheld::Gone => (StatusCode::GONE, wording::GONE_FILE),
    };
    tracing::info!(
        status = status.as_u16(),
        "a link was refused: {}",
        text.trim_end()
    );
    (status, page(text)).into_response()
}

fn busy() -> Response {
    let again = [(header::RETRY_AFTER, AGAIN)];
    (StatusCode::SERVICE_UNAVAILABLE, again, page(wording::FILES_BUSY)).into_response()
}

fn page(text: &'static str) -> Response {
    guarded(text.into_response())
}

/// Adds what keeps browsers and whatever is between from doing more with an answer than showing or
/// keeping it.
fn guarded(mut response: Response) -> Response {
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
