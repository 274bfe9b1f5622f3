//! Lists every answer that is documented or was seen, and the outcome that it must have.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use greenlight::domain::engine::cost::Usd;
use greenlight::providers::InputPicture;
use serde_json::{Value, json};

use super::{KEY, draw, drawn, wanted};
use crate::engines::vendors::{self, Outcome, Vendor, pictures, rows};
use crate::harness::service::{Answer, Service, picture};

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

/// Lists usable pictures, whatever their bookkeeping and their labels look like.
fn odd_pictures() -> Vec<Outcome> {
    let png = BASE64_STANDARD.encode(picture("1280x720"));
    let with = |usage: Value| {
        let mut answer = drawn(&png);
        answer["usage"] = usage;
        Answer::json(200, &answer)
    };
    let odd = odd_usage().into_iter();
    let odd = odd.map(|(name, usage)| (name, with(usage), "file".to_owned()));
    odd.chain(odd_labels(&png)).chain(odd_lists(&png)).collect()
}

/// Lists a usable picture under labels that are not its own.
fn odd_labels(png: &str) -> Vec<Outcome> {
    let bare = json!({ "data": [{ "b64_json": png }] });
    let label = |body: &Value, label: &str| {
        let headers = vec![("content-type", label.to_owned())];
        Answer::Whole(200, headers, body.to_string().into_bytes())
    };
    let event = json!({ "type": "image_generation.completed", "b64_json": png, "usage": [] });
    let events = |label: &str| {
        let headers = vec![("content-type", label.to_owned())];
        Answer::Whole(200, headers, format!("data: {event}\n\n").into_bytes())
    };
    rows([
        ("no usage", Answer::json(200, &bare), "file"),
        ("JSON as events", label(&bare, "text/event-stream"), "file"),
        ("JSON as text", label(&bare, "text/plain"), "file"),
        ("events as JSON", events("application/json"), "file"),
        (
            "events without a label that says so",
            events("text/plain"),
            "file",
        ),
    ])
}

/// Lists pictures in odd wrappings.
fn odd_lists(png: &str) -> Vec<Outcome> {
    rows([
        (
            "one picture and no list",
            Answer::json(200, &json!({ "data": { "b64_json": png } })),
            "file",
        ),
        (
            "null before the picture",
            Answer::json(200, &json!({ "data": [null, { "b64_json": png }] })),
            "file",
        ),
        (
            "null for the picture",
            Answer::json(200, &json!({ "data": [{ "b64_json": null }] })),
            "broken: the answer holds no picture",
        ),
        (
            "a number for the picture",
            Answer::json(200, &json!({ "data": [{ "b64_json": 5 }] })),
            "broken: the picture is not base64",
        ),
        (
            "null for the list",
            Answer::json(200, &json!({ "data": null, "usage": null })),
            "broken: the answer holds no picture",
        ),
        (
            "a picture that is an address of itself",
            Answer::json(
                200,
                &json!({ "data": [{ "url": format!("data:image/png;base64,{png}") }] }),
            ),
            "file",
        ),
        (
            "an address that is not fetched",
            Answer::json(
                200,
                &json!({ "data": [{ "url": "http://169.254.169.254/fox.png" }] }),
            ),
            "broken: the picture is at an address that is not fetched",
        ),
    ])
}

/// Returns usage as gateways write it. None of it says what a picture cost.
pub fn odd_usage() -> Vec<(&'static str, Value)> {
    vec![
        ("usage null", Value::Null),
        ("usage empty", json!({})),
        (
            "usage of other names",
            json!({ "prompt_tokens": 20, "completion_tokens": 946 }),
        ),
        (
            "usage in floats",
            json!({ "output_tokens": 946.5, "input_tokens": 20.25 }),
        ),
        (
            "usage with null",
            json!({ "output_tokens": 946, "output_tokens_details": { "image_tokens": null } }),
        ),
        ("usage below zero", json!({ "output_tokens": -1 })),
        ("usage of nothing", json!({ "output_tokens": 0 })),
        (
            "usage of a vendor's own",
            json!({ "cost_in_usd_ticks": 210_000_000 }),
        ),
        ("usage in words", json!("many")),
        ("usage in a list", json!([1])),
    ]
}

/// Lists refusals that are told by their words, at whatever status.
fn by_words() -> Vec<Outcome> {
    let error = |status: u16, error: Value| Answer::json(status, &json!({ "error": error }));
    let mut all = Vec::new();
    for status in [200, 400, 403, 422, 429, 451, 500] {
        for word in [
            "moderation_blocked",
            "content_policy_violation",
            "content_filter",
            "contentFilter",
        ] {
            for fault in [
                json!({ "code": word, "type": null, "message": "no" }),
                json!({ "code": null, "type": word }),
                json!({ "code": status, "type": word }),
                json!({ "code": "400", "innererror": { "code": word } }),
                json!(word),
            ] {
                all.push(("policy, by its words", error(status, fault), "refused".to_owned()));
            }
        }
    }
    let empty = "operator: openai answered 429: the account has no credit left";
    all.extend(rows([
        ("policy, by a sentence", error(400, json!({ "type": "image_generation_user_error", "message": "Your request was rejected by the safety system." })), "refused"),
        ("a mistake of the user's, and no policy", error(400, json!({ "type": "image_generation_user_error", "message": "no" })), "operator: openai answered 400: it takes no such request"),
        ("an empty account with a number for a code", error(429, json!({ "type": "insufficient_quota", "code": 429 })), empty),
        ("an empty account by its status", Answer::Whole(402, vec![], vec![]), "operator: openai answered 402: the account has no credit left"),
        ("busy, with a number for a code", error(429, json!({ "type": "requests", "code": 429 })), "transient"),
        ("busy, within a 200", error(200, json!({ "code": 503, "message": "no" })), "transient"),
        ("busy until a date", Answer::json(429, &json!({})).with("date", "Sun, 29 Nov 2026 12:00:00 GMT").with("retry-after", "Sun, 29 Nov 2026 12:00:09 GMT"), "transient 9000"),
        ("busy for no time at all", Answer::json(429, &json!({})).with("retry-after", "0"), "transient 0"),
    ]));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_that_cannot_be_read_leaves_the_price_unknown_and_what_can_is_paid_without_a_picture() {
    let png = BASE64_STANDARD.encode(picture("1280x720"));
    for (name, usage) in odd_usage() {
        let answer = Answer::json(200, &json!({ "data": [{ "b64_json": png }], "usage": usage }));
        let service = Service::that_says(answer).await;
        let reply = draw(&service.url, vendors::PATIENCE, wanted(None)).await;
        assert_eq!(
            (vendors::word(&reply.answer).as_str(), reply.usd),
            ("file", None),
            "{name}"
        );
    }
    let mut paid = drawn("");
    paid["data"] = Value::Null;
    let service = Service::that_says(Answer::json(200, &paid)).await;
    let reply = draw(&service.url, vendors::PATIENCE, wanted(None)).await;
    assert_eq!(
        vendors::word(&reply.answer),
        "broken: the answer holds no picture"
    );
    assert_eq!(reply.usd, Some(Usd::micros(946 * 30 + 20 * 5)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_only_named_is_fetched_without_the_key_and_never_drawn_again() {
    for (file, told) in [
        (Answer::Whole(200, vec![], picture("1280x720")), "file"),
        (Answer::Unframed(picture("1280x720")), "file"),
        // It was paid, so nobody knows better than a person.
        (Answer::Unframed(picture("1280x720")[..200].to_vec()), "unknown"),
        (Answer::Whole(404, vec![], vec![]), "unknown"),
        (
            Answer::Whole(200, vec![], vec![0; (64 << 20) + 1]),
            "broken: the picture is over 67108864 bytes",
        ),
    ] {
        let service = Service::start(move |asked| {
            if asked.path.starts_with("/files/") {
                return file.clone();
            }
            let url = format!("http://{}/files/fox.png", asked.headers["host"]);
            Answer::json(200, &json!({ "data": [{ "b64_json": "", "url": url }] }))
        })
        .await;
        let reply = draw(&service.url, vendors::PATIENCE, wanted(None)).await;
        assert_eq!(vendors::word(&reply.answer), told);
        let (orders, files): (Vec<_>, Vec<_>) = service
            .asked()
            .into_iter()
            .partition(|asked| asked.method == "POST");
        assert_eq!(orders.len(), 1, "{told}");
        assert!(
            !files.is_empty()
                && files
                    .iter()
                    .all(|file| !file.headers.contains_key("authorization"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_not_accepted_is_told_with_its_number() {
    let parent = picture("80x45");
    for (code, param, told) in [
        ("invalid_image_file", json!("image"), "picture 1:unreadable"),
        ("unsupported_file_mimetype", json!("image[0]"), "picture 1:format"),
        ("image_too_small", json!("image[7]"), "picture 1:too_small"),
    ] {
        let error = json!({ "code": code, "type": "invalid_request_error", "param": param, "message": "no" });
        let service = Service::that_says(vendors::fault(400, &error)).await;
        let reply = draw(&service.url, vendors::PATIENCE, wanted(Some(&parent))).await;
        assert_eq!(vendors::word(&reply.answer), told, "{code}");
        let reply = draw(&service.url, vendors::PATIENCE, wanted(None)).await;
        assert!(
            vendors::word(&reply.answer).starts_with("operator: "),
            "none was sent"
        );
    }
    let mut several = wanted(None);
    several.references = vec![
        InputPicture {
            bytes: parent.clone().into(),
            mime: "image/png"
        };
        3
    ];
    for (param, told) in [
        (json!("image[1]"), "picture 2:unreadable"),
        (json!("image"), "picture 0:unreadable"),
    ] {
        let error = json!({ "code": "invalid_image_file", "param": param });
        let service = Service::that_says(vendors::fault(400, &error)).await;
        let reply = draw(&service.url, vendors::PATIENCE, several.clone()).await;
        assert_eq!(vendors::word(&reply.answer), told);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_what_the_table_of_outcomes_says() {
    let vendor = vendor();
    let all = [
        vendor.outcomes(),
        pictures(drawn),
        own(),
        odd_pictures(),
        by_words(),
    ]
    .concat();
    let draw = async |url: &str, silence, parent: Option<&[u8]>| draw(url, silence, wanted(parent)).await;
    vendor.assert_outcomes(all, draw).await;
}
