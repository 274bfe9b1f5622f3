//! An image service on the other side of a real connection: it keeps what it is asked, and answers, or falls silent, as it
//! is told, down to the byte at which a connection ends.

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

/// How often a service that is still there says so.
const BEAT: Duration = Duration::from_millis(20);

/// What an engine noted.
#[derive(Debug, Default)]
pub struct Notepad {
    taken: Mutex<Vec<String>>,
    shows: bool,
    partials: Mutex<Vec<Vec<u8>>>,
}

impl Notepad {
    /// One of somebody who wants to see pictures before they are done.
    pub fn of_a_viewer() -> Self {
        Self {
            shows: true,
            ..Self::default()
        }
    }

    /// What pictures looked like before they were done.
    pub fn partials(&self) -> Vec<Vec<u8>> {
        self.partials
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Under which names its calls were taken.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl CallObserver for Notepad {
    async fn taken(&self, request: &str) {
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

/// A request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `POST`.
    pub method: String,
    /// With its query.
    pub path: String,
    /// By their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// All of it.
    pub body: Vec<u8>,
}

/// What comes of a request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// An answer of this status, with these headers and this body.
    Whole(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// An answer that promises all of its body, of which so many bytes come before the connection ends.
    Cut(Vec<u8>, usize),
    /// The connection ends after so many bytes of the request.
    HangUpAfter(usize),
    /// The request is taken, and the connection ends without a word.
    HangUp,
    /// The request is taken, and nothing comes.
    Silence,
    /// A stream of events, in parts.
    Stream(Parts),
}

/// An answer in parts.
#[derive(Clone, Debug)]
pub struct Parts {
    /// What comes, each part in a chunk of its own.
    pub each: Vec<Vec<u8>>,
    /// After the first, each part waits for a turn; nothing: for none.
    pub turns: Option<Arc<Semaphore>>,
    /// What comes after them.
    pub end: End,
}

/// How an answer in parts ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// As HTTP wants it.
    Whole,
    /// The connection is gone before that.
    Cut,
    /// The same of an answer that never said where it would end.
    Unframed,
    /// Nothing comes any more.
    Silence,
    /// Nothing but comments.
    Comments,
}

impl Answer {
    /// An answer in JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::Whole(
            status,
            vec![("content-type", "application/json".to_owned())],
            body.to_string().into_bytes(),
        )
    }

    /// The same with one more header.
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

/// The service. It is there until it is dropped.
pub struct Service {
    /// Where it is, without a slash at the end.
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
    /// A service that answers what `act` says.
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

    /// A service that gives one answer to everything.
    pub async fn that_says(answer: Answer) -> Self {
        let rude = match answer {
            Answer::HangUpAfter(bytes) => Some(bytes),
            _ => None,
        };
        Self::serving(Arc::new(move |_| answer.clone()), rude).await
    }

    /// What it was asked, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// One request a connection; a connection that breaks is the story's own doing.
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
        Answer::HangUp | Answer::HangUpAfter(_) => Ok(()),
        Answer::Silence => connection.read_u8().await.map(drop),
        Answer::Stream(parts) => stream(&mut connection, parts).await,
    };
    let _ = connection.shutdown().await;
}

/// A stream of events; whoever reads it may leave early.
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

/// Everything before the body.
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
    /// The name of the file, if it is one.
    pub file: Option<String>,
    /// What it says that it is.
    pub mime: Option<String>,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl Asked {
    /// The body in JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a body in JSON")
    }

    /// What a field of the form holds.
    pub async fn field(&self, name: &str) -> Field {
        let form = self.form().await;
        let named = form.into_iter().find(|field| field.name == name);
        named.unwrap_or_else(|| panic!("there is no {name}"))
    }

    /// The body as a form, in order.
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

/// A picture of a size such as `80x45`, as a PNG.
pub fn picture(size: &str) -> Vec<u8> {
    let (width, height) = size.split_once('x').expect("a size");
    let (width, height) = (width.parse().expect("a width"), height.parse().expect("a height"));
    flat(width, height, 128)
}
