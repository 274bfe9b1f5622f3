//! Tests processes that do a part of the bot's work each: one hears Discord, one works the queue, and
//! several have some of the shards.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use discord_sandbox::{Sandbox, world};
use greenlight::app::App;
use greenlight::domain::role::{Part, Role};
use serde_json::{Value, json};

use super::{GATEWAY, Place, WORKER};
use crate::harness::process::{Program, eventually, sandbox};
use crate::harness::{Kind, World, run_test, run_test_on};
use crate::operator::greenlight;
use crate::store::db::Somewhere;

/// Returns how many messages of the only thread carry a picture.
fn pictures(discord: &Sandbox) -> usize {
    let threads = discord.threads(world::CAMPAIGN);
    let thread = threads
        .last()
        .and_then(|thread| thread["id"].as_str()?.parse().ok());
    let messages = thread.map(|thread| discord.messages(thread)).unwrap_or_default();
    let has_file = |message: &&Value| {
        message["attachments"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
    };
    messages.iter().filter(has_file).count()
}

/// Returns whether a process is ready, and the parts that it looks at.
async fn ready(app: &App) -> (u16, BTreeSet<String>) {
    let address = app.watched_at().expect("it is watched");
    let answer = reqwest::get(format!("http://{address}/readyz"))
        .await
        .expect("an answer");
    let status = answer.status().as_u16();
    let parts: BTreeMap<String, String> = answer.json().await.expect("the parts");
    (status, parts.into_keys().collect())
}

/// Waits until so many pictures are posted, and nothing is to be done.
pub async fn drawn(w: &World, count: usize) {
    w.discord().until(|discord| pictures(discord) == count).await;
    eventually("nothing is due", async || {
        let now_ms = w.now_ms();
        w.jobs().await.iter().all(|(_, at_ms)| *at_ms > now_ms)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_hears_what_people_say_and_another_draws_and_posts() {
    run_test_on(Kind::Postgres, &[("WATCH__LISTEN", "127.0.0.1:0")], async |w| {
        w.stop().await;
        w.take_part(GATEWAY);
        w.set_works(true);
        w.start().await;
        let parts = |names: [&str; 3]| names.map(str::to_owned).into();
        let (status, looked_at) = ready(w.app()).await;
        assert_eq!(
            (status, looked_at),
            (200, parts(["gateway", "database", "pictures"]))
        );

        w.ana().asks(json!({ "prompt": "a red fox", "images": 2 })).await;
        assert!(w.threads().is_empty(), "nobody works the queue yet");
        let mut worker = w.beside(WORKER).await;
        worker.work();
        drawn(w, 2).await;
        let (status, looked_at) = ready(&worker).await;
        assert_eq!(
            (status, looked_at),
            (200, parts(["queue", "database", "pictures"]))
        );
        assert_eq!(w.discord().gateway().sessions().len(), 1, "the worker has none");

        let thread = w.last_thread();
        let images = w.images(&thread, "explore");
        w.bo().approves(&images[0]).await;
        drawn(w, 3).await;
        let review = w.image_at(&thread, "review");
        for person in [world::BO, world::CEM] {
            w.person(person).approves(&review).await;
        }
        drawn(w, 4).await;
        w.image_at(&thread, "final");
        worker.stop().await;
        assert_eq!(w.sums().await, (0, 80, 920));
        let starter = w.starter(&thread);
        assert!(starter.contains("2 drawn"), "{starter}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_two_programs_has_its_own_shards() {
    let (discord, database) = (sandbox().await, Somewhere::migrated(Kind::Postgres).await);
    discord.gateway().set_limits(|limits| {
        limits.shards = 3;
        limits.max_concurrency = 3;
    });
    let settings = [
        ("GREENLIGHT_DISCORD__API_BASE", discord.url()),
        ("DISCORD_TOKEN", "test".to_owned()),
        ("DATABASE_URL", database.url().to_owned()),
    ];
    let run = |shards| Program::start(&["run", "--role", "gateway", "--shards", shards], &settings);
    let programs = [run("0-1/3"), run("2/3")];
    let all = |discord: &Sandbox| {
        let mut shards: Vec<_> = discord.gateway().sessions().iter().map(|one| one.shard).collect();
        shards.sort_unstable();
        shards == [(0, 3), (1, 3), (2, 3)]
    };
    discord.until(all).await;

    let [first, last] = programs;
    last.signal("TERM");
    first.signal("TERM");
    for program in [first, last] {
        let (status, said) = program.ended().await;
        assert!(status.success(), "{said}");
    }
    discord.wait_offline().await;
    discord.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_has_outgrown_its_shards_is_told_to_name_more() {
    let place = Place::new().await;
    place.discord.gateway().set_limits(|limits| limits.shards = 2);
    let one_of_one = Part {
        role: Role::Gateway,
        shards: Some("0/1".parse().expect("shards")),
    };
    let bot = place.start(one_of_one, Duration::from_millis(1)).await;
    let ended = bot.run_until(std::future::pending()).await;
    let why = ended.expect_err("Discord wants two").to_string();
    let fix = "it wants 2 shards now, and --shards says that there are 1; start every process";
    assert!(why.contains(fix), "{why}");
    place.stop(vec![]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_cannot_be_done_is_refused_with_what_to_do() {
    run_test(async |w| {
        for part in [
            ["--role", "worker"].as_slice(),
            &["--role", "gateway"],
            &["--shards", "0-3/8"],
        ] {
            let run: Vec<&str> = std::iter::once("run").chain(part.iter().copied()).collect();
            let said = greenlight(w, &run, &[]).await;
            assert_eq!(said.code, 1, "{part:?}: {}", said.err);
            let fix = "processes that share the work need PostgreSQL; set database.url to postgres://…";
            assert!(said.err.contains(fix), "{part:?}: {}", said.err);
        }
        let said = greenlight(w, &["run", "--role", "worker", "--shards", "0/8"], &[]).await;
        assert!(
            said.code == 1 && said.err.contains("leave it out of one with --role worker"),
            "{}",
            said.err
        );
        for (shards, why) in [
            ("8", "write them as 0-3/8"),
            ("3-0/8", "write the smaller number first"),
            ("0-8/8", "the shards of 8 are 0 to 7, and 8 is none of them"),
        ] {
            let said = greenlight(w, &["run", "--shards", shards], &[]).await;
            assert!(said.code == 2 && said.err.contains(why), "{shards}: {}", said.err);
        }
        let said = greenlight(w, &["run", "--role", "both"], &[]).await;
        assert!(
            said.code == 2 && said.err.contains("all, gateway, worker"),
            "{}",
            said.err
        );
    })
    .await;
}
