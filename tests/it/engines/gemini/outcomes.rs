//! Lists every answer that is documented or was seen, and the outcome that it must have.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::{KEY, answered, draw, drawn, inline, wanted};
use crate::engines::vendors::{self, Outcome, Vendor, pictures, rows};
use crate::harness::service::{Answer, Service, picture};

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
            "an error that says so",
            Answer::json(
                200,
                &json!({ "error": { "code": 400, "details": because("IMAGE_SAFETY") } }),
            ),
            "refused",
        ),
        (
            "an error, by its words",
            fault(400, "INVALID_ARGUMENT", &because("PROHIBITED_CONTENT")),
            "refused",
        ),
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
        "ESCALATION",
        "MODEL_ARMOR",
    ] {
        policies.push((end, ended(end), "refused".to_owned()));
    }
    policies
}

/// Lists pictures in odd wrappings, whatever their bookkeeping looks like.
fn odd_pictures() -> Vec<Outcome> {
    let png = BASE64_STANDARD.encode(picture("1280x720"));
    let whole = |body: &Value| Answer::json(200, body);
    let with = |usage: Value| {
        let mut answer = drawn(&png);
        answer["usageMetadata"] = usage;
        whole(&answer)
    };
    rows([
        ("usage null", with(Value::Null), "file"),
        ("usage in words", with(json!("much")), "file"),
        (
            "usage below zero",
            with(json!({ "candidatesTokenCount": -1, "candidatesTokensDetails": null })),
            "file",
        ),
        (
            "usage in floats",
            with(json!({ "candidatesTokenCount": 1120.5 })),
            "file",
        ),
        (
            "names with underscores",
            whole(&json!({ "candidates": [{
                "content": { "parts": [{ "inline_data": { "mime_type": "image/png", "data": png }, "thought": null }] },
                "finish_reason": "STOP",
            }], "usage_metadata": { "candidates_token_count": 1120 }, "response_id": "r1" })),
            "file",
        ),
        (
            "null for lists",
            whole(&json!({ "candidates": [{ "content": { "parts": null } }], "promptFeedback": null })),
            "broken: the answer holds no picture",
        ),
        (
            "null for candidates",
            whole(&json!({ "candidates": null })),
            "broken: the answer holds no picture",
        ),
        (
            "an account that may not draw it",
            ended("PUP_LIMITED_DISABLED"),
            "operator: gemini answered 200 (PUP_LIMITED_DISABLED): the account may not draw this",
        ),
        (
            "busy until a date",
            Answer::json(503, &json!({}))
                .with("date", "Sun, 29 Nov 2026 12:00:00 GMT")
                .with("retry-after", "Sun, 29 Nov 2026 12:00:09 GMT"),
            "transient 9000",
        ),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_not_accepted_is_told_with_its_number() {
    let parent = picture("80x45");
    let flaw = |field: &str| json!([{ "fieldViolations": [{ "field": field, "description": "no" }] }]);
    for (message, details, told) in [
        (
            "Unable to process input image.",
            json!([]),
            "picture 1:unreadable",
        ),
        ("Unsupported MIME type: image/bmp", json!([]), "picture 1:format"),
        (
            "Bad request",
            flaw("contents[0].parts[1].inline_data"),
            "picture 1:unreadable",
        ),
    ] {
        let error =
            json!({ "code": 400, "message": message, "status": "INVALID_ARGUMENT", "details": details });
        let service = Service::that_says(vendors::fault(400, &error)).await;
        let reply = draw(&service.url, vendors::PATIENCE, wanted(Some(&parent))).await;
        assert_eq!(vendors::word(&reply.answer), told, "{message}");
    }
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
    let own = [answers(), odd_pictures(), policies(), operators(), busy()].concat();
    let all = [vendor.outcomes(), pictures(drawn), own].concat();
    let draw = async |url: &str, silence, parent: Option<&[u8]>| draw(url, silence, wanted(parent)).await;
    vendor.assert_outcomes(all, draw).await;
}
