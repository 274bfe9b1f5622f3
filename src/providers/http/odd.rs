//! Makes odd answers of services, for the tests that no answer breaks what reads it.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseError;
use reqwest::StatusCode;
use serde_json::Value;

use crate::providers::Answer;

/// Words that stand in answers, as names and as values.
const WORDS: &[&str] = &[
    "b64_json",
    "block_reason",
    "candidates",
    "candidatesTokenCount",
    "candidatesTokensDetails",
    "code",
    "completed",
    "COMPLETED",
    "content",
    "content_policy_violation",
    "data",
    "data:image/png;base64,aGk=",
    "detail",
    "error",
    "error_type",
    "FAILED",
    "finishReason",
    "image",
    "IMAGE",
    "IMAGE_SAFETY",
    "image_generation.completed",
    "image_tokens",
    "images",
    "inlineData",
    "input_tokens_details",
    "loc",
    "message",
    "modality",
    "moderation_blocked",
    "msg",
    "output_tokens",
    "output_tokens_details",
    "param",
    "partial_image_index",
    "parts",
    "promptFeedback",
    "request_id",
    "response_url",
    "responseId",
    "SAFETY",
    "status",
    "status_url",
    "text",
    "text_tokens",
    "thought",
    "tokenCount",
    "type",
    "url",
    "usage",
    "usageMetadata",
];

/// Makes JSON of the words that answers have, in any shape.
pub fn json() -> impl Strategy<Value = Value> {
    let word = || select(WORDS).prop_map(str::to_owned);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        word().prop_map(Value::from),
        Just(Value::from("aGk=")),
    ];
    leaf.prop_recursive(5, 48, 6, move |inner| {
        let pair = (word(), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(Value::from),
            prop::collection::vec(pair, 0..6).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Fails if an answer with the status of a refusal, or with any other, is taken for a picture. `refused` is
/// what it is taken for.
pub fn is_never_a_picture(text: &str, refused: impl Fn(StatusCode) -> Answer) -> Result<(), TestCaseError> {
    for status in [200, 400, 401, 403, 404, 422, 429, 500, 504] {
        let status = StatusCode::from_u16(status).expect("a status");
        prop_assert!(!matches!(refused(status), Answer::File(_)), "{text}");
    }
    Ok(())
}
