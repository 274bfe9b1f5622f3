//! Tests connections to Discord's gateway that are cut, closed, half-open or silent. The bot comes
//! back by itself, votes that were given meanwhile count once, and one quorum is one render.

use std::time::Duration;

use discord_sandbox::{Cut, GatewayEvent, Greeting, world};
use futures::future::join_all;
use futures::{StreamExt, stream};
use serde_json::json;

use crate::harness::{Image, Kind, Thread, World, run_test, run_test_on};

/// How many stories run at once. They spend most of their time waiting.
const AT_ONCE: usize = 4;

/// Two first images. The review of the first waits for its second vote.
struct Open {
    thread: Thread,
    first: Vec<Image>,
    review: Image,
}

async fn open(w: &mut World) -> Open {
    let thread = w.ana().draft("a red fox in the snow", 2).await;
    w.starter(&thread);
    let first = w.images(&thread, "explore");
    w.bo().approves(&first[0]).await;
    w.run_jobs().await;
    let review = w.image_at(&thread, "review");
    w.bo().approves(&review).await;
    w.run_jobs().await;
    Open {
        thread,
        first,
        review,
    }
}

/// Has Cem approve the other image, and has Cem's vote on the review replace Bo's.
async fn meanwhile(w: &World, open: &Open) {
    let (bo, cem) = (w.discord().member(world::BO), w.discord().member(world::CEM));
    let other = &open.first[1];
    cem.react(other.thread, other.message, "✅")
        .await
        .expect("a reaction");
    let review = &open.review;
    bo.unreact(review.thread, review.message, "✅")
        .await
        .expect("to take it back");
    cem.react(review.thread, review.message, "✅")
        .await
        .expect("a reaction");
}

/// Asserts that what was done meanwhile counts once, and that the next vote is heard.
async fn nothing_is_lost(w: &mut World, open: &Open) {
    w.run_jobs().await;
    let positions: Vec<_> = w
        .images(&open.thread, "review")
        .iter()
        .map(|image| image.position)
        .collect();
    assert_eq!(positions, [1, 2]);
    let said = w.look_at(&open.review);
    assert!(said.contains("1 of 2"), "{said}");
    assert_eq!(w.available().await, 1000 - 2 * 10 - 2 * 20);
    w.bo().approves(&open.review).await;
    w.run_jobs().await;
    assert!(w.image_at(&open.thread, "final").text.contains("@Bo, @Cem"));
    assert_eq!(w.available().await, 1000 - 2 * 10 - 2 * 20 - 40);
}

async fn survives(kind: Kind, cut: Cut) {
    run_test_on(kind, &[], async |w| {
        w.hurry();
        w.restart().await;
        let open = open(w).await;
        w.cut_off(cut, async |w| meanwhile(w, &open).await).await;
        nothing_is_lost(w, &open).await;
    })
    .await;
}

async fn survives_each(cuts: impl IntoIterator<Item = (Kind, Cut)>) {
    let stories = cuts.into_iter().map(|(kind, cut)| survives(kind, cut));
    stream::iter(stories)
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<()>>()
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_can_go_on_goes_on() {
    survives_each([
        (Kind::Sqlite, Cut::Drop),
        (Kind::Postgres, Cut::Drop),
        (Kind::Sqlite, Cut::Resumable),
        (Kind::Sqlite, Cut::Reconnect),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_over_is_followed_by_another() {
    survives_each([
        (Kind::Sqlite, Cut::Fresh),
        (Kind::Postgres, Cut::Fresh),
        (Kind::Sqlite, Cut::Close { code: 4007 }),
        (Kind::Sqlite, Cut::Close { code: 4009 }),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_with_any_code_that_is_not_for_good_is_survived() {
    let codes = [1000, 1001, 4000, 4001, 4002, 4005, 4008];
    survives_each(codes.map(|code| (Kind::Sqlite, Cut::Close { code }))).await;
}

/// serenity notices it only at its next heartbeat, and then begins a new session.
#[tokio::test(flavor = "multi_thread")]
async fn a_close_without_a_code_is_survived() {
    survives(Kind::Sqlite, Cut::CloseBare).await;
}

/// serenity notices these too only at its next heartbeat. The bot has not earned any of them, and
/// its next session is good.
#[tokio::test(flavor = "multi_thread")]
async fn a_close_that_blames_the_bot_wrongly_is_survived() {
    let codes = [4003, 4010, 4011, 4012];
    survives_each(codes.map(|code| (Kind::Sqlite, Cut::Close { code }))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_open_connection_and_heartbeats_without_an_answer_are_noticed() {
    survives_each([(Kind::Sqlite, Cut::Mute), (Kind::Sqlite, Cut::WithholdAcks)]).await;
}

/// serenity alone would wait for ever, without an error.
#[tokio::test(flavor = "multi_thread")]
async fn a_resumption_that_nobody_answers_is_given_up_for_a_new_session() {
    run_test(async |w| {
        w.hurry();
        w.restart().await;
        let open = open(w).await;
        w.discord().gateway().greet(Greeting::Unanswered, 1);
        w.cut_off(Cut::Drop, async |w| meanwhile(w, &open).await).await;
        nothing_is_lost(w, &open).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_silent_from_the_start_are_made_again() {
    let stories = [Greeting::Silent, Greeting::Unanswered].map(|greeting| {
        run_test(async move |w| {
            w.hurry();
            w.stop().await;
            w.discord().gateway().greet(greeting, 2);
            w.start().await;
            let open = open(w).await;
            meanwhile(w, &open).await;
            w.events().await;
            nothing_is_lost(w, &open).await;
        })
    });
    join_all(stories).await;
}

/// READY names the URL. The server there still knows the session.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_on_where_discord_said_it_would() {
    run_test(async |w| {
        w.cut_off(Cut::Drop, async |_| ()).await;
        let log = w.discord().gateway().log();
        let packed = log
            .iter()
            .any(|event| matches!(event, GatewayEvent::Identified { compress: true, .. }));
        assert!(packed, "payloads come packed, as on Discord: {log:#?}");
        let resumed = log
            .iter()
            .any(|event| matches!(event, GatewayEvent::Resumed { where_told: true, .. }));
        assert!(resumed, "{log:#?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumption_that_comes_too_late_is_followed_by_a_new_session() {
    run_test(async |w| {
        let open = open(w).await;
        w.discord().gateway().set_limits(|limits| limits.resumable_ms = 0);
        w.cut_off(Cut::Drop, async |w| meanwhile(w, &open).await).await;
        let log = w.discord().gateway().log();
        assert!(
            log.iter()
                .any(|event| matches!(event, GatewayEvent::ResumeRefused { .. })),
            "{log:#?}"
        );
        nothing_is_lost(w, &open).await;
    })
    .await;
}

/// There are as many shards as Discord recommends. One of them serves the guild, and only that one
/// is cut off.
#[tokio::test(flavor = "multi_thread")]
async fn each_of_several_shards_comes_back_by_itself() {
    run_test(async |w| {
        w.stop().await;
        w.discord().gateway().set_limits(|limits| limits.shards = 3);
        w.start().await;
        w.sessions(3).await;
        let open = open(w).await;
        let ours = (world::NORTHLIGHT >> 22) % 3;
        let before = w.counts();
        w.discord().gateway().cut(Some(ours), Cut::Fresh);
        meanwhile(w, &open).await;
        w.again_after(before).await;
        nothing_is_lost(w, &open).await;
        let sessions = w.discord().gateway().sessions();
        // Guilds, emoji, messages and reactions: none of these is privileged.
        let intents = (1 << 0) | (1 << 3) | (1 << 9) | (1 << 10);
        assert!(
            sessions.iter().all(|session| session.intents == intents),
            "{sessions:?}"
        );
        let shards: Vec<_> = sessions.iter().map(|session| session.shard).collect();
        assert_eq!(shards.len(), 3, "{shards:?}");
        assert!((0..3).all(|shard| shards.contains(&(shard, 3))), "{shards:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_while_the_line_is_cut_is_answered_when_the_session_goes_on() {
    run_test(async |w| {
        w.discord().cut_gateway(Cut::Drop);
        let answer = w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
        assert!(answer.contains("opening the thread"), "{answer}");
        w.handled(|counts| counts.resumed >= 1).await;
        w.run_jobs().await;
        let thread = w.last_thread();
        w.starter(&thread);
        w.image_at(&thread, "explore");
    })
    .await;
}

/// Discord has no session to tell of the command, and Ana sees that it failed.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_between_two_sessions_is_lost_before_anything_is_held() {
    run_test(async |w| {
        w.cut_off(Cut::Fresh, async |w| {
            let ana = w.discord().member(world::ANA);
            let asked = ana
                .command(world::CAMPAIGN, "draft", json!({ "prompt": "a fox" }))
                .await;
            assert!(asked.is_err(), "{asked:?}");
        })
        .await;
        w.run_jobs().await;
        assert_eq!(w.available().await, 1000);
        let thread = w.ana().draft("a red fox", 1).await;
        w.starter(&thread);
        w.image_at(&thread, "explore");
    })
    .await;
}

/// Discord sends the command on a connection that leads nowhere. Ana sees that nobody answered, and
/// the bot does nothing for her when it is back.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_on_a_half_open_line_is_lost_before_anything_is_held() {
    run_test(async |w| {
        w.hurry();
        w.restart().await;
        w.cut_off(Cut::Mute, async |w| {
            let ana = w.discord().member(world::ANA);
            let asked = ana
                .command(world::CAMPAIGN, "draft", json!({ "prompt": "a fox" }))
                .await;
            let asked = asked.expect("a command");
            w.advance(Duration::from_secs(4));
            assert!(w.discord().failed(asked), "Ana was told");
        })
        .await;
        w.work_it_out().await;
        assert!(w.discord().threads(world::CAMPAIGN).is_empty());
        assert_eq!(w.available().await, 1000);
        let thread = w.ana().draft("a red fox", 1).await;
        w.starter(&thread);
        w.image_at(&thread, "explore");
    })
    .await;
}
