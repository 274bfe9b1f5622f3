//! Tests that a cancelled draft costs nothing: cancelled by a person while it is queued, or because
//! its thread can never be opened.

use std::time::Duration;

use discord_sandbox::{permissions, world};
use serde_json::json;

use crate::harness::{Thread, World, run_test};

/// Drafts so many images, and opens their thread without drawing any.
async fn queued(w: &mut World, prompt: &str, images: u32) -> Thread {
    let options = json!({ "prompt": prompt, "images": images });
    let answer = w.ana().asks(options).await;
    assert!(
        answer.contains("opening the thread"),
        "the draft was refused: {answer}"
    );
    w.run_quick_jobs().await;
    w.last_thread()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_behind_others_sees_how_many_and_the_place_moves_by_itself() {
    run_test(async |w| {
        let first = queued(w, "a fox", 2).await;
        w.advance(Duration::from_millis(1));
        let second = queued(w, "a hare", 2).await;
        assert!(w.starter(&first).ends_with("⏳ 0 of 2 drawn · 2 queued"));
        let last_line = "⏳ 0 of 2 drawn · 2 queued behind 2 other images";
        let starter = w.starter(&second);
        assert!(starter.ends_with(last_line), "{starter}");
        w.draw_one().await;
        w.advance(Duration::from_secs(20));
        w.run_quick_jobs().await;
        let starter = w.starter(&second);
        assert!(
            starter.contains("2 queued behind 1 other image, about 1 min"),
            "{starter}"
        );
        w.run_jobs().await;
        for thread in [first, second] {
            assert!(w.starter(&thread).contains("2 drawn"));
            w.images(&thread, "explore");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asked_cancels_what_is_queued_and_the_credits_come_back() {
    run_test(async |w| {
        let thread = queued(w, "a fox", 4).await;
        assert!(w.starter(&thread).ends_with("⏳ 0 of 4 drawn · 4 queued"));
        assert_eq!(
            (w.starter_buttons(&thread), w.available().await),
            (vec!["Cancel what is queued".to_owned()], 960)
        );

        let answer = w.ana().presses(world::CAMPAIGN, thread.id, "cancel").await;
        assert_eq!(answer, "4 images cancelled, 40 credits returned to the pool.");
        assert_eq!(w.available().await, 1000);
        w.run_jobs().await;
        insta::assert_snapshot!(w.starter(&thread), @r"
        **Draft** by @Ana · 4 images · 1K · 16:9
        > a fox
        -# 40 → 0 credits, 40 returned
        0 of 4 drawn · 4 cancelled, credits returned
        ");
        assert!(w.starter_buttons(&thread).is_empty());
        assert!(w.images(&thread, "explore").is_empty() && w.notices(&thread).is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_drawn_already_stays_and_can_be_approved() {
    run_test(async |w| {
        let thread = queued(w, "a fox", 3).await;
        w.draw_one().await;
        w.run_quick_jobs().await;
        assert!(
            w.starter(&thread).ends_with("⏳ 1 of 3 drawn · 2 queued"),
            "{}",
            w.starter(&thread)
        );
        let answer = w.ana().presses(world::CAMPAIGN, thread.id, "cancel").await;
        assert_eq!(answer, "2 images cancelled, 20 credits returned to the pool.");
        w.run_jobs().await;
        let progress = "1 of 3 drawn · 2 cancelled, credits returned";
        assert_eq!(w.starter(&thread).lines().nth_back(1), Some(progress));

        let image = w.image_at(&thread, "explore");
        assert_eq!(image.position, 1, "the first image is drawn first");
        w.bo().approves(&image).await;
        w.run_jobs().await;
        assert_eq!(
            (w.image_at(&thread, "review").position, w.available().await),
            (1, 970)
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_may_not_cancel_and_who_manages_the_server_may() {
    run_test(async |w| {
        let thread = queued(w, "a fox", 1).await;
        let answer = w.bo().presses(world::CAMPAIGN, thread.id, "cancel").await;
        assert_eq!(
            answer,
            "Only @Ana or someone who manages the server can cancel this draft."
        );
        assert_eq!(w.pool().await.held.get(), 10);
        let answer = w.dana().presses(world::CAMPAIGN, thread.id, "cancel").await;
        assert_eq!(answer, "1 image cancelled, 10 credits returned to the pool.");
        w.run_jobs().await;
        assert_eq!(w.available().await, 1000);
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pressed_twice_at_once_the_credits_come_back_once() {
    run_test(async |w| {
        let thread = queued(w, "a fox", 2).await;
        let people = [world::ANA, world::DANA, world::ANA];
        let mut answers = w
            .press_at_once(&people, world::CAMPAIGN, thread.id, "cancel")
            .await;
        answers.sort_unstable();
        let none = "Nothing is queued any more; what is being drawn is paid for and will be finished.";
        assert_eq!(
            answers,
            ["2 images cancelled, 20 credits returned to the pool.", none, none]
        );
        w.run_jobs().await;
        assert_eq!((w.available().await, w.pool().await.granted.get()), (1000, 1000));
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_that_comes_too_late_says_so() {
    run_test(async |w| {
        let thread = queued(w, "a fox", 1).await;
        w.draw_one().await;
        let answer = w.ana().presses(world::CAMPAIGN, thread.id, "cancel").await;
        assert_eq!(
            answer,
            "Nothing is queued any more; what is being drawn is paid for and will be finished."
        );
        w.run_jobs().await;
        assert_eq!(w.available().await, 990);
        w.image_at(&thread, "explore");
        assert_eq!(w.starter_buttons(&thread), ["Approve 1 · 20 credits"]);
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_busy_engine_is_queued_and_can_be_cancelled() {
    run_test(async |w| {
        let thread = w.ana().draft("a fox #sketch:transient", 1).await;
        let answer = w.ana().presses(world::CAMPAIGN, thread.id, "cancel").await;
        assert_eq!(answer, "1 image cancelled, 10 credits returned to the pool.");
        w.advance(Duration::from_mins(1));
        w.run_jobs().await;
        assert_eq!(
            (w.available().await, w.notices(&thread).len()),
            (1000, 0),
            "it is not tried again"
        );
        assert!(
            w.starter(&thread)
                .ends_with("0 of 1 drawn · 1 cancelled, credits returned")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_button_works_after_a_restart() {
    run_test(async |w| {
        let thread = queued(w, "a fox", 2).await;
        w.restart().await;
        let answer = w.ana().presses(world::CAMPAIGN, thread.id, "cancel").await;
        assert_eq!(answer, "2 images cancelled, 20 credits returned to the pool.");
        w.run_jobs().await;
        assert_eq!(w.available().await, 1000);
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_cannot_be_posted_costs_nothing_and_the_answer_says_why() {
    run_test(async |w| {
        w.ana().asks(json!({ "prompt": "a fox" })).await;
        w.discord().deny_bot(world::CAMPAIGN, permissions::SEND_MESSAGES);
        w.run_jobs().await;
        insta::assert_snapshot!(w.told(world::ANA).join("\n"), @"The thread could not be opened in #campaign-pictures: Discord did not let me post there or open one. 40 credits returned to the pool.");
        assert_eq!((w.available().await, w.said_in(world::CAMPAIGN).len()), (1000, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_starter_without_a_thread_says_that_nothing_comes_of_it() {
    run_test(async |w| {
        w.ana().asks(json!({ "prompt": "a *red* fox" })).await;
        w.discord()
            .deny_bot(world::CAMPAIGN, permissions::CREATE_PUBLIC_THREADS);
        w.run_jobs().await;
        insta::assert_snapshot!(w.said_in(world::CAMPAIGN).join("\n"), @r"
        **Draft** by @Ana · its thread could not be opened
        > a \*red\* fox
        -# 40 credits returned to the pool
        ");
        let starter = &w.discord().messages(world::CAMPAIGN)[0];
        assert_eq!(starter["components"], json!([]), "there is nothing to cancel");
        let told = w.told(world::ANA).join("\n");
        assert!(told.contains("40 credits returned to the pool"), "{told}");
        assert_eq!(w.available().await, 1000);
    })
    .await;
}
