//! Lists every answer that is documented or was seen, and the outcome that it must have.

use serde_json::json;

use super::{KEY, draw, drawn, wanted};
use crate::engines::vendors::{self, Outcome, Vendor, pictures, rows};
use crate::harness::service::Answer;

pub fn vendor() -> Vendor {
    let policy = "Your request was rejected by the safety system. safety_violations=[violence].";
    let kind = "invalid_request_error";
    Vendor {
        name: "openai",
        key: KEY,
        variable: "OPENAI_API_KEY",
        model: "model",
        takes: drawn("iVBORw0KGgo="),
        bad_key: (fault(401, "invalid_api_key", kind, KEY), "401 (invalid_api_key)"),
        no_such_request: (
            fault(400, "invalid_value", kind, "Invalid size '1792x936'."),
            "400 (invalid_value)",
        ),
        no_right: (
            fault(403, "insufficient_permissions", "", "no"),
            "403 (insufficient_permissions)",
        ),
        no_such_model: (fault(404, "model_not_found", "", "no"), "404 (model_not_found)"),
        empty_account: Some((
            fault(
                429,
                "insufficient_quota",
                "insufficient_quota",
                "You exceeded your current quota",
            ),
            "429 (insufficient_quota)",
        )),
        policy: fault(400, "moderation_blocked", "image_generation_user_error", policy),
        too_early: too_many().with("retry-after", "7"),
    }
}

fn fault(status: u16, code: &str, kind: &str, message: &str) -> Answer {
    let error = json!({ "message": message, "type": kind, "param": null, "code": code });
    vendors::fault(status, &error)
}

fn too_many() -> Answer {
    fault(429, "rate_limit_exceeded", "images", "Rate limit reached")
}

/// Lists the answers that only OpenAI gives.
fn own() -> Vec<Outcome> {
    let policy = "Your request was rejected by the safety system. safety_violations=[violence].";
    let unverified = "Your organization must be verified to use the model";
    rows([
        (
            "policy, of old",
            fault(400, "content_policy_violation", "invalid_request_error", policy),
            "refused",
        ),
        (
            "an organisation",
            fault(403, "", "invalid_request_error", unverified),
            "operator: openai answered 403: the organisation must be verified for this model, in the settings of its account",
        ),
        (
            "a limit of billing",
            fault(400, "billing_hard_limit_reached", "", "no"),
            "operator: openai answered 400 (billing_hard_limit_reached): the account has no credit left: add some, or raise its limit",
        ),
        (
            "a little too early",
            too_many().with("retry-after-ms", "250"),
            "transient 250",
        ),
        ("too early, no word when", too_many(), "transient"),
        (
            "a fault",
            fault(500, "", "server_error", "The server had an error"),
            "transient",
        ),
        (
            "no pictures",
            Answer::json(200, &json!({ "created": 1, "data": [] })),
            "broken: the answer holds no picture",
        ),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_what_the_table_of_outcomes_says() {
    let vendor = vendor();
    let all = [vendor.outcomes(), pictures(drawn), own()].concat();
    let draw = async |url: &str, silence, parent: Option<&[u8]>| draw(url, silence, wanted(parent)).await;
    vendor.assert_outcomes(all, draw).await;
}
