//! A proxy between the bot and the local Discord, through which every REST request passes. It can
//! hold one request back: before Discord has heard it, or after it took effect and before its
//! answer. So a bot can be killed at any of its calls.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::{PATIENCE, World};

/// Larger than any file of a story, in bytes.
const BODY_BYTES: usize = 64 * 1024 * 1024;

/// On which side of the door a request is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Discord has not heard the request.
    Before,
    /// Discord has done what the request asks; the bot does not know.
    After,
}

/// Says which request is held.
#[derive(Clone, Debug)]
pub struct Hold {
    /// The request's method; empty for any.
    pub method: &'static str,
    /// A part of the request's path.
    pub path: &'static str,
    /// How many such requests pass first.
    pub skip: usize,
    /// On which side it is held.
    pub side: Side,
}

/// The proxy. It stops when this is dropped.
pub struct Door {
    inside: Arc<Inside>,
    url: String,
    server: JoinHandle<()>,
}

struct Inside {
    discord: String,
    client: reqwest::Client,
    hold: Mutex<Option<Hold>>,
    held: watch::Sender<bool>,
    opened: Notify,
}

impl World {
    /// Puts a door between the bot and Discord. The bot uses it from its next start on.
    pub async fn door(&mut self) -> Door {
        let door = Door::to(&self.sandbox.url()).await;
        self.settings
            .push(("DISCORD__API_BASE".to_owned(), door.url.clone()));
        door
    }
}

impl Door {
    async fn to(discord: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port for the door");
        let url = format!("http://{}", listener.local_addr().expect("the door's address"));
        let (discord, client) = (discord.to_owned(), reqwest::Client::new());
        let (hold, held, opened) = (Mutex::default(), watch::Sender::new(false), Notify::new());
        let inside = Arc::new(Inside {
            discord,
            client,
            hold,
            held,
            opened,
        });
        let app = Router::new().fallback(pass).with_state(inside.clone());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("the door") });
        Self { inside, url, server }
    }

    /// Holds this request when it comes.
    pub fn hold(&self, hold: Hold) {
        self.inside.held.send_replace(false);
        self.inside.set(Some(hold));
    }

    /// Waits until the request is held.
    pub async fn held(&self) {
        let mut held = self.inside.held.subscribe();
        let waited = tokio::time::timeout(PATIENCE, held.wait_for(|held| *held)).await;
        waited
            .expect("the request comes in time")
            .expect("the door is there");
    }

    /// Lets the held request go on, and holds none any more.
    pub fn open(&self) {
        self.inside.set(None);
        self.inside.held.send_replace(false);
        self.inside.opened.notify_waiters();
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Inside {
    fn set(&self, hold: Option<Hold>) {
        *self.hold.lock().unwrap_or_else(PoisonError::into_inner) = hold;
    }

    /// Returns on which side to hold a request, if it is the one to be held. It is held once.
    fn take(&self, method: &str, path: &str) -> Option<Side> {
        let mut hold = self.hold.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = hold
            .as_mut()
            .filter(|hold| (hold.method.is_empty() || hold.method == method) && path.contains(hold.path))?;
        if wanted.skip > 0 {
            wanted.skip -= 1;
            return None;
        }
        hold.take().map(|hold| hold.side)
    }

    async fn keep(&self) {
        let opened = self.opened.notified();
        self.held.send_replace(true);
        opened.await;
    }
}

async fn pass(State(inside): State<Arc<Inside>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts
        .uri
        .path_and_query()
        .map_or_else(String::new, ToString::to_string);
    let side = inside.take(parts.method.as_str(), &path);
    if side == Some(Side::Before) {
        inside.keep().await;
    }
    let mut headers = parts.headers;
    headers.remove("host");
    let body = to_bytes(body, BODY_BYTES).await.expect("a request's body");
    let request = inside
        .client
        .request(parts.method, format!("{}{path}", inside.discord))
        .headers(headers);
    let answer = request.body(body).send().await;
    if side == Some(Side::After) {
        inside.keep().await;
    }
    match answer {
        Ok(answer) => {
            let mut response = Response::builder().status(answer.status());
            for name in [CONTENT_TYPE.as_str(), "retry-after"] {
                if let Some(value) = answer.headers().get(name) {
                    response = response.header(name, value);
                }
            }
            let bytes = answer.bytes().await.expect("an answer's body");
            response.body(Body::from(bytes)).expect("an answer")
        }
        Err(_) => Response::builder()
            .status(502)
            .body(Body::empty())
            .expect("an answer"),
    }
}
