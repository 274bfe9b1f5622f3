//! Reads what fal's answers mean: one place for each row of the outcome table.

use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};
use serde::Deserialize;

use crate::domain::image::reference::RefusedPicture;
use crate::providers::Answer;
use crate::providers::http::lenient::{ListOrText, Several, Word};
use crate::providers::http::operator::Known;
use crate::providers::http::{self, body, by_status, words};

/// The service as the operator knows it.
pub(super) fn fal() -> Known {
    Known::of_kind("fal", "FAL_KEY", "app")
}

/// Largest answer of fal's that is read, in bytes. Its errors repeat the input, every picture of it;
/// only their words are kept.
pub(super) const ANSWER_BYTES: usize = 256 * 1024 * 1024;

/// A call that was taken.
#[derive(Deserialize)]
pub(super) struct Submitted {
    pub(super) request_id: String,
    #[serde(default)]
    pub(super) status_url: Word,
    #[serde(default)]
    pub(super) response_url: Word,
    #[serde(default)]
    pub(super) cancel_url: Word,
}

/// How far a call is.
#[derive(Deserialize)]
pub(super) struct Progress {
    status: Word,
    #[serde(default)]
    error_type: Word,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    InQueue,
    InProgress,
    /// It ended, well or not.
    Completed,
    /// It ended badly. Says whether the policy did not allow it.
    Failed {
        policy: bool,
    },
    /// It was called off.
    Cancelled,
}

impl Progress {
    /// Returns how far the call is. Returns nothing for a word that nobody knows.
    pub(super) fn status(&self) -> Option<Status> {
        Some(match self.status.0.to_ascii_uppercase().as_str() {
            "IN_QUEUE" => Status::InQueue,
            "IN_PROGRESS" => Status::InProgress,
            "COMPLETED" | "OK" => Status::Completed,
            "FAILED" | "ERROR" => Status::Failed {
                policy: words::is_policy(&self.error_type.0),
            },
            "CANCELLED" | "CANCELED" => Status::Cancelled,
            _ => return None,
        })
    }
}

/// What an app gives: one that draws several pictures, an upscaler one.
#[derive(Deserialize)]
pub(super) struct Result {
    #[serde(default)]
    images: Several<File>,
    #[serde(default)]
    image: Several<File>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    url: Word,
}

impl Result {
    /// Where the picture is.
    pub(super) fn url(&self) -> Option<&str> {
        let mut files = self.images.0.iter().chain(&self.image.0);
        files
            .find(|file| !file.url.0.is_empty())
            .map(|file| file.url.0.as_str())
    }
}

/// How a call that fal calls completed ended without a picture.
pub(super) enum Ending {
    Is(Answer),
    /// It was called off before it began.
    Cancelled,
    /// Something before the call answered, and not the call.
    AskAgain,
}

/// An answer that says why there is no picture. fal's own faults have a word for their kind and a
/// sentence. An app's faults have a list. Neither the input that they repeat nor anything else of
/// them is kept.
#[derive(Default, Deserialize)]
pub(super) struct Fault {
    #[serde(default)]
    detail: Detail,
    #[serde(default)]
    error_type: Word,
}

/// A list of flaws, or a sentence.
#[derive(Default)]
struct Detail {
    flaws: Vec<Flaw>,
    text: String,
}

impl<'de> Deserialize<'de> for Detail {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let read: ListOrText<Flaw> = ListOrText::deserialize(from)?;
        let (flaws, text) = (read.list, read.text);
        Ok(Self { flaws, text })
    }
}

#[derive(Deserialize)]
struct Flaw {
    #[serde(default)]
    r#type: Word,
    /// Where in the input it is, such as `body`, `image_urls`, `1`.
    #[serde(default)]
    loc: Several<Word>,
}

/// What an app calls a fault of a service behind it.
const DOWNSTREAM: &str = "downstream_service_error";
/// fal's word for a call that was called off before it began.
const CANCELLED: u16 = 499;

impl Fault {
    fn is(&self, of: impl Fn(&str) -> bool) -> bool {
        let flaws = self.detail.flaws.iter().map(|flaw| flaw.r#type.0.as_str());
        flaws.chain([self.error_type.0.as_str()]).any(of)
    }

    /// Returns whether an app says it, and not fal or something before fal.
    const fn is_of_app(&self) -> bool {
        !self.detail.flaws.is_empty()
    }

    fn says(&self, word: &str) -> bool {
        self.detail.text.to_lowercase().contains(word)
    }

    /// Returns which picture that was sent is refused, and why, if one is.
    fn picture(&self) -> Option<RefusedPicture> {
        self.detail.flaws.iter().find_map(|flaw| {
            let why = words::flaw(&flaw.r#type.0)?;
            let index = flaw.loc.0.iter().rev().find_map(|at| at.0.parse::<u32>().ok());
            let which = index.and_then(|index| index.checked_add(1));
            Some(RefusedPicture { which, why })
        })
    }
}

async fn read(response: Response) -> (StatusCode, HeaderMap, Fault) {
    let (status, headers) = (response.status(), response.headers().clone());
    let fault = body::read::<Fault>(response, ANSWER_BYTES).await;
    (status, headers, fault.unwrap_or_default())
}

/// Returns what it means that a call was taken and ended without a picture. fal bills no fault of
/// its own.
pub(super) async fn ended(known: &Known, response: Response) -> Ending {
    let (status, headers, fault) = read(response).await;
    let by_fal = !fault.error_type.0.is_empty() || headers.contains_key("x-fal-error-type");
    Ending::Is(match status.as_u16() {
        _ if fault.is(words::is_policy) => Answer::Refused,
        400 if fault.is(|word| word == DOWNSTREAM) => Answer::Transient(None),
        CANCELLED => return Ending::Cancelled,
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
    if fault.is(words::is_policy) || words::says_policy(&fault.detail.text) {
        return Answer::Refused;
    }
    if let Some(picture) = fault.picture() {
        return Answer::Picture(picture);
    }
    if let Some(answer) = by_status(status, headers) {
        return answer;
    }
    let no_credit = status.as_u16() == 402
        || fault.is(words::is_no_credit)
        || status == StatusCode::FORBIDDEN && (fault.says("balance") || fault.says("locked"));
    let advice = match status {
        _ if no_credit => "the account has no credit left: add some, or raise its limit".to_owned(),
        StatusCode::UNPROCESSABLE_ENTITY => known.advice(StatusCode::BAD_REQUEST),
        _ => known.advice(status),
    };
    known.answered(status, "", &advice)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::providers::http::odd;

    proptest! {
        #[test]
        fn whatever_an_answer_looks_like_it_is_read_or_refused(answer in odd::json()) {
            let text = answer.to_string();
            if let Ok(progress) = serde_json::from_str::<Progress>(&text) {
                let _ = progress.status();
            }
            if let Ok(result) = serde_json::from_str::<super::Result>(&text) {
                prop_assert!(result.url().is_none_or(|url| !url.is_empty()), "{text}");
            }
            let fault: Fault = serde_json::from_str(&text).unwrap_or_default();
            odd::is_never_a_picture(&text, |status| refused(&fal(), status, &HeaderMap::new(), &fault))?;
        }
    }
}
