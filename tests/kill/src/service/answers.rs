//! How a call can be answered.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::picture;

/// The header by which an answer names its call.
pub(super) const CALL: &str = "x-request-id: call-";

/// A way to answer a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// A picture.
    Picture,
    /// A picture, after a while.
    Slow,
    /// Too many calls for now.
    Busy,
    /// An error of the service.
    Fault,
    /// The prompt is against the policy.
    Refused,
    /// Half of an answer.
    Cut,
    /// No answer: the connection ends.
    HangUp,
    /// A picture, for whose end a caller must live long. Most are dead by then.
    Late,
}

impl Way {
    /// Chooses by a number below 100.
    pub(super) const fn of(number: u32) -> Self {
        match number {
            0..58 => Self::Picture,
            58..72 => Self::Slow,
            72..78 => Self::Busy,
            78..83 => Self::Fault,
            83..88 => Self::Refused,
            88..92 => Self::Cut,
            92..95 => Self::HangUp,
            _ => Self::Late,
        }
    }

    /// Returns the word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::Slow => "picture, slow",
            Self::Busy => "429",
            Self::Fault => "500",
            Self::Refused => "refused",
            Self::Cut => "cut in its middle",
            Self::HangUp => "no answer",
            Self::Late => "picture, late",
        }
    }

    /// Returns whether the whole answer holds a picture.
    pub const fn draws(self) -> bool {
        matches!(self, Self::Picture | Self::Slow | Self::Late)
    }

    /// Returns whether the answer says that the call may be made again.
    pub const fn passes(self) -> bool {
        matches!(self, Self::Busy | Self::Fault)
    }
}

/// Writes an answer in JSON.
pub(super) fn json(status: u16, headers: &[String], body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let first = format!("HTTP/1.1 {status} x\r\ncontent-type: application/json");
    let length = format!("content-length: {}", body.len());
    let head = [&[first, length], headers].concat().join("\r\n") + "\r\n\r\n";
    [head.into_bytes(), body.into_bytes()].concat()
}

/// Writes the answer to a call. Returns whether the connection lasts after it.
pub(super) fn answer(way: Way, call: u64, size: (u32, u32)) -> (Vec<u8>, bool) {
    let name = format!("{CALL}{call}");
    let error = |status, kind: &str| {
        let body = json!({ "error": { "message": "no", "type": kind, "code": kind, "param": null } });
        json(status, std::slice::from_ref(&name), &body)
    };
    let whole = match way {
        Way::HangUp => return (Vec::new(), false),
        Way::Busy => error(429, "rate_limit_exceeded"),
        Way::Fault => error(500, "server_error"),
        Way::Refused => error(400, "moderation_blocked"),
        Way::Picture | Way::Slow | Way::Late | Way::Cut => {
            let picture = STANDARD.encode(picture::draw(call, size));
            let body = json!({
                "created": 1,
                "data": [{ "b64_json": picture }],
                "usage": {
                    "input_tokens": 10, "output_tokens": 100, "total_tokens": 110,
                    "input_tokens_details": { "image_tokens": 0, "text_tokens": 10 },
                },
            });
            json(200, &[name], &body)
        }
    };
    if way == Way::Cut {
        return (whole[..whole.len() / 2].to_vec(), false);
    }
    (whole, true)
}

/// Reads the stage and the prompt of a call.
pub(super) fn words(body: &[u8]) -> (String, String) {
    let text = String::from_utf8_lossy(body);
    // A version is drawn at the size of its stage.
    let again = match size(body).0 {
        80 => "explore",
        160 => "review",
        _ => "final",
    };
    for (said, stage) in [
        ("explore", "explore"),
        ("review", "review"),
        ("final", "final"),
        ("version", again),
    ] {
        if let Some((_, rest)) = text.split_once(&format!("{said}|")) {
            let prompt = rest.split('|').next().unwrap_or_default();
            return (stage.to_owned(), prompt.to_owned());
        }
    }
    ("none".to_owned(), String::new())
}

/// Reads the size that a call asks for, from JSON or from a form.
pub(super) fn size(body: &[u8]) -> (u32, u32) {
    let text = String::from_utf8_lossy(body);
    let rest = text
        .split_once("\"size\":\"")
        .or_else(|| text.split_once("name=\"size\"\r\n\r\n"));
    let size = rest.and_then(|(_, rest)| rest.split(['"', '\r']).next());
    let sides = size.and_then(|size| size.split_once('x'));
    let sides = sides.and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    sides.unwrap_or((64, 64))
}
