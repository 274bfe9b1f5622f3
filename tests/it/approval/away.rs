//! Tests reactions that the bot was not told of: given and taken back while it was away, while its
//! session was lost, or just before it knew the message. Discord has them, so they count.

use std::time::Duration;

use discord_sandbox::{Cut, world};
use serde_json::json;

use crate::harness::{Hold, Side, run_test, run_test_with};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test(flavor = "multi_thread")]
async fn what_was_approved_while_the_bot_was_away_is_rendered_when_it_is_back() {
    run_test(async |w| {
        let (thread, images) = w.drafted(3).await;
        w.stop().await;
        w.bo().approves(&images[0]).await;
        w.cem().approves(&images[2]).await;
        w.ana().approves(&images[1]).await;
        w.start().await;
        w.run_jobs().await;
        let reviews = w.images(&thread, "review");
        assert_eq!(
            reviews.iter().map(|image| image.position).collect::<Vec<_>>(),
            [1, 3]
        );
        assert!(
            w.look_at(&images[1]).contains("Does not count: @Ana"),
            "{}",
            w.look_at(&images[1])
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_while_the_bot_was_away_does_not_count() {
    run_test(async |w| {
        let (thread, images) = w.drafted(1).await;
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        let review = w.image_at(&thread, "review");
        w.bo().approves(&review).await;
        w.run_jobs().await;
        assert!(w.look_at(&review).contains("1 of 2"), "{}", w.look_at(&review));

        w.stop().await;
        w.bo().withdraws(&review).await;
        w.cem().approves(&review).await;
        w.start().await;
        w.run_jobs().await;
        assert!(w.images(&thread, "final").is_empty(), "Bo took it back");
        assert!(
            w.look_at(&review).contains("1 of 2"),
            "Cem has come: {}",
            w.look_at(&review)
        );

        w.stop().await;
        w.bo().approves(&review).await;
        w.start().await;
        w.run_jobs().await;
        assert!(w.image_at(&thread, "final").text.contains("@Bo, @Cem"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_waits_for_credits_and_is_taken_back_meanwhile_is_not_paid() {
    run_test_with(&[("POOL__FIRST_GRANT", "20")], async |w| {
        let (thread, images) = w.drafted(2).await;
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        w.cem().approves(&images[1]).await;
        w.run_jobs().await;
        w.stop().await;
        w.bo().withdraws(&images[0]).await;
        w.start().await;
        w.grant(20).await;
        w.run_jobs().await;
        assert_eq!(w.image_at(&thread, "review").position, 2, "the next in line");
        assert_eq!(w.available().await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_between_two_sessions_are_read_when_the_second_begins() {
    run_test(async |w| {
        let (thread, images) = w.drafted(2).await;
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        let review = w.image_at(&thread, "review");
        w.bo().approves(&review).await;
        w.run_jobs().await;

        w.discord().cut_gateway(Cut::Fresh);
        w.discord()
            .member(world::CEM)
            .react(thread.id, images[1].message, "✅")
            .await
            .expect("a reaction");
        w.discord()
            .member(world::BO)
            .unreact(thread.id, review.message, "✅")
            .await
            .expect("to take it back");
        w.discord()
            .member(world::CEM)
            .react(thread.id, review.message, "✅")
            .await
            .expect("a reaction");
        w.sessions(2).await;
        w.run_jobs().await;
        let positions: Vec<_> = w
            .images(&thread, "review")
            .iter()
            .map(|image| image.position)
            .collect();
        assert_eq!(positions, [1, 2]);
        assert!(w.images(&thread, "final").is_empty(), "Bo took it back");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_while_the_line_is_cut_are_told_again_when_the_session_goes_on() {
    run_test(async |w| {
        let (thread, images) = w.drafted(1).await;
        w.discord().cut_gateway(Cut::Drop);
        w.discord()
            .member(world::BO)
            .react(thread.id, images[0].message, "✅")
            .await
            .expect("a reaction");
        w.handled(|counts| counts.resumed >= 1).await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_that_is_quicker_than_the_bots_own_note_of_the_message_counts() {
    run_test(async |w| {
        let door = w.door().await;
        w.restart().await;
        w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
        // The picture is posted, and the bot is about to put ✅ under it.
        door.hold(Hold {
            method: "PUT",
            path: "/reactions/",
            skip: 0,
            side: Side::Before,
        });
        let working = w.work_meanwhile();
        door.held().await;
        let thread = w.last_thread();
        w.starter(&thread);
        let image = w.image_at(&thread, "explore");
        w.bo().approves(&image).await;
        door.open();
        working.await.expect("the worker");
        w.run_jobs().await;
        w.image_at(&thread, "review");
    })
    .await;
}

/// Nothing shows that the votes which the last recount finds were given after the end.
#[tokio::test(flavor = "multi_thread")]
async fn an_approval_given_while_the_bot_was_away_past_the_end_of_the_vote_counts() {
    run_test(async |w| {
        let (thread, images) = w.drafted(2).await;
        w.stop().await;
        w.advance(3 * DAY);
        w.bo().approves(&images[0]).await;
        w.advance(5 * DAY);
        w.start().await;
        w.work_it_out().await;
        assert_eq!(w.image_at(&thread, "review").position, 1);
        // The review has opened the archived thread again, but the other vote has ended.
        w.bo().approves(&images[1]).await;
        w.work_it_out().await;
        assert_eq!(w.images(&thread, "review").len(), 1);
    })
    .await;
}

/// Bo takes his vote back after the bot has read it, and before the bot has decided.
#[tokio::test(flavor = "multi_thread")]
async fn a_vote_taken_back_while_it_is_counted_is_not_spent() {
    run_test(async |w| {
        let door = w.door().await;
        w.restart().await;
        let (thread, images) = w.drafted(1).await;
        w.bo().approves(&images[0]).await;
        door.hold(Hold {
            method: "GET",
            path: "type=0",
            skip: 0,
            side: Side::After,
        });
        let working = w.work_meanwhile();
        door.held().await;
        w.bo().withdraws(&images[0]).await;
        door.open();
        working.await.expect("the worker");
        w.run_jobs().await;
        assert!(w.images(&thread, "review").is_empty());
        assert!(
            w.look_at(&images[0]).contains("0 of 1"),
            "{}",
            w.look_at(&images[0])
        );
        assert_eq!(w.available().await, 990);
    })
    .await;
}
