//! Reads what OpenAI's answers mean: one place for each row of the outcome table.
//!
//! Gateways write many of them in ways of their own. A usable picture is one whatever else the
//! answer says, and a refusal is told by its words whatever its status is.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::engine::cost::Used;
use crate::domain::image::reference::RefusedPicture;
use crate::providers::Answer;
use crate::providers::http::lenient::{Base64, OneOrText, Several, Word};
use crate::providers::http::operator::{Known, names};
use crate::providers::http::{by_status, words};

/// The service as the operator knows it.
pub(super) fn openai() -> Known {
    Known::of_kind("openai", "OPENAI_API_KEY", "model")
}

/// An answer with pictures, or an event with one.
#[derive(Default, Deserialize)]
pub(super) struct Images {
    #[serde(default)]
    data: Several<Image>,
    b64_json: Option<Base64>,
    url: Option<Word>,
    #[serde(default)]
    usage: Value,
    #[serde(default)]
    error: Fault,
}

#[derive(Deserialize)]
struct Image {
    b64_json: Option<Base64>,
    url: Option<Word>,
}

/// What an answer holds.
pub(super) enum Held {
    /// A picture.
    File(Vec<u8>),
    /// The address of a picture.
    At(String),
    /// Why there is no picture, in the service's words.
    Fault(Refusal),
    /// Neither. Says what is wrong.
    Nothing(&'static str),
}

impl Images {
    /// Returns what there is, and what was used, which is paid without a picture too. Usage that
    /// cannot be read whole is unknown.
    pub(super) fn held(self) -> (Held, Option<Used>) {
        let used = used(&self.usage);
        let (b64_json, url) = (self.b64_json, self.url);
        let (mut odd, mut address) = (false, None);
        for image in self.data.0.into_iter().chain([Image { b64_json, url }]) {
            match image.b64_json {
                Some(Base64(Some(file))) if !file.is_empty() => return (Held::File(file), used),
                Some(Base64(None)) => odd = true,
                Some(Base64(Some(_))) | None => {}
            }
            address = address.or(image.url.map(|url| url.0).filter(|url| !url.is_empty()));
        }
        let held = match address {
            Some(address) => Held::At(address),
            None if self.error.is_there => Held::Fault(Refusal { error: self.error }),
            None if odd => Held::Nothing("the picture is not base64"),
            None => Held::Nothing("the answer holds no picture"),
        };
        (held, used)
    }

    /// Returns the picture, if the answer holds one itself.
    pub(super) fn file(self) -> Option<Vec<u8>> {
        match self.held().0 {
            Held::File(file) => Some(file),
            Held::At(_) | Held::Fault(_) | Held::Nothing(_) => None,
        }
    }

    /// Returns whether there is a picture or the address of one.
    pub(super) fn has_picture(&self) -> bool {
        let is = |file: &Option<Base64>, url: &Option<Word>| file.is_some() || url.is_some();
        is(&self.b64_json, &self.url) || self.data.0.iter().any(|image| is(&image.b64_json, &image.url))
    }
}

/// Reads what was used, in the terms of our prices. Without details all output counts as the
/// picture. Returns nothing if a part cannot be read, or if the picture took nothing: a wrong sum is
/// worse than none.
fn used(usage: &Value) -> Option<Used> {
    let details = |name: &str| usage.get(name).filter(|details| !details.is_null());
    let count = |details: Option<&Value>, name: &str| match details.and_then(|of| of.get(name)) {
        None => Some(0),
        Some(count) => count.as_u64(),
    };
    let sent = details("input_tokens_details");
    let image_out = match details("output_tokens_details") {
        None => usage.get("output_tokens")?.as_u64(),
        drawn => count(drawn, "image_tokens"),
    };
    Some(Used {
        image_out: image_out.filter(|tokens| *tokens > 0)?,
        image_in: count(sent, "image_tokens")?,
        text_in: count(sent, "text_tokens")?,
    })
}

/// An answer that says why there is no picture.
#[derive(Default, Deserialize)]
pub(super) struct Refusal {
    #[serde(default)]
    error: Fault,
}

impl Refusal {
    /// Reads why there is no picture from an event of a stream. It is written as in an answer, or
    /// without the wrapping.
    pub(super) fn of(event: &str) -> Self {
        let wrapped: Self = serde_json::from_str(event).unwrap_or_default();
        if wrapped.error.is_there {
            return wrapped;
        }
        Self {
            error: serde_json::from_str(event).unwrap_or_default(),
        }
    }
}

/// What went wrong, in the service's words.
#[derive(Default)]
struct Fault {
    /// Whether the service says anything at all.
    is_there: bool,
    message: String,
    kind: String,
    code: String,
    param: String,
    /// The code of a fault behind this one, as a gateway passes it on.
    inner: String,
}

#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    message: Word,
    #[serde(default)]
    r#type: Word,
    #[serde(default)]
    code: Word,
    #[serde(default)]
    param: Word,
    #[serde(default, alias = "innererror")]
    inner_error: Several<Inner>,
}

#[derive(Deserialize)]
struct Inner {
    #[serde(default)]
    code: Word,
}

impl From<Fields> for Fault {
    fn from(fields: Fields) -> Self {
        let inner = fields.inner_error.0.into_iter().next();
        Self {
            is_there: true,
            message: fields.message.0,
            kind: fields.r#type.0,
            code: fields.code.0,
            param: fields.param.0,
            inner: inner.map(|inner| inner.code.0).unwrap_or_default(),
        }
    }
}

impl<'de> Deserialize<'de> for Fault {
    /// Reads an object, the first of a list of them, or a sentence alone.
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let said = |said: &str| Self {
            is_there: !said.is_empty(),
            code: said.to_owned(),
            message: said.to_owned(),
            ..Self::default()
        };
        let read: OneOrText<Fields> = OneOrText::deserialize(from)?;
        Ok(match read {
            OneOrText::One(fields) => fields.into(),
            OneOrText::Text(text) => said(&text),
        })
    }
}

impl Fault {
    fn words(&self) -> [&str; 3] {
        [&self.code, &self.kind, &self.inner]
    }

    /// Returns which picture that was sent is refused, and why, if one is.
    fn picture(&self) -> Option<RefusedPicture> {
        let why = self.words().into_iter().find_map(words::flaw)?;
        // It names a field of the form: `image[1]` is the second.
        let index = self.param.split_once('[').map(|(_, rest)| rest);
        let index: Option<u32> = index.and_then(|rest| rest.strip_suffix(']')?.parse().ok());
        let which = index.and_then(|index| index.checked_add(1));
        Some(RefusedPicture { which, why })
    }
}

/// Returns what a refusal means. Its own words are not passed on: they may repeat a key or a
/// prompt.
pub(super) fn refused(known: &Known, status: StatusCode, headers: &HeaderMap, refusal: &Refusal) -> Answer {
    let fault = &refusal.error;
    let is = |of: fn(&str) -> bool| fault.words().into_iter().any(of);
    // Words come before the status: an empty account and too many requests at once are both 429,
    // and a policy has been seen at 400, 403, 422, 451 and within a 200.
    if is(words::is_no_credit) || status == StatusCode::PAYMENT_REQUIRED {
        let advice = "the account has no credit left: add some, or raise its limit";
        return operator(known, status, fault, advice);
    }
    if is(words::is_policy) || words::says_policy(&fault.message) {
        return Answer::Refused;
    }
    if let Some(picture) = fault.picture() {
        return Answer::Picture(picture);
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

/// Returns what an error within a stream or within an answer of status 200 means. It has no status
/// of its own, so it counts as the answer that it would have been.
pub(super) fn failed(known: &Known, headers: &HeaderMap, refusal: &Refusal) -> Answer {
    let status = refusal.error.words().into_iter().find_map(status_of);
    refused(known, status.unwrap_or(StatusCode::OK), headers, refusal)
}

/// Returns the status of answers with such a code, or of such a type.
fn status_of(word: &str) -> Option<StatusCode> {
    Some(match word {
        "invalid_value" | "invalid_request_error" | "image_generation_user_error" => StatusCode::BAD_REQUEST,
        "invalid_api_key" | "authentication_error" => StatusCode::UNAUTHORIZED,
        "insufficient_permissions" | "permission_error" => StatusCode::FORBIDDEN,
        "model_not_found" | "not_found_error" => StatusCode::NOT_FOUND,
        "rate_limit_exceeded" | "rate_limit_error" => StatusCode::TOO_MANY_REQUESTS,
        "server_error" | "internal_error" | "internal_server_error" => StatusCode::INTERNAL_SERVER_ERROR,
        "service_unavailable" | "overloaded_error" => StatusCode::SERVICE_UNAVAILABLE,
        // A gateway says this when it lost the service behind it.
        "timeout" | "gateway_timeout" | "bad_gateway" | "upstream_error" => StatusCode::GATEWAY_TIMEOUT,
        // A gateway that writes the status where a code belongs.
        number => {
            let number: u16 = number.parse().ok()?;
            return StatusCode::from_u16(number)
                .ok()
                .filter(|status| number >= 400 && status.as_u16() < 600);
        }
    })
}

fn operator(known: &Known, status: StatusCode, fault: &Fault, advice: &str) -> Answer {
    let words = names(&[&fault.code, &fault.param], |c| {
        c.is_ascii_lowercase() || "_.".contains(c)
    });
    known.answered(status, &words, advice)
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
            if let Ok(images) = serde_json::from_str::<Images>(&text) {
                let has = images.has_picture();
                let (held, _) = images.held();
                prop_assert!(has || !matches!(held, Held::File(_) | Held::At(_)), "{text}");
            }
            let refusal = Refusal::of(&text);
            let headers = HeaderMap::new();
            let _ = failed(&openai(), &headers, &refusal);
            odd::is_never_a_picture(&text, |status| refused(&openai(), status, &headers, &refusal))?;
        }
    }
}
