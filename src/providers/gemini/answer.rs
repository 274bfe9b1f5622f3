//! Reads what Gemini's answers mean: one place for each row of the outcome table.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde_json::Value;

use crate::providers::Answer;
use crate::providers::http::operator::{Known, names};
use crate::providers::http::{Base64, by_status, harmless};

/// The service as the operator knows it.
pub(super) fn gemini() -> Known {
    Known::of_kind("gemini", "GEMINI_API_KEY", "model")
}

/// An answer that may hold a picture. It also has this form if the policy does not allow a prompt
/// or a picture.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Content {
    #[serde(default)]
    candidates: Vec<Candidate>,
    prompt_feedback: Option<Feedback>,
    usage_metadata: Option<Usage>,
    response_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    content: Option<Parts>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Parts {
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    /// A draft of the model's own, and not the picture.
    #[serde(default)]
    thought: bool,
    inline_data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    data: Option<Base64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    block_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Usage {
    #[serde(default)]
    candidates_token_count: u64,
    candidates_tokens_details: Option<Vec<Kind>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    #[serde(default)]
    modality: String,
    #[serde(default)]
    token_count: u64,
}

impl Usage {
    /// Returns whether a picture was drawn. Without details all output counts as one.
    fn of_picture(&self) -> bool {
        self.candidates_tokens_details
            .as_ref()
            .map_or(self.candidates_token_count > 0, |kinds| {
                let picture = |kind: &Kind| kind.modality == "IMAGE" && kind.token_count > 0;
                kinds.iter().any(picture)
            })
    }
}

impl Part {
    /// Returns the file if the part is a picture. An empty file is none.
    fn file(&self) -> Option<&Base64> {
        let file = self.inline_data.as_ref()?.data.as_ref()?;
        let empty = file.0.as_ref().is_some_and(Vec::is_empty);
        (!self.thought && !empty).then_some(file)
    }

    fn into_file(self) -> Option<Vec<u8>> {
        self.file()?;
        self.inline_data?.data?.0
    }
}

/// Reasons to end that are the service's policy, or its belief that this may not be drawn.
const POLICY: [&str; 10] = [
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
];

impl Content {
    /// Returns the service's name for the call, if that is harmless.
    pub(super) fn request(&self) -> Option<String> {
        self.response_id.as_deref().and_then(harmless)
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        let contents = self.candidates.iter().flat_map(|one| &one.content);
        contents.flat_map(|content| &content.parts)
    }

    /// Returns whether a picture was drawn. It is paid even if nobody gets it.
    pub(super) fn made_a_picture(&self) -> bool {
        self.parts().any(|part| part.file().is_some())
            || self.usage_metadata.as_ref().is_some_and(Usage::of_picture)
    }

    /// Returns the picture if there is one, whatever else the answer says; else why there is none.
    pub(super) fn answer(self) -> Answer {
        let without = self.without_a_picture();
        let contents = self.candidates.into_iter().filter_map(|one| one.content);
        let file = contents
            .flat_map(|content| content.parts)
            .find_map(Part::into_file);
        file.map_or(without, Answer::File)
    }

    fn without_a_picture(&self) -> Answer {
        if self.parts().any(|part| part.file().is_some()) {
            return Answer::Broken("the picture is not base64".to_owned());
        }
        let blocked = self.prompt_feedback.as_ref();
        let ends = self.candidates.iter().flat_map(|one| &one.finish_reason);
        let ends: Vec<&str> = ends.map(String::as_str).collect();
        if blocked.is_some_and(|said| said.block_reason.is_some())
            || ends.iter().any(|end| POLICY.contains(end))
        {
            return Answer::Refused;
        }
        Answer::Broken(format!("the answer holds no picture{}", said(&ends)))
    }
}

/// An answer that says why there is no picture. Its message is not even read: it may repeat a key
/// or a prompt.
#[derive(Default, Deserialize)]
pub(super) struct Refusal {
    error: Fault,
}

#[derive(Default, Deserialize)]
struct Fault {
    #[serde(default)]
    status: String,
    /// Each has a form of its own.
    #[serde(default)]
    details: Vec<Value>,
}

impl Fault {
    /// Returns the reason behind the status.
    fn reason(&self) -> Option<&str> {
        self.details.iter().find_map(|detail| detail["reason"].as_str())
    }

    /// Returns whether the quota that is used up comes back only on another day.
    fn of_the_day(&self) -> bool {
        let violations = self
            .details
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
    match by_status(status, headers) {
        Some(Answer::Transient(wait)) => return Answer::Transient(fault.wait_ms().or(wait)),
        Some(answer) => return answer,
        None => {}
    }
    let of_key = fault.reason().is_some_and(|reason| reason.starts_with("API_KEY"));
    let no_billing = "the account has no billing, or the service is not offered where this machine is";
    match status {
        StatusCode::BAD_REQUEST if of_key => operator(known, status, fault, &known.good_key()),
        StatusCode::BAD_REQUEST if fault.status == "FAILED_PRECONDITION" => {
            operator(known, status, fault, no_billing)
        }
        _ => operator(known, status, fault, &known.advice(status)),
    }
}

fn operator(known: &Known, status: StatusCode, fault: &Fault, advice: &str) -> Answer {
    let words = [fault.status.as_str(), fault.reason().unwrap_or_default()];
    known.answered(status, &said(&words), advice)
}

/// Returns the service's own words in brackets.
fn said(words: &[&str]) -> String {
    names(words, |c| c.is_ascii_uppercase() || c == '_')
}
