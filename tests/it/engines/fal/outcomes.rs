//! Lists every answer that is documented or was seen, and the outcome that it must have.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use greenlight::domain::engine::cost::Usd;
use greenlight::domain::stage::Mode;
use greenlight::providers::fal::PollTimes;
use greenlight::providers::{PaidRender, Provider};
use serde_json::json;

use super::{KEY, NUMBER, Queue, drew, fault, flaw, is, poll_times, service_at, taken, took, wanted};
use crate::engines::vendors::{Vendor, silence};
use crate::harness::service::{Answer, Notepad, picture};
use crate::store::a_hold;

fn vendor() -> Vendor {
    let locked = json!({ "detail": "User is locked. Reason: Exhausted balance." });
    Vendor {
        name: "fal",
        key: KEY,
        variable: "FAL_KEY",
        model: "app",
        takes: taken(NUMBER),
        bad_key: (fault(401, "unauthorized"), "401"),
        no_such_request: (flaw(422, "multiple_of"), "422"),
        no_right: (page(403), "403"),
        no_such_model: (page(404), "404"),
        empty_account: Some((Answer::json(403, &locked), "403")),
        policy: flaw(422, "content_policy_violation"),
        too_early: page(429).with("retry-after", "7"),
    }
}

fn page(status: u16) -> Answer {
    Answer::Whole(status, vec![], b"<html>nginx</html>".to_vec())
}

/// Returns an error of an app that repeats the input, as fal's do: megabytes of it.
fn repeating(kind: &str) -> Answer {
    let flaw = json!({ "loc": ["body"], "msg": KEY, "input": "A".repeat(3 << 20), "type": kind });
    Answer::json(400, &json!({ "detail": [flaw] }))
}

/// The step of a call at which an answer comes.
#[derive(Clone, Copy, Debug)]
enum At {
    Submit,
    Status,
    Result,
    File,
}

/// Lists the answers when a call is handed in, and when it is asked how far it is.
fn before() -> Vec<(At, Answer, &'static str)> {
    vec![
        // Handing the call in: without its number nobody can ask how it ended.
        (
            At::Submit,
            Answer::Cut(b"{\"request_id\":\"1\"}".to_vec(), 5),
            "unknown",
        ),
        (At::Submit, Answer::json(200, &json!({})), "unknown"),
        (At::Submit, took("<script>"), "unknown"),
        // Asking how far it is costs nothing, so it is asked again after an error.
        (At::Status, is("IN_QUEUE"), "file"),
        (At::Status, is("IN_PROGRESS"), "file"),
        (At::Status, Answer::HangUp, "file"),
        (At::Status, page(500), "file"),
        (At::Status, page(429), "file"),
        (
            At::Status,
            Answer::json(200, &json!({ "status": "DANCING" })),
            "file",
        ),
        (At::Status, page(404), "unknown"),
        (At::Status, is("FAILED"), "file"),
        (
            At::Status,
            is("CANCELLED"),
            "broken: the call was called off at fal, and not by the bot",
        ),
        (
            At::Status,
            Answer::json(
                200,
                &json!({ "status": "FAILED", "error_type": "content_policy_violation" }),
            ),
            "refused",
        ),
    ]
}

/// Lists the answers about a call that has ended.
fn after() -> Vec<(At, Answer, &'static str)> {
    let many = Answer::json(200, &json!({ "images": [] }));
    vec![
        // Asking how it ended.
        (At::Result, Answer::HangUp, "file"),
        (At::Result, page(502), "file"),
        (At::Result, flaw(422, "content_policy_violation"), "refused"),
        (At::Result, flaw(400, "downstream_service_error"), "transient"),
        (At::Result, flaw(500, "internal_server_error"), "transient"),
        (At::Result, flaw(504, "generation_timeout"), "transient"),
        (At::Result, fault(503, "runner_disconnected"), "transient"),
        (At::Result, fault(504, "request_timeout"), "transient"),
        (
            At::Result,
            fault(499, "client_cancelled"),
            "broken: the call was called off at fal, and not by the bot",
        ),
        (At::Result, repeating("content_policy_violation"), "refused"),
        (At::Result, repeating("downstream_service_error"), "transient"),
        (
            At::Result,
            page(500).with("x-fal-error-type", "internal_error"),
            "transient",
        ),
        (
            At::Result,
            flaw(422, "image_load_error"),
            "operator: the service refused a picture, and none was sent",
        ),
        (At::Result, fault(403, "content_policy_violation"), "refused"),
        (At::Result, page(404), "unknown"),
        (At::Result, many, "broken: the answer holds no picture"),
        (
            At::Result,
            Answer::Whole(200, vec![], b"<html>".to_vec()),
            "broken: the answer is not as documented",
        ),
        (
            At::Result,
            drew("file:///etc/passwd"),
            "broken: the picture is at an address that is not fetched",
        ),
        (
            At::Result,
            drew("http://169.254.169.254/fox.png"),
            "broken: the picture is at an address that is not fetched",
        ),
        // Fetching the file, which is paid for: it is tried until it is here.
        (At::File, Answer::HangUp, "file"),
        (At::File, Answer::Cut(picture("1280x720"), 20), "file"),
        (At::File, page(500), "file"),
        (
            At::File,
            Answer::Whole(200, vec![], vec![0; (64 << 20) + 1]),
            "broken: the picture is over 67108864 bytes",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_what_the_table_of_outcomes_says() {
    let vendor = vendor();
    let shared = vendor.outcomes().into_iter();
    let shared = shared.map(|(name, answer, told)| (At::Submit, name, answer, told));
    let own = [before(), after()].concat().into_iter();
    let own = own.map(|(at, answer, told)| (at, "", answer, told.to_owned()));
    for (at, name, answer, told) in shared.chain(own) {
        let name = format!("{at:?}: {name} {answer:.60?}");
        let poll_times = PollTimes {
            silence: silence(&answer),
            ..poll_times()
        };
        let mut queue = Queue::new();
        let once = || Arc::new(Mutex::new(vec![answer.clone()]));
        match at {
            At::Submit => queue.submit = Some(answer.clone()),
            At::Status => queue.status = once(),
            At::Result => queue.result = once(),
            At::File => queue.file = once(),
        }
        let service = queue.start().await;
        let (held, notes) = (a_hold().await, Notepad::default());
        let paid = PaidRender::new(&held, wanted(Mode::Draw, None));
        let reply = service_at(&service.url, poll_times).draw(&paid, &notes).await;
        let word = vendor.assert_told(&name, &reply, &told);
        let posts = service
            .asked()
            .iter()
            .filter(|asked| asked.method == "POST")
            .count();
        assert_eq!(posts, 1, "{name}: it is handed in once");
        let noted = if matches!(at, At::Submit) {
            vec![]
        } else {
            vec![format!("{NUMBER}-0")]
        };
        assert_eq!(notes.taken(), noted, "{name}");
        // A picture costs what the table says: 947 tokens at 30, rounded up to the cent.
        let usd = (word == "file").then(|| Usd::micros(30_000));
        assert_eq!(reply.usd, usd, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_failed_ends_with_its_reason() {
    for (result, told) in [
        (flaw(422, "content_policy_violation"), "refused"),
        (fault(503, "runner_disconnected"), "transient"),
        (page(404), "unknown"),
        (page(502), "broken: fal says that the call failed"),
        (
            Answer::json(200, &json!({ "images": null })),
            "broken: fal says that the call failed",
        ),
    ] {
        let queue = Queue::new();
        queue.status.lock().unwrap().push(is("FAILED"));
        queue.result.lock().unwrap().push(result);
        let service = queue.start().await;
        let held = a_hold().await;
        let paid = PaidRender::new(&held, wanted(Mode::Draw, None));
        let reply = service_at(&service.url, poll_times())
            .draw(&paid, &Notepad::default())
            .await;
        vendor().assert_told(told, &reply, told);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_not_accepted_is_told_with_its_number() {
    let parent = picture("80x45");
    for (kind, told) in [
        ("image_load_error", "picture 1:unreadable"),
        ("image_too_small", "picture 1:too_small"),
    ] {
        let flaw = json!({ "loc": ["body", "image_urls", 0], "type": kind, "input": "x".repeat(2 << 20) });
        let queue = Queue::new();
        let answer = Answer::json(422, &json!({ "detail": [flaw] }));
        queue.result.lock().unwrap().push(answer);
        let service = queue.start().await;
        let held = a_hold().await;
        let paid = PaidRender::new(&held, wanted(Mode::Remaster, Some(&parent)));
        let reply = service_at(&service.url, poll_times())
            .draw(&paid, &Notepad::default())
            .await;
        vendor().assert_told(kind, &reply, told);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_within_the_answer_itself_is_one_too() {
    let queue = Queue::new();
    let png = BASE64_STANDARD.encode(picture("1280x720"));
    queue
        .result
        .lock()
        .unwrap()
        .push(drew(&format!("data:image/png;base64,{png}")));
    let service = queue.start().await;
    let held = a_hold().await;
    let paid = PaidRender::new(&held, wanted(Mode::Draw, None));
    let fal = service_at(&service.url, poll_times());
    let reply = fal.draw(&paid, &Notepad::default()).await;
    vendor().assert_told("a data address", &reply, "file");
}
