//! Reads the body of an answer as it comes, within a limit, and says whether it is whole.

use std::io::{self, BufReader, Read};

use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, TRANSFER_ENCODING};
use reqwest::{Response, Version};
use serde::de::DeserializeOwned;
use tokio_util::bytes::Bytes;
use tokio_util::io::{StreamReader, SyncIoBridge};

use crate::providers::Answer;

/// Longest word by which a stream of events is known, in bytes.
const WORD_BYTES: usize = 8;

/// The body of an answer.
pub struct Body {
    parts: BoxStream<'static, io::Result<Bytes>>,
    framed: bool,
    labelled_events: bool,
}

impl From<Response> for Body {
    fn from(response: Response) -> Self {
        let (framed, labelled_events) = (is_framed(&response), are_events(response.headers()));
        Self {
            parts: response.bytes_stream().map_err(io::Error::other).boxed(),
            framed,
            labelled_events,
        }
    }
}

impl Body {
    /// Returns whether the answer says where it ends, so that its end can be told from a cut.
    pub const fn is_framed(&self) -> bool {
        self.framed
    }

    /// Returns the parts of the body, as they come.
    pub fn into_parts(self) -> BoxStream<'static, io::Result<Bytes>> {
        self.parts
    }

    /// Returns whether the body is a stream of events, by its first bytes. The label decides only
    /// where they do not: gateways label both as they like.
    pub async fn holds_events(&mut self) -> bool {
        let mut head = Vec::new();
        let mut cut = None;
        while begins(&head) == Head::TooShort {
            match self.parts.next().await {
                Some(Ok(part)) => head.extend_from_slice(&part),
                Some(Err(error)) => cut = Some(Err(error)),
                None => break,
            }
            if cut.is_some() {
                break;
            }
        }
        let events = match begins(&head) {
            Head::Events => true,
            Head::Document => false,
            Head::TooShort | Head::Neither => self.labelled_events,
        };
        let rest = std::mem::replace(&mut self.parts, stream::empty().boxed());
        let read = stream::iter([Ok(Bytes::from(head))].into_iter().chain(cut));
        self.parts = read.chain(rest).boxed();
        events
    }
}

/// What the first bytes of a body say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Head {
    /// Nothing yet.
    TooShort,
    /// Nothing at all.
    Neither,
    /// The body is a stream of events.
    Events,
    /// The body is one document.
    Document,
}

fn begins(head: &[u8]) -> Head {
    let head = head
        .strip_prefix("\u{feff}".as_bytes())
        .unwrap_or(head)
        .trim_ascii_start();
    let fields = [":", "data:", "event:", "id:", "retry:"];
    if head.starts_with(b"{") || head.starts_with(b"[") {
        Head::Document
    } else if fields.iter().any(|field| head.starts_with(field.as_bytes())) {
        Head::Events
    } else if head.len() >= WORD_BYTES {
        Head::Neither
    } else {
        Head::TooShort
    }
}

/// Returns whether an answer is labelled as a stream of events.
fn are_events(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("text/event-stream")
}

/// Returns whether an answer says where it ends.
fn is_framed(response: &Response) -> bool {
    let said = |header| response.headers().contains_key(header);
    response.version() >= Version::HTTP_2 || said(CONTENT_LENGTH) || said(TRANSFER_ENCODING)
}

/// Why an answer could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It was cut: nobody knows whether it was paid.
    #[error("the answer was cut")]
    Cut,
    /// All of it came, and it is not what it should be.
    #[error("{0}")]
    Wrong(String),
}

impl From<Unreadable> for Answer {
    fn from(why: Unreadable) -> Self {
        match why {
            Unreadable::Cut => Self::Unknown,
            Unreadable::Wrong(why) => Self::Broken(why),
        }
    }
}

/// Reads an answer in JSON of at most `max_bytes`, as it comes, on a thread that may block.
///
/// # Errors
/// [`Unreadable`]. An answer that was cut is [`Unreadable::Cut`], whatever came of it. So is one
/// that ends in the middle and never said where it would end.
pub async fn read<T: DeserializeOwned + Send + 'static>(
    body: impl Into<Body>,
    max_bytes: usize,
) -> Result<T, Unreadable> {
    let body = body.into();
    let framed = body.framed;
    let bridge = SyncIoBridge::new(StreamReader::new(body.parts));
    let reading = tokio::task::spawn_blocking(move || {
        let mut reader = BufReader::new(Bounded {
            inner: bridge,
            left: max_bytes,
            ended: None,
        });
        let parsed = serde_json::from_reader(&mut reader);
        match reader.get_ref().ended {
            Some(End::Cut) => Err(Unreadable::Cut),
            Some(End::TooLong) => Err(Unreadable::Wrong(format!("the answer is over {max_bytes} bytes"))),
            None => parsed.map_err(|error: serde_json::Error| {
                if error.is_eof() && !framed {
                    Unreadable::Cut
                } else {
                    wrong(&error)
                }
            }),
        }
    });
    match reading.await {
        Ok(read) => read,
        Err(panicked) => Err(Unreadable::Wrong(panicked.to_string())),
    }
}

/// Reads a file of at most `max_bytes`.
///
/// # Errors
/// [`Unreadable`].
pub async fn bytes(body: impl Into<Body>, max_bytes: usize) -> Result<Vec<u8>, Unreadable> {
    let mut file = Vec::new();
    let mut parts = body.into().parts;
    while let Some(part) = parts.try_next().await.map_err(|_| Unreadable::Cut)? {
        if file.len() + part.len() > max_bytes {
            return Err(Unreadable::Wrong(format!(
                "the picture is over {max_bytes} bytes"
            )));
        }
        file.extend_from_slice(&part);
    }
    Ok(file)
}

/// Names only the kind of fault: an answer's own words may be a prompt.
pub fn wrong(error: &serde_json::Error) -> Unreadable {
    let (line, column) = (error.line(), error.column());
    Unreadable::Wrong(format!(
        "the answer is not as documented, line {line}, column {column}: {:?}",
        error.classify()
    ))
}

/// A reader that stops at a limit, and remembers how it stopped.
struct Bounded<R> {
    inner: R,
    left: usize,
    ended: Option<End>,
}

enum End {
    Cut,
    TooLong,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self
            .inner
            .read(into)
            .inspect_err(|_| self.ended = Some(End::Cut))?;
        let Some(left) = self.left.checked_sub(read) else {
            self.ended = Some(End::TooLong);
            return Err(io::Error::other("too long"));
        };
        self.left = left;
        Ok(read)
    }
}
