//! Tests two processes of the bot on one database, as while a new version replaces an old one. Both
//! hear every event and both run the queue, and people see one bot.

use std::collections::BTreeSet;
use std::time::Duration;

use discord_sandbox::world;
use greenlight::app::App;
use serde_json::json;

use crate::guild::digest::{chosen, digests};
use crate::harness::{Hands, Kind, World, run_test_on};

const DAY: Duration = Duration::from_hours(24);

/// Has both processes run jobs until none is left. Each job goes to the faster one.
async fn both_work(w: &World, second: &App) {
    loop {
        both_heard(w, second).await;
        let (first, other) = (w.hands(), Hands::of(second));
        let ran = tokio::join!(first.run_due(), other.run_due(), first.run_due(), other.run_due());
        let ran = [ran.0, ran.1, ran.2, ran.3].map(|ran| ran.expect("the queue"));
        if ran.iter().sum::<usize>() == 0 && !w.let_edits_gather().await {
            return;
        }
    }
}

/// Waits until both have handled every reaction. Each is told to both.
async fn both_heard(w: &World, second: &App) {
    let each = w.discord().dispatched().reactions / 2;
    let heard = second
        .seen
        .follow()
        .wait_for(|counts| counts.reactions >= each)
        .await
        .map(drop);
    heard.expect("the second bot is running");
    w.events().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_give_one_answer_one_render_and_one_post() {
    run_test_on(Kind::Postgres, &[], async |w| {
        let people: Vec<u64> = (0..12)
            .map(|n| w.discord().add_member(&format!("Member {n}")))
            .collect();
        let second = w.second_bot().await;
        let set = w
            .dana()
            .command("settings approvals", json!({ "review_quorum": 2 }))
            .await;
        assert!(set.contains("1 person → **2 people**"), "{set}");
        assert_eq!(w.told(world::DANA).len(), 1, "one answer");

        w.ana().asks(json!({ "prompt": "a fox", "images": 3 })).await;
        both_work(w, &second).await;
        assert_eq!(
            (w.told(world::ANA).len(), w.threads().len()),
            (1, 1),
            "one answer, one thread"
        );
        let thread = w.last_thread();
        let images = w.images(&thread, "explore");
        assert_eq!(images.len(), 3, "each is posted once");
        w.starter(&thread);

        w.dana().reacts(&images[2], "🚫").await;
        w.all_approve(&people, &images).await;
        both_work(w, &second).await;
        let reviews = w.images(&thread, "review");
        let positions: Vec<u32> = reviews.iter().map(|image| image.position).collect();
        assert_eq!(
            positions,
            [1, 2],
            "one render each, and none of what a lead stopped"
        );
        assert_eq!(w.available().await, 1000 - 30 - 40);

        let lifted = w.dana().presses(thread.id, images[2].message, "lift").await;
        assert!(lifted.contains("goes on"), "{lifted}");
        w.all_approve(&people, &reviews).await;
        both_work(w, &second).await;
        assert_eq!(w.images(&thread, "review").len(), 3);
        assert_eq!(w.images(&thread, "final").len(), 2);
        let told = w.notices(&thread);
        assert!(told.len() == 1 && told[0].contains("the vote on"), "{told:?}");
        assert_eq!(w.available().await, 1000 - 30 - 60 - 80);
        assert_eq!(
            w.discord().messages(thread.id).len(),
            3 + 3 + 2 + 1 + 1,
            "and word of the stop, and Discord's own on the thread"
        );
        second.stop().await;
    })
    .await;
}

/// A press toggles a vote, so a press that two processes get must count as one.
#[tokio::test(flavor = "multi_thread")]
async fn a_press_that_two_processes_hear_is_one_press() {
    run_test_on(Kind::Postgres, &[], async |w| {
        let people: Vec<u64> = (0..12)
            .map(|n| w.discord().add_member(&format!("Member {n}")))
            .collect();
        let second = w.second_bot().await;
        w.dana()
            .command("settings approvals", json!({ "review_quorum": 100 }))
            .await;
        w.ana().asks(json!({ "prompt": "a fox", "images": 1 })).await;
        both_work(w, &second).await;
        let thread = w.last_thread();
        let image = w.image_at(&thread, "explore");
        w.starter(&thread);
        for (presses, have) in [(1, 12), (2, 0), (3, 12)] {
            let told = w
                .press_at_once(&people, thread.id, image.message, "approve")
                .await;
            let taken_back = told.iter().filter(|told| told.contains("taken back")).count();
            assert_eq!(taken_back, if presses == 2 { 12 } else { 0 }, "{told:?}");
            both_work(w, &second).await;
            let shown = format!("**{have} of 100**");
            assert!(w.look_at(&image).contains(&shown), "{}", w.look_at(&image));
        }
        for person in people {
            assert_eq!(w.told_in(thread.id, person).len(), 3, "one answer a press");
        }
        second.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_post_one_digest_a_day() {
    run_test_on(Kind::Postgres, &[], async |w| {
        let second = w.second_bot().await;
        w.ana().asks(json!({ "prompt": "a fox", "images": 1 })).await;
        both_work(w, &second).await;
        let soon = chosen(w).await;
        let mut seen = BTreeSet::new();
        for wait in [soon, DAY, DAY] {
            w.advance(wait);
            both_work(w, &second).await;
            let shown = digests(w);
            assert_eq!(shown.len(), 1, "{shown:#?}");
            seen.insert(shown[0]["id"].to_string());
            w.said_in(world::GENERAL);
        }
        assert_eq!(seen.len(), 3, "one each day");
        w.read_all();
        second.stop().await;
    })
    .await;
}
