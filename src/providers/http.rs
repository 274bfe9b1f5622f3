//! What all engines behind HTTP have in common.
//!
//! It sends requests, and decides what a broken connection and a status mean for the money.

pub(super) mod body;
pub(super) mod events;
pub(super) mod fetch;
pub(super) mod lenient;
#[cfg(test)]
pub(super) mod odd;
pub(super) mod operator;
pub(super) mod service;
pub(super) mod words;

use std::time::{Duration, UNIX_EPOCH};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode};

use super::Answer;
use crate::clock::Clock;
use crate::telemetry::chain;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an engine may be silent. High quality takes over two minutes; the services' own clients
/// wait as long.
pub const SILENCE: Duration = Duration::from_mins(10);
/// Largest answer that holds no picture, in bytes.
pub const SMALL_BYTES: usize = 1024 * 1024;
/// How requests name the bot.
const USER_AGENT: &str = concat!("Greenlight/", env!("CARGO_PKG_VERSION"));

/// Makes a client for engines. It follows no redirects: a key must not go where nobody sent it.
///
/// # Errors
/// When the machine has no TLS to offer.
pub fn client(silence: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .read_timeout(silence)
        .user_agent(USER_AGENT)
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
            tracing::info!("a paid call was cut: {}", chain(&error.without_url()));
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
/// seconds or as a date.
#[must_use]
pub fn retry_after_ms(headers: &HeaderMap) -> Option<i64> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |name: &str| text(name)?.parse::<f64>().ok();
    let ms = number("retry-after-ms").or_else(|| Some(number(RETRY_AFTER.as_str())? * 1_000.0));
    let Some(ms) = ms else {
        let until_ms = at_ms(text(RETRY_AFTER.as_str())?)?;
        // The service's own clock, if it tells the time: ours may differ.
        let now_ms = text(DATE.as_str()).and_then(at_ms);
        return Some((until_ms - now_ms.unwrap_or_else(|| Clock::system().now_ms())).max(0));
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast saturates, and a wait is clamped"
    )]
    (ms >= 0.0).then_some(ms.ceil() as i64)
}

/// Reads a date of HTTP, in milliseconds since 1970.
fn at_ms(date: &str) -> Option<i64> {
    let since = httpdate::parse_http_date(date)
        .ok()?
        .duration_since(UNIX_EPOCH)
        .ok()?;
    i64::try_from(since.as_millis()).ok()
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
        let date = ("date", "Sun, 29 Nov 2026 12:00:00 GMT");
        let after = |date| ("retry-after", date);
        assert_eq!(
            wait(&[date, after("Sun, 29 Nov 2026 12:00:30 GMT")]),
            Some(30_000)
        );
        assert_eq!(
            wait(&[date, after("Sunday, 29-Nov-26 12:01:00 GMT")]),
            Some(60_000)
        );
        assert_eq!(wait(&[date, after("Sun, 29 Nov 2026 11:00:00 GMT")]), Some(0));
        // Without a date of its own, the service is taken to have our time.
        assert_eq!(wait(&[after("Sun, 29 Nov 2020 12:00:00 GMT")]), Some(0));
        assert!(wait(&[after("Fri, 29 Nov 2999 12:00:00 GMT")]).is_some_and(|ms| ms > 1_000));
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
