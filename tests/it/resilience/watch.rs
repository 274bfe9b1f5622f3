//! Tests what those who watch the process are told: whether it lives, whether it is ready, and what
//! it counts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

use discord_sandbox::{Cut, Fault};
use serde_json::Value;

use crate::harness::process::Program;
use crate::harness::{Kind, World, run_test_on};
use crate::repo::here;

/// An address of this machine with a port that is free.
pub(super) const ANYWHERE: &str = "127.0.0.1:0";

/// Asks the bot as somebody does who watches it. Returns the status and the text.
async fn asked(w: &World, path: &str) -> (u16, String) {
    let address = w.app().watched_at().expect("it is watched");
    let answer = reqwest::get(format!("http://{address}{path}")).await;
    let answer = answer.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a text"))
}

/// Returns every sample, by its name with its labels.
async fn samples(w: &World) -> BTreeMap<String, f64> {
    let (status, text) = asked(w, "/metrics").await;
    assert_eq!(status, 200, "{text}");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ').expect("a name and a value");
        (name.to_owned(), value.parse().expect("a number"))
    };
    lines.map(sample).collect()
}

/// Returns what is in the way, by part; nothing if the bot is ready.
pub(super) async fn in_the_way(w: &World) -> Vec<String> {
    let (status, text) = asked(w, "/readyz").await;
    let parts: BTreeMap<String, String> = serde_json::from_str(&text).expect("the parts");
    assert_eq!(parts.len(), 4, "{text}");
    let wrong = parts.into_iter().filter(|(_, said)| said != "ok");
    let wrong: Vec<String> = wrong.map(|(part, said)| format!("{part}: {said}")).collect();
    assert_eq!(status, if wrong.is_empty() { 200 } else { 503 }, "{text}");
    wrong
}

pub(super) async fn watched(kind: Kind, story: impl AsyncFnOnce(&mut World)) {
    run_test_on(kind, &[("WATCH__LISTEN", ANYWHERE)], story).await;
}

async fn figures_follow_the_work(kind: Kind) {
    watched(kind, async |w| {
        let (thread, images) = w.drafted(2).await;
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
        let samples = samples(w).await;
        let of = |name: &str| samples.get(name).copied().unwrap_or_default();
        for (name, value) in [
            (
                r#"greenlight_render_attempts_total{stage="explore",outcome="drawn"}"#,
                2.0,
            ),
            (
                r#"greenlight_render_attempts_total{stage="review",outcome="drawn"}"#,
                1.0,
            ),
            (r#"greenlight_engine_call_seconds_count{engine="sketch"}"#, 3.0),
            (r#"greenlight_interactions_total{kind="command"}"#, 1.0),
            (r#"greenlight_votes_total{kind="approve",change="given"}"#, 1.0),
            (r#"greenlight_pool_credits{bucket="available"}"#, 960.0),
            (r#"greenlight_pool_credits{bucket="settled"}"#, 40.0),
            (r#"greenlight_pool_credits{bucket="held"}"#, 0.0),
            ("greenlight_open_holds", 0.0),
            ("greenlight_open_votes", 2.0),
            (r#"greenlight_jobs_due{lane="quick"}"#, 0.0),
            ("greenlight_gateway_sessions", 1.0),
        ] {
            assert_eq!(of(name).to_string(), value.to_string(), "{name} in {samples:#?}");
        }
        assert!(of("greenlight_tasks") >= 1.0, "{samples:#?}");
        assert!(
            of(r#"greenlight_jobs_later{lane="quick"}"#) >= 2.0,
            "{samples:#?}"
        );
        assert!(
            of(r#"greenlight_discord_answers_total{answer="success"}"#) > 5.0,
            "{samples:#?}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_follow_the_work_on_sqlite() {
    figures_follow_the_work(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_follow_the_work_on_postgres() {
    figures_follow_the_work(Kind::Postgres).await;
}

/// Returns the names of metrics that a text names.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let ours = words.filter(|word| word.starts_with("greenlight_"));
    ours.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_is_in_the_documents_and_none_carries_an_id() {
    let documented = named(&fs::read_to_string(here("docs/metrics.md")).expect("the document"));
    let alerts = named(&fs::read_to_string(here("docs/alerts.yml")).expect("the rules"));
    let unknown: Vec<_> = alerts.difference(&documented).collect();
    assert!(
        unknown.is_empty(),
        "the alerts ask for what nobody tells: {unknown:?}"
    );
    // A histogram is asked for by its buckets, its sum and its count.
    let dashboard = fs::read_to_string(here("docs/dashboard.json")).expect("the dashboard");
    serde_json::from_str::<Value>(&dashboard).expect("JSON");
    let asked_for = named(&dashboard);
    let parts = ["", "_bucket", "_sum", "_count"];
    let is_told = |name: &String| {
        parts
            .iter()
            .any(|part| name.strip_suffix(part).is_some_and(|of| documented.contains(of)))
    };
    let unknown: Vec<_> = asked_for.iter().filter(|name| !is_told(name)).collect();
    assert!(asked_for.len() > 12, "{asked_for:?}");
    assert!(
        unknown.is_empty(),
        "the dashboard asks for what nobody tells: {unknown:?}"
    );
    watched(Kind::Sqlite, async |w| {
        let (thread, image) = w.drafted_one().await;
        w.bo().approves(&image).await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
        // What is drawn on this machine costs nothing.
        w.app().services.metrics.spend("sketch", 0);
        let (_, text) = asked(w, "/metrics").await;
        let families = text.lines().filter_map(|line| {
            let (name, kind) = line.strip_prefix("# TYPE ")?.split_once(' ')?;
            let total = if kind == "counter" { "_total" } else { "" };
            Some(format!("{name}{total}"))
        });
        let told: BTreeSet<String> = families.collect();
        assert_eq!(told, documented);
        let long = |word: &str| word.len() > 9 && word.bytes().all(|byte| byte.is_ascii_digit());
        for line in text.lines() {
            let labels = line.split_once('{').and_then(|(_, rest)| rest.split_once('}'));
            let labels = labels.map_or("", |(labels, _)| labels);
            let mut words = labels.split(|c: char| !c.is_ascii_alphanumeric());
            assert!(!words.any(long), "an id in {line}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_way_of_the_work_is_named_and_goes_away() {
    watched(Kind::Sqlite, async |w| {
        assert_eq!(in_the_way(w).await, Vec::<String>::new());
        let (thread, image) = w.drafted_one().await;

        let (blobs, elsewhere) = (w.blobs(), w.blobs().with_extension("away"));
        fs::rename(&blobs, &elsewhere).expect("the folder can be moved");
        assert_eq!(
            in_the_way(w).await,
            ["pictures: the store of the pictures is not there"]
        );
        fs::rename(&elsewhere, &blobs).expect("the folder can be moved back");

        w.rename_table("pools", "elsewhere").await;
        assert_eq!(
            in_the_way(w).await,
            ["database: the database does not take a write"]
        );
        w.rename_table("elsewhere", "pools").await;

        w.bo().approves(&image).await;
        w.advance(Duration::from_secs(61));
        assert_eq!(
            in_the_way(w).await,
            ["queue: a job is due for more than a minute"]
        );
        w.run_jobs().await;
        w.image_at(&thread, "review");
        assert_eq!(in_the_way(w).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_does_not_hear_is_not_ready_and_lives() {
    watched(Kind::Sqlite, async |w| {
        w.hurry();
        w.restart().await;
        w.fail(Fault {
            path_contains: "/gateway/bot".to_owned(),
            times: 2,
            ..Fault::default()
        });
        w.discord().cut_gateway(Cut::Mute);
        w.eventually("it is deaf", async || {
            in_the_way(w).await == ["gateway: a shard has no session with Discord's gateway"]
        })
        .await;
        assert_eq!(asked(w, "/healthz").await.0, 200);
        w.eventually("it hears again", async || in_the_way(w).await.is_empty())
            .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_waits_for_discord_at_its_start_lives_and_says_that_it_starts() {
    let mut bot = Program::start(
        &["run"],
        &[
            ("DISCORD_TOKEN", "test"),
            ("GREENLIGHT_DISCORD__API_BASE", "http://127.0.0.1:1"),
            ("GREENLIGHT_WATCH__LISTEN", ANYWHERE),
            ("GREENLIGHT_LOG__FORMAT", "json"),
        ],
    );
    bot.says("its gateway is not known yet", 1).await;
    let said = bot.said();
    let told = said.lines().find(|line| line.contains("are told over HTTP"));
    let told: Value = serde_json::from_str(told.expect("a line")).expect("JSON");
    let address = told["fields"]["address"].as_str().expect("an address");
    let asked = async |path: &str| {
        let answer = reqwest::get(format!("http://{address}{path}")).await;
        let answer = answer.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a text"))
    };
    assert_eq!(asked("/healthz").await.0, 200);
    let (status, text) = asked("/readyz").await;
    assert_eq!(status, 503);
    assert_eq!(text.matches("the bot is starting").count(), 4, "{text}");
    assert_eq!(asked("/metrics").await.0, 503);
}

#[tokio::test]
async fn an_address_that_is_taken_refuses_the_start_and_says_so() {
    let other = std::net::TcpListener::bind(ANYWHERE).expect("a port");
    let taken = other.local_addr().expect("an address").to_string();
    let variables = [("DISCORD_TOKEN", "test"), ("GREENLIGHT_WATCH__LISTEN", &taken)];
    let (status, said) = Program::start(&["run"], &variables).ended().await;
    assert!(!status.success(), "{said}");
    assert!(said.contains(&format!("watch.listen = {taken}")), "{said}");
    assert!(
        said.contains("name an address of this machine and a free port"),
        "{said}"
    );
}
