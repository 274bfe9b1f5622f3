//! Tests that the processes of a bot keep to what Discord allows all of them together, and lose no time
//! by it.

use std::time::{Duration, Instant};

use discord_sandbox::{Fault, GatewayEvent, Scope, world};
use futures::future::join_all;
use greenlight::app::App;
use greenlight::discord::{self, Discord};
use greenlight::domain::ids::{GuildId, UserId};
use greenlight::domain::role::{Part, Role};

use super::{Place, WORKER};
use crate::harness::long;
use crate::harness::process::eventually;

/// How many requests each story asks for in all.
const REQUESTS: usize = 180;

/// Asks Discord for something that a limit of no single route holds back.
async fn ask(discord: &Discord) -> Result<(), discord::Error> {
    let (guild, ana) = (GuildId::new(world::NORTHLIGHT), UserId::new(world::ANA));
    discord.member(guild, ana).await.map(drop)
}

/// Has processes send so many requests in all, as fast as they may. Returns how long that took.
async fn send(apps: &[App], requests: usize) -> Duration {
    let begun = Instant::now();
    let all = (0..requests).map(|n| ask(&apps[n % apps.len()].services.discord));
    for asked in join_all(all).await {
        asked.expect("an answer");
    }
    begun.elapsed()
}

async fn all_share(apps: &[App]) {
    eventually("all know of each other", async || {
        apps.iter()
            .all(|app| app.services.discord.shares_work() == (apps.len() > 1))
    })
    .await;
}

/// The long form takes ten minutes for each number of processes, and says how fast they were.
#[tokio::test(flavor = "multi_thread")]
async fn two_and_three_processes_stay_below_the_limit_of_one_bot_and_are_no_slower() {
    let requests = if long() { 40 * 600 } else { REQUESTS };
    let mut alone = None;
    for processes in [1, 2, 3] {
        let place = Place::new().await;
        let apps = place.workers(processes).await;
        all_share(&apps).await;
        let took = send(&apps, requests).await;
        assert_eq!(place.refused(), 0, "{processes} processes");
        let alone = *alone.get_or_insert(took);
        let times = alone.as_secs_f64() / took.as_secs_f64();
        println!("{processes} processes: {requests} requests in {took:?}, {times:.3} times as fast as one");
        place.stop(apps).await;
    }
}

/// One that starts learns of those that are there before it asks for anything, and they of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_starts_while_another_is_busy_goes_over_no_limit() {
    let place = Place::new().await;
    let mut apps = place.workers(1).await;
    let first = apps[0].services.discord.clone();
    let busy = tokio::spawn(async move { join_all((0..REQUESTS).map(|_| ask(&first))).await });
    apps.push(place.start(WORKER, Duration::ZERO).await);
    send(&apps[1..], REQUESTS).await;
    for asked in busy.await.expect("no panic") {
        asked.expect("an answer");
    }
    assert_eq!(place.refused(), 0);
    place.stop(apps).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_or_ends_leaves_its_share_to_the_others() {
    let place = Place::new().await;
    let mut apps = place.workers(3).await;
    all_share(&apps).await;
    let dead = apps.pop().expect("three");
    let asked: Vec<_> = (0..REQUESTS)
        .map(|_| {
            let discord = dead.services.discord.clone();
            tokio::spawn(async move { ask(&discord).await })
        })
        .collect();
    for request in asked {
        request.abort();
    }
    drop(dead);
    send(&apps, REQUESTS).await;
    apps.pop().expect("two").stop().await;
    send(&apps, REQUESTS).await;
    assert_eq!(place.refused(), 0);
    place.stop(apps).await;
}

/// The process that Discord refuses tells the others, and none of them asks before the time is over.
#[tokio::test(flavor = "multi_thread")]
async fn one_refusal_of_the_limit_for_all_holds_back_all() {
    let place = Place::new().await;
    let apps = place.workers(2).await;
    all_share(&apps).await;
    place.discord.fail(Fault {
        path_contains: "/members/".to_owned(),
        status: 429,
        retry_after: Some(600.0),
        scope: Scope::Global,
        ..Fault::default()
    });
    let refused = ask(&apps[0].services.discord).await;
    assert!(
        matches!(refused, Err(discord::Error::Busy(Some(600_000)))),
        "{refused:?}"
    );
    let other = &apps[1].services.discord;
    eventually(
        "the other has heard of it",
        async || matches!(ask(other).await, Err(discord::Error::Busy(Some(ms))) if ms > 500_000),
    )
    .await;
    let before = place.discord.calls().len();
    for app in &apps {
        ask(&app.services.discord).await.expect_err("ten minutes");
    }
    assert_eq!(place.discord.calls().len(), before);
    assert_eq!(place.refused(), 1);
    place.stop(apps).await;
}

/// Without the database nobody hears of the others. People are answered all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_cannot_ask_the_others_goes_on_at_its_part_of_the_pace() {
    let place = Place::new().await;
    let apps = place.workers(2).await;
    all_share(&apps).await;
    for app in &apps {
        // Whatever is asked of it from now on fails.
        app.services.store.close().await;
    }
    send(&apps, REQUESTS / 2).await;
    assert_eq!(place.refused(), 0);
    place.stop(apps).await;
}

/// Both shards are in one bucket, and Discord refuses a session that begins too soon after another.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_begin_their_sessions_one_after_the_other() {
    let place = Place::new().await;
    place.discord.gateway().set_limits(|limits| {
        limits.shards = 4;
        limits.identify_every_ms = 300;
    });
    let hears = |shards: &str| Part {
        role: Role::Gateway,
        shards: Some(shards.parse().expect("shards")),
    };
    let apart = Duration::from_millis(400);
    let (one, other) = tokio::join!(
        place.start(hears("0-1/4"), apart),
        place.start(hears("2-3/4"), apart)
    );
    place
        .discord
        .until(|discord| discord.gateway().sessions().len() == 4)
        .await;
    let log = place.discord.gateway().log();
    let too_soon = |event: &GatewayEvent| matches!(event, GatewayEvent::IdentifiedTooSoon { .. });
    assert!(!log.iter().any(too_soon), "{log:#?}");
    place.stop(vec![one, other]).await;
}
