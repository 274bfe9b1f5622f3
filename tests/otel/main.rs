//! Tests that a build with the feature `otel` sends what a draft did as traces: the built program, a
//! local Discord, and a receiver that reads OpenTelemetry's protocol.

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use discord_sandbox::{Options, Sandbox, world};
use serde_json::json;
use tokio::net::TcpListener;

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);
const PROMPT: &str = "a red fox nobody else may know of";

/// A span as it was received.
#[derive(Clone, Debug, Default)]
struct Span {
    trace: Vec<u8>,
    id: Vec<u8>,
    parent: Vec<u8>,
    name: String,
    attributes: BTreeMap<String, String>,
}

type Received = Arc<Mutex<Vec<Bytes>>>;

/// Splits a message of protobuf into its fields: numbers, and what stands there. The messages that are
/// read here have no fields but those of a length, numbers, and those of eight or four bytes.
fn fields(mut message: &[u8]) -> Vec<(u64, &[u8])> {
    fn number(message: &mut &[u8]) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let (first, rest) = message.split_first().expect("a number");
            *message = rest;
            value |= u64::from(first & 0x7f) << shift;
            if first & 0x80 == 0 {
                break;
            }
        }
        value
    }
    let mut all = Vec::new();
    while !message.is_empty() {
        let key = number(&mut message);
        let length = match key & 7 {
            0 => {
                number(&mut message);
                continue;
            }
            1 => 8,
            2 => usize::try_from(number(&mut message)).expect("a length"),
            5 => 4,
            other => panic!("a field of kind {other}"),
        };
        let (field, rest) = message.split_at(length);
        message = rest;
        all.push((key >> 3, field));
    }
    all
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Returns what stands in the fields of a number.
fn within(message: &[u8], number: u64) -> Vec<&[u8]> {
    let all = fields(message).into_iter();
    all.filter(|(field, _)| *field == number)
        .map(|(_, what)| what)
        .collect()
}

fn span(message: &[u8]) -> Span {
    let mut span = Span::default();
    for (number, field) in fields(message) {
        match number {
            1 => span.trace = field.to_vec(),
            2 => span.id = field.to_vec(),
            4 => span.parent = field.to_vec(),
            5 => span.name = text(field),
            9 => {
                let key = within(field, 1).first().map(|key| text(key)).expect("a key");
                let value = within(field, 2).first().map(|value| within(value, 1));
                let value = value.and_then(|texts| texts.first().map(|value| text(value)));
                span.attributes.insert(key, value.unwrap_or_default());
            }
            _ => {}
        }
    }
    span
}

/// Returns the spans of everything that was received.
fn spans(received: &Received) -> Vec<Span> {
    let requests = received.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut all = Vec::new();
    for request in &requests {
        for resource in within(request, 1) {
            for scope in within(resource, 2) {
                all.extend(within(scope, 2).into_iter().map(span));
            }
        }
    }
    all
}

async fn receiver() -> (String, Received) {
    let received = Received::default();
    let take = async |State(received): State<Received>, body: Bytes| {
        received.lock().unwrap_or_else(PoisonError::into_inner).push(body);
    };
    let router = Router::new()
        .route("/v1/traces", post(take))
        .with_state(received.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, received)
}

/// The bot. It is killed when the test ends, however that ends.
struct Bot(Child);

impl Drop for Bot {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn eventually(what: &str, holds: impl Fn() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        let mut looks = tokio::time::interval(Duration::from_millis(10));
        while !holds() {
            looks.tick().await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("in vain: {what}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_spans_of_a_draft_are_sent_with_their_ids_and_without_its_words() {
    let discord = Sandbox::start(Options::default()).await.expect("a local Discord");
    let (url, received) = receiver().await;
    let folder = tempfile::tempdir().expect("a folder");
    let bot = Command::new(env!("CARGO_BIN_EXE_greenlight"))
        .arg("run")
        .env_clear()
        .env("DISCORD_TOKEN", "test")
        .env("GREENLIGHT_DISCORD__API_BASE", discord.url())
        .env("GREENLIGHT_POOL__FIRST_GRANT", "1000")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .spawn();
    let mut bot = Bot(bot.expect("the program"));
    discord.wait_online().await;
    discord.until(|discord| !discord.commands().is_empty()).await;
    let ana = discord.member(world::ANA);
    let options = json!({ "prompt": PROMPT, "images": 1 });
    let asked = ana.command(world::CAMPAIGN, "draft", options).await;
    discord.answer(asked.expect("a command")).await;
    let has_picture = |discord: &Sandbox| {
        discord.threads(world::CAMPAIGN).iter().any(|thread| {
            let id = thread["id"]
                .as_str()
                .and_then(|id| id.parse().ok())
                .expect("an id");
            let messages = discord.messages(id);
            messages.iter().any(|message| {
                let files = message["attachments"].as_array();
                files.is_some_and(|files| !files.is_empty())
            })
        })
    };
    discord.until(has_picture).await;
    let id = bot.0.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .expect("kill")
            .success()
    );
    let ended = tokio::task::spawn_blocking(move || bot.0.wait()).await;
    assert!(ended.expect("no panic").expect("a child of ours").success());

    eventually("spans came", || !spans(&received).is_empty()).await;
    let all = spans(&received);
    let named = |name: &str, key: &str, value: &str| {
        let found = all
            .iter()
            .find(|span| span.name == name && span.attributes.get(key).is_some_and(|there| there == value));
        found
            .unwrap_or_else(|| panic!("no {name} with {key} = {value} in {all:#?}"))
            .clone()
    };
    let command = named("event", "event.kind", "command");
    assert!(command.attributes.contains_key("interaction.id"), "{command:?}");
    let job = named("job", "job.kind", "render");
    let engine = named("engine", "engine.name", "sketch");
    assert_eq!(
        (&engine.trace, &engine.parent),
        (&job.trace, &job.id),
        "the call is part of its job"
    );
    assert!(!job.attributes["job.target"].is_empty(), "{job:?}");
    let bodies = received.lock().unwrap_or_else(PoisonError::into_inner).concat();
    assert!(!text(&bodies).contains(PROMPT), "no trace holds a prompt");
    assert!(text(&bodies).contains("greenlight"), "it says whose they are");
    discord.stop().await;
}
