//! Tests answers that come as a stream: what is asked for, what each way to end means for the
//! credits, and what people see of a picture before it is done.

mod outcomes;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use discord_sandbox::{Fault, Sandbox, world};
use greenlight::domain::engine::cost::Usd;
use greenlight::providers::{self, ImageRequest, PaidRender, Provider};
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

use crate::engines::openai::{all_by_openai, assert_fits, document, service_at, wanted};
use crate::engines::vendors;
use crate::harness::service::{Answer, Asked, End, Notepad, Parts, Service, picture};
use crate::harness::{Easel, Ending, Kind, Thread, World, flat, run_test};
use crate::store::a_hold;

const LONG: Duration = Duration::from_mins(1);

/// Asks a service for a picture with so many previews.
async fn draw(
    url: &str,
    partials: u8,
    silence: Duration,
    picture: ImageRequest,
    notes: &Notepad,
) -> providers::CallReport {
    let held = a_hold().await;
    let service = service_at(url, silence).with_partials(partials);
    service.draw(&PaidRender::new(&held, picture), notes).await
}

/// Returns the documented event with a preview.
fn partial(kind: &str, index: u8, file: &[u8]) -> Value {
    json!({
        "type": format!("{kind}.partial_image"), "b64_json": BASE64_STANDARD.encode(file), "created_at": 1_795_400_000,
        "size": "auto", "quality": "medium", "background": "opaque", "output_format": "png", "partial_image_index": index,
    })
}

/// Returns the documented event with the finished picture.
fn completed(kind: &str, file: &str) -> Value {
    json!({
        "type": format!("{kind}.completed"), "b64_json": file, "created_at": 1_795_400_000,
        "size": "auto", "quality": "medium", "background": "opaque", "output_format": "png",
        "usage": {
            "total_tokens": 1166, "input_tokens": 20, "output_tokens": 1146,
            "input_tokens_details": { "text_tokens": 20, "image_tokens": 0 },
        },
    })
}

/// Returns an event as it is sent.
fn sent(event: &Value) -> Vec<u8> {
    let name = event["type"].as_str().expect("a type");
    format!("event: {name}\ndata: {event}\n\n").into_bytes()
}

fn stream(parts: Vec<Vec<u8>>, end: End) -> Answer {
    let turns = None;
    let each = parts;
    Answer::Stream(Parts { each, turns, end })
}

/// Returns a preview.
fn sketchy(grey: u8) -> Vec<u8> {
    flat(16, 9, grey)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_of_fifty_megabytes_is_read_whole_and_as_an_event() {
    let file = vec![7_u8; 50_000_000];
    let text = BASE64_STANDARD.encode(&file);
    let event = sent(&completed("image_generation", &text));
    for (form, answer) in [
        (
            "whole",
            Answer::json(200, &json!({ "data": [{ "b64_json": text }] })),
        ),
        ("an event", stream(vec![event], End::Whole)),
    ] {
        let service = Service::that_says(answer).await;
        let reply = draw(&service.url, 1, LONG, wanted(None), &Notepad::of_a_viewer()).await;
        // A difference is not printed: it is long.
        assert!(reply.answer == providers::Answer::File(file.clone()), "{form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_asked_for_where_somebody_looks_and_is_what_the_document_wants() {
    let service = Service::that_says(Answer::HangUp).await;
    let viewer = Notepad::of_a_viewer();
    for partials in 1..=3 {
        for parent in [None, Some(picture("80x45"))] {
            draw(&service.url, partials, LONG, wanted(parent.as_deref()), &viewer).await;
        }
    }
    for (partials, notes) in [(0, viewer), (3, Notepad::default())] {
        for parent in [None, Some(picture("80x45"))] {
            draw(&service.url, partials, LONG, wanted(parent.as_deref()), &notes).await;
        }
    }
    let document = document();
    if document.is_none() {
        eprintln!("OPENAI_OPENAPI does not name OpenAI's document: the requests were not held to it");
    }
    for (at, asked) in service.asked().iter().enumerate() {
        let (said, schema) = if at % 2 == 0 {
            (asked.json(), "CreateImageRequest")
        } else {
            (form_as_json(asked).await, "CreateImageEditRequest")
        };
        let (stream, partials) = match at / 2 {
            streamed @ 0..=2 => (json!(true), json!(streamed + 1)),
            _ => (Value::Null, Value::Null),
        };
        assert_eq!(
            (&said["stream"], &said["partial_images"]),
            (&stream, &partials),
            "{at}"
        );
        if let Some(document) = &document {
            assert_fits(document, schema, &said);
        }
    }
}

/// Returns a form as the JSON object that the document describes.
async fn form_as_json(asked: &Asked) -> Value {
    let mut object = Map::new();
    for field in asked.form().await {
        let text = String::from_utf8(field.bytes).unwrap_or_default();
        let value = match field.name.as_str() {
            "image[]" => json!(["(a file)"]),
            "n" | "stream" | "partial_images" => serde_json::from_str(&text).expect("a number, or a truth"),
            _ => json!(text),
        };
        object.insert(field.name, value);
    }
    Value::Object(object)
}

#[test]
fn the_events_of_the_stories_are_as_documented() {
    let Some(document) = document() else { return };
    for (kind, schema) in [("image_generation", "ImageGen"), ("image_edit", "ImageEdit")] {
        let events = [
            ("PartialImageEvent", partial(kind, 0, &sketchy(1))),
            ("CompletedEvent", completed(kind, "AAAA")),
        ];
        for (name, event) in events {
            let schema = json!({
                "$ref": format!("#/components/schemas/{schema}{name}"),
                "components": document["components"],
            });
            let validator = jsonschema::validator_for(&schema).expect("a schema");
            let flaws: Vec<String> = validator
                .iter_errors(&event)
                .map(|flaw| flaw.to_string())
                .collect();
            assert!(flaws.is_empty(), "{event}: {flaws:#?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_done_is_shown_and_what_is_done_is_paid_however_the_stream_is_split() {
    let (done, sketches) = (picture("1280x720"), [sketchy(1), sketchy(2)]);
    for kind in ["image_generation", "image_edit"] {
        let events = [
            b": a comment, and what nobody knows\n\nid: 1\nretry: 5\n\nevent: odd\ndata: {\"usage\": 1}\n\n"
                .to_vec(),
            sent(&partial(kind, 0, &sketches[0])),
            sent(&partial(kind, 1, &sketches[1])),
            sent(&completed(kind, &BASE64_STANDARD.encode(&done))),
            b"data: [DONE]\n\n".to_vec(),
        ];
        let whole = events.concat();
        let with_cr = String::from_utf8(whole.clone())
            .expect("text")
            .replace('\n', "\r\n");
        let bytes = |text: &[u8]| text.iter().map(|byte| vec![*byte]).collect();
        for parts in [
            events.to_vec(),
            vec![whole.clone()],
            bytes(&whole),
            bytes(with_cr.as_bytes()),
        ] {
            let service = Service::that_says(stream(parts, End::Whole)).await;
            let notes = Notepad::of_a_viewer();
            let reply = draw(&service.url, 2, LONG, wanted(None), &notes).await;
            assert_eq!(reply.answer, providers::Answer::File(done.clone()));
            assert_eq!(notes.partials(), sketches);
            // Previews are paid too: 1,146 tokens of pictures at 30 and 20 of words at 5, in
            // millionths of a dollar.
            assert_eq!(reply.usd, Some(Usd::micros(1146 * 30 + 20 * 5)));
            assert_eq!(reply.request.as_deref(), Some("req_1"));
        }
    }
}

/// Returns the preview in the message of a draft, if there is one.
fn preview(discord: &Sandbox, thread: &Thread) -> Option<Vec<u8>> {
    let (messages, id) = (discord.messages(world::CAMPAIGN), thread.id.to_string());
    let starter = messages
        .iter()
        .find(|message| message["id"].as_str() == Some(&id));
    let file = &starter.expect("the starter")["attachments"][0];
    // Later a contact sheet is in its place.
    let name = file["filename"].as_str()?;
    let url = name.starts_with("preview.").then_some(file["url"].as_str()?)?;
    Some(discord.file(url).expect("the file that was attached"))
}

/// Has a draft accepted and its thread opened, and draws nothing.
async fn queued(w: &mut World, images: u32) -> Thread {
    let asked = w
        .ana()
        .asks(json!({ "prompt": "a red fox", "images": images }))
        .await;
    assert!(asked.contains("opening the thread"), "{asked}");
    w.run_quick_jobs().await;
    w.last_thread()
}

/// Waits until the message of a draft shows this.
async fn shows(w: &World, thread: &Thread, what: Option<&[u8]>) {
    w.discord()
        .until(|discord| preview(discord, thread).as_deref() == what)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_seen_in_the_starter_while_it_is_drawn_and_then_only_in_the_thread() {
    let turns = Arc::new(Semaphore::new(0));
    let (waits, done) = (turns.clone(), picture("80x45"));
    let service = Service::start(move |asked| {
        if asked.path.ends_with("edits") {
            return Answer::json(
                200,
                &json!({ "data": [{ "b64_json": BASE64_STANDARD.encode(picture("160x90")) }] }),
            );
        }
        let kind = "image_generation";
        let each = vec![
            sent(&partial(kind, 0, &sketchy(1))),
            sent(&partial(kind, 1, &sketchy(2))),
            sent(&completed(kind, &BASE64_STANDARD.encode(&done))),
        ];
        let (turns, end) = (Some(waits.clone()), End::Whole);
        Answer::Stream(Parts { each, turns, end })
    })
    .await;
    let mut settings = all_by_openai(&service.url);
    settings.push(("ENGINES__OPENAI__PARTIALS", "2".to_owned()));
    vendors::story(&settings, Kind::Sqlite, async |w| {
        let thread = queued(w, 1).await;
        let before = w.starter(&thread);
        let work = w.work_meanwhile();
        shows(w, &thread, Some(&sketchy(1))).await;
        assert_eq!(w.starter(&thread), before, "nothing else of it changes");
        assert_eq!(w.starter_buttons(&thread), ["Cancel what is queued"]);
        turns.add_permits(1);
        w.advance(Duration::from_secs(2));
        shows(w, &thread, Some(&sketchy(2))).await;
        turns.add_permits(1);
        work.await.expect("the work is done");
        w.run_jobs().await;
        assert_eq!(preview(w.discord(), &thread), None);
        assert!(w.starter(&thread).contains("1 drawn"));

        let image = w.image_at(&thread, "explore");
        assert_eq!(image.size, (80, 45), "what was shown before is not the picture");
        w.bo().approves(&image).await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
        let asked = service.asked();
        assert_eq!(asked[0].json()["partial_images"], 2);
        let later: Vec<String> = asked[1]
            .form()
            .await
            .into_iter()
            .map(|field| field.name)
            .collect();
        assert!(
            !later.contains(&"stream".to_owned()),
            "nobody would see it: {later:?}"
        );
    })
    .await;
}

/// Runs a story with an engine that sends these previews at once when it is first asked, and then
/// waits.
async fn easel_story(shown: Vec<Vec<u8>>, story: impl AsyncFnOnce(&mut World, &Easel)) {
    run_test(async |w| {
        let easel = Easel::new(false);
        easel.next_shows(shown);
        easel.wait();
        w.set_engines(easel.engines());
        w.restart().await;
        story(w, &easel).await;
    })
    .await;
}

/// Returns how often the message of a draft was edited so far.
fn edits(w: &World, thread: &Thread) -> usize {
    w.calls("PATCH", &format!("/messages/{}", thread.id))
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_in_two_seconds_the_newest_is_shown() {
    easel_story((1..=9).map(sketchy).collect(), async |w, easel| {
        let thread = queued(w, 1).await;
        let before = edits(w, &thread);
        let work = w.work_meanwhile();
        easel.begun(1).await;
        w.advance(Duration::from_secs(2));
        shows(w, &thread, Some(&sketchy(9))).await;
        assert!(edits(w, &thread) - before <= 2);
        easel.let_all_go();
        work.await.expect("the work is done");
        w.run_jobs().await;
        assert_eq!(preview(w.discord(), &thread), None);
        w.starter(&thread);
        w.image_at(&thread, "explore");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_shown_holds_nothing_up() {
    let no_picture = b"<html>".to_vec();
    easel_story(vec![sketchy(1)], async |w, easel| {
        easel.next_shows(vec![no_picture]);
        let thread = queued(w, 2).await;
        w.fail(Fault {
            method: Some("PATCH".to_owned()),
            path_contains: format!("/messages/{}", thread.id),
            status: 403,
            code: 50_013,
            ..Fault::default()
        });
        let before = w.discord().calls().len();
        let work = w.work_meanwhile();
        let refused = |discord: &Sandbox| discord.calls()[before..].iter().any(|call| call.status == 403);
        w.discord().until(refused).await;
        easel.let_all_go();
        work.await.expect("the work is done");
        w.run_jobs().await;
        assert!(w.starter(&thread).contains("2 drawn"));
        assert_eq!(w.images(&thread, "explore").len(), 2);
        assert_eq!(w.available().await, 980);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bot_that_died_left_there_goes_and_pays_for_nothing() {
    easel_story(vec![sketchy(1)], async |w, easel| {
        let thread = queued(w, 1).await;
        let work = w.work_meanwhile();
        shows(w, &thread, Some(&sketchy(1))).await;
        w.kill().await;
        drop(work);
        easel.let_all_go();
        w.advance(crate::harness::LEASE);
        w.start().await;
        w.work_it_out().await;
        assert_eq!(preview(w.discord(), &thread), None);
        let pool = w.pool().await;
        assert_eq!(
            (pool.held.get(), pool.settled.get()),
            (10, 0),
            "its outcome is unknown"
        );
        assert!(w.notices(&thread)[0].contains("It may have been paid"));
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_ends_without_a_picture_leaves_none_in_the_starter() {
    easel_story(vec![sketchy(1)], async |w, easel| {
        let thread = queued(w, 1).await;
        easel.next_ends(Ending::Answer(providers::Answer::Refused));
        let work = w.work_meanwhile();
        shows(w, &thread, Some(&sketchy(1))).await;
        easel.let_all_go();
        work.await.expect("the work is done");
        w.run_jobs().await;
        assert_eq!(preview(w.discord(), &thread), None);
        assert_eq!(w.available().await, 1000);
        w.starter(&thread);
        w.notices(&thread);
    })
    .await;
}
