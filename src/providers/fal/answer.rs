//! Reads what fal's answers mean: one place for each row of the outcome table.

use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};
use serde::Deserialize;

use crate::providers::Answer;
use crate::providers::http::operator::Known;
use crate::providers::http::{self, by_status};

/// The service as the operator knows it.
pub(super) fn fal() -> Known {
    Known::of_kind("fal", "FAL_KEY", "app")
}

/// A call that was taken.
#[derive(Deserialize)]
pub(super) struct Submitted {
    pub(super) request_id: String,
}

/// How far a call is.
#[derive(Deserialize)]
pub(super) struct Progress {
    pub(super) status: Status,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Status {
    InQueue,
    InProgress,
    /// It ended, well or not.
    Completed,
}

/// What an app gives: one that draws several pictures, an upscaler one.
#[derive(Deserialize)]
pub(super) struct Result {
    #[serde(default)]
    images: Vec<File>,
    image: Option<File>,
}

#[derive(Deserialize)]
struct File {
    url: String,
}

impl Result {
    /// Where the picture is.
    pub(super) fn url(&self) -> Option<&str> {
        let file = self.images.first().or(self.image.as_ref())?;
        Some(&file.url)
    }
}

/// How a call that fal calls completed ended without a picture.
pub(super) enum Ending {
    Is(Answer),
    /// Something before the call answered, and not the call.
    AskAgain,
}

/// An answer that says why there is no picture. fal's own faults have a word for their kind and a
/// sentence. An app's faults have a list.
#[derive(Default, Deserialize)]
pub(super) struct Fault {
    #[serde(default)]
    detail: Detail,
    error_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Detail {
    List(Vec<Flaw>),
    Text(String),
    Else(serde::de::IgnoredAny),
}

impl Default for Detail {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

#[derive(Deserialize)]
struct Flaw {
    #[serde(default)]
    r#type: String,
}

/// Kinds of flaws that a policy does not allow, of a prompt or of a picture drawn of it.
const POLICY: [&str; 2] = ["content_policy_violation", "moderation_blocked"];
/// What an app calls a fault of a service behind it.
const DOWNSTREAM: [&str; 1] = ["downstream_service_error"];

impl Fault {
    fn is(&self, types: &[&str]) -> bool {
        match &self.detail {
            Detail::List(flaws) => flaws.iter().any(|flaw| types.contains(&flaw.r#type.as_str())),
            Detail::Text(_) | Detail::Else(_) => false,
        }
    }

    /// Returns whether an app says it, and not fal or something before fal.
    fn is_of_app(&self) -> bool {
        matches!(&self.detail, Detail::List(flaws) if !flaws.is_empty())
    }

    fn says(&self, word: &str) -> bool {
        matches!(&self.detail, Detail::Text(text) if text.to_lowercase().contains(word))
    }
}

async fn read(response: Response) -> (StatusCode, HeaderMap, Fault) {
    let (status, headers) = (response.status(), response.headers().clone());
    let fault = http::read::<Fault>(response, http::SMALL_BYTES).await;
    (status, headers, fault.unwrap_or_default())
}

/// Returns what it means that a call was taken and ended without a picture. fal bills no fault of
/// its own.
pub(super) async fn ended(known: &Known, response: Response) -> Ending {
    let (status, headers, fault) = read(response).await;
    let by_fal = fault.error_type.is_some() || headers.contains_key("x-fal-error-type");
    Ending::Is(match status.as_u16() {
        _ if fault.is(&POLICY) => Answer::Refused,
        400 if fault.is(&DOWNSTREAM) => Answer::Transient(None),
        499 => Answer::Transient(None),
        // fal does not find the call: nobody knows whether it was paid.
        404 => Answer::Unknown,
        408 | 429 | 500..=599 if !by_fal && !fault.is_of_app() => return Ending::AskAgain,
        500..=599 => Answer::Transient(http::retry_after_ms(&headers)),
        _ => refused(known, status, &headers, &fault),
    })
}

/// Returns what it means that a call was not taken. fal's own words are not passed on: they may
/// repeat a key or a prompt.
pub(super) fn refused(known: &Known, status: StatusCode, headers: &HeaderMap, fault: &Fault) -> Answer {
    if fault.is(&POLICY) {
        return Answer::Refused;
    }
    if let Some(answer) = by_status(status, headers) {
        return answer;
    }
    let no_credit = status.as_u16() == 402
        || status == StatusCode::FORBIDDEN && (fault.says("balance") || fault.says("locked"));
    let advice = match status {
        _ if no_credit => "the account has no credit left: add some, or raise its limit".to_owned(),
        StatusCode::UNPROCESSABLE_ENTITY => known.advice(StatusCode::BAD_REQUEST),
        _ => known.advice(status),
    };
    known.answered(status, "", &advice)
}
