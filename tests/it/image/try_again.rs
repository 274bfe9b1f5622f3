//! Tests *Try again*: the approval of a failed render still stands, and pays for another at the
//! same price.

use std::time::Duration;

use discord_sandbox::world;

use crate::harness::{Image, Thread, World, run_test, run_test_with};

/// Drafts one image that Bo approves and whose 2K fails. Returns the message that says so.
async fn failed(w: &mut World, prompt: &str) -> (Thread, Image, u64) {
    let thread = w.ana().draft(prompt, 1).await;
    let image = w.image_at(&thread, "explore");
    w.bo().approves(&image).await;
    w.run_jobs().await;
    let notice = w.message_with(thread.id, "could not be drawn at 2K");
    (thread, image, notice)
}

#[tokio::test(flavor = "multi_thread")]
async fn any_approver_may_spend_the_approval_again() {
    run_test(async |w| {
        let (thread, image, notice) = failed(w, "a fox #sketch:broken@2K*1").await;
        assert_eq!(w.available().await, 990);
        let answer = w.ana().presses(thread.id, notice, "retry").await;
        assert_eq!(
            answer,
            "You asked for this draft, so somebody else has to approve it."
        );
        assert_eq!(w.pool().await.held.get(), 0);

        let answer = w.cem().presses(thread.id, notice, "retry").await;
        assert_eq!(answer, "Queued again for 20 credits.");
        assert_eq!(w.pool().await.held.get(), 20);
        w.run_jobs().await;
        let review = w.image_at(&thread, "review");
        assert_eq!((review.reply_to, review.size), (Some(image.message), (160, 90)));
        assert!(
            review.text.contains("Approved by @Bo\n-# 20 credits"),
            "{}",
            review.text
        );
        assert!(w.buttons(thread.id, notice).is_empty(), "it was tried again");
        assert_eq!((w.notices(&thread).len(), w.available().await), (1, 970));
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pressed_twice_at_once_it_is_drawn_and_paid_once() {
    run_test(async |w| {
        let (thread, _, notice) = failed(w, "a fox #sketch:operator@2K*1").await;
        let mut answers = w
            .press_at_once(&[world::BO, world::CEM, world::DANA], thread.id, notice, "retry")
            .await;
        answers.sort_unstable();
        let once = "Queued again for 20 credits.";
        let taken = "This was tried again already, or cannot be.";
        assert_eq!(answers, [once, taken, taken]);
        assert_eq!(w.pool().await.held.get(), 20);
        w.run_jobs().await;
        w.image_at(&thread, "review");
        assert_eq!((w.notices(&thread).len(), w.available().await), (1, 970));
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_may_fail_again_and_be_tried_again_after_a_restart() {
    run_test(async |w| {
        // The engine forgets its calls with the bot, so the first call after each start fails.
        let (thread, _, first) = failed(w, "a fox #sketch:broken@2K*1").await;
        w.restart().await;
        w.cem().presses(thread.id, first, "retry").await;
        w.run_jobs().await;
        assert!(
            w.buttons(thread.id, first).is_empty(),
            "the newer message has the button"
        );
        let notices = w.notices(&thread);
        assert_eq!((notices.len(), &notices[0]), (2, &notices[1]));
        assert_eq!(w.available().await, 990);

        let messages = w.discord().messages(thread.id);
        let second = messages
            .last()
            .and_then(|message| message["id"].as_str()?.parse().ok())
            .expect("a message");
        assert_eq!(
            w.bo().presses(thread.id, second, "retry").await,
            "Queued again for 20 credits."
        );
        w.run_jobs().await;
        w.image_at(&thread, "review");
        assert_eq!(w.available().await, 970);
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_is_short_says_so_and_the_approval_stands() {
    run_test_with(&[("POOL__FIRST_GRANT", "30")], async |w| {
        let (thread, _, notice) = failed(w, "a fox #sketch:broken@2K*1").await;
        let other = w.ana().draft("a hare", 1).await;
        let answer = w.bo().presses(thread.id, notice, "retry").await;
        assert_eq!(
            answer,
            "This costs 20 credits, and 10 are left in the server's pool. There is room once credits are added: an operator can do that with `/treasury grant`. Nothing was spent."
        );
        assert_eq!(w.buttons(thread.id, notice), ["Try again · 20 credits"]);

        w.grant(10).await;
        assert_eq!(
            w.bo().presses(thread.id, notice, "retry").await,
            "Queued again for 20 credits."
        );
        w.run_jobs().await;
        w.image_at(&thread, "review");
        assert_eq!((w.available().await, w.pool().await.settled.get()), (0, 40));
        w.image_at(&other, "explore");
        w.said_in(world::CAMPAIGN);
        w.notices(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_price_and_the_rules_are_those_of_the_approval() {
    run_test(async |w| {
        let (thread, _, notice) = failed(w, "a fox #sketch:operator@2K*1").await;
        w.set("STAGES__REVIEW__PRICE", "25");
        w.set("APPROVAL__OWN_VOTE", "true");
        w.restart().await;
        let answer = w.ana().presses(thread.id, notice, "retry").await;
        assert_eq!(
            answer, "You asked for this draft, so somebody else has to approve it.",
            "as when it was voted for"
        );
        assert_eq!(
            w.bo().presses(thread.id, notice, "retry").await,
            "Queued again for 20 credits."
        );
        assert_eq!(w.pool().await.held.get(), 20);
        w.run_jobs().await;
        // The engine started again with the bot, and fails its first call again.
        assert_eq!((w.notices(&thread).len(), w.available().await), (2, 990));
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_image_is_tried_again_by_who_asked_for_it_alone() {
    run_test(async |w| {
        let thread = w.ana().draft("a fox #sketch:broken*1", 1).await;
        let notice = w.message_with(thread.id, "could not be drawn at 1K");
        let answer = w.bo().presses(thread.id, notice, "retry").await;
        assert_eq!(
            answer,
            "Only @Ana can try this one again: it was drawn on their draft."
        );
        assert_eq!(w.available().await, 1000);

        w.advance(Duration::from_secs(1));
        let mut answers = w
            .press_at_once(&[world::ANA, world::ANA], thread.id, notice, "retry")
            .await;
        answers.sort_unstable();
        assert_eq!(
            answers,
            [
                "Queued again for 10 credits.",
                "This was tried again already, or cannot be."
            ]
        );
        w.run_quick_jobs().await;
        assert!(
            w.starter(&thread).ends_with("⏳ 0 of 1 drawn · 1 queued"),
            "{}",
            w.starter(&thread)
        );
        let answer = w.ana().presses(world::CAMPAIGN, thread.id, "cancel").await;
        assert_eq!(answer, "1 image cancelled, 10 credits returned to the pool.");
        w.run_jobs().await;
        assert!(w.images(&thread, "explore").is_empty());
        assert_eq!((w.notices(&thread).len(), w.available().await), (1, 1000));
        let starter = w.starter(&thread);
        assert!(
            starter.ends_with("0 of 1 drawn · 1 cancelled, credits returned"),
            "{starter}"
        );
    })
    .await;
}
