//! Every answer that is documented, or was seen, and what it comes to.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::{KEY, PATIENCE, answered, draw, drawn, inline, wanted};
use crate::engines::openai::word;
use crate::harness::service::{Answer, Service, picture};

/// The documented answer of a draft that ended without a picture.
fn ended(end: &str) -> Answer {
    let said = json!({ "candidates": [{ "finishReason": end, "finishMessage": "a red fox", "index": 0 }] });
    Answer::json(200, &said)
}

/// The message repeats what must not be passed on.
fn fault(status: u16, name: &str, details: &Value) -> Answer {
    let message = format!("API key {KEY} may not draw: a red fox, drawn with care");
    let error = json!({ "code": status, "message": message, "status": name, "details": details });
    Answer::json(status, &json!({ "error": error }))
}

/// A detail that names the reason.
fn because(reason: &str) -> Value {
    json!([
        { "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com" },
        { "@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US", "message": KEY },
    ])
}

/// The details of a quota that is used up.
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

type Outcome = (&'static str, Answer, &'static str);

const MINUTE: &str = "GenerateRequestsPerMinutePerProjectPerModel";

/// Every way in which a connection can end.
fn connections() -> Vec<Outcome> {
    let body = drawn(&BASE64_STANDARD.encode(picture("1280x720")))
        .to_string()
        .into_bytes();
    let cut = |bytes| Answer::Cut(body.clone(), bytes);
    vec![
        ("half a head", Answer::HangUpAfter(0), "unknown"),
        (
            "cut while the request is sent",
            Answer::HangUpAfter(10),
            "unknown",
        ),
        ("cut before an answer", Answer::HangUp, "unknown"),
        ("cut at once", cut(0), "unknown"),
        ("cut within the answer", cut(body.len() / 2), "unknown"),
        ("cut before the last byte", cut(body.len() - 1), "unknown"),
        ("never an answer", Answer::Silence, "unknown"),
    ]
}

/// Every answer with a picture, or with something in its place.
#[expect(clippy::too_many_lines, reason = "a table")]
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
    vec![
        ("a picture", whole(&drawn(&png)), "file"),
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
        (
            "half of the base64",
            whole(&drawn(&png[..png.len() - 3])),
            "broken: the picture is not base64",
        ),
        (
            "nothing at all",
            Answer::Whole(200, vec![], vec![]),
            "broken: the answer is not as documented, line 1, column 0: Eof",
        ),
        (
            "a page",
            of_type("text/html", b"<html>"),
            "broken: the answer is not as documented, line 1, column 1: Syntax",
        ),
        (
            "half of the JSON",
            of_type("application/json", &text[..text.len() / 2]),
            "broken: the answer is not as documented, line 1",
        ),
        (
            "60 MiB",
            whole(&drawn(&"A".repeat(60 << 20))),
            "broken: the answer is over 41943040 bytes",
        ),
    ]
}

/// Every way of saying that the policy does not allow it, and ends that do not say so.
fn policies() -> Vec<Outcome> {
    let blocked = |reason: &str| {
        let said = json!({
            "promptFeedback": { "blockReason": reason },
            "usageMetadata": { "promptTokenCount": 12, "totalTokenCount": 12 },
        });
        Answer::json(200, &said)
    };
    let mut policies = vec![
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
    ];
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
        policies.push((end, ended(end), "refused"));
    }
    policies
}

/// Every answer that only the operator can do something about.
fn operators() -> Vec<Outcome> {
    vec![
        (
            "a bad key",
            fault(400, "INVALID_ARGUMENT", &because("API_KEY_INVALID")),
            "operator: gemini answered 400 (INVALID_ARGUMENT, API_KEY_INVALID): set engines.gemini.key (GEMINI_API_KEY) to a key that is good",
        ),
        (
            "a ratio",
            fault(400, "INVALID_ARGUMENT", &json!([])),
            "operator: gemini answered 400 (INVALID_ARGUMENT): it takes no such request: see whether config/models.toml still holds for this model",
        ),
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
            "a right",
            fault(403, "PERMISSION_DENIED", &because("API_KEY_SERVICE_BLOCKED")),
            "operator: gemini answered 403 (PERMISSION_DENIED, API_KEY_SERVICE_BLOCKED): the key may not use this model or this service",
        ),
        (
            "a model",
            fault(404, "NOT_FOUND", &json!([])),
            "operator: gemini answered 404 (NOT_FOUND): there is no such model, or engines.gemini.base_url is not right: see config/models.toml",
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
        (
            "elsewhere",
            Answer::Whole(302, vec![("location", "https://example.com".to_owned())], vec![]),
            "operator: gemini answered 302: nobody expected this answer",
        ),
    ]
}

/// Every answer of a service that is busy, or of a gateway that gave up.
fn busy() -> Vec<Outcome> {
    let too_many = |delay: &str| fault(429, "RESOURCE_EXHAUSTED", &quota(MINUTE, delay));
    vec![
        (
            "too early",
            too_many("7s").with("retry-after", "9"),
            "transient 7000",
        ),
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
        ("a gateway's fault", Answer::Whole(502, vec![], vec![]), "unknown"),
        (
            "its own patience",
            fault(504, "DEADLINE_EXCEEDED", &json!([])),
            "unknown",
        ),
        (
            "a gateway's patience",
            Answer::Whole(524, vec![], vec![]),
            "unknown",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_what_the_table_of_outcomes_says() {
    let all = [connections(), answers(), policies(), operators(), busy()];
    for (name, answer, told) in all.into_iter().flatten() {
        let silence = match answer {
            Answer::Silence => Duration::from_millis(200),
            _ => PATIENCE,
        };
        let service = Service::that_says(answer).await;
        for parent in [None, Some(picture("80x45"))] {
            let reply = draw(&service.url, silence, wanted(parent.as_deref())).await;
            let (word, all) = (word(&reply.answer), format!("{reply:?}"));
            let same = if word.starts_with("transient") {
                word == told
            } else {
                word.starts_with(told)
            };
            assert!(same, "{name}: {word}");
            assert!(!all.contains(KEY) && !all.contains("a red fox"), "{name}: {word}");
        }
        let asked = service.asked().len();
        assert_eq!(asked, 2, "{name}: nothing is sent again by itself");
    }
}
