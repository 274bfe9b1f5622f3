//! Tests Google's Gemini API over a real connection: what is sent, and what each answer means for
//! the credits.

mod outcomes;

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use discord_sandbox::world;
use greenlight::domain::engine::cost::Usd;
use greenlight::domain::geometry::Tier;
use greenlight::providers::gemini::Gemini;
use greenlight::providers::{self, ImageRequest, PaidRender, Provider};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::vendors::{self, PATIENCE, a_red_fox, models, word};
use crate::harness::service::{Answer, Asked, Notepad, Service, picture};
use crate::harness::{Kind, World, run_test_on};
use crate::store::a_hold;

const KEY: &str = "AIza-very-secret-0123456789";

/// Returns the request for a 2K at 21:9, with the picture that it is made of at a later stage.
fn wanted(parent: Option<&[u8]>) -> ImageRequest {
    ImageRequest {
        ratio: "21:9".parse().expect("a ratio"),
        pixels: "2688x1152".parse().expect("a size"),
        tier: Tier::K2,
        ..a_red_fox("gemini-3-pro-image", parent)
    }
}

/// Asks a service with this key for a picture whose price is held.
async fn draw_with(key: &str, url: &str, silence: Duration, picture: ImageRequest) -> providers::CallReport {
    let held = a_hold().await;
    let (key, costs) = (SecretString::from(key), models().models("gemini"));
    let service = Gemini::new(key, url.to_owned(), costs, silence).expect("a client");
    service
        .draw(&PaidRender::new(&held, picture), &Notepad::default())
        .await
}

async fn draw(url: &str, silence: Duration, picture: ImageRequest) -> providers::CallReport {
    draw_with(KEY, url, silence, picture).await
}

/// Returns the report of a draft that got one answer.
async fn reply_to(answer: Answer) -> providers::CallReport {
    let service = Service::that_says(answer).await;
    draw(&service.url, PATIENCE, wanted(None)).await
}

/// Returns a part that is a picture.
fn inline(file: &str) -> Value {
    json!({ "inlineData": { "mimeType": "image/png", "data": file } })
}

/// Returns the tokens that Google says a picture took.
fn used(image_tokens: u64) -> Value {
    json!({
        "promptTokenCount": 12, "candidatesTokenCount": image_tokens, "totalTokenCount": 12 + image_tokens,
        "promptTokensDetails": [{ "modality": "TEXT", "tokenCount": 12 }],
        "candidatesTokensDetails": [{ "modality": "IMAGE", "tokenCount": image_tokens }],
    })
}

/// Returns the documented answer with these parts.
fn answered(parts: &Value, end: &str) -> Value {
    json!({
        "candidates": [{ "content": { "role": "model", "parts": parts }, "finishReason": end, "index": 0 }],
        "usageMetadata": used(1_120),
        "modelVersion": "gemini-3-pro-image",
        "responseId": "kq0faYrxEY_x-8YPq6nT",
    })
}

/// Returns the documented answer with a picture.
fn drawn(file: &str) -> Value {
    answered(&json!([{ "text": "Here is your fox." }, inline(file)]), "STOP")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_not_there_was_paid_nothing() {
    let gone = Service::that_says(Answer::HangUp).await.url.clone();
    let reply = draw(&gone, PATIENCE, wanted(None)).await;
    assert_eq!(reply.answer, providers::Answer::Transient(None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_cannot_be_sent_is_not_sent_and_not_shown() {
    let service = Service::that_says(Answer::HangUp).await;
    let reply = draw_with("very-secret\n", &service.url, PATIENCE, wanted(None)).await;
    let told = "operator: engines.gemini.key (GEMINI_API_KEY) has a character in it that cannot be sent";
    assert_eq!(word(&reply.answer), told);
    assert!(service.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_has_its_price_and_so_has_one_that_was_drawn_and_is_not_shown() {
    let png = BASE64_STANDARD.encode(picture("1280x720"));
    let without_usage = json!({ "candidates": [{ "content": { "parts": [inline(&png)] } }] });
    let uncounted = json!({ "usageMetadata": { "candidatesTokenCount": 1_120 } });
    let hidden = json!({ "candidates": [{ "finishReason": "IMAGE_SAFETY" }], "usageMetadata": used(1_120) });
    let refused = json!({ "promptFeedback": { "blockReason": "SAFETY" }, "usageMetadata": used(0) });
    let words = json!({
        "candidates": [{ "content": { "parts": [{ "text": "No." }] } }],
        "usageMetadata": {
            "candidatesTokenCount": 3,
            "candidatesTokensDetails": [{ "modality": "TEXT", "tokenCount": 3 }],
        },
    });
    let price = Some(Usd::micros(134_000));
    for (body, usd) in [
        (drawn(&png), price),
        (drawn("no picture"), price),
        (without_usage, price),
        (uncounted, price),
        (hidden, price),
        (refused, None),
        (words, None),
    ] {
        let reply = reply_to(Answer::json(200, &body)).await;
        assert_eq!(reply.usd, usd, "{:.300}", body.to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_has_a_name_if_the_name_is_harmless() {
    let png = BASE64_STANDARD.encode(picture("80x45"));
    let mut body = drawn(&png);
    for (given, kept) in [
        (json!("kq0faYrxEY_x-8YPq6nT"), Some("kq0faYrxEY_x-8YPq6nT")),
        (json!("two <b>words"), None),
        (json!(null), None),
    ] {
        body["responseId"] = given;
        let reply = reply_to(Answer::json(200, &body)).await;
        assert_eq!(reply.request.as_deref(), kept);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thoughts_are_passed_over_and_so_is_what_is_no_picture() {
    let file = picture("80x45");
    let thought = |file: &[u8]| {
        let mut part = inline(&BASE64_STANDARD.encode(file));
        part["thought"] = json!(true);
        part
    };
    let parts = json!([
        thought(&picture("64x64")),
        { "text": "a fox", "thought": true },
        { "text": "Here it is.", "thoughtSignature": "c2ln" },
        inline(""),
        inline("?"),
        inline(&BASE64_STANDARD.encode(&file)),
    ]);
    let reply = reply_to(Answer::json(200, &answered(&parts, "STOP"))).await;
    assert_eq!(reply.answer, providers::Answer::File(file));

    let only_thought = answered(&json!([thought(&picture("64x64"))]), "NO_IMAGE");
    let reply = reply_to(Answer::json(200, &only_thought)).await;
    assert_eq!(reply.answer, providers::Answer::Refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_is_what_the_documents_say() {
    let service = Service::that_says(Answer::HangUp).await;
    let parent = picture("80x45");
    draw(&service.url, PATIENCE, wanted(None)).await;
    draw(&service.url, PATIENCE, wanted(Some(&parent))).await;
    let asked = service.asked();
    for asked in &asked {
        assert_eq!(
            (asked.method.as_str(), asked.path.as_str()),
            ("POST", "/models/gemini-3-pro-image:generateContent"),
            "the key is not in the address"
        );
        assert_eq!(asked.headers["x-goog-api-key"], KEY);
        assert_eq!(asked.headers["content-type"], "application/json");
        assert!(!asked.headers.contains_key("authorization"));
    }
    let settings = json!({
        "responseModalities": ["IMAGE"],
        "imageConfig": { "aspectRatio": "21:9", "imageSize": "2K" },
    });
    let words = json!({ "text": "a red fox, drawn with care" });
    assert_eq!(
        asked[0].json(),
        json!({ "contents": [{ "role": "user", "parts": [words] }], "generationConfig": settings })
    );
    let parts = json!([words, inline(&BASE64_STANDARD.encode(&parent))]);
    assert_eq!(
        asked[1].json(),
        json!({ "contents": [{ "role": "user", "parts": parts }], "generationConfig": settings })
    );
}

/// Draws whatever is asked for, at pixels that are only near the ratio, as the service does.
fn obliging(asked: &Asked) -> Answer {
    let shape = asked.json()["generationConfig"]["imageConfig"].clone();
    assert_eq!(shape["aspectRatio"], "21:9");
    Answer::json(200, &drawn(&BASE64_STANDARD.encode(picture(near(&shape)))))
}

fn near(shape: &Value) -> &'static str {
    match shape["imageSize"].as_str() {
        Some("1K") => "99x42",
        Some("2K") => "198x84",
        _ => "396x168",
    }
}

/// Runs a story in which every stage is drawn by the service.
async fn story(service: &Service, kind: Kind, story: impl AsyncFnOnce(&mut World)) {
    let mut settings = vec![
        ("ENGINES__GEMINI__KEY", KEY),
        ("ENGINES__GEMINI__BASE_URL", service.url.as_str()),
        ("STAGES__REVIEW__MODE", "remaster"),
        ("STAGES__FINAL__MODE", "remaster"),
    ];
    let stages = [
        ("STAGES__EXPLORE__ENGINE", "STAGES__EXPLORE__MODEL"),
        ("STAGES__REVIEW__ENGINE", "STAGES__REVIEW__MODEL"),
        ("STAGES__FINAL__ENGINE", "STAGES__FINAL__MODEL"),
    ];
    for (engine, model) in stages {
        settings.extend([(engine, "gemini"), (model, "gemini-3-pro-image")]);
    }
    run_test_on(kind, &settings, story).await;
}

/// Has Ana draft one fox, wide.
async fn a_wide_fox(w: &mut World) {
    w.ana()
        .asks(json!({ "prompt": "a red fox", "ratio": "21:9", "images": 1 }))
        .await;
    w.run_jobs().await;
    let told = w.told(world::ANA);
    assert_eq!(
        told[0].lines().next(),
        Some("1 image for 10 credits in #a red fox")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idea_goes_from_words_to_a_4k_that_was_drawn_after_the_approved_picture() {
    let service = Service::start(obliging).await;
    story(&service, Kind::Sqlite, async |w| {
        w.dana()
            .command("settings channels", json!({ "log": world::GENERAL.to_string() }))
            .await;
        a_wide_fox(w).await;
        let thread = w.last_thread();
        let starter = w.starter(&thread);
        assert!(starter.contains("10 credits (about $0.134)"), "{starter}");
        let draft = w.image_at(&thread, "explore");
        let text = &draft.text;
        assert!(
            text.contains("The engine was asked for 84×36 and drew 99×42."),
            "{text}"
        );
        assert!(text.contains("for 2K at 20 credits (about $0.134)"), "{text}");
        let [review, last] = w.approved_to_4k(&thread, &draft).await;
        assert_eq!(
            [draft.size, review.size, last.size],
            [(99, 42), (198, 84), (396, 168)]
        );

        let asked = service.asked();
        let parts: Vec<Value> = asked
            .iter()
            .map(|asked| asked.json()["contents"][0]["parts"].clone())
            .collect();
        assert_eq!(parts[0], json!([{ "text": "a red fox" }]));
        for (parts, parent) in parts[1..].iter().zip(["99x42", "198x84"]) {
            let words = parts[0]["text"].as_str().expect("words");
            assert!(
                words.starts_with("Redraw the first reference image at "),
                "{words}"
            );
            assert!(words.ends_with("from this description: a red fox"), "{words}");
            let parent = BASE64_STANDARD.encode(picture(parent));
            assert_eq!(parts[1], inline(&parent), "it is drawn after the stage before");
        }
        assert_eq!(asked.len(), 3);
        let said = w.said_in(world::GENERAL);
        assert!(said[2].starts_with("💳 **−40** ($0.240)"), "{}", said[2]);
    })
    .await;
}

/// Makes a picture that no codec can make small: some 50 KB.
fn noise() -> Vec<u8> {
    let mut state = 1_u32;
    let picture = image::RgbImage::from_fn(198, 84, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [red, green, blue, _] = state.to_be_bytes();
        image::Rgb([red, green, blue])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .expect("a picture");
    bytes.into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_picture_that_is_too_large_to_be_sent_is_sent_as_a_jpeg() {
    let file = BASE64_STANDARD.encode(noise());
    let service = Service::that_says(Answer::json(200, &drawn(&file))).await;
    story(&service, Kind::Sqlite, async |w| {
        a_wide_fox(w).await;
        let thread = w.last_thread();
        w.starter(&thread);
        let draft = w.image_at(&thread, "explore");
        w.bo().approves(&draft).await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
        let sent = service.asked()[1].json()["contents"][0]["parts"][1]["inlineData"].take();
        assert_eq!(sent["mimeType"], "image/jpeg");
        let sent = BASE64_STANDARD.decode(sent["data"].as_str().expect("a picture"));
        let sent = sent.expect("base64");
        assert!(noise().len() > 20_000 && sent.len() <= 20_000, "{}", sent.len());
        assert_eq!(
            image::load_from_memory(&sent).expect("a picture").width(),
            198,
            "as large as it was"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_picture_costs_no_credits() {
    let no_picture = BASE64_STANDARD.encode("%PDF-1.7");
    let service = Service::that_says(Answer::json(200, &drawn(&no_picture))).await;
    story(&service, Kind::Sqlite, async |w| {
        a_wide_fox(w).await;
        let thread = w.last_thread();
        let notices = w.notices(&thread);
        assert!(
            notices[0].contains("10 credits returned to the pool"),
            "{notices:?}"
        );
        let pool = w.pool().await;
        assert_eq!((pool.held.get(), pool.settled.get()), (0, 0));
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_call_that_was_cut_is_parked_and_never_sent_again() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let service = Service::that_says(Answer::HangUp).await;
        story(&service, kind, async |w| {
            a_wide_fox(w).await;
            let thread = w.last_thread();
            vendors::assert_parked(w, &thread).await;
        })
        .await;
        assert_eq!(service.asked().len(), 1, "{kind:?}");
    }
}
