//! Tests a press that is repeated at once, and one that showed a price which holds no more.

use std::time::Duration;

use discord_sandbox::world;
use serde_json::json;

use crate::harness::{Kind, run_test_on, run_test_with};

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];

#[tokio::test(flavor = "multi_thread")]
async fn quick_presses_of_one_member_make_one_draft() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            let (thread, images) = w.drafted(1).await;
            let (bo, message) = (world::BO, images[0].message);
            let told = w.press_at_once(&[bo, bo, bo], thread.id, message, "again").await;
            let repeats = told
                .iter()
                .filter(|told| told.contains("drafting this already, here"));
            assert_eq!(repeats.count(), 2, "{told:?}");
            assert_eq!(w.available().await, 980, "one draft was paid");
            w.run_quick_jobs().await;
            let second = w.last_thread();
            w.restart().await;
            let told = w.bo().presses(thread.id, message, "again").await;
            assert!(told.contains(&format!("here: <#{}>", second.id)), "{told}");
            let told = w.cem().presses(thread.id, message, "again").await;
            assert!(told.contains("1 image for 10 credits"), "another member: {told}");
            w.advance(Duration::from_secs(11));
            let told = w.bo().presses(thread.id, message, "again").await;
            assert!(told.contains("1 image for 10 credits"), "later: {told}");
            assert_eq!(w.available().await, 960);
            w.run_jobs().await;
            w.read_all();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn quick_presses_that_two_processes_hear_make_one_draft() {
    run_test_on(Kind::Postgres, &[], async |w| {
        let (thread, images) = w.drafted(1).await;
        let second = w.second_bot().await;
        let presses = [world::BO; 6];
        let told = w
            .press_at_once(&presses, thread.id, images[0].message, "again")
            .await;
        let repeats = told
            .iter()
            .filter(|told| told.contains("drafting this already, here"));
        assert_eq!(repeats.count(), 5, "{told:?}");
        assert_eq!(w.available().await, 980);
        second.stop().await;
        w.run_jobs().await;
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_form_is_one_draft_and_other_words_or_a_cancelled_one_are_another() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            let (thread, images) = w.drafted(1).await;
            let at = images[0].message;
            for (words, told) in [
                ("a hare", "1 image for"),
                ("a hare", "already"),
                ("a crow", "1 image for"),
            ] {
                let answer = w.bo().fills_in(thread.id, at, "words", words).await;
                assert!(answer.contains(told), "{words}: {answer}");
            }
            assert_eq!(w.available().await, 970);
            w.bo().presses(thread.id, at, "again").await;
            w.run_quick_jobs().await;
            let drafted = w.last_thread();
            w.bo().presses(world::CAMPAIGN, drafted.id, "cancel").await;
            let told = w.bo().presses(thread.id, at, "again").await;
            assert!(
                told.contains("1 image for 10 credits"),
                "nothing came of the first: {told}"
            );
            w.run_jobs().await;
            w.read_all();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_was_not_shown_is_not_taken() {
    run_test_with(&[("ADMINS__SET_PRICES", "true")], async |w| {
        let (thread, images) = w.drafted(2).await;
        let at = images[0].message;
        let prices = json!({ "explore_price": 15 });
        w.dana().command("settings stages", prices).await;
        let told = w.bo().presses(thread.id, at, "again").await;
        insta::assert_snapshot!(told, @"This draft costs 30 credits now, not 20. Nothing was spent: press the button here to draft at this price.");
        assert_eq!(w.available().await, 980, "nothing was taken");
        let private = w.discord().ephemerals(thread.id, world::BO);
        let offer = private.last().and_then(|answer| answer["id"].as_str()?.parse().ok());
        let offer = offer.expect("an answer");
        assert_eq!(w.buttons(thread.id, offer), ["Again · 30 credits"]);
        let told = w.bo().presses(thread.id, offer, "again").await;
        assert!(told.contains("2 images for 30 credits"), "{told}");
        assert_eq!(w.available().await, 950);
        w.run_jobs().await;
        w.read_all();
    })
    .await;
}
