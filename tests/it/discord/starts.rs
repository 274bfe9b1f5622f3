//! Tests `discord.api_base`: the token goes to that server and nowhere else. The bot refuses to
//! start unless the server names a gateway of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use discord_sandbox::{Fault, Options, Sandbox};
use greenlight::app::{App, Error, FaultInjection, Transport, engines};
use greenlight::clock::Clock;
use greenlight::config::Config;
use greenlight::domain::pauses::Pauses;
use greenlight::flow;
use greenlight::gateway::Timeouts;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::harness::process::Program;

/// Starts a bot with a folder of its own against a server.
async fn start(base: &str, more: &[(&str, &str)]) -> (Result<App, Error>, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite:{}", folder.path().join("greenlight.db").display());
    let settings = [
        ("DISCORD__API_BASE", base.to_owned()),
        ("DISCORD__TOKEN", "a token to keep".to_owned()),
        ("DATABASE__URL", database),
        ("BLOBS__FOLDER", folder.path().join("blobs").display().to_string()),
    ];
    let more = more.iter().map(|(key, value)| (*key, (*value).to_owned()));
    let settings = settings.into_iter().chain(more);
    let settings = settings.map(|(key, value)| (format!("GREENLIGHT_{key}"), value));
    let config = Config::load(None, settings).expect("good settings");
    let engines = engines(FaultInjection::Told, &config).expect("engines");
    let transport = Transport {
        timeouts: Timeouts {
            apart: Duration::from_millis(1),
            again: Pauses {
                first: Duration::from_millis(1),
                longest: Duration::from_millis(20),
            },
            ..Timeouts::default()
        },
        ..Transport::default()
    };
    let app = App::start_over(transport, config, engines, Clock::system());
    (app.await, folder)
}

/// Returns why a start was refused, with all its causes.
async fn refusal(base: &str) -> String {
    refusal_with(base, &[]).await
}

/// Returns why a start with more settings was refused.
async fn refusal_with(base: &str, more: &[(&str, &str)]) -> String {
    match start(base, more).await.0 {
        Ok(app) => {
            app.stop().await;
            panic!("the bot has started with {base}");
        }
        Err(error) => flow::chain(&error),
    }
}

/// Starts a server that gives one answer to everything. Returns its URL, and how often it was given
/// the token.
async fn impostor<A>(answer: A) -> (String, Arc<AtomicUsize>)
where
    A: IntoResponse + Clone + Send + Sync + 'static,
{
    let tokens = Arc::new(AtomicUsize::new(0));
    let counted = tokens.clone();
    let everything = move |headers: HeaderMap| {
        let given = usize::from(headers.contains_key(header::AUTHORIZATION));
        counted.fetch_add(given, Ordering::SeqCst);
        let answer = answer.clone();
        async move { answer }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let app = Router::new().fallback(everything);
    tokio::spawn(async move { axum::serve(listener, app).await });
    (base, tokens)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_names_no_gateway_of_its_own_is_not_given_the_token() {
    let elsewhere = [
        r#"{ "url": "wss://gateway.discord.gg" }"#,
        r#"{ "url": "ws://127.0.0.2:1/gateway" }"#,
        r#"{ "url": "ws://127.0.0.1.example.org/gateway" }"#,
        r#"{ "url": "http://127.0.0.1/gateway" }"#,
        r#"{ "url": "gateway" }"#,
        "{}",
        "<html>not Discord</html>",
    ];
    for answer in elsewhere {
        let (base, tokens) = impostor(answer).await;
        let why = refusal(&base).await;
        assert!(
            why.contains("discord.api_base") && why.contains(&base) && why.contains("/gateway"),
            "{answer}: {why}"
        );
        assert_eq!(tokens.load(Ordering::SeqCst), 0, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_sends_the_bot_on_to_another_is_not_followed() {
    let discord = Sandbox::start(Options::default()).await.expect("a local Discord");
    let there = format!("{}/api/v10/gateway", discord.url());
    let moved = (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, there)]);
    let (base, tokens) = impostor(moved).await;
    let why = refusal(&base).await;
    assert!(why.contains("discord.api_base"), "{why}");
    assert_eq!((tokens.load(Ordering::SeqCst), discord.calls().len()), (0, 0));
    discord.stop().await;
}

/// The same fault as a 401 would be blamed on the token, or end the process.
#[tokio::test(flavor = "multi_thread")]
async fn what_fails_for_a_moment_at_the_start_is_asked_again() {
    let faults = [
        Fault::default(),
        Fault {
            status: 429,
            retry_after: Some(0.05),
            ..Fault::default()
        },
        Fault {
            hang_up: true,
            ..Fault::default()
        },
    ];
    for path in ["/gateway", "/users/@me", "/oauth2/applications/@me"] {
        for fault in faults.clone() {
            let discord = Sandbox::start(Options::default()).await.expect("a local Discord");
            discord.fail(Fault {
                path_contains: path.to_owned(),
                times: 3,
                ..fault
            });
            let (app, _folder) = start(&discord.url(), &[]).await;
            let app = app.unwrap_or_else(|error| panic!("{path}: {}", flow::chain(&error)));
            discord.wait_online().await;
            app.stop().await;
            discord.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_is_named_and_waited_for_until_the_bot_is_told_to_stop() {
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let settings = [
        ("GREENLIGHT_DISCORD__API_BASE", base.as_str()),
        ("DISCORD_TOKEN", "a token to keep"),
    ];
    let mut bot = Program::start(&["run"], &settings);
    bot.says("it cannot be reached", 2).await;
    bot.signal("TERM");
    let (status, said) = bot.ended().await;
    assert!(status.success() && said.contains(&base), "{said}");
}

/// serenity alone would fall back to Discord's own gateway, with the token.
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_named_once_and_then_not_again_is_used_all_the_same() {
    let discord = Sandbox::start(Options::default()).await.expect("a local Discord");
    discord.fail(Fault {
        path_contains: "/gateway".to_owned(),
        skip: 1,
        hang_up: true,
        ..Fault::default()
    });
    let (app, _folder) = start(&discord.url(), &[]).await;
    let app = app.expect("a start");
    discord.wait_online().await;
    app.stop().await;
    discord.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_good_is_said_at_once() {
    let discord = Sandbox::start(Options::default()).await.expect("a local Discord");
    discord.fail(Fault {
        path_contains: "/users/@me".to_owned(),
        status: 401,
        message: "401: Unauthorized".to_owned(),
        ..Fault::default()
    });
    let why = refusal(&discord.url()).await;
    assert!(
        why.contains("discord.token") && why.contains("Unauthorized"),
        "{why}"
    );
    discord.stop().await;
}

/// The bot does not stay there without a session because its first request failed.
#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_is_not_told_where_to_begin_a_session_asks_again() {
    let discord = Sandbox::start(Options::default()).await.expect("a local Discord");
    discord.fail(Fault {
        path_contains: "/gateway/bot".to_owned(),
        times: 3,
        ..Fault::default()
    });
    let (app, _folder) = start(&discord.url(), &[]).await;
    let app = app.expect("a start");
    discord.wait_online().await;
    app.stop().await;
    discord.stop().await;
}

/// Commands that Discord does not take for long are offered again, in the same session.
#[tokio::test(flavor = "multi_thread")]
async fn commands_are_offered_until_discord_takes_them() {
    let discord = Sandbox::start(Options::default()).await.expect("a local Discord");
    discord.fail(Fault {
        method: Some("PUT".to_owned()),
        path_contains: "/commands".to_owned(),
        times: 20,
        ..Fault::default()
    });
    let (app, _folder) = start(&discord.url(), &[]).await;
    let app = app.expect("a start");
    discord.until(|discord| !discord.commands().is_empty()).await;
    app.stop().await;
    discord.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_without_a_key_refuses_the_start_and_says_what_to_set() {
    let by_openai = [
        ("STAGES__EXPLORE__ENGINE", "openai"),
        ("STAGES__EXPLORE__MODEL", "gpt-image-2"),
        ("STAGES__EXPLORE__QUALITY", "low"),
    ];
    assert_eq!(
        refusal_with("http://127.0.0.1:1", &by_openai).await,
        "stages.explore.engine = openai: set OPENAI_API_KEY (engines.openai.key)"
    );
    let by_gemini = [
        ("STAGES__EXPLORE__ENGINE", "gemini"),
        ("STAGES__EXPLORE__MODEL", "gemini-3-pro-image"),
    ];
    assert_eq!(
        refusal_with("http://127.0.0.1:1", &by_gemini).await,
        "stages.explore.engine = gemini: set GEMINI_API_KEY (engines.gemini.key)"
    );
}
