//! Lists every answer that is documented or was seen, and the outcome that it must have.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::{KEY, answered, draw, drawn, inline, wanted};
use crate::engines::vendors::{self, Outcome, Vendor, pictures, rows};
use crate::harness::service::{Answer, picture};

/// Returns the documented answer to a draft that ended without a picture.
fn ended(end: &str) -> Answer {
    let said = json!({ "candidates": [{ "finishReason": end, "finishMessage": "a red fox", "index": 0 }] });
    Answer::json(200, &said)
}

/// Returns an error. Its message repeats what must not be passed on.
fn fault(status: u16, name: &str, details: &Value) -> Answer {
    let message = format!("API key {KEY} may not draw: a red fox, drawn with care");
    let error = json!({ "code": status, "message": message, "status": name, "details": details });
    vendors::fault(status, &error)
}

/// Returns a detail that names the reason.
fn because(reason: &str) -> Value {
    json!([
        { "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com" },
        { "@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US", "message": KEY },
    ])
}

/// Returns the details of a quota that is used up.
fn quota(id: &str, delay: &str) -> Value {
    json!([
        {
            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
            "violations": [{ "quotaMetric": "generativelanguage.googleapis.com/requests", "quotaId": id }],
        },
        { "@type": "type.googleapis.com/google.rpc.Help", "links": [{ "description": "Learn more" }] },
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay },
    ])
}

const MINUTE: &str = "GenerateRequestsPerMinutePerProjectPerModel";

fn vendor() -> Vendor {
    let none = json!([]);
    Vendor {
        name: "gemini",
        key: KEY,
        variable: "GEMINI_API_KEY",
        model: "model",
        takes: drawn("iVBORw0KGgo="),
        bad_key: (
            fault(400, "INVALID_ARGUMENT", &because("API_KEY_INVALID")),
            "400 (INVALID_ARGUMENT, API_KEY_INVALID)",
        ),
        no_such_request: (fault(400, "INVALID_ARGUMENT", &none), "400 (INVALID_ARGUMENT)"),
        no_right: (
            fault(403, "PERMISSION_DENIED", &because("API_KEY_SERVICE_BLOCKED")),
            "403 (PERMISSION_DENIED, API_KEY_SERVICE_BLOCKED)",
        ),
        no_such_model: (fault(404, "NOT_FOUND", &none), "404 (NOT_FOUND)"),
        empty_account: None,
        policy: ended("SAFETY"),
        too_early: fault(429, "RESOURCE_EXHAUSTED", &quota(MINUTE, "7s")).with("retry-after", "9"),
    }
}

/// Lists every answer with a picture, or with something in its place.
fn answers() -> Vec<Outcome> {
    let png = BASE64_STANDARD.encode(picture("1280x720"));
    let whole = |body: &Value| Answer::json(200, body);
    let text = drawn(&png).to_string().into_bytes();
    let of_type = |mime: &str, body: &[u8]| {
        let headers = vec![("content-type", mime.to_owned())];
        Answer::Whole(200, headers, body.to_vec())
    };
    let no_data = json!([{ "inlineData": { "mimeType": "image/png" } }]);
    let blocked = json!({
        "promptFeedback": { "blockReason": "OTHER" },
        "candidates": [{ "content": { "parts": [inline(&png)] } }],
    });
    rows([
        ("a picture, said to be text", of_type("text/plain", &text), "file"),
        (
            "a picture, though it ends badly",
            whole(&answered(&json!([inline(&png)]), "IMAGE_SAFETY")),
            "file",
        ),
        ("a picture, though it is blocked", whole(&blocked), "file"),
        (
            "an empty file",
            whole(&drawn("")),
            "broken: the answer holds no picture (STOP)",
        ),
        (
            "no file",
            whole(&answered(&no_data, "STOP")),
            "broken: the answer holds no picture (STOP)",
        ),
        (
            "words",
            whole(&answered(&json!([{ "text": "I would rather not." }]), "STOP")),
            "broken: the answer holds no picture (STOP)",
        ),
        (
            "no parts",
            whole(&json!({ "candidates": [{ "content": {} }] })),
            "broken: the answer holds no picture",
        ),
        (
            "an empty object",
            whole(&json!({})),
            "broken: the answer holds no picture",
        ),
    ])
}

/// Lists every way of saying that the policy does not allow it, and ends that do not say so.
fn policies() -> Vec<Outcome> {
    let blocked = |reason: &str| {
        let said = json!({
            "promptFeedback": { "blockReason": reason },
            "usageMetadata": { "promptTokenCount": 12, "totalTokenCount": 12 },
        });
        Answer::json(200, &said)
    };
    let mut policies = rows([
        ("PROHIBITED_CONTENT", blocked("PROHIBITED_CONTENT"), "refused"),
        ("SAFETY", blocked("SAFETY"), "refused"),
        ("OTHER", blocked("OTHER"), "refused"),
        (
            "an end in lower case",
            ended("a red fox"),
            "broken: the answer holds no picture",
        ),
        (
            "OTHER",
            ended("OTHER"),
            "broken: the answer holds no picture (OTHER)",
        ),
        (
            "MAX_TOKENS",
            ended("MAX_TOKENS"),
            "broken: the answer holds no picture (MAX_TOKENS)",
        ),
    ]);
    for end in [
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
    ] {
        policies.push((end, ended(end), "refused".to_owned()));
    }
    policies
}

/// Lists every answer that only the operator can mend.
fn operators() -> Vec<Outcome> {
    rows([
        (
            "no billing",
            fault(400, "FAILED_PRECONDITION", &json!([])),
            "operator: gemini answered 400 (FAILED_PRECONDITION): the account has no billing, or the service is not offered where this machine is",
        ),
        (
            "no key",
            fault(401, "UNAUTHENTICATED", &json!([])),
            "operator: gemini answered 401 (UNAUTHENTICATED): set engines.gemini.key (GEMINI_API_KEY) to a key that is good",
        ),
        (
            "a page in place of an error",
            Answer::Whole(404, vec![], b"<html>".to_vec()),
            "operator: gemini answered 404: there is no such model",
        ),
        (
            "a day",
            fault(
                429,
                "RESOURCE_EXHAUSTED",
                &quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "7s"),
            ),
            "operator: gemini answered 429 (RESOURCE_EXHAUSTED): the quota of the day is used up: raise it, or wait for the next day",
        ),
    ])
}

/// Lists every answer of a service that is busy, or of a gateway that gave up.
fn busy() -> Vec<Outcome> {
    let too_many = |delay: &str| fault(429, "RESOURCE_EXHAUSTED", &quota(MINUTE, delay));
    rows([
        ("a little too early", too_many("34.0748s"), "transient 34074"),
        (
            "too early, in a header",
            too_many("soon").with("retry-after", "9"),
            "transient 9000",
        ),
        ("too early, by no clock", too_many("-1s"), "transient"),
        (
            "too early, no word when",
            fault(429, "RESOURCE_EXHAUSTED", &json!([])),
            "transient",
        ),
        (
            "too early, in odd words",
            Answer::json(429, &json!({ "error": { "details": [1, null, "x", []] } })),
            "transient",
        ),
        ("a fault", fault(500, "INTERNAL", &json!([])), "transient"),
        ("busy", fault(503, "UNAVAILABLE", &json!([])), "transient"),
        (
            "its own patience",
            fault(504, "DEADLINE_EXCEEDED", &json!([])),
            "unknown",
        ),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_what_the_table_of_outcomes_says() {
    let vendor = vendor();
    let own = [answers(), policies(), operators(), busy()].concat();
    let all = [vendor.outcomes(), pictures(drawn), own].concat();
    let draw = async |url: &str, silence, parent: Option<&[u8]>| draw(url, silence, wanted(parent)).await;
    vendor.assert_outcomes(all, draw).await;
}
