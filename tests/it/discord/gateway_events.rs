//! Tests events that come twice, late, out of order or never. An event is a hint, and the tally is
//! what Discord has.

use std::time::Duration;

use discord_sandbox::{Cut, EventFault, Fault, Mishap, world};
use greenlight::flow::approval::recount;
use serde_json::json;

use crate::harness::{Image, Kind, Thread, World, run_test, run_test_on};

const ADD: &str = "MESSAGE_REACTION_ADD";
const REACTION: &str = "MESSAGE_REACTION_";
const INTERACTION: &str = "INTERACTION_CREATE";
const HOUR_MS: u64 = 60 * 60 * 1_000;

/// Drafts an image and approves it. Returns its thread, the image, and its review, which waits for
/// two votes.
async fn open(w: &mut World) -> (Thread, Image, Image) {
    let thread = w.ana().draft("a red fox in the snow", 1).await;
    w.starter(&thread);
    let first = w.image_at(&thread, "explore");
    w.bo().approves(&first).await;
    w.run_jobs().await;
    let review = w.image_at(&thread, "review");
    (thread, first, review)
}

fn mishap(w: &World, event: &str, times: u32, what: Mishap) {
    let fault = EventFault {
        times,
        ..EventFault::next(event, what)
    };
    w.discord().gateway().mishap(fault);
}

async fn paid(w: &World) -> i64 {
    1000 - w.available().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_that_is_told_twice_is_one_vote() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            mishap(w, REACTION, 100, Mishap::Twice);
            let (thread, _, review) = open(w).await;
            w.bo().approves(&review).await;
            w.run_jobs().await;
            assert!(w.look_at(&review).contains("1 of 2"), "{}", w.look_at(&review));
            w.bo().withdraws(&review).await;
            w.bo().approves(&review).await;
            w.cem().approves(&review).await;
            w.run_jobs().await;
            w.image_at(&thread, "final");
            assert_eq!(paid(w).await, 10 + 20 + 40);
        })
        .await;
    }
}

/// Commands, reactions, messages and threads alike, and that some are gone.
#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_is_the_same_when_every_event_is_told_twice() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            mishap(w, "", 10_000, Mishap::Twice);
            w.main_job(2, async |w| w.work_it_out().await).await;
            w.assert_main_job_is_done(2).await;

            let thread = w.last_thread();
            let other = w.images(&thread, "explore").remove(0);
            w.bo().approves(&other).await;
            w.discord().delete_message(thread.id, other.message);
            w.work_it_out().await;
            let before = w.sums().await;
            w.discord().delete_channel(thread.id).expect("a thread");
            w.work_it_out().await;
            assert_eq!((w.sums().await, before.0), (before, 0), "nothing is held or paid");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_that_is_told_after_it_was_taken_back_does_not_count() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            let thread = w.ana().draft("a red fox in the snow", 1).await;
            w.starter(&thread);
            let first = w.image_at(&thread, "explore");
            mishap(w, ADD, 1, Mishap::AfterNext);
            w.bo().approves(&first).await;
            w.bo().withdraws(&first).await;
            w.run_jobs().await;
            assert!(w.images(&thread, "review").is_empty(), "nobody approves it");
            assert!(w.look_at(&first).contains("0 of 1"), "{}", w.look_at(&first));
            assert_eq!(paid(w).await, 10);
            w.bo().approves(&first).await;
            w.run_jobs().await;
            w.image_at(&thread, "review");
        })
        .await;
    }
}

/// The second vote makes the bot count both. The first is told an hour later and changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_vote_that_is_told_late_counts_in_time_and_once() {
    run_test(async |w| {
        let (thread, _, review) = open(w).await;
        mishap(w, ADD, 1, Mishap::Late { ms: HOUR_MS });
        w.bo().approves(&review).await;
        w.run_jobs().await;
        w.cem().approves(&review).await;
        w.run_jobs().await;
        assert!(w.image_at(&thread, "final").text.contains("@Bo, @Cem"));
        w.advance(Duration::from_millis(HOUR_MS));
        w.work_it_out().await;
        w.image_at(&thread, "final");
        assert_eq!(paid(w).await, 10 + 20 + 40);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_that_are_never_told_are_found_by_the_next_recount() {
    run_test(async |w| {
        let (thread, _, review) = open(w).await;
        mishap(w, REACTION, 2, Mishap::Drop);
        w.bo().approves(&review).await;
        w.cem().approves(&review).await;
        w.run_jobs().await;
        assert!(w.images(&thread, "final").is_empty(), "nobody has told");
        // Runs as it does every half hour and at every new session.
        recount::missed_votes(&w.app().services).await.expect("the sweep");
        w.run_jobs().await;
        assert!(w.image_at(&thread, "final").text.contains("@Bo, @Cem"));
        assert_eq!(paid(w).await, 10 + 20 + 40);
    })
    .await;
}

/// A resumed session brings the events that Discord has kept, which need not be all.
#[tokio::test(flavor = "multi_thread")]
async fn votes_that_a_resumption_does_not_bring_are_found_with_it() {
    run_test(async |w| {
        let (thread, _, review) = open(w).await;
        mishap(w, REACTION, 2, Mishap::Drop);
        w.bo().approves(&review).await;
        w.cem().approves(&review).await;
        w.cut_off(Cut::Drop, async |_| ()).await;
        assert_eq!(w.counts().resumed, 1);
        w.run_jobs().await;
        w.image_at(&thread, "final");
        assert_eq!(paid(w).await, 10 + 20 + 40);
    })
    .await;
}

/// The bot is not told of the withdrawal, but sees it before it pays.
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_that_is_never_told_is_not_spent() {
    run_test(async |w| {
        let (thread, _, review) = open(w).await;
        w.bo().approves(&review).await;
        mishap(w, "MESSAGE_REACTION_REMOVE", 1, Mishap::Drop);
        w.bo().withdraws(&review).await;
        w.cem().approves(&review).await;
        w.run_jobs().await;
        assert!(w.images(&thread, "final").is_empty());
        assert!(w.look_at(&review).contains("1 of 2"), "{}", w.look_at(&review));
        assert_eq!(paid(w).await, 10 + 20);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_told_twice_is_one_draft() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            mishap(w, INTERACTION, 1, Mishap::Twice);
            let thread = w.ana().draft("a red fox", 1).await;
            w.starter(&thread);
            w.image_at(&thread, "explore");
            w.work_it_out().await;
            assert_eq!(w.discord().threads(world::CAMPAIGN).len(), 1);
            assert_eq!(paid(w).await, 10);
        })
        .await;
    }
}

/// The second telling finds the interaction taken only after a try that failed, as if the first had not been.
#[tokio::test(flavor = "multi_thread")]
async fn a_press_that_is_told_twice_while_discord_fails_is_one_vote() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            let asked = json!({ "review_quorum": 2 });
            w.dana().command("settings approvals", asked).await;
            let (_, image) = w.drafted_one().await;
            mishap(w, INTERACTION, 1, Mishap::Twice);
            w.discord().fail(Fault {
                path_contains: "/callback".to_owned(),
                skip: 1,
                times: 1,
                hang_up: true,
                ..Fault::default()
            });
            w.bo().presses(image.thread, image.message, "approve:").await;
            // A bot that stops ends first what it has heard.
            w.restart().await;
            w.work_it_out().await;
            let shown = w.look_at(&image);
            assert!(shown.contains("1 of 2"), "{shown}");
        })
        .await;
    }
}

/// Ana has seen that nobody answered, so nothing may be done for her.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_told_after_its_three_seconds_holds_nothing() {
    run_test(async |w| {
        mishap(w, INTERACTION, 1, Mishap::Late { ms: 4_000 });
        let ana = w.discord().member(world::ANA);
        let options = json!({ "prompt": "a red fox" });
        let asked = ana
            .command(world::CAMPAIGN, "draft", options)
            .await
            .expect("a command");
        w.advance(Duration::from_secs(4));
        assert!(w.discord().failed(asked), "Ana was told");
        let refused = |discord: &discord_sandbox::Sandbox| {
            let calls = discord.calls();
            calls
                .iter()
                .any(|call| call.path.contains("/callback") && call.status == 404)
        };
        w.discord().until(refused).await;
        w.work_it_out().await;
        assert!(w.discord().threads(world::CAMPAIGN).is_empty());
        assert_eq!(paid(w).await, 0);
    })
    .await;
}
