//! Tests OpenAI's Images API over a real connection: what is sent, and what each answer means for
//! the credits.
//!
//! With `OPENAI_OPENAPI` set to a path (the Images part of the document that `OpenAI` publishes),
//! every request is checked against its schemas.

mod outcomes;

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use discord_sandbox::world;
use greenlight::domain::engine::cost::Usd;
use greenlight::domain::stage::Quality;
use greenlight::providers::openai::OpenAi;
use greenlight::providers::{self, ImageRequest, PaidRender, Provider};
use secrecy::SecretString;
use serde_json::{Map, Value, json};

pub use self::outcomes::vendor;
use super::vendors::{self, PATIENCE, a_red_fox, models};
use crate::harness::service::{Answer, Asked, Notepad, Service, picture};
use crate::harness::{Kind, World};
use crate::store::a_hold;

pub const KEY: &str = "sk-very-secret-0123456789";

/// Returns the request for a draft at 16:9, with the picture that it is made of at a later stage.
pub fn wanted(parent: Option<&[u8]>) -> ImageRequest {
    ImageRequest {
        quality: Some(Quality::Medium),
        ..a_red_fox("gpt-image-2", parent)
    }
}

pub fn service_at(url: &str, silence: Duration) -> OpenAi {
    let (key, prices) = (SecretString::from(KEY), models().models("openai"));
    OpenAi::new(key, url.to_owned(), prices, silence).expect("a client")
}

/// Asks a service for a picture whose price is held.
async fn draw(url: &str, silence: Duration, picture: ImageRequest) -> providers::CallReport {
    let held = a_hold().await;
    service_at(url, silence)
        .draw(&PaidRender::new(&held, picture), &Notepad::default())
        .await
}

/// Returns the documented answer with a picture.
pub fn drawn(file: &str) -> Value {
    json!({
        "created": 1_795_400_000,
        "data": [{ "b64_json": file }],
        "background": "opaque", "output_format": "png", "size": "1280x720", "quality": "medium",
        "usage": {
            "total_tokens": 966, "input_tokens": 20, "output_tokens": 946,
            "input_tokens_details": { "text_tokens": 20, "image_tokens": 0 },
            "output_tokens_details": { "image_tokens": 946, "text_tokens": 0 },
        },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_not_there_was_paid_nothing() {
    let gone = Service::that_says(Answer::HangUp).await.url.clone();
    let reply = draw(&gone, PATIENCE, wanted(None)).await;
    assert_eq!(reply.answer, providers::Answer::Transient(None));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_used_is_paid_with_or_without_a_picture() {
    let png = BASE64_STANDARD.encode(picture("1280x720"));
    for file in [png.as_str(), "no picture"] {
        let answer = Answer::json(200, &drawn(file)).with("x-request-id", "req_123");
        let service = Service::that_says(answer).await;
        let reply = draw(&service.url, PATIENCE, wanted(None)).await;
        // 946 tokens of a picture at 30 and 20 of words at 5, in millionths of a dollar.
        assert_eq!(reply.usd, Some(Usd::micros(946 * 30 + 20 * 5)), "{file:.20}");
        assert_eq!(reply.request.as_deref(), Some("req_123"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_is_what_the_document_wants() {
    let service = Service::that_says(Answer::HangUp).await;
    let parent = picture("80x45");
    draw(&service.url, PATIENCE, wanted(None)).await;
    draw(&service.url, PATIENCE, wanted(Some(&parent))).await;
    let asked = service.asked();
    for asked in &asked {
        assert_eq!(asked.method, "POST");
        assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));
        let version = format!("Greenlight/{}", env!("CARGO_PKG_VERSION"));
        assert_eq!(asked.headers["user-agent"], version);
    }
    assert_eq!(asked[0].path, "/images/generations");
    let said = asked[0].json();
    assert_eq!(
        said,
        json!({
            "model": "gpt-image-2", "prompt": "a red fox, drawn with care", "n": 1, "size": "1280x720",
            "quality": "medium", "output_format": "png", "safety_identifier": "9876543210",
        })
    );
    assert_eq!(asked[1].path, "/images/edits");
    let file = asked[1].field("image[]").await;
    assert_eq!(
        (file.file.as_deref(), file.mime.as_deref()),
        (Some("picture-1.png"), Some("image/png"))
    );
    assert_eq!(file.bytes, parent);
    let words = form_as_json(&asked[1]).await;
    for (name, value) in said.as_object().expect("an object") {
        assert_eq!(&words[name], value, "{name} is the same in both");
    }
    let Some(document) = document() else {
        eprintln!("OPENAI_OPENAPI does not name OpenAI's document: the requests were not held to it");
        return;
    };
    assert_fits(&document, "CreateImageRequest", &said);
    assert_fits(&document, "CreateImageEditRequest", &words);
}

/// Returns a form as the JSON object that the document describes.
async fn form_as_json(asked: &Asked) -> Value {
    let mut object = Map::new();
    for field in asked.form().await {
        if field.name == "image[]" {
            object.insert(field.name, json!(["(a file)"]));
            continue;
        }
        let text = String::from_utf8(field.bytes).expect("text");
        let value = if field.name == "n" {
            json!(text.parse::<u32>().expect("a number"))
        } else {
            json!(text)
        };
        object.insert(field.name, value);
    }
    Value::Object(object)
}

pub fn document() -> Option<Value> {
    let path = std::env::var_os("OPENAI_OPENAPI").filter(|path| !path.is_empty())?;
    let text = std::fs::read_to_string(path).expect("OPENAI_OPENAPI names a file");
    Some(serde_saphyr::from_str(&text).expect("a document in YAML"))
}

pub fn assert_fits(document: &Value, schema: &str, value: &Value) {
    let schema = json!({
        "$ref": format!("#/components/schemas/{schema}"),
        "components": document["components"],
    });
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let flaws: Vec<String> = validator
        .iter_errors(value)
        .map(|flaw| flaw.to_string())
        .collect();
    assert!(flaws.is_empty(), "{value}: {flaws:#?}");
    let mut odd = value.clone();
    odd["colour"] = json!("red");
    assert!(
        !validator.is_valid(&odd),
        "the schema refuses what it does not know"
    );
}

/// Draws whatever is asked for, at its size.
pub fn obliging(asked: &Asked) -> Answer {
    let size = if asked.path.ends_with("generations") {
        asked.json()["size"].as_str().expect("a size").to_owned()
    } else {
        let form = String::from_utf8_lossy(&asked.body).into_owned();
        let after = form.split("name=\"size\"\r\n\r\n").nth(1).expect("a size");
        after.split("\r\n").next().expect("a line").to_owned()
    };
    let mut answer = drawn(&BASE64_STANDARD.encode(picture(&size)));
    answer["size"] = json!(size);
    Answer::json(200, &answer).with("x-request-id", "req_1")
}

/// Returns settings with which every stage is drawn by the service.
pub fn all_by_openai(url: &str) -> Vec<(&'static str, String)> {
    vec![
        ("ENGINES__OPENAI__KEY", KEY.to_owned()),
        ("ENGINES__OPENAI__BASE_URL", url.to_owned()),
        ("STAGES__EXPLORE__ENGINE", "openai".to_owned()),
        ("STAGES__EXPLORE__MODEL", "gpt-image-2".to_owned()),
        ("STAGES__EXPLORE__QUALITY", "low".to_owned()),
        ("STAGES__REVIEW__ENGINE", "openai".to_owned()),
        ("STAGES__REVIEW__MODEL", "gpt-image-2".to_owned()),
        ("STAGES__REVIEW__QUALITY", "medium".to_owned()),
        ("STAGES__REVIEW__MODE", "remaster".to_owned()),
        ("STAGES__FINAL__ENGINE", "openai".to_owned()),
        ("STAGES__FINAL__MODEL", "gpt-image-2".to_owned()),
        ("STAGES__FINAL__QUALITY", "high".to_owned()),
        ("STAGES__FINAL__MODE", "remaster".to_owned()),
    ]
}

async fn story(service: &Service, kind: Kind, story: impl AsyncFnOnce(&mut World)) {
    vendors::story(&all_by_openai(&service.url), kind, story).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idea_goes_from_words_to_a_4k_that_was_drawn_after_the_approved_picture() {
    let service = Service::start(obliging).await;
    story(&service, Kind::Sqlite, async |w| {
        w.dana()
            .command("settings channels", json!({ "log": world::GENERAL.to_string() }))
            .await;
        let thread = w.ana().draft("a red fox", 1).await;
        let starter = w.starter(&thread);
        assert!(starter.contains("10 credits (about $0.002)"), "{starter}");
        let draft = w.image_at(&thread, "explore");
        assert!(
            draft.text.contains("for 2K at 20 credits (about $0.020)"),
            "{}",
            draft.text
        );
        let [_, last] = w.approved_to_4k(&thread, &draft).await;
        assert_eq!(last.size, (240, 135));

        let asked = service.asked();
        let paths: Vec<&str> = asked.iter().map(|asked| asked.path.as_str()).collect();
        assert_eq!(paths, ["/images/generations", "/images/edits", "/images/edits"]);
        assert_eq!(asked[0].json()["prompt"], "a red fox");
        let parent = asked[2].field("image[]").await;
        assert_eq!(parent.bytes, picture("160x90"), "the 4K is drawn after the 2K");
        let words = asked[2].field("prompt").await.bytes;
        let words = String::from_utf8_lossy(&words);
        assert!(
            words.starts_with("Redraw the first reference image at the highest"),
            "{words}"
        );
        assert!(words.ends_with("from this description: a red fox"), "{words}");
        let said = w.said_in(world::GENERAL);
        assert!(said[2].starts_with("💳 **−40** ($0.028)"), "{}", said[2]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_call_that_was_cut_is_parked_and_never_sent_again() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let service = Service::that_says(Answer::HangUp).await;
        story(&service, kind, async |w| {
            let thread = w.ana().draft("a red fox", 1).await;
            vendors::assert_parked(w, &thread).await;
        })
        .await;
        assert_eq!(service.asked().len(), 1, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sent_a_picture_that_is_not_accepted_reads_which_one_and_why() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let service = Service::start(|asked| {
            if asked.path.ends_with("generations") {
                return obliging(asked);
            }
            let error = json!({ "code": "invalid_image_file", "param": "image[0]", "message": KEY });
            vendors::fault(400, &error)
        })
        .await;
        story(&service, kind, async |w| {
            let thread = w.ana().draft("a red fox", 1).await;
            w.starter(&thread);
            let draft = w.image_at(&thread, "explore");
            w.bo().approves(&draft).await;
            w.run_jobs().await;
            insta::allow_duplicates! {
                insta::assert_snapshot!(w.notices(&thread).join("\n"), @r"
                ⚠️ **Image 1** could not be drawn at 2K: the image service does not accept the approved picture: it cannot read it.
                -# 20 credits returned to the pool
                ");
            }
            assert_eq!(w.sums().await, (0, 10, 990));
        })
        .await;
        assert_eq!(service.asked().len(), 2, "{kind:?}: it is not asked again");
    }
}
