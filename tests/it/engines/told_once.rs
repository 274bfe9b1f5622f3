//! Tests what only the operator can mend: the operator is told once, not for every image. Members
//! are told each time.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use discord_sandbox::{Sandbox, world};
use serde_json::{Value, json};

use crate::harness::process::{Program, draft, drawn_by_openai, eventually, sandbox};
use crate::harness::service::{Answer, Service, picture};

/// The answer that the service gives for now.
#[derive(Clone)]
struct Mood(Arc<Mutex<Answer>>);

impl Mood {
    fn turns(&self, answer: Answer) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    fn answer(&self) -> Answer {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn fault(status: u16, code: &str) -> Answer {
    Answer::json(status, &json!({ "error": { "message": "no", "code": code } }))
}

fn drawn() -> Answer {
    let file = BASE64_STANDARD.encode(picture("1280x720"));
    Answer::json(200, &json!({ "data": [{ "b64_json": file }] }))
}

/// Returns how often the operator was told, and how often only a developer would have been.
fn told(bot: &Program) -> (usize, usize) {
    let said = bot.said();
    let lines = |level: &str, words: &str| {
        let lines = said.lines();
        lines
            .filter(|line| line.contains(level) && line.contains(words))
            .count()
    };
    (
        lines("ERROR", "the engine needs its operator"),
        lines("DEBUG", "the engine still needs its operator"),
    )
}

/// Has Ana draft so many images, and waits until each has ended with a message in the draft's
/// thread.
async fn drafted(discord: &Sandbox, images: usize) -> Vec<String> {
    let before = discord.threads(world::CAMPAIGN).len();
    // The same words again would be answered with what was drawn before.
    let prompt = format!("a fox, number {before}");
    draft(discord, json!({ "prompt": prompt, "images": images })).await;
    let told = || {
        discord
            .threads(world::CAMPAIGN)
            .get(before)
            .map_or(Vec::new(), |thread| texts(discord, thread))
    };
    eventually("each image has its message", async || told().len() == images).await;
    told()
}

/// Returns the texts of the images' messages in a thread.
fn texts(discord: &Sandbox, thread: &Value) -> Vec<String> {
    let id = thread["id"].as_str().and_then(|id| id.parse().ok());
    let messages = discord.messages(id.expect("an id")).into_iter();
    let texts = messages.map(|message| message["content"].as_str().unwrap_or_default().to_owned());
    texts.filter(|text| text.contains("**Image ")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_key_is_told_once_and_again_when_it_is_another_trouble_or_came_back() {
    let mood = Mood(Arc::new(Mutex::new(fault(401, "invalid_api_key"))));
    let service = {
        let mood = mood.clone();
        Service::start(move |_| mood.answer()).await
    };
    let discord = sandbox().await;
    let mut settings = drawn_by_openai(&discord, "a-token", &service.url, "a-key");
    settings.push(("GREENLIGHT_LOG__FILTER", "info,greenlight=debug".to_owned()));
    let bot = Program::start(&["run"], &settings);
    discord.wait_online().await;

    let texts = drafted(&discord, 4).await;
    assert!(
        texts.iter().all(|text| text.contains("turned the bot away")),
        "{texts:#?}"
    );
    assert_eq!(told(&bot), (1, 3), "{}", bot.said());
    drafted(&discord, 2).await;
    assert_eq!(told(&bot), (1, 5), "{}", bot.said());

    mood.turns(fault(429, "insufficient_quota"));
    drafted(&discord, 2).await;
    assert_eq!(told(&bot), (2, 6), "{}", bot.said());

    mood.turns(drawn());
    let texts = drafted(&discord, 1).await;
    assert!(texts[0].contains("1K draft"), "{texts:#?}");
    mood.turns(fault(401, "invalid_api_key"));
    drafted(&discord, 2).await;
    assert_eq!(told(&bot), (3, 7), "{}", bot.said());

    let said = bot.said();
    assert!(
        said.contains("set engines.openai.key (OPENAI_API_KEY) to a key that is good"),
        "what to do is said: {said}"
    );
    bot.signal("TERM");
    let (status, said) = bot.ended().await;
    assert!(status.success(), "{said}");
    discord.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_unknown_outcome_is_one_warning_with_who_was_asked_and_under_which_name() {
    let lost = Answer::json(504, &json!({})).with("x-request-id", "req_9");
    let service = Service::that_says(lost).await;
    let discord = sandbox().await;
    let settings = drawn_by_openai(&discord, "a-token", &service.url, "a-key");
    let bot = Program::start(&["run"], &settings);
    discord.wait_online().await;
    drafted(&discord, 1).await;
    bot.signal("TERM");
    let (status, said) = bot.ended().await;
    assert!(status.success(), "{said}");
    let warnings: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("WARN") && line.contains("paid call"))
        .collect();
    assert_eq!(warnings.len(), 1, "{said}");
    for part in ["render.id", "openai", "req_9"] {
        assert!(warnings[0].contains(part), "{}", warnings[0]);
    }
    discord.stop().await;
}
