//! Reads what Gemini's answers mean: one place for each row of the outcome table.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::image::reference::{PictureFlaw, RefusedPicture};
use crate::providers::Answer;
use crate::providers::http::lenient::{Base64, Several, Word};
use crate::providers::http::operator::{Known, names};
use crate::providers::http::{by_status, harmless, words};

/// The service as the operator knows it.
pub(super) fn gemini() -> Known {
    Known::of_kind("gemini", "GEMINI_API_KEY", "model")
}

/// An answer that may hold a picture. It also has this form if the policy does not allow a prompt
/// or a picture. Gateways write the names with underscores, and `null` for a list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Content {
    #[serde(default)]
    candidates: Several<Candidate>,
    #[serde(alias = "prompt_feedback")]
    prompt_feedback: Option<Feedback>,
    #[serde(default, alias = "usage_metadata")]
    usage_metadata: Value,
    #[serde(default, alias = "response_id")]
    response_id: Word,
    #[serde(default)]
    error: Option<Fault>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    content: Option<Parts>,
    #[serde(default, alias = "finish_reason")]
    finish_reason: Word,
}

#[derive(Deserialize)]
struct Parts {
    #[serde(default)]
    parts: Several<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    /// Whether it is a draft of the model's own, and not the picture.
    thought: Option<bool>,
    #[serde(alias = "inline_data")]
    inline_data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    data: Option<Base64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    #[serde(default, alias = "block_reason")]
    block_reason: Word,
}

/// Returns whether usage says that a picture was drawn. Without details all output counts as one.
fn is_of_picture(usage: &Value) -> bool {
    let either = |of: &Value, camel: &str, snake: &str| of.get(camel).or_else(|| of.get(snake)).cloned();
    let drawn = |of: &Value, camel, snake| either(of, camel, snake).and_then(|n| n.as_u64()) > Some(0);
    let details = either(usage, "candidatesTokensDetails", "candidates_tokens_details");
    match details.as_ref().and_then(Value::as_array) {
        None => drawn(usage, "candidatesTokenCount", "candidates_token_count"),
        Some(kinds) => kinds
            .iter()
            .any(|kind| kind["modality"] == "IMAGE" && drawn(kind, "tokenCount", "token_count")),
    }
}

impl Part {
    /// Returns the file if the part is a picture. An empty file is none.
    fn file(&self) -> Option<&Base64> {
        let file = self.inline_data.as_ref()?.data.as_ref()?;
        let empty = file.0.as_ref().is_some_and(Vec::is_empty);
        (self.thought != Some(true) && !empty).then_some(file)
    }

    fn into_file(self) -> Option<Vec<u8>> {
        self.file()?;
        self.inline_data?.data?.0
    }
}

/// Reasons to end that are the service's policy, or its belief that this may not be drawn.
const POLICY: [&str; 12] = [
    "SAFETY",
    "PROHIBITED_CONTENT",
    "BLOCKLIST",
    "SPII",
    "RECITATION",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "IMAGE_OTHER",
    "NO_IMAGE",
    "ESCALATION",
    "MODEL_ARMOR",
];
/// The reason to end that says that the account may not draw such a thing.
const OPERATORS: &str = "PUP_LIMITED_DISABLED";

impl Content {
    /// Returns the service's name for the call, if that is harmless.
    pub(super) fn request(&self) -> Option<String> {
        harmless(&self.response_id.0)
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        let contents = self.candidates.0.iter().flat_map(|one| &one.content);
        contents.flat_map(|content| &content.parts.0)
    }

    /// Returns whether a picture was drawn. It is paid even if nobody gets it.
    pub(super) fn made_a_picture(&self) -> bool {
        self.parts().any(|part| part.file().is_some()) || is_of_picture(&self.usage_metadata)
    }

    /// Returns the picture if there is one, whatever else the answer says; else why there is none.
    pub(super) fn answer(mut self, known: &Known) -> Answer {
        let fault = self.error.take();
        let without = self.without_a_picture(known);
        let contents = self.candidates.0.into_iter().filter_map(|one| one.content);
        let file = contents
            .flat_map(|content| content.parts.0)
            .find_map(Part::into_file);
        match (file, fault) {
            (Some(file), _) => Answer::File(file),
            (None, Some(error)) => refused(known, StatusCode::OK, &HeaderMap::new(), &Refusal { error }),
            (None, None) => without,
        }
    }

    fn without_a_picture(&self, known: &Known) -> Answer {
        if self.parts().any(|part| part.file().is_some()) {
            return Answer::Broken("the picture is not base64".to_owned());
        }
        let ends = self.candidates.0.iter().map(|one| one.finish_reason.0.as_str());
        let ends: Vec<&str> = ends.filter(|end| !end.is_empty()).collect();
        let blocked = self
            .prompt_feedback
            .as_ref()
            .map(|said| said.block_reason.0.as_str());
        if ends.iter().copied().chain(blocked).any(|end| end == OPERATORS) {
            let advice = "the account may not draw this: see its settings and its agreements with Google";
            return known.answered(StatusCode::OK, &said(&[OPERATORS]), advice);
        }
        if blocked.is_some_and(|reason| !reason.is_empty()) || ends.iter().any(|end| POLICY.contains(end)) {
            return Answer::Refused;
        }
        Answer::Broken(format!("the answer holds no picture{}", said(&ends)))
    }
}

/// An answer that says why there is no picture. Its message is never passed on: it may repeat a key
/// or a prompt.
#[derive(Default, Deserialize)]
pub(super) struct Refusal {
    error: Fault,
}

#[derive(Default, Deserialize)]
struct Fault {
    #[serde(default)]
    status: Word,
    #[serde(default)]
    message: Word,
    /// Each has a form of its own.
    #[serde(default)]
    details: Several<Value>,
}

impl Fault {
    /// Returns the reason behind the status.
    fn reason(&self) -> Option<&str> {
        self.details.0.iter().find_map(|detail| detail["reason"].as_str())
    }

    /// Returns whether the words say that the policy does not allow it.
    fn is_policy(&self) -> bool {
        self.reason()
            .is_some_and(|reason| words::is_policy(reason) || POLICY.contains(&reason))
            || words::says_policy(&self.message.0)
    }

    /// Returns which picture that was sent is refused, and why, if one is.
    fn picture(&self) -> Option<RefusedPicture> {
        let said = self.message.0.to_lowercase();
        let fields = self
            .details
            .0
            .iter()
            .filter_map(|detail| detail["fieldViolations"].as_array())
            .flatten()
            .filter_map(|flaw| flaw["field"].as_str());
        // The words come first, so the first picture is the second part.
        let mut part = fields.filter_map(|field| {
            let rest = field.split_once("parts[")?.1;
            rest.split_once(']')?.0.parse::<u32>().ok()
        });
        let which = part.rfind(|part| *part > 0);
        let named = [
            "input image",
            "provided image",
            "inline_data",
            "inlinedata",
            "mime type",
        ];
        if self.status.0 != "INVALID_ARGUMENT"
            || which.is_none() && !named.iter().any(|name| said.contains(name))
        {
            return None;
        }
        let why = match said {
            said if said.contains("mime") || said.contains("format") => PictureFlaw::Format,
            said if said.contains("too small") => PictureFlaw::TooSmall,
            said if said.contains("too large") || said.contains("exceeds") => PictureFlaw::TooLarge,
            _ => PictureFlaw::Unreadable,
        };
        Some(RefusedPicture { which, why })
    }

    /// Returns whether the quota that is used up comes back only on another day.
    fn of_the_day(&self) -> bool {
        let violations = self
            .details
            .0
            .iter()
            .filter_map(|detail| detail["violations"].as_array());
        violations
            .flatten()
            .filter_map(|violation| violation["quotaId"].as_str())
            .any(|quota| quota.contains("PerDay"))
    }

    /// Returns the wait that the service asks for, in milliseconds. It writes `7s` or `0.25s`.
    fn wait_ms(&self) -> Option<i64> {
        let delays = self
            .details
            .0
            .iter()
            .filter_map(|detail| detail["retryDelay"].as_str());
        let mut seconds = delays.filter_map(|delay| delay.strip_suffix('s')?.parse::<f64>().ok());
        let wait = Duration::try_from_secs_f64(seconds.next()?).ok()?;
        i64::try_from(wait.as_millis()).ok()
    }
}

/// Returns what a refusal means.
pub(super) fn refused(known: &Known, status: StatusCode, headers: &HeaderMap, refusal: &Refusal) -> Answer {
    let fault = &refusal.error;
    // This comes before the status: a day's quota that is used up and too many requests at once are
    // both 429.
    if status == StatusCode::TOO_MANY_REQUESTS && fault.of_the_day() {
        return operator(
            known,
            status,
            fault,
            "the quota of the day is used up: raise it, or wait for the next day",
        );
    }
    if fault.is_policy() {
        return Answer::Refused;
    }
    let of_key = fault.reason().is_some_and(|reason| reason.starts_with("API_KEY"));
    if let Some(picture) = fault.picture().filter(|_| !of_key) {
        return Answer::Picture(picture);
    }
    match by_status(status, headers) {
        Some(Answer::Transient(wait)) => return Answer::Transient(fault.wait_ms().or(wait)),
        Some(answer) => return answer,
        None => {}
    }
    let no_billing = "the account has no billing, or the service is not offered where this machine is";
    match status {
        StatusCode::BAD_REQUEST if of_key => operator(known, status, fault, &known.good_key()),
        StatusCode::BAD_REQUEST if fault.status.0 == "FAILED_PRECONDITION" => {
            operator(known, status, fault, no_billing)
        }
        _ => operator(known, status, fault, &known.advice(status)),
    }
}

fn operator(known: &Known, status: StatusCode, fault: &Fault, advice: &str) -> Answer {
    let words = [fault.status.0.as_str(), fault.reason().unwrap_or_default()];
    known.answered(status, &said(&words), advice)
}

/// Returns the service's own words in brackets.
fn said(words: &[&str]) -> String {
    names(words, |c| c.is_ascii_uppercase() || c == '_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::providers::http::odd;

    proptest! {
        #[test]
        fn whatever_an_answer_looks_like_it_holds_a_picture_or_says_why_not(answer in odd::json()) {
            let text = answer.to_string();
            if let Ok(content) = serde_json::from_str::<Content>(&text) {
                let made = content.made_a_picture();
                let named = content.request();
                prop_assert!(named.is_none_or(|name| name.len() <= 100));
                prop_assert!(made || !matches!(content.answer(&gemini()), Answer::File(_)), "{text}");
            }
            let refusal: Refusal = serde_json::from_str(&text).unwrap_or_default();
            odd::is_never_a_picture(&text, |status| refused(&gemini(), status, &HeaderMap::new(), &refusal))?;
        }
    }
}
