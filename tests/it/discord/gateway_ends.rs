//! Tests what ends the process: a loss that no new connection mends. It says what to do, and no
//! loop costs the bot its token.

use std::process::{Command, Stdio};
use std::time::Duration;

use discord_sandbox::{Cut, GatewayControl, GatewayEvent, Greeting, Options, Sandbox};
use greenlight::app::{App, Error, FaultInjection, Transport, engines};
use greenlight::clock::Clock;
use greenlight::config::Config;
use greenlight::gateway::{FatalGatewayError, Timeouts};
use tempfile::TempDir;

const SHORT: Duration = Duration::from_millis(400);

/// A local Discord and a bot that has been online, with a folder of its own.
struct Running {
    discord: Sandbox,
    app: App,
    _folder: TempDir,
}

async fn sandbox() -> Sandbox {
    let discord = Sandbox::start(Options::default()).await.expect("a local Discord");
    discord
        .gateway()
        .set_limits(|limits| limits.identify_every_ms = 0);
    discord
}

/// Returns short timeouts, with sessions that follow each other at once.
fn timeouts() -> Timeouts {
    Timeouts {
        handshake: SHORT,
        ready: SHORT,
        silence: SHORT * 12,
        apart: Duration::from_millis(1),
        longest_pause: Duration::from_millis(1),
        ..Timeouts::default()
    }
}

async fn run(discord: Sandbox) -> Running {
    run_with(discord, timeouts()).await
}

async fn run_with(discord: Sandbox, timeouts: Timeouts) -> Running {
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite:{}", folder.path().join("greenlight.db").display());
    let settings = [
        ("DISCORD__API_BASE", discord.url()),
        ("DISCORD__TOKEN", "test".to_owned()),
        ("DATABASE__URL", database),
        ("BLOBS__FOLDER", folder.path().join("blobs").display().to_string()),
    ];
    let settings = settings.map(|(key, value)| (format!("GREENLIGHT_{key}"), value));
    let config = Config::load(None, settings).expect("good settings");
    let engines = engines(FaultInjection::Told, &config).expect("engines");
    let transport = Transport {
        timeouts,
        ..Transport::default()
    };
    let app = App::start_over(transport, config, engines, Clock::system());
    Running {
        app: app.await.expect("a start"),
        discord,
        _folder: folder,
    }
}

impl Running {
    async fn online() -> Self {
        let running = run(sandbox().await).await;
        running.discord.wait_online().await;
        running
    }

    fn gateway(&self) -> GatewayControl {
        self.discord.gateway()
    }

    /// Waits until the bot ends by itself. Returns why, and what it says.
    async fn ends(self) -> (FatalGatewayError, String) {
        let ended = tokio::time::timeout(Duration::from_mins(1), self.app.run_until(std::future::pending()));
        let ended = ended.await.expect("it ends in time");
        self.discord.stop().await;
        match ended {
            Err(Error::Gateway(lost)) => (lost.clone(), lost.to_string()),
            other => panic!("it ended otherwise: {other:?}"),
        }
    }
}

fn identified(log: &[GatewayEvent]) -> usize {
    let asked = |event: &&GatewayEvent| {
        matches!(
            event,
            GatewayEvent::Identified { .. } | GatewayEvent::IdentifiedTooSoon { .. }
        )
    };
    log.iter().filter(asked).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_for_good_ends_the_process_and_says_what_to_do() {
    for (code, lost, advice) in [
        (
            4004,
            FatalGatewayError::Token,
            "copy a new one from the developer portal",
        ),
        (4013, FatalGatewayError::Intents, "a newer Greenlight is needed"),
        (
            4014,
            FatalGatewayError::Disallowed,
            "look at the bot's page in the developer portal",
        ),
    ] {
        let running = Running::online().await;
        running.gateway().cut(None, Cut::Close { code });
        let (ended, said) = running.ends().await;
        assert_eq!(ended, lost);
        assert!(said.contains(advice), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_reset_while_the_line_was_cut_is_said() {
    let running = Running::online().await;
    running.gateway().cut(None, Cut::Fresh);
    running.gateway().reset_token();
    assert_eq!(running.ends().await.0, FatalGatewayError::Token);
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_that_two_new_connections_do_not_break_ends_the_process() {
    for greeting in [Greeting::Silent, Greeting::Unanswered] {
        let discord = sandbox().await;
        discord.gateway().greet(greeting, 10);
        let running = run(discord).await;
        let gateway = running.gateway();
        let (ended, said) = running.ends().await;
        assert_eq!(ended, FatalGatewayError::Silent(3));
        assert!(said.contains("a proxy, a firewall"), "{said}");
        assert_eq!(gateway.log().len(), 3, "{:?}", gateway.log());
    }
}

/// Discord ends each session before it begins. The bot stops after eight, long before the day's are
/// used up.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_never_begin_are_given_up() {
    let running = Running::online().await;
    let gateway = running.gateway();
    gateway.set_limits(|limits| limits.identify_every_ms = 24 * 60 * 60 * 1_000);
    gateway.cut(None, Cut::Fresh);
    let (ended, said) = running.ends().await;
    assert_eq!(ended, FatalGatewayError::TurnedAway(8));
    assert!(said.contains("say why"), "{said}");
    assert_eq!(identified(&gateway.log()), 1 + 8);
}

/// The bot does not begin the day's last sessions: with the very last Discord would reset the
/// token.
#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_not_used_up() {
    let discord = sandbox().await;
    discord.gateway().set_limits(|limits| limits.starts_a_day = 20);
    let running = run(discord).await;
    let gateway = running.gateway();
    let discord = running.discord.clone();
    let cuts = tokio::spawn(async move {
        loop {
            discord.wait_online().await;
            discord.cut_gateway(Cut::Fresh);
            discord.wait_offline().await;
        }
    });
    let (ended, said) = running.ends().await;
    cuts.abort();
    assert!(
        matches!(
            ended,
            FatalGatewayError::Spent {
                remaining: 2,
                total: 20,
                ..
            }
        ),
        "{ended:?}"
    );
    assert!(
        said.starts_with("2 of 20 sessions are left for the next 1440 minutes"),
        "{said}"
    );
    assert_eq!(identified(&gateway.log()), 18);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_has_outgrown_its_shards_is_started_again_with_more() {
    let running = Running::online().await;
    running.gateway().set_limits(|limits| limits.shards = 2);
    running.gateway().cut(None, Cut::Fresh);
    let (ended, said) = running.ends().await;
    assert_eq!(ended, FatalGatewayError::Shards { wanted: 2, have: 1 });
    assert!(said.contains("start again"), "{said}");
}

/// The bot waits for a Discord that cannot be reached, and uses up no session.
#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_waited_out() {
    let running = Running::online().await;
    running.discord.fail(discord_sandbox::Fault {
        path_contains: "/gateway/bot".to_owned(),
        status: 503,
        times: 12,
        ..discord_sandbox::Fault::default()
    });
    running.gateway().cut(None, Cut::Fresh);
    running.discord.wait_offline().await;
    running.discord.wait_online().await;
    assert_eq!(identified(&running.gateway().log()), 2);
    running.app.stop().await;
    running.discord.wait_offline().await;
    running.discord.stop().await;
}

/// Three shards share one bucket. Discord refuses none of them for coming too soon.
#[tokio::test(flavor = "multi_thread")]
async fn shards_begin_as_fast_as_discord_allows_and_no_faster() {
    let discord = sandbox().await;
    discord.gateway().set_limits(|limits| {
        limits.shards = 3;
        limits.identify_every_ms = 200;
    });
    let timeouts = Timeouts {
        apart: Duration::from_millis(300),
        ..timeouts()
    };
    let running = run_with(discord, timeouts).await;
    let connected = |discord: &Sandbox| discord.gateway().sessions().len() == 3;
    running.discord.until(connected).await;
    let log = running.gateway().log();
    assert_eq!(identified(&log), 3, "{log:#?}");
    running.app.stop().await;
    running.discord.wait_offline().await;
    running.discord.stop().await;
}

/// Runs the process itself, as its supervisor sees it.
#[tokio::test(flavor = "multi_thread")]
async fn the_process_ends_with_a_failure_and_its_reason() {
    let discord = sandbox().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut bot = Command::new(env!("CARGO_BIN_EXE_greenlight"));
    bot.arg("run")
        .env_clear()
        .env("GREENLIGHT_DISCORD__API_BASE", discord.url())
        .env("GREENLIGHT_DISCORD__TOKEN", "a token to keep")
        .env("GREENLIGHT_DATABASE__URL", "sqlite:greenlight.db")
        .current_dir(folder.path())
        .stderr(Stdio::piped());
    let bot = bot.spawn().expect("the bot");
    discord.wait_online().await;
    discord.cut_gateway(Cut::Close { code: 4004 });
    let ended = tokio::task::spawn_blocking(|| bot.wait_with_output());
    let ended = ended.await.expect("no panic").expect("how it ended");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(
        said.contains("copy a new one from the developer portal"),
        "{said}"
    );
    assert!(!said.contains("a token to keep"), "{said}");
    discord.stop().await;
}

/// Another process of the bot came just before. Discord refuses the session, and the bot begins
/// another.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_begun_too_soon_is_begun_again() {
    let discord = sandbox().await;
    let timeouts = Timeouts {
        apart: Duration::from_millis(200),
        ..timeouts()
    };
    let running = run_with(discord, timeouts).await;
    running.discord.wait_online().await;
    running
        .gateway()
        .set_limits(|limits| limits.identify_every_ms = 400);
    running.gateway().cut(None, Cut::Fresh);
    running.discord.wait_offline().await;
    running.discord.wait_online().await;
    let log = running.gateway().log();
    let too_soon = |event: &GatewayEvent| matches!(event, GatewayEvent::IdentifiedTooSoon { .. });
    assert!(log.iter().any(too_soon), "{log:#?}");
    running.app.stop().await;
    running.discord.wait_offline().await;
    running.discord.stop().await;
}
