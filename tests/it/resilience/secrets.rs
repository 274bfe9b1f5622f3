//! Tests that nothing the program says holds a secret or a prompt: neither its most talkative log,
//! nor an error, nor the `Debug` form of a value.
//!
//! Every secret here, and every text that a member writes, contains the same word, so that a part
//! of one is found too.

use std::sync::atomic::{AtomicUsize, Ordering};

use discord_sandbox::{Cut, Fault, Sandbox, world};
use serde_json::{Value, json};

use crate::harness::process::{Program, draft, drawn_by_openai, eventually, sandbox};
use crate::harness::run_test_with;
use crate::harness::service::{Answer, Asked, Service};

/// A word in every secret and in every text of a member, which nobody may read.
const PLANTED: &str = "planted";
const TOKEN: &str = "MTk4NjIyNDgzNDcxOTI1MjQ4.planted-token.Zm9vYmFyYmF6cXV4";
const KEY: &str = "sk-planted-key-0123456789";
const PASSWORD: &str = "planted-password";
const PROMPT: &str = "a zebra and a planted lantern";
const KEEP: &str = "the planted moon on the left";

/// Logs everything, whatever else the operator asks for. serenity would print tokens.
const TALKATIVE: &str =
    "trace,serenity=trace,serenity::gateway=trace,serenity::gateway::ws=trace,serenity::http=trace";
const FORMATS: [&str; 2] = ["text", "json"];

type Variables = Vec<(&'static str, String)>;

fn talkative(format: &str, variables: Variables) -> Variables {
    let log = [
        ("GREENLIGHT_LOG__FILTER", TALKATIVE.to_owned()),
        ("GREENLIGHT_LOG__FORMAT", format.to_owned()),
    ];
    log.into_iter().chain(variables).collect()
}

/// Returns what a person would read of a log. The rest is long.
fn in_short(said: &str) -> String {
    let lines = said
        .lines()
        .filter(|line| !line.contains("DEBUG") && !line.contains("TRACE"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Asserts that an output has what it should say, and nothing that it must not.
fn assert_kept(what: &str, said: &str, told: &str) {
    assert!(
        said.contains(told),
        "{what}: “{told}” is not in what it said:\n{}",
        in_short(said)
    );
    let leak = said.lines().find(|line| line.to_lowercase().contains(PLANTED));
    assert_eq!(leak, None, "{what} says a secret");
}

/// Runs the program to its end, which must be a failure.
async fn fails(what: &str, command: &str, variables: Variables, told: &str) {
    let (status, said) = Program::start(&[command], &variables).ended().await;
    assert_eq!(status.code(), Some(1), "{what}: {}", in_short(&said));
    assert_kept(what, &said, told);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_be_used_are_said_without_the_secrets_among_them() {
    let user = format!("ana:{PASSWORD}");
    for (name, value, told) in [
        (
            "GREENLIGHT_POOL__FIRST_GRANT",
            "-1".to_owned(),
            "pool.first_grant = -1",
        ),
        ("GREENLIGHT_DISCORD", TOKEN.to_owned(), "discord"),
        ("GREENLIGHT_ENGINES__OPENAI", KEY.to_owned(), "engines.openai"),
        ("GREENLIGHT_DISCORD_TOKEN", TOKEN.to_owned(), "discord_token"),
        (
            "GREENLIGHT_DISCORD__API_BASE",
            format!("http://{user}@127.0.0.1:1"),
            "discord.api_base",
        ),
        (
            "GREENLIGHT_ENGINES__OPENAI__BASE_URL",
            format!("https://{user}@gateway/v1"),
            "engines.openai.base_url",
        ),
        (
            "DATABASE_URL",
            format!("mysql://{user}@127.0.0.1/x"),
            "it must begin with",
        ),
        (
            "DATABASE_URL",
            format!("postgres://{user}@127.0.0.1:port/x"),
            "database.url",
        ),
        (
            "DATABASE_URL",
            format!("postgres://{user}@127.0.0.1:1/x"),
            "database.url",
        ),
    ] {
        for format in FORMATS {
            let secrets = vec![
                ("DISCORD_TOKEN", TOKEN.to_owned()),
                ("OPENAI_API_KEY", KEY.to_owned()),
            ];
            let mut variables = talkative(format, secrets);
            variables.push((name, value.clone()));
            // `migrate` and not `run` or `doctor`, which would ask Discord.
            fails(name, "migrate", variables, told).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settings_file_that_cannot_be_read_is_said_without_its_lines() {
    for (line, told) in [
        (format!("token = \"{TOKEN}"), "line 2"),
        (format!("token = [\"{TOKEN}\"]"), "discord.token"),
        (format!("token = {TOKEN}"), "line 2"),
        (format!("\"{TOKEN}\""), "line 2"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("settings.toml");
        std::fs::write(&file, format!("[discord]\n{line}\n")).expect("a file");
        let file = file.display().to_string();
        let none: [(&str, &str); 0] = [];
        let program = Program::start_in(folder, &["doctor", "--config", &file], &none);
        let (status, said) = program.ended().await;
        assert_eq!(status.code(), Some(1), "{}", in_short(&said));
        assert_kept(&line, &said, told);
        assert!(
            said.contains("settings.toml") || said.contains("discord.token"),
            "{said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_refuses_the_password_is_said_without_it() {
    let server = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL");
    let mut url = url::Url::parse(&server).expect("a URL");
    url.set_password(Some(PASSWORD))
        .expect("a server with a password");
    for format in FORMATS {
        let variables = talkative(format, vec![("DATABASE_URL", url.to_string())]);
        fails(
            format,
            "migrate",
            variables,
            "the server refuses the user or the password",
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_discord_refuses_is_not_said() {
    for format in FORMATS {
        let discord = sandbox().await;
        discord.fail(Fault {
            path_contains: "/users/@me".to_owned(),
            status: 401,
            message: "401: Unauthorized".to_owned(),
            ..Fault::default()
        });
        let settings = talkative(
            format,
            drawn_by_openai(&discord, TOKEN, "http://127.0.0.1:1", KEY),
        );
        fails(format, "run", settings.clone(), "is discord.token right?").await;

        let bot = Program::start(&["run"], &settings);
        discord.wait_online().await;
        discord.cut_gateway(Cut::Close { code: 4004 });
        let (status, said) = bot.ended().await;
        assert_eq!(status.code(), Some(1), "{}", in_short(&said));
        assert_kept(format, &said, "copy a new one from the developer portal");
        discord.stop().await;
    }
}

/// Answers with one fault after the other. Each repeats the key and the words of the request.
fn rude(asked: &Asked, nth: usize) -> Answer {
    let key = &asked.headers["authorization"];
    let words = String::from_utf8_lossy(&asked.body).into_owned();
    let said = format!("{key} must not ask for {words}");
    let fault = |status, code: &str| {
        let error = json!({ "message": said, "type": said, "param": said, "code": code });
        Answer::json(status, &json!({ "error": error })).with("x-request-id", "planted or not?")
    };
    match nth {
        0 => fault(401, "invalid_api_key"),
        1 => fault(400, "moderation_blocked"),
        2 => fault(400, &said),
        3 => Answer::Whole(200, vec![], said.into_bytes()),
        4 => Answer::json(200, &json!({ "data": [{ "b64_json": said }] })),
        5 => {
            let body = json!({ "data": [], "said": said }).to_string().into_bytes();
            let max = body.len() - 1;
            Answer::Cut(body, max)
        }
        6 => Answer::HangUp,
        _ => fault(500, "server_error"),
    }
}
const RUDE: usize = 8;

/// Drafts once for each fault, then asks the process to stop.
async fn a_day_of_faults(discord: &Sandbox, bot: &mut Program) {
    discord.wait_online().await;
    for nth in 1..=RUDE {
        draft(
            discord,
            json!({ "prompt": format!("{PROMPT} {nth}"), "keep": KEEP, "images": 1 }),
        )
        .await;
        bot.says("an attempt ended", nth).await;
    }
    let notices = || {
        discord
            .threads(world::CAMPAIGN)
            .iter()
            .map(|thread| texts(discord, thread))
            .sum::<usize>()
    };
    // The last one is tried again later.
    eventually("the members are told", async || notices() == RUDE - 1).await;
    bot.signal("TERM");
}

/// Counts the messages of a thread that mention an image.
fn texts(discord: &Sandbox, thread: &Value) -> usize {
    let id = thread["id"].as_str().and_then(|id| id.parse().ok());
    let messages = discord.messages(id.expect("an id"));
    let of_image = |message: &&Value| {
        message["content"]
            .as_str()
            .is_some_and(|text| text.contains("**Image "))
    };
    messages.iter().filter(of_image).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_repeats_the_key_and_the_prompt_is_not_quoted() {
    for format in FORMATS {
        let asked = AtomicUsize::new(0);
        let service = Service::start(move |ask| rude(ask, asked.fetch_add(1, Ordering::SeqCst))).await;
        let discord = sandbox().await;
        let settings = drawn_by_openai(&discord, TOKEN, &service.url, KEY);
        let mut bot = Program::start(&["run"], &talkative(format, settings));
        a_day_of_faults(&discord, &mut bot).await;
        let (status, said) = bot.ended().await;
        assert!(status.success(), "{}", in_short(&said));
        for told in [
            "openai answered 401 (invalid_api_key): set engines.openai.key",
            "openai answered 400: it takes no such request",
            "the answer is not as documented",
            "the picture is not base64",
            "a paid call was cut",
            "Retry(2000)",
            "stopping: paid calls are let to end",
            // Shows that it was at its most talkative.
            "TRACE",
        ] {
            assert_kept(format, &said, told);
        }
        let service = service.asked();
        assert!(service.len() >= RUDE);
        let first = String::from_utf8_lossy(&service[0].body).into_owned();
        assert!(
            first.contains(PROMPT) && first.contains(KEEP),
            "they were sent: {first}"
        );
        assert!(service[0].headers["authorization"].contains(KEY));
        discord.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_printed_for_developers_holds_no_secret() {
    let settings = [
        ("DISCORD__TOKEN", TOKEN),
        ("ENGINES__OPENAI__KEY", KEY),
        ("ENGINES__GEMINI__KEY", KEY),
        ("ENGINES__FAL__KEY", KEY),
    ];
    run_test_with(&settings, async |w| {
        let printed = format!("{:#?}", w.app());
        assert_kept("the app", &printed, "Services");
    })
    .await;
}
