//! Tests fal's queue over a real connection: what is sent, and what each answer means for the
//! credits. A call that was taken is finished by the next process.

mod outcomes;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use discord_sandbox::world;
use greenlight::domain::stage::{Mode, Quality};
use greenlight::providers::fal::{Fal, PollTimes};
use greenlight::providers::{ImageRequest, PaidRender, Provider};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::vendors::{self, a_red_fox, models, word};
use crate::harness::service::{Answer, Asked, Notepad, Service, picture};
use crate::harness::{Kind, LEASE, World};
use crate::store::a_hold;

const KEY: &str = "fal-very-secret-0123456789";
const NUMBER: &str = "764cabcf-b745-4b3e-ae38-1200304cf45b";

/// Returns times that are short enough for a test.
fn poll_times() -> PollTimes {
    PollTimes {
        silence: Duration::from_secs(30),
        poll: (Duration::from_millis(1), Duration::from_millis(5)),
        away: Duration::from_millis(300),
        queue: Duration::from_secs(30),
    }
}

fn wanted(mode: Mode, parent: Option<&[u8]>) -> ImageRequest {
    let exact = mode == Mode::Exact;
    ImageRequest {
        quality: (!exact).then_some(Quality::Medium),
        mode,
        ..a_red_fox(if exact { "recraft-crisp" } else { "gpt-image-2" }, parent)
    }
}

fn service_at(url: &str, poll_times: PollTimes) -> Fal {
    let models = models().engine["fal"].model.clone();
    Fal::new(SecretString::from(KEY), url.to_owned(), models, poll_times).expect("a client")
}

/// A queue like fal's. It takes calls and says how far they are and how they ended, as it is told.
#[derive(Clone)]
struct Queue {
    /// How it answers a call that is handed in. `None`: it takes it.
    submit: Option<Answer>,
    /// Its answers to how far a call is, in order. Then the call is completed.
    status: Arc<Mutex<Vec<Answer>>>,
    /// Its answers to how a call ended, in order. Then the picture.
    result: Arc<Mutex<Vec<Answer>>>,
    /// Its answers to a request for the file, in order. Then the file.
    file: Arc<Mutex<Vec<Answer>>>,
    /// Whether its calls come to an end.
    ends: Arc<AtomicBool>,
    /// Whether its calls wait until they are called off.
    waits: Arc<AtomicBool>,
    taken: Arc<AtomicUsize>,
}

impl Queue {
    fn new() -> Self {
        Self {
            submit: None,
            status: Arc::default(),
            result: Arc::default(),
            file: Arc::default(),
            ends: Arc::new(AtomicBool::new(true)),
            waits: Arc::default(),
            taken: Arc::default(),
        }
    }

    async fn start(self) -> Service {
        Service::start(move |asked| self.act(asked)).await
    }

    fn act(&self, asked: &Asked) -> Answer {
        let next = |of: &Mutex<Vec<Answer>>| {
            let mut of = of.lock().unwrap_or_else(PoisonError::into_inner);
            (!of.is_empty()).then(|| of.remove(0))
        };
        let path = asked.path.as_str();
        if asked.method == "POST" {
            let number = self.taken.fetch_add(1, Ordering::SeqCst);
            return self
                .submit
                .clone()
                .unwrap_or_else(|| took(&format!("{NUMBER}-{number}")));
        }
        if asked.method == "PUT" {
            self.waits.store(false, Ordering::SeqCst);
            return Answer::json(202, &json!({ "status": "CANCELLATION_REQUESTED" }));
        }
        if path.starts_with("/files/") {
            return next(&self.file).unwrap_or_else(|| Answer::Whole(200, vec![], picture("1280x720")));
        }
        if path.ends_with("/status") && self.waits.load(Ordering::SeqCst) {
            return is("IN_QUEUE");
        }
        if path.ends_with("/status") {
            let state = if self.ends.load(Ordering::SeqCst) {
                "COMPLETED"
            } else {
                "IN_PROGRESS"
            };
            return next(&self.status).unwrap_or_else(|| is(state));
        }
        let url = format!("http://{}/files/fox.png", asked.headers["host"]);
        next(&self.result).unwrap_or_else(|| drew(&url))
    }
}

/// Returns the documented answer to a call that is handed in.
fn taken(number: &str) -> Value {
    json!({
        "request_id": number, "queue_position": 0,
        "status_url": format!("https://queue.fal.run/at/{number}/status"),
        "response_url": format!("https://queue.fal.run/at/{number}"),
        "cancel_url": format!("https://queue.fal.run/at/{number}/cancel"),
    })
}

fn took(number: &str) -> Answer {
    Answer::json(200, &taken(number))
}

fn is(status: &str) -> Answer {
    let body = json!({ "status": status, "queue_position": 3, "logs": null, "metrics": {} });
    Answer::json(if status == "COMPLETED" { 200 } else { 202 }, &body)
}

fn drew(url: &str) -> Answer {
    let file = json!({ "url": url, "content_type": "image/png", "width": 1280, "height": 720 });
    Answer::json(200, &json!({ "images": [file] }))
}

/// Returns an error of fal's own.
fn fault(status: u16, kind: &str) -> Answer {
    Answer::json(status, &json!({ "detail": KEY, "error_type": kind }))
}

/// Returns an error of an app.
fn flaw(status: u16, kind: &str) -> Answer {
    let flaw = json!({ "loc": ["body", "prompt"], "msg": KEY, "type": kind, "input": "a red fox" });
    Answer::json(status, &json!({ "detail": [flaw] }))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_is_what_fal_takes() {
    let service = Queue::new().start().await;
    let parent = picture("80x45");
    let fal = service_at(&service.url, poll_times());
    for (mode, parent) in [
        (Mode::Draw, None),
        (Mode::Remaster, Some(parent.as_slice())),
        (Mode::Exact, Some(parent.as_slice())),
    ] {
        let held = a_hold().await;
        let paid = PaidRender::new(&held, wanted(mode, parent));
        let reply = fal.draw(&paid, &Notepad::default()).await;
        assert_eq!(word(&reply.answer), "file", "{mode}");
    }
    let asked = service.asked();
    let posts: Vec<&Asked> = asked.iter().filter(|asked| asked.method == "POST").collect();
    let paths: Vec<&str> = posts.iter().map(|asked| asked.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "/openai/gpt-image-2",
            "/openai/gpt-image-2/edit",
            "/fal-ai/recraft/upscale/crisp"
        ]
    );
    for post in &posts {
        assert_eq!(post.headers["authorization"], format!("Key {KEY}"));
        assert_eq!(post.headers["x-fal-no-retry"], "1");
    }
    let picture = format!("data:image/png;base64,{}", BASE64_STANDARD.encode(&parent));
    let words = json!({
        "prompt": "a red fox, drawn with care", "image_size": { "width": 1280, "height": 720 },
        "num_images": 1, "output_format": "png", "quality": "medium",
    });
    let mut edit = words.clone();
    edit["image_urls"] = json!([picture]);
    let bodies: Vec<Value> = posts.iter().map(|asked| asked.json()).collect();
    assert_eq!(bodies, [words, edit, json!({ "image_url": picture })]);
    // The path is that of fal's answer, and the host the one that the settings name.
    let gets: Vec<&str> = asked[4..8].iter().map(|asked| asked.path.as_str()).collect();
    let call = format!("/at/{NUMBER}-1");
    assert_eq!(
        gets,
        [
            "/openai/gpt-image-2/edit",
            &format!("{call}/status"),
            &call,
            "/files/fox.png"
        ]
    );
    let file = asked
        .iter()
        .find(|asked| asked.path.starts_with("/files"))
        .expect("a file");
    assert!(
        !file.headers.contains_key("authorization"),
        "the key goes nowhere else"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_away_after_it_took_a_call_is_asked_later_and_one_that_is_slow_is_called_off() {
    let queue = Queue::new();
    queue.status.lock().unwrap().extend(vec![Answer::HangUp; 10_000]);
    let service = queue.start().await;
    let held = a_hold().await;
    let paid = PaidRender::new(&held, wanted(Mode::Draw, None));
    let fal = service_at(&service.url, poll_times());
    let reply = fal.draw(&paid, &Notepad::default()).await;
    assert_eq!(word(&reply.answer), "later");
    assert_eq!(reply.request, Some(format!("{NUMBER}-0")));

    let queue = Queue::new();
    queue.status.lock().unwrap().extend(vec![is("IN_QUEUE"); 3]);
    queue
        .result
        .lock()
        .expect("the answers")
        .push(fault(499, "client_cancelled"));
    let service = queue.start().await;
    let hasty = PollTimes {
        queue: Duration::ZERO,
        ..poll_times()
    };
    let reply = service_at(&service.url, hasty)
        .draw(&paid, &Notepad::default())
        .await;
    assert_eq!(word(&reply.answer), "transient", "nothing was paid");
    let put: Vec<Asked> = service
        .asked()
        .into_iter()
        .filter(|asked| asked.method == "PUT")
        .collect();
    assert_eq!(put.len(), 1, "it is called off once");
    assert_eq!(put[0].path, format!("/at/{NUMBER}-0/cancel"));
}

/// Returns settings with which the service draws first images and enlarges them.
fn all_by_fal(url: &str) -> Vec<(&'static str, String)> {
    vec![
        ("ENGINES__FAL__KEY", KEY.to_owned()),
        ("ENGINES__FAL__BASE_URL", url.to_owned()),
        ("STAGES__EXPLORE__ENGINE", "fal".to_owned()),
        ("STAGES__EXPLORE__MODEL", "gpt-image-2".to_owned()),
        ("STAGES__EXPLORE__QUALITY", "low".to_owned()),
        ("STAGES__REVIEW__ENGINE", "fal".to_owned()),
        ("STAGES__REVIEW__MODEL", "recraft-crisp".to_owned()),
        ("STAGES__FINAL__ENGINE", "local".to_owned()),
        ("STAGES__FINAL__MODEL", "lanczos".to_owned()),
    ]
}

async fn story(service: &Service, kind: Kind, story: impl AsyncFnOnce(&mut World)) {
    vendors::story(&all_by_fal(&service.url), kind, story).await;
}

/// Waits until the bot asks how far its call is.
async fn asked_how_far(w: &World, service: &Service) {
    let asks = async || {
        service
            .asked()
            .iter()
            .any(|asked| asked.path.ends_with("/status"))
    };
    w.eventually("fal is asked how far it is", asks).await;
}

fn posts(service: &Service) -> usize {
    service
        .asked()
        .iter()
        .filter(|asked| asked.method == "POST")
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_was_taken_before_the_power_cut_is_finished_and_not_handed_in_again() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let queue = Queue::new();
        queue.ends.store(false, Ordering::SeqCst);
        let ends = queue.ends.clone();
        let service = queue.start().await;
        story(&service, kind, async |w| {
            w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
            let working = w.work_meanwhile();
            asked_how_far(w, &service).await;
            w.kill().await;
            working.await.expect_err("it died");
            w.advance(LEASE);
            ends.store(true, Ordering::SeqCst);
            w.start().await;
            w.work_it_out().await;
            let thread = w.last_thread();
            w.starter(&thread);
            w.image_at(&thread, "explore");
            let pool = w.pool().await;
            assert_eq!(
                (pool.held.get(), pool.settled.get(), pool.available.get()),
                (0, 10, 990)
            );
        })
        .await;
        assert_eq!(posts(&service), 1, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_was_cut_before_it_had_a_number_is_parked_and_never_handed_in_again() {
    let service = Queue {
        submit: Some(Answer::HangUp),
        ..Queue::new()
    };
    let service = service.start().await;
    story(&service, Kind::Sqlite, async |w| {
        let thread = w.ana().draft("a red fox", 1).await;
        w.restart().await;
        w.work_it_out().await;
        assert!(w.notices(&thread)[0].contains("It may have been paid"));
        w.starter(&thread);
        let pool = w.pool().await;
        assert_eq!((pool.held.get(), pool.settled.get()), (10, 0));
    })
    .await;
    assert_eq!(posts(&service), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_fal_did_not_finish_is_handed_in_again_under_another_number() {
    let queue = Queue::new();
    queue
        .result
        .lock()
        .unwrap()
        .push(fault(503, "runner_disconnected"));
    let service = queue.start().await;
    story(&service, Kind::Sqlite, async |w| {
        let thread = w.ana().draft("a red fox", 1).await;
        w.work_it_out().await;
        w.starter(&thread);
        w.image_at(&thread, "explore");
    })
    .await;
    let asked = service.asked();
    let second = format!("{NUMBER}-1/status");
    assert_eq!(posts(&service), 2);
    assert!(asked.iter().any(|asked| asked.path.ends_with(&second)));
}

/// Tells a story in which a member cancels while the one call waits in fal's own queue.
async fn a_cancel_reaches_the_queue_of_fal(kind: Kind) {
    let queue = Queue::new();
    queue.waits.store(true, Ordering::SeqCst);
    queue
        .result
        .lock()
        .expect("the answers")
        .push(fault(499, "client_cancelled"));
    let service = queue.start().await;
    story(&service, kind, async |w| {
        w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
        let working = w.work_meanwhile();
        asked_how_far(w, &service).await;
        let thread = w.last_thread();
        let told = w.ana().presses(world::CAMPAIGN, thread.id, "cancel").await;
        assert_eq!(
            told,
            "1 image may still wait at the image service and is called off there. What has begun will be finished."
        );
        working.await.expect("it ends");
        w.run_jobs().await;
        assert_eq!(w.sums().await, (0, 0, 1_000), "nothing was paid");
        assert!(w.starter(&thread).ends_with("1 cancelled, credits returned"));
        assert!(w.notices(&thread).is_empty());
    })
    .await;
    let asked = service.asked();
    let put = asked.iter().filter(|asked| asked.method == "PUT").count();
    assert_eq!((posts(&service), put), (1, 1), "{kind:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_reaches_a_call_that_waits_at_fal_on_sqlite() {
    a_cancel_reaches_the_queue_of_fal(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_reaches_a_call_that_waits_at_fal_on_postgres() {
    a_cancel_reaches_the_queue_of_fal(Kind::Postgres).await;
}
