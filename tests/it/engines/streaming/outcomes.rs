//! Lists every way in which a stream can end, and the outcome that it must have.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use greenlight::domain::limits;
use serde_json::{Value, json};

use super::{LONG, completed, draw, partial, sent, sketchy, stream};
use crate::engines::openai::{KEY, vendor, wanted};
use crate::harness::service::{Answer, End, Notepad, Service, picture};

const KIND: &str = "image_generation";

/// Returns a stream of one preview and whatever follows.
fn sketch_and(rest: Vec<u8>, end: End) -> Answer {
    stream(vec![sent(&partial(KIND, 0, &sketchy(1))), rest], end)
}

/// Returns a stream of one preview and whatever follows, which ends as it should.
fn sketch_and_then(rest: &[u8]) -> Answer {
    sketch_and(rest.to_vec(), End::Whole)
}

fn error(code: &str, kind: &str) -> Answer {
    let error = json!({ "message": format!("no, {KEY}"), "type": kind, "param": null, "code": code });
    let event = json!({ "type": "error", "error": error });
    sketch_and_then(&sent(&event))
}

/// Returns a stream with an error as other services word it.
fn said(event: &str) -> Answer {
    sketch_and_then(format!("{event}\n\n").as_bytes())
}

fn done() -> Vec<u8> {
    sent(&completed(KIND, &BASE64_STANDARD.encode(picture("1280x720"))))
}

/// Lists streams that bring a picture, however they end.
fn pictures() -> Vec<(&'static str, Answer, &'static str)> {
    let (done, sketch) = (done(), sent(&partial(KIND, 0, &sketchy(1))));
    let unfinished = done[..done.len() - 2].to_vec();
    let both = |first: &[u8], second: &[u8]| vec![first.to_vec(), second.to_vec()];
    let plain: Value = json!({ "data": [{ "b64_json": BASE64_STANDARD.encode(picture("1280x720")) }] });
    vec![
        ("a sketch and the picture", sketch_and_then(&done), "file"),
        (
            "the picture at once",
            stream(vec![done.clone()], End::Whole),
            "file",
        ),
        (
            "the picture first",
            stream(both(&done, &sketch), End::Whole),
            "file",
        ),
        (
            "cut after the picture",
            sketch_and(done.clone(), End::Cut),
            "file",
        ),
        (
            "the picture, and then nothing",
            sketch_and(done.clone(), End::Silence),
            "file",
        ),
        (
            "the picture without a frame",
            sketch_and(done.clone(), End::Unframed),
            "file",
        ),
        ("no empty line at the end", sketch_and_then(&unfinished), "file"),
        ("no stream", Answer::json(200, &plain), "file"),
    ]
}

/// Lists streams that end before a picture.
fn ends() -> Vec<(&'static str, Answer, &'static str)> {
    let done = done();
    let unfinished = done[..done.len() - 2].to_vec();
    let half = done[..done.len() / 2].to_vec();
    vec![
        ("cut before anything", stream(vec![], End::Cut), "unknown"),
        (
            "cut after a sketch",
            sketch_and(b": soon\n\n".to_vec(), End::Cut),
            "unknown",
        ),
        (
            "cut within the picture",
            sketch_and(half.clone(), End::Cut),
            "unknown",
        ),
        (
            "cut before its empty line",
            sketch_and(unfinished, End::Cut),
            "unknown",
        ),
        (
            "silent after a sketch",
            sketch_and(half.clone(), End::Silence),
            "unknown",
        ),
        (
            "only comments",
            sketch_and(b": soon\n\n".to_vec(), End::Comments),
            "unknown",
        ),
        (
            "ended without a frame",
            sketch_and(half.clone(), End::Unframed),
            "unknown",
        ),
        (
            "nothing at all",
            stream(vec![], End::Whole),
            "broken: the stream ended without a picture",
        ),
        (
            "only a sketch",
            sketch_and_then(b""),
            "broken: the stream ended without a picture",
        ),
        (
            "half of the picture",
            sketch_and_then(&half),
            "broken: the answer is not as documented, line 1",
        ),
    ]
}

/// Lists streams that say why there is no picture.
fn faults() -> Vec<(&'static str, Answer, &'static str)> {
    let no_credit = "operator: openai answered 200 (insufficient_quota): the account has no credit left";
    vec![
        (
            "policy",
            error("moderation_blocked", "image_generation_user_error"),
            "refused",
        ),
        ("policy, of old", error("content_policy_violation", ""), "refused"),
        ("too early", error("rate_limit_exceeded", "images"), "transient"),
        ("a fault", error("", "server_error"), "transient"),
        ("busy", error("", "overloaded_error"), "transient"),
        (
            "a gateway's patience",
            error("timeout", "upstream_error"),
            "unknown",
        ),
        (
            "an empty account",
            error("insufficient_quota", "insufficient_quota"),
            no_credit,
        ),
        (
            "a bad key",
            error("invalid_api_key", "invalid_request_error"),
            "operator: openai answered 401 (invalid_api_key): set engines.openai.key",
        ),
        (
            "a size",
            error("invalid_value", "invalid_request_error"),
            "operator: openai answered 400 (invalid_value): it takes no such request",
        ),
        (
            "what nobody knows",
            error("tired", "mood"),
            "operator: openai answered 200 (tired): nobody expected this answer",
        ),
        (
            "unwrapped",
            said(r#"data: {"type":"error","code":"moderation_blocked","message":"no"}"#),
            "refused",
        ),
        (
            "by its name",
            said("event: error\ndata: {\"code\":\"moderation_blocked\"}"),
            "refused",
        ),
        (
            "without a name",
            said(r#"data: {"error":{"message":"no","type":"server_error"}}"#),
            "transient",
        ),
        (
            "in words",
            said("event: error\ndata: busy"),
            "operator: openai answered 200: nobody expected",
        ),
    ]
}

/// Lists streams whose picture is none.
fn odd() -> Vec<(&'static str, Answer, &'static str)> {
    let torn = sent(&json!({ "type": "image_generation.partial_image", "b64_json": "?", "usage": [] }));
    let huge = vec![b"data: ".to_vec(), vec![b'x'; limits::ANSWER_BYTES]];
    vec![
        (
            "a sketch that is none",
            sketch_and_then(&[torn, done()].concat()),
            "file",
        ),
        (
            "no base64",
            sketch_and_then(&sent(&completed(KIND, "no picture"))),
            "broken: the picture is not base64",
        ),
        (
            "no picture in it",
            said(r#"data: {"type":"image_edit.completed","usage":null}"#),
            "broken: the answer holds no picture",
        ),
        (
            "no text",
            sketch_and_then(b"data: \xff\n\n"),
            "broken: the answer is not as documented: an event is not text",
        ),
        (
            "an event that is too long",
            stream(huge, End::Whole),
            "broken: an event of the answer is over 90527060 bytes",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_stream_is_what_the_table_of_outcomes_says() {
    let vendor = vendor();
    for (name, answer, told) in [pictures(), ends(), faults(), odd()].concat() {
        let silence = match &answer {
            Answer::Stream(parts) if matches!(parts.end, End::Silence | End::Comments) => {
                Duration::from_millis(500)
            }
            _ => LONG,
        };
        let service = Service::that_says(answer).await;
        for parent in [None, Some(picture("80x45"))] {
            let notes = Notepad::of_a_viewer();
            let reply = draw(&service.url, 1, silence, wanted(parent.as_deref()), &notes).await;
            vendor.assert_told(name, &reply, told);
            assert!(
                notes.partials().into_iter().all(|shown| shown == sketchy(1)),
                "{name}"
            );
        }
        assert_eq!(
            service.asked().len(),
            2,
            "{name}: nothing is sent again by itself"
        );
    }
}
