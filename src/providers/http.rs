//! What all engines behind HTTP have in common.
//!
//! It sends requests, decides what a broken connection means for the money, and reads answers
//! without holding them three times over.

pub(super) mod events;
pub(super) mod operator;
pub(super) mod service;

use std::io::{self, BufReader, Read};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures::TryStreamExt;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde::de::{self, DeserializeOwned, Deserializer, Visitor};
use tokio_util::io::{StreamReader, SyncIoBridge};

use super::Answer;
use crate::telemetry::chain;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an engine may be silent. High quality takes over two minutes; the services' own clients
/// wait as long.
pub const SILENCE: Duration = Duration::from_mins(10);
/// Largest answer that holds no picture, in bytes.
pub const SMALL_BYTES: usize = 64 * 1024;

/// Makes a client for engines. It follows no redirects: a key must not go where nobody sent it.
///
/// # Errors
/// When the machine has no TLS to offer.
pub fn client(silence: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .read_timeout(silence)
        .redirect(Policy::none())
        .build()
}

/// Sends a paid request.
///
/// # Errors
/// The [`Answer`] that a failed connection stands for. Without a connection nothing was paid. With
/// one, nobody knows.
pub async fn send(request: RequestBuilder) -> Result<Response, Answer> {
    match request.send().await {
        Ok(response) => Ok(response),
        // A request that cannot even be built was not sent either.
        Err(error) if error.is_connect() || error.is_builder() => Err(Answer::Transient(None)),
        Err(error) => {
            tracing::warn!("a paid call was cut: {}", chain(&error.without_url()));
            Err(Answer::Unknown)
        }
    }
}

/// Returns what the HTTP status alone tells about a paid call that returned no picture. Only for
/// services that charge for pictures and for nothing else.
///
/// - 429 Too Many Requests, 500 and 503 return [`Answer::Transient`]: nothing was paid, and the
///   call can be tried again.
/// - 408, 501, 502 and 504 to 599 return [`Answer::Unknown`]: a gateway gave up, and does not know
///   whether the call behind it was paid.
/// - Every other status returns `None`, because the same request would fail again. The caller reads
///   the reason from the body.
#[must_use]
pub fn by_status(status: StatusCode, headers: &HeaderMap) -> Option<Answer> {
    match status.as_u16() {
        429 | 500 | 503 => Some(Answer::Transient(retry_after_ms(headers))),
        408 | 501 | 502 | 504..=599 => Some(Answer::Unknown),
        _ => None,
    }
}

/// Returns the wait that an answer asks for, in milliseconds: `retry-after-ms`, or `retry-after` in
/// seconds.
#[must_use]
pub fn retry_after_ms(headers: &HeaderMap) -> Option<i64> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
    let ms = number("retry-after-ms").or_else(|| Some(number(RETRY_AFTER.as_str())? * 1_000.0))?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast saturates, and a wait is clamped"
    )]
    (ms >= 0.0).then_some(ms.ceil() as i64)
}

/// Returns the name of a call from a header, if it is short and harmless.
#[must_use]
pub fn named(headers: &HeaderMap, name: &str) -> Option<String> {
    harmless(headers.get(name)?.to_str().ok()?)
}

/// Returns the name that a service gave a call, if the name is safe to keep and to log: 1 to 100
/// ASCII letters, digits, `-`, `_`, `.` or `:`. Returns `None` for any other name.
#[must_use]
pub fn harmless(name: &str) -> Option<String> {
    let harmless = name.len() <= 100
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.:".contains(c));
    (harmless && !name.is_empty()).then(|| name.to_owned())
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
/// [`Unreadable`]. An answer that was cut is [`Unreadable::Cut`], whatever came of it.
pub async fn read<T: DeserializeOwned + Send + 'static>(
    response: Response,
    max_bytes: usize,
) -> Result<T, Unreadable> {
    let stream = response.bytes_stream().map_err(io::Error::other);
    let bridge = SyncIoBridge::new(StreamReader::new(Box::pin(stream)));
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
            None => parsed.map_err(|error| wrong(&error)),
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
pub async fn bytes(response: Response, max_bytes: usize) -> Result<Vec<u8>, Unreadable> {
    let mut file = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(part) = stream.try_next().await.map_err(|_| Unreadable::Cut)? {
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
pub(super) fn wrong(error: &serde_json::Error) -> Unreadable {
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

/// A file in base64, decoded while it is read; nothing if it is not base64. The rest of the answer
/// still counts then: what was used is paid.
#[derive(Clone, PartialEq, Eq)]
pub struct Base64(pub Option<Vec<u8>>);

impl<'de> de::Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Decode)
    }
}

struct Decode;

impl Visitor<'_> for Decode {
    type Value = Base64;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a file in base64")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Base64, E> {
        Ok(Base64(BASE64_STANDARD.decode(text).ok()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let value = reqwest::header::HeaderValue::from_bytes(value.as_bytes()).unwrap();
            (reqwest::header::HeaderName::from_static(name), value)
        });
        pairs.collect()
    }

    #[test]
    fn a_wait_is_read_in_milliseconds_or_seconds() {
        let wait = |pairs: &[_]| retry_after_ms(&headers(pairs));
        assert_eq!(wait(&[("retry-after", "2")]), Some(2_000));
        assert_eq!(wait(&[("retry-after", "1.5")]), Some(1_500));
        assert_eq!(
            wait(&[("retry-after", "9"), ("retry-after-ms", "250")]),
            Some(250)
        );
        for nothing in [
            &[][..],
            &[("retry-after", "soon")],
            &[("retry-after", "-1")],
            &[("retry-after", "NaN")],
        ] {
            assert_eq!(wait(nothing), None);
        }
        assert_eq!(wait(&[("retry-after", "1e99")]), Some(i64::MAX));
    }

    #[test]
    fn only_a_harmless_name_is_kept() {
        let kept = |value| named(&headers(&[("x-request-id", value)]), "x-request-id");
        assert_eq!(kept("req_0a-1.b:2").as_deref(), Some("req_0a-1.b:2"));
        for odd in ["", "two words", "<b>", "ä"] {
            assert_eq!(kept(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_status_says_whether_it_was_paid() {
        let of = |status| {
            by_status(
                StatusCode::from_u16(status).unwrap(),
                &headers(&[("retry-after", "3")]),
            )
        };
        for status in [429, 500, 503] {
            assert_eq!(of(status), Some(Answer::Transient(Some(3_000))), "{status}");
        }
        for status in [408, 502, 504, 524] {
            assert_eq!(of(status), Some(Answer::Unknown), "{status}");
        }
        for status in [200, 301, 400, 401, 403, 404, 413] {
            assert_eq!(of(status), None, "{status}");
        }
    }
}
