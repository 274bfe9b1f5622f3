//! Tests that every line about trouble says whose trouble it is: it carries the id of a job or of
//! an interaction.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use discord_sandbox::{Cut, Fault, Sandbox, world};
use serde_json::{Value, json};

use crate::harness::process::{Program, draft, drawn_by_openai, eventually, sandbox};
use crate::harness::service::{Answer, Service, picture};
use crate::repo::greenlight;

/// Lists the messages that need no id.
const DOCUMENT: &str = include_str!("../../../docs/logging.md");
const CHAPTER: &str = "## Lines about the whole process\n";

const JOB: [&str; 3] = ["job.kind", "job.target", "job.attempt"];
const ENGINE: [&str; 3] = ["render.id", "engine.name", "engine.model"];
const EVENT: [&str; 5] = ["event.kind", "shard.id", "guild.id", "user.id", "interaction.id"];

/// Reads the messages that concern the whole process, as the document has them.
fn about_the_process() -> Vec<&'static str> {
    let (_, chapter) = DOCUMENT.split_once(CHAPTER).expect("the chapter");
    let lines = chapter.lines().take_while(|line| !line.starts_with("##"));
    lines
        .filter_map(|line| line.strip_prefix("- `")?.split('`').next())
        .collect()
}

/// Returns whether a line of either format has the level WARN or ERROR.
fn is_trouble(line: &str) -> bool {
    ["WARN", "ERROR"]
        .iter()
        .any(|level| line.contains(&format!("\"level\":\"{level}\"")) || line.contains(&format!(" {level} ")))
}

/// Returns whether a line of either format has a field, of its own or of a span around it.
fn has(line: &str, field: &str) -> bool {
    line.contains(&format!("\"{field}\":")) || line.contains(&format!("{field}="))
}

/// Returns the lines about trouble that have none of these ids, though they need one.
fn without_id<'a>(said: &'a str, ids: &[&str]) -> Vec<&'a str> {
    let exempt = about_the_process();
    said.lines()
        .filter(|line| is_trouble(line))
        .filter(|line| !ids.iter().any(|id| has(line, id)))
        .filter(|line| !exempt.iter().any(|message| line.contains(message)))
        .collect()
}

/// Asserts that a message about trouble was logged, and each time with these fields.
fn assert_told(said: &str, message: &str, fields: &[&str]) {
    let mut lines = said
        .lines()
        .filter(|line| is_trouble(line) && line.contains(message))
        .peekable();
    assert!(lines.peek().is_some(), "“{message}” is not in:\n{said}");
    for line in lines {
        let missing: Vec<_> = fields.iter().filter(|field| !has(line, field)).collect();
        assert!(missing.is_empty(), "{missing:?} are not in {line}");
    }
}

/// Answers the first call with nothing, refuses the key of the second, and draws for the others.
fn a_bad_day(nth: usize) -> Answer {
    match nth {
        0 => Answer::HangUp,
        1 => Answer::json(
            401,
            &json!({ "error": { "message": "no", "code": "invalid_api_key" } }),
        ),
        _ => {
            let file = BASE64_STANDARD.encode(picture("1280x720"));
            Answer::json(200, &json!({ "data": [{ "b64_json": file }] }))
        }
    }
}

fn id_of(value: &Value) -> u64 {
    let id = value["id"].as_str().and_then(|id| id.parse().ok());
    id.expect("an id")
}

/// Has Ana ask for three images while a post fails. Returns the thread and the message of the one
/// that is drawn.
async fn a_draft(discord: &Sandbox) -> (u64, u64) {
    discord.fail(Fault {
        method: Some("POST".to_owned()),
        path_contains: "/messages".to_owned(),
        ..Fault::default()
    });
    draft(discord, json!({ "prompt": "a fox", "images": 3 })).await;
    let images = || {
        let threads = discord.threads(world::CAMPAIGN);
        let messages = threads.iter().flat_map(|thread| {
            discord
                .messages(id_of(thread))
                .into_iter()
                .map(|m| (id_of(thread), m))
        });
        let said = |message: &Value| message["content"].as_str().unwrap_or_default().to_owned();
        messages
            .filter(|(_, message)| said(message).contains("**Image "))
            .collect::<Vec<_>>()
    };
    eventually("each image has its message", async || images().len() == 3).await;
    let drawn = images().into_iter().find(|(_, message)| {
        message["attachments"]
            .as_array()
            .is_some_and(|files| !files.is_empty())
    });
    let (thread, message) = drawn.expect("an image that is drawn");
    (thread, id_of(&message))
}

/// Has Ana open the panel of an image. Returns the panel's message and its button for the original,
/// or nothing while the bot has not written down where the image is shown.
async fn panel(discord: &Sandbox, (thread, message): (u64, u64)) -> Option<(u64, String)> {
    let asked = discord
        .member(world::ANA)
        .menu(thread, message, "Greenlight")
        .await;
    let panel = discord.answer(asked.expect("a menu")).await.message;
    let rows = panel["components"].as_array()?.iter();
    let buttons = rows.flat_map(|row| row["components"].as_array().into_iter().flatten());
    let mut ids = buttons.filter_map(|button| button["custom_id"].as_str());
    let original = ids.find(|id| id.starts_with("original:"))?;
    Some((id_of(&panel), original.to_owned()))
}

/// Has Ana press a button twice: once it fails, and once it is not taken.
async fn two_presses(discord: &Sandbox, bot: &mut Program, blobs: &Path, image: (u64, u64)) {
    eventually("the image has a panel", async || {
        panel(discord, image).await.is_some()
    })
    .await;
    let (panel, original) = panel(discord, image).await.expect("a panel");
    let (ana, thread) = (discord.member(world::ANA), image.0);

    std::fs::remove_dir_all(blobs).expect("the folder of the pictures");
    std::fs::write(blobs, "no folder").expect("a file");
    let pressed = ana.click(thread, panel, &original).await;
    discord.answer(pressed.expect("a click")).await;
    bot.says("an interaction failed", 1).await;

    discord.fail(Fault {
        path_contains: "/callback".to_owned(),
        status: 400,
        ..Fault::default()
    });
    let pressed = ana.click(thread, panel, &original).await;
    pressed.expect("a click");
    bot.says("an interaction could not be taken", 1).await;
}

async fn every_trouble_has_an_id(format: &str, filter: &str) {
    let asked = AtomicUsize::new(0);
    let service = Service::start(move |_| a_bad_day(asked.fetch_add(1, Ordering::SeqCst))).await;
    let discord = sandbox().await;
    let mut settings = drawn_by_openai(&discord, "a-token", &service.url, "a-key");
    settings.extend([
        ("GREENLIGHT_LOG__FORMAT", format.to_owned()),
        ("GREENLIGHT_LOG__FILTER", filter.to_owned()),
        // Colours would stand between the name of a field and its value.
        ("NO_COLOR", "1".to_owned()),
    ]);
    let folder = tempfile::tempdir().expect("a folder");
    let blobs = folder.path().join("blobs");
    let mut bot = Program::start_in(folder, &["run"], &settings);
    discord.wait_online().await;

    let image = a_draft(&discord).await;
    two_presses(&discord, &mut bot, &blobs, image).await;
    let said = bot.said();
    assert_eq!(without_id(&said, &["job.target", "interaction.id"]), [""; 0]);
    let call = [JOB, ENGINE].concat();
    assert_told(&said, "nobody knows how a paid call ended", &JOB);
    assert_told(&said, "the engine needs its operator", &call);
    assert_told(&said, "a job is put back to be tried again", &JOB);
    assert_told(&said, "an interaction failed", &EVENT);
    assert_told(&said, "an interaction could not be taken", &EVENT);

    // What is wrong with a connection concerns its shard.
    discord.cut_gateway(Cut::Close { code: 4009 });
    bot.says("the connection to Discord's gateway has ended", 1).await;
    discord.wait_online().await;
    bot.signal("TERM");
    let (status, said) = bot.ended().await;
    assert!(status.success(), "{said}");
    let ids = ["job.target", "interaction.id", "shard.id"];
    assert_eq!(without_id(&said, &ids), [""; 0]);
    discord.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_about_trouble_has_the_id_of_a_job_or_an_interaction() {
    every_trouble_has_an_id("text", "info").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_it_has_in_json_and_when_nothing_but_trouble_is_logged() {
    every_trouble_has_an_id("json", "warn").await;
}

#[test]
fn a_line_without_an_id_is_found_in_either_format() {
    let ids = ["job.target", "interaction.id"];
    let good = [
        r#"2026-01-01T00:00:00Z  WARN job{job.kind="deliver" job.target=00ab job.attempt=1}: Discord is away"#,
        r#"2026-01-01T00:00:00Z ERROR event{event.kind="button" interaction.id=7}: an interaction failed"#,
        r#"{"level":"WARN","fields":{"message":"cut"},"spans":[{"job.target":"00ab","name":"job"}]}"#,
        "2026-01-01T00:00:00Z ERROR the queue cannot be read: the database failed",
        "2026-01-01T00:00:00Z  INFO the commands are registered",
        r#"{"level":"INFO","fields":{"message":"the commands are registered"}}"#,
    ];
    assert_eq!(without_id(&good.join("\n"), &ids), [""; 0]);
    let bad = [
        "2026-01-01T00:00:00Z  WARN Discord is away",
        r#"2026-01-01T00:00:00Z ERROR event{event.kind="ready" shard.id=0}: job.target is not said"#,
        r#"{"level":"WARN","fields":{"message":"cut"},"spans":[{"render.id":"00ab","name":"engine"}]}"#,
        r#"{"level":"ERROR","fields":{"message":"an interaction failed"}}"#,
    ];
    let all = [&good[..], &bad[..]].concat().join("\n");
    assert_eq!(without_id(&all, &ids), bad);
}

#[test]
fn the_messages_without_an_id_are_those_of_the_program() {
    let code = greenlight();
    let messages = about_the_process();
    assert!(!messages.is_empty());
    for message in messages {
        let logged = code.files.iter().any(|file| file.text.contains(message));
        assert!(logged, "nothing logs “{message}”");
    }
}
