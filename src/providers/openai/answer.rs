//! Reads what OpenAI's answers mean: one place for each row of the outcome table.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;

use crate::domain::engine::cost::Used;
use crate::providers::Answer;
use crate::providers::http::operator::{Known, names};
use crate::providers::http::{Base64, by_status};

/// The service as the operator knows it.
pub(super) fn openai() -> Known {
    Known::of_kind("openai", "OPENAI_API_KEY", "model")
}

/// An answer with pictures.
#[derive(Deserialize)]
pub(super) struct Images {
    #[serde(default)]
    data: Vec<Image>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Image {
    b64_json: Option<Base64>,
}

/// An event with a picture.
#[derive(Deserialize)]
pub(super) struct Drawn {
    b64_json: Option<Base64>,
    usage: Option<Usage>,
}

impl Drawn {
    /// Returns the picture, if there is one.
    pub(super) fn file(self) -> Option<Vec<u8>> {
        self.b64_json?.0
    }
}

impl From<Drawn> for Images {
    fn from(Drawn { b64_json, usage }: Drawn) -> Self {
        let data = vec![Image { b64_json }];
        Self { data, usage }
    }
}

/// What was used, in tokens.
#[derive(Clone, Copy, Deserialize)]
pub(super) struct Usage {
    output_tokens: u64,
    input_tokens_details: Option<Details>,
    output_tokens_details: Option<Details>,
}

#[derive(Clone, Copy, Deserialize)]
struct Details {
    #[serde(default)]
    image_tokens: u64,
    #[serde(default)]
    text_tokens: u64,
}

impl Usage {
    /// Returns it in the terms of our prices. Without details all output counts as the picture.
    pub(super) fn used(self) -> Used {
        let sent = self.input_tokens_details;
        Used {
            image_out: self
                .output_tokens_details
                .map_or(self.output_tokens, |out| out.image_tokens),
            image_in: sent.map_or(0, |sent| sent.image_tokens),
            text_in: sent.map_or(0, |sent| sent.text_tokens),
        }
    }
}

impl Images {
    /// Returns the picture if there is one, and what was used, which is paid without a picture too.
    pub(super) fn answer(self) -> (Answer, Option<Used>) {
        let used = self.usage.map(Usage::used);
        let file = self.data.into_iter().find_map(|image| image.b64_json);
        let answer = match file {
            Some(Base64(Some(file))) => Answer::File(file),
            Some(Base64(None)) => Answer::Broken("the picture is not base64".to_owned()),
            None => Answer::Broken("the answer holds no picture".to_owned()),
        };
        (answer, used)
    }
}

/// An answer that says why there is no picture.
#[derive(Default, Deserialize)]
pub(super) struct Refusal {
    error: Fault,
}

impl Refusal {
    /// Reads why there is no picture from an event of a stream. It is written as in an answer, or
    /// without the wrapping.
    pub(super) fn of(event: &str) -> Self {
        let bare = || {
            Some(Self {
                error: serde_json::from_str(event).ok()?,
            })
        };
        serde_json::from_str(event).ok().or_else(bare).unwrap_or_default()
    }
}

#[derive(Default, Deserialize)]
struct Fault {
    #[serde(default)]
    message: String,
    r#type: Option<String>,
    code: Option<String>,
    param: Option<String>,
}

/// Codes of what the policy does not allow: a prompt, or a picture drawn of it.
const POLICY: [&str; 2] = ["moderation_blocked", "content_policy_violation"];
/// Codes of an account that cannot pay.
const QUOTA: [&str; 3] = [
    "insufficient_quota",
    "billing_hard_limit_reached",
    "billing_not_active",
];

/// Returns what a refusal means. Its own words are not passed on: they may repeat a key or a
/// prompt.
pub(super) fn refused(known: &Known, status: StatusCode, headers: &HeaderMap, refusal: &Refusal) -> Answer {
    let fault = &refusal.error;
    let is = |codes: &[&str]| {
        [&fault.code, &fault.r#type]
            .into_iter()
            .flatten()
            .any(|code| codes.contains(&code.as_str()))
    };
    // This comes before the status: an empty account and too many requests at once are both 429.
    if is(&QUOTA) {
        return operator(
            known,
            status,
            fault,
            "the account has no credit left: add some, or raise its limit",
        );
    }
    if status == StatusCode::BAD_REQUEST && is(&POLICY) {
        return Answer::Refused;
    }
    if let Some(answer) = by_status(status, headers) {
        return answer;
    }
    let unverified = "the organisation must be verified for this model, in the settings of its account";
    match status {
        StatusCode::FORBIDDEN if fault.message.contains("verif") => {
            operator(known, status, fault, unverified)
        }
        _ => operator(known, status, fault, &known.advice(status)),
    }
}

/// Returns what an error within a stream means. It has no status of its own, so it counts as the
/// answer that it would have been.
pub(super) fn failed(known: &Known, headers: &HeaderMap, refusal: &Refusal) -> Answer {
    let words = [&refusal.error.code, &refusal.error.r#type];
    let status = words.into_iter().flatten().find_map(|word| status_of(word));
    refused(known, status.unwrap_or(StatusCode::OK), headers, refusal)
}

/// Returns the status of answers with such a code, or of such a type.
fn status_of(word: &str) -> Option<StatusCode> {
    Some(match word {
        word if POLICY.contains(&word) => StatusCode::BAD_REQUEST,
        "invalid_value" | "invalid_request_error" | "image_generation_user_error" => StatusCode::BAD_REQUEST,
        "invalid_api_key" | "authentication_error" => StatusCode::UNAUTHORIZED,
        "insufficient_permissions" | "permission_error" => StatusCode::FORBIDDEN,
        "model_not_found" | "not_found_error" => StatusCode::NOT_FOUND,
        "rate_limit_exceeded" | "rate_limit_error" => StatusCode::TOO_MANY_REQUESTS,
        "server_error" | "internal_error" | "internal_server_error" => StatusCode::INTERNAL_SERVER_ERROR,
        "service_unavailable" | "overloaded_error" => StatusCode::SERVICE_UNAVAILABLE,
        // A gateway says this when it lost the service behind it.
        "timeout" | "gateway_timeout" | "bad_gateway" | "upstream_error" => StatusCode::GATEWAY_TIMEOUT,
        _ => return None,
    })
}

fn operator(known: &Known, status: StatusCode, fault: &Fault, advice: &str) -> Answer {
    let words = [&fault.code, &fault.param].map(|word| word.as_deref().unwrap_or_default());
    let words = names(&words, |c| c.is_ascii_lowercase() || "_.".contains(c));
    known.answered(status, &words, advice)
}
