//! Tests the end of a vote: it closes after a recount, and what the recount finds counts.

use std::time::Duration;

use discord_sandbox::{Cut, world};
use greenlight::domain::limits;

use crate::harness::{run_test, run_test_with};

const DAY_MS: u64 = 86_400_000;
const DAY: Duration = Duration::from_millis(DAY_MS);

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_without_a_quorum_closes_when_its_window_has_passed() {
    run_test_with(
        &[("APPROVAL__WINDOW_DAYS", "3"), ("STAGES__REVIEW__QUORUM", "2")],
        async |w| {
            let (thread, image) = w.drafted_one().await;
            w.bo().approves(&image).await;
            w.run_jobs().await;
            // Updating the message took a moment.
            w.advance(Duration::from_millis(
                3 * DAY_MS - 1 - limits::GATHER_MS.unsigned_abs(),
            ));
            w.run_jobs().await;
            assert!(
                w.look_at(&image).contains("✅ **1 of 2**"),
                "not yet: {}",
                w.look_at(&image)
            );
            w.advance(Duration::from_millis(1));
            w.run_jobs().await;
            insta::assert_snapshot!(w.look_at(&image), @r"
        **Image 1** · 1K draft · 80×45
        🔒 The vote for 2K closed with **1 of 2** · @Bo
        ");
            assert_eq!(w.vote_buttons(thread.id, image.message), ["Reopen the vote"]);
            assert_eq!(w.notices(&thread).len(), 1, "the reminder");

            w.cem().approves(&image).await;
            w.restart().await;
            w.run_jobs().await;
            assert!(
                w.images(&thread, "review").is_empty(),
                "a vote that is closed stays closed"
            );
            assert_eq!(w.available().await, 990);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_of_the_last_moment_counts_even_if_nobody_was_told() {
    run_test(async |w| {
        let (thread, image) = w.drafted_one().await;
        w.advance(Duration::from_millis(7 * DAY_MS - 60_000));
        let told = w.discord().dispatched().reactions;
        w.discord().cut_gateway(Cut::Fresh);
        w.discord()
            .member(world::BO)
            .react(thread.id, image.message, "✅")
            .await
            .expect("a reaction");
        assert_eq!(
            w.discord().dispatched().reactions,
            told,
            "the bot does not hear of it"
        );
        w.advance(Duration::from_mins(1));
        w.run_jobs().await;
        assert!(w.image_at(&thread, "review").text.contains("Approved by @Bo"));
        assert_eq!(w.available().await, 970);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_that_closed_while_the_bot_was_away_closes_when_it_is_back() {
    run_test_with(&[("APPROVAL__WINDOW_DAYS", "1")], async |w| {
        let (thread, image) = w.drafted_one().await;
        let (other, second) = w.drafted_one().await;
        w.stop().await;
        w.discord()
            .member(world::BO)
            .react(other.id, second.message, "✅")
            .await
            .expect("a reaction");
        w.advance(2 * DAY);
        w.start().await;
        w.run_jobs().await;
        assert!(
            w.look_at(&image)
                .ends_with("🔒 The vote for 2K closed with **0 of 1**"),
            "{}",
            w.look_at(&image)
        );
        assert!(w.images(&thread, "review").is_empty());
        assert!(
            w.image_at(&other, "review").text.contains("Approved by @Bo"),
            "given while it was away"
        );
        assert_eq!(w.available().await, 960);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_waits_for_credits_ends_with_its_vote() {
    let settings = [("APPROVAL__WINDOW_DAYS", "1"), ("POOL__FIRST_GRANT", "15")];
    run_test_with(&settings, async |w| {
        let (thread, image) = w.drafted_one().await;
        w.bo().approves(&image).await;
        w.run_jobs().await;
        assert!(
            w.look_at(&image).contains("waiting for credits: 20 needed"),
            "{}",
            w.look_at(&image)
        );
        w.advance(DAY);
        w.run_jobs().await;
        assert!(
            w.look_at(&image).contains("🔒 The vote for 2K closed"),
            "{}",
            w.look_at(&image)
        );
        w.grant(100).await;
        w.run_jobs().await;
        assert!(
            w.images(&thread, "review").is_empty(),
            "credits that come later start nothing"
        );
        assert_eq!(w.available().await, 105);
    })
    .await;
}
