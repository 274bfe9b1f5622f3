//! An image service behind a real connection. It records what it is asked. It answers, or falls
//! silent, as it is told, and can end a connection at any byte.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use greenlight::providers::CallObserver;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::flat;

/// How often a service that is still there sends a comment.
const BEAT: Duration = Duration::from_millis(20);

/// Records what an engine reports during a call.
#[derive(Debug, Default)]
pub struct Notepad {
    taken: Mutex<Vec<String>>,
    shows: bool,
    partials: Mutex<Vec<Vec<u8>>>,
}

impl Notepad {
    /// Makes one that asks for previews.
    pub fn of_a_viewer() -> Self {
        Self {
            shows: true,
            ..Self::default()
        }
    }

    /// Returns the previews, in order.
    pub fn partials(&self) -> Vec<Vec<u8>> {
        self.partials
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns the names under which the service took its calls.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl CallObserver for Notepad {
    async fn taken(&self, request: &str, _: Option<&str>) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.push(request.to_owned());
    }

    fn shows_partials(&self) -> bool {
        self.shows
    }

    async fn partial(&self, picture: Vec<u8>) {
        let mut partials = self.partials.lock().unwrap_or_else(PoisonError::into_inner);
        partials.push(picture);
    }
}

/// A request that the service got.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The method, such as `POST`.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The headers, by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The whole body.
    pub body: Vec<u8>,
}

/// How the service answers a request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// An answer with this status, these headers and this body.
    Whole(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// An answer that promises this body, and ends the connection after so many bytes of it.
    Cut(Vec<u8>, usize),
    /// An answer of status 200 that does not say where it ends, and this body.
    Unframed(Vec<u8>),
    /// Ends the connection after so many bytes of the request's body.
    HangUpAfter(usize),
    /// Takes the request, and ends the connection without an answer.
    HangUp,
    /// Takes the request, and never answers.
    Silence,
    /// A stream of events, in parts.
    Stream(Parts),
}

/// A streamed answer.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The parts, each sent as a chunk of its own.
    pub each: Vec<Vec<u8>>,
    /// A permit for each part after the first. `None`: no part waits.
    pub turns: Option<Arc<Semaphore>>,
    /// What comes after the last part.
    pub end: End,
}

/// How a streamed answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// As HTTP wants it.
    Whole,
    /// The connection ends before the last chunk.
    Cut,
    /// The connection ends, and the answer never said where it would.
    Unframed,
    /// Nothing more is sent.
    Silence,
    /// Only comments are sent, without end.
    Comments,
}

impl Answer {
    /// Makes an answer in JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::Whole(
            status,
            vec![("content-type", "application/json".to_owned())],
            body.to_string().into_bytes(),
        )
    }

    /// Adds a header to a whole answer.
    pub fn with(self, name: &'static str, value: &str) -> Self {
        match self {
            Self::Whole(status, mut headers, body) => {
                headers.push((name, value.to_owned()));
                Self::Whole(status, headers, body)
            }
            other => other,
        }
    }
}

type Act = Arc<dyn Fn(&Asked) -> Answer + Send + Sync>;

/// The service. It stops when this is dropped.
pub struct Service {
    /// Its URL, without a slash at the end.
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    server: JoinHandle<()>,
}

impl Drop for Service {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Service {
    /// Starts a service that answers what `act` returns.
    pub async fn start(act: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::serving(Arc::new(act), None).await
    }

    async fn serving(act: Act, rude: Option<usize>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = asked.clone();
        let server = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, kept.clone(), act.clone(), rude));
            }
        });
        Self { url, asked, server }
    }

    /// Starts a service that gives one answer to every request.
    pub async fn that_says(answer: Answer) -> Self {
        let rude = match answer {
            Answer::HangUpAfter(bytes) => Some(bytes),
            _ => None,
        };
        Self::serving(Arc::new(move |_| answer.clone()), rude).await
    }

    /// Returns the requests that it got, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Serves one request. Errors of the connection are ignored: the test caused them.
async fn serve(mut connection: TcpStream, kept: Arc<Mutex<Vec<Asked>>>, act: Act, rude: Option<usize>) {
    let Some(head) = head(&mut connection).await else {
        return;
    };
    if let Some(bytes) = rude {
        kept.lock().unwrap_or_else(PoisonError::into_inner).push(head);
        let mut some = vec![0; bytes];
        let _ = connection.read_exact(&mut some).await;
        return;
    }
    let length = head
        .headers
        .get("content-length")
        .map_or(0, |n| n.parse().expect("a length"));
    let mut body = vec![0; length];
    if connection.read_exact(&mut body).await.is_err() {
        return;
    }
    let asked = Asked { body, ..head };
    let answer = act(&asked);
    kept.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
    let _ = match answer {
        Answer::Whole(status, headers, body) => {
            let headers: Vec<String> = headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}\r\n"))
                .collect();
            let text = format!(
                "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n{}",
                body.len(),
                headers.concat()
            );
            connection
                .write_all(&[format!("{text}\r\n").as_bytes(), &body].concat())
                .await
        }
        Answer::Cut(body, bytes) => {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            let part = [head.as_bytes(), &body[..bytes]].concat();
            connection.write_all(&part).await
        }
        Answer::Unframed(body) => {
            let head = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
            connection.write_all(&[head.as_slice(), &body].concat()).await
        }
        Answer::HangUp | Answer::HangUpAfter(_) => Ok(()),
        Answer::Silence => connection.read_u8().await.map(drop),
        Answer::Stream(parts) => stream(&mut connection, parts).await,
    };
    let _ = connection.shutdown().await;
}

/// Sends a stream of events. Its reader may leave early.
async fn stream(connection: &mut TcpStream, Parts { each, turns, end }: Parts) -> io::Result<()> {
    let frame = if end == End::Unframed {
        ""
    } else {
        "transfer-encoding: chunked\r\n"
    };
    let kind = "content-type: text/event-stream; charset=utf-8";
    let head =
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\nx-request-id: req_1\r\n{frame}{kind}\r\n\r\n");
    connection.write_all(head.as_bytes()).await?;
    let in_frame = |part: &[u8]| match end {
        End::Unframed => part.to_vec(),
        _ => [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat(),
    };
    for (at, part) in each.iter().enumerate() {
        if let Some(turns) = turns.as_ref().filter(|_| at > 0) {
            turns.acquire().await.expect("a turn").forget();
        }
        connection.write_all(&in_frame(part)).await?;
    }
    match end {
        End::Whole => connection.write_all(b"0\r\n\r\n").await,
        End::Cut | End::Unframed => Ok(()),
        End::Silence => connection.read_u8().await.map(drop),
        End::Comments => {
            let mut beats = tokio::time::interval(BEAT);
            loop {
                beats.tick().await;
                connection.write_all(&in_frame(b": still here\n\n")).await?;
            }
        }
    }
}

/// Reads everything before the body.
async fn head(connection: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(connection.read_u8().await.ok()?);
    }
    let text = String::from_utf8(bytes).expect("a head is text");
    let mut lines = text.lines();
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, path) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let headers = lines.filter_map(|line| line.split_once(": "));
    Some(Asked {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: Vec::new(),
    })
}

/// One field of a form.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The file's name, if it is a file.
    pub file: Option<String>,
    /// The content type that it claims.
    pub mime: Option<String>,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Asked {
    /// Parses the body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a body in JSON")
    }

    /// Returns a field of the form.
    pub async fn field(&self, name: &str) -> Field {
        let form = self.form().await;
        let named = form.into_iter().find(|field| field.name == name);
        named.unwrap_or_else(|| panic!("there is no {name}"))
    }

    /// Parses the body as a form, in order.
    pub async fn form(&self) -> Vec<Field> {
        use axum::extract::{FromRequest, Multipart};
        let request = axum::http::Request::builder()
            .header("content-type", &self.headers["content-type"])
            .body(axum::body::Body::from(self.body.clone()))
            .expect("a request");
        let mut form = Multipart::from_request(request, &()).await.expect("a form");
        let mut fields = Vec::new();
        while let Some(field) = form.next_field().await.expect("a field") {
            fields.push(Field {
                name: field.name().unwrap_or_default().to_owned(),
                file: field.file_name().map(str::to_owned),
                mime: field.content_type().map(str::to_owned),
                bytes: field.bytes().await.expect("its bytes").to_vec(),
            });
        }
        fields
    }
}

/// Encodes a picture of a size such as `80x45` as a PNG.
pub fn picture(size: &str) -> Vec<u8> {
    let (width, height) = size.split_once('x').expect("a size");
    let (width, height) = (width.parse().expect("a width"), height.parse().expect("a height"));
    flat(width, height, 128)
}
