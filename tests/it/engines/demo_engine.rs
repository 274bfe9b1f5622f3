//! Tests `greenlight demo --engine NAME`: the built program, with a key in its environment and a
//! service behind a real connection.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use discord_sandbox::world;
use serde_json::{Value, json};

use crate::harness::process::{Program, eventually};
use crate::harness::service::{Answer, Asked, Service, picture};

const KEY: &str = "sk-demo-0123456789";

/// Draws whatever is asked for, at its size.
fn obliging(asked: &Asked) -> Answer {
    let size = if asked.path == "/images/generations" {
        asked.json()["size"].as_str().expect("a size").to_owned()
    } else {
        let form = String::from_utf8_lossy(&asked.body).into_owned();
        let after = form.split("name=\"size\"\r\n\r\n").nth(1).expect("a size");
        after.split("\r\n").next().expect("a line").to_owned()
    };
    let file = BASE64_STANDARD.encode(picture(&size));
    Answer::json(200, &json!({ "data": [{ "b64_json": file }] }))
}

/// The demo, and its Discord as it is seen from outside the process.
struct Demo {
    program: Program,
    url: String,
    client: reqwest::Client,
}

impl Demo {
    async fn start(arguments: &[&str], service: &Service) -> Self {
        let variables = [
            ("OPENAI_API_KEY", KEY),
            ("GREENLIGHT_ENGINES__OPENAI__BASE_URL", &service.url),
            // This token is not the demo's, so the demo must not use it.
            ("DISCORD_TOKEN", "another bot's"),
            ("GREENLIGHT_POOL__FIRST_GRANT", "-1"),
        ];
        let arguments = [&["demo", "--port", "0"], arguments].concat();
        let mut program = Program::start(&arguments, &variables);
        program.says("Ctrl-C ends it", 1).await;
        let said = program.said();
        let (_, url) = said.split_once("Greenlight is ready: ").expect("an address");
        let url = url.split_whitespace().next().expect("an address").to_owned();
        let client = reqwest::Client::new();
        Self { program, url, client }
    }

    /// Has a person act, through the control API. Returns whether it succeeded.
    async fn act(&self, act: &Value) -> bool {
        let acted = self.client.post(format!("{}/sandbox/control/act", self.url));
        let acted = acted.json(act).send().await.expect("the local Discord");
        acted.status().is_success()
    }

    async fn messages(&self, channel: &str) -> Vec<Value> {
        let asked = self
            .client
            .get(format!("{}/api/v10/channels/{channel}/messages", self.url));
        let asked = asked.header("authorization", "Bot demo");
        let answer = asked.send().await.expect("the local Discord");
        answer.json().await.unwrap_or_default()
    }

    /// Returns what the page is told at this path.
    async fn asked(&self, path: &str) -> Value {
        let answer = self.client.get(format!("{}{path}", self.url)).send().await;
        answer.expect("the local Discord").json().await.expect("JSON")
    }

    /// Has Ana draft one image. Returns its thread.
    async fn draft(&self) -> String {
        let draft = json!({
            "as": world::ANA.to_string(), "what": "command", "channel_id": world::CAMPAIGN.to_string(),
            "name": "draft", "options": { "prompt": "a red fox", "images": 1 },
        });
        eventually("the command is there", async || self.act(&draft).await).await;
        let campaign = world::CAMPAIGN.to_string();
        eventually("a draft", async || !self.messages(&campaign).await.is_empty()).await;
        let starter = self.messages(&campaign).await.remove(0);
        starter["id"].as_str().expect("an id").to_owned()
    }

    /// Waits for the message in a thread that shows a picture and contains these words.
    async fn shown(&self, thread: &str, words: &str) -> String {
        let found = async || {
            let messages = self.messages(thread).await;
            let found = messages.into_iter().find(|message| {
                let text = message["content"].as_str().unwrap_or_default();
                text.contains(words) && !message["attachments"][0].is_null()
            });
            found.map(|message| message["id"].as_str().expect("an id").to_owned())
        };
        eventually(words, async || found().await.is_some()).await;
        found().await.expect("it is there")
    }

    async fn approve(&self, person: u64, thread: &str, message: &str) {
        let act = json!({
            "as": person.to_string(), "what": "react", "channel_id": thread, "message_id": message, "emoji": "✅",
        });
        assert!(self.act(&act).await, "{person} reacts");
    }

    async fn ends(self) {
        self.program.signal("INT");
        let (status, said) = self.program.ended().await;
        assert!(status.success(), "{said}");
        assert!(!said.contains(KEY), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_named_draws_every_stage_with_the_key_of_the_environment() {
    let service = Service::start(obliging).await;
    let demo = Demo::start(&["--engine", "openai"], &service).await;
    let said = demo.program.said();
    assert!(
        said.contains(
            "drawn by openai (gpt-image-2), for your money: about $0.003 a draft, $0.055 a 2K, $0.400 a 4K."
        ),
        "{said}"
    );
    let thread = demo.draft().await;
    let image = demo.shown(&thread, "1K draft").await;
    demo.approve(world::BO, &thread, &image).await;
    let review = demo.shown(&thread, "2K review").await;
    demo.approve(world::BO, &thread, &review).await;
    demo.approve(world::CEM, &thread, &review).await;
    demo.shown(&thread, "4K").await;
    demo.shown(&thread, "3840×2160").await;
    demo.ends().await;

    let asked = service.asked();
    let paths: Vec<&str> = asked.iter().map(|asked| asked.path.as_str()).collect();
    assert_eq!(paths, ["/images/generations", "/images/edits", "/images/edits"]);
    for asked in &asked {
        assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));
    }
    assert_eq!(asked[0].json()["quality"], "low");
    for (asked, quality) in [(&asked[1], "medium"), (&asked[2], "high")] {
        assert_eq!(asked.field("quality").await.bytes, quality.as_bytes());
        assert_eq!(asked.field("model").await.bytes, b"gpt-image-2");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_happens_to_be_there_is_not_used() {
    let service = Service::start(obliging).await;
    let demo = Demo::start(&["--empty"], &service).await;
    assert!(!demo.program.said().contains("drawn by"));
    let thread = demo.draft().await;
    demo.shown(&thread, "1K draft").await;
    demo.ends().await;
    assert_eq!(service.asked().len(), 0);
}

/// What a newcomer finds: a first screen that is not empty, a gallery with a picture, a log that has
/// told of it, a guide, and time that passes at a click.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_demo_shows_a_finished_thread_and_four_days_can_be_skipped() {
    let service = Service::start(obliging).await;
    let demo = Demo::start(&[], &service).await;
    let starters = demo.messages(&world::CAMPAIGN.to_string()).await;
    assert_eq!(starters.len(), 1, "{starters:#?}");
    let example = starters[0]["id"].as_str().expect("an id").to_owned();
    demo.shown(&example, "Image 1** · 4K").await;
    let gallery = demo.messages(&world::GALLERY.to_string()).await;
    assert!(!gallery[0]["attachments"][0].is_null(), "{gallery:#?}");
    let state = demo.asked("/sandbox/state").await;
    let channels = state["channels"].as_array().expect("channels");
    let log = channels.iter().find(|channel| channel["name"] == "bot-log");
    let log = log.expect("the log's channel")["id"].as_str().expect("an id");
    assert!(!demo.messages(log).await.is_empty(), "what was spent is told");

    let guide = demo.asked("/sandbox/guide").await;
    let buttons = |step: usize| {
        guide["steps"][step]["buttons"]
            .as_array()
            .expect("buttons")
            .clone()
    };
    let prompts = buttons(0);
    assert_eq!(prompts.len(), 3);
    for prompt in &prompts {
        assert_eq!(prompt["does"]["kind"], "command");
        let prompt = prompt["label"].as_str().expect("a prompt");
        assert_eq!(greenlight_sketch::unknown_words(prompt), [""; 0], "{prompt}");
    }
    let thread = demo.draft().await;
    demo.shown(&thread, "1K draft").await;
    // The vote is open once the bot has put its emoji there.
    let open = async || {
        let messages = demo.messages(&thread).await;
        let shown = messages.iter().filter(|message| {
            message["content"]
                .as_str()
                .is_some_and(|text| text.contains("1K draft"))
        });
        shown.clone().count() > 0 && shown.clone().all(|message| !message["reactions"][0].is_null())
    };
    eventually("the vote is open", open).await;
    let skip = buttons(3)[0]["does"]["ms"].clone();
    let skips = async || {
        let skipped = demo.client.post(format!("{}/sandbox/control/advance", demo.url));
        let skipped = skipped.json(&json!({ "ms": skip })).send().await;
        assert!(skipped.expect("the local Discord").status().is_success());
    };
    let before = demo.messages(&thread).await.len();
    skips().await;
    eventually("a reminder", async || demo.messages(&thread).await.len() > before).await;
    skips().await;
    let closed = async || {
        let messages = demo.messages(&thread).await;
        let mut texts = messages.iter().filter_map(|message| message["content"].as_str());
        texts.any(|text| text.contains("closed with"))
    };
    eventually("the end of the vote", closed).await;
    demo.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_cannot_be_used_is_refused_with_what_to_do() {
    for (engine, key, told) in [
        ("crayon", KEY, "there is no engine “crayon”; there are: "),
        ("local", KEY, "It has lanczos (exact). Engines that can: "),
        ("openai", "", "--engine openai needs its key: set OPENAI_API_KEY"),
        (
            "openai",
            "  ",
            "--engine openai needs its key: set OPENAI_API_KEY",
        ),
    ] {
        let arguments = ["demo", "--port", "0", "--engine", engine];
        let (status, said) = Program::start(&arguments, &[("OPENAI_API_KEY", key)])
            .ended()
            .await;
        assert_eq!(status.code(), Some(1), "{said}");
        assert!(said.contains(told), "{engine}: {said}");
        assert!(!said.contains("is ready"), "{said}");
    }
}
