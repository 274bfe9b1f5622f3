//! Tests who is counted: distinct members who approve now, whatever they pressed before, and nobody
//! else.

use discord_sandbox::world;

use crate::harness::{Image, Thread, World, run_test, run_test_with};

/// Drafts an image and approves it. Returns its thread and its review, whose vote for 4K takes two.
async fn reviewed(w: &mut World) -> (Thread, Image) {
    let (thread, image) = w.drafted_one().await;
    w.bo().approves(&image).await;
    w.run_jobs().await;
    let review = w.image_at(&thread, "review");
    (thread, review)
}

/// Returns the line of an image's message about its vote, and what follows it.
fn vote(w: &World, image: &Image) -> String {
    let text = w.look_at(image);
    let from = text.find("✅").unwrap_or_else(|| panic!("no vote in {text}"));
    text[from..]
        .replace(" at 40 credits", "")
        .replace(" · closes <time>", "")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vote_of_who_asked_does_not_count_and_they_are_told() {
    run_test(async |w| {
        let (thread, image) = w.drafted_one().await;
        w.ana().approves(&image).await;
        let answer = w.ana().presses(thread.id, image.message, "approve").await;
        assert_eq!(
            answer,
            "You asked for this draft, so somebody else has to approve it."
        );
        w.run_jobs().await;
        assert_eq!(
            vote(w, &image),
            "✅ **0 of 1** for 2K at 20 credits\n-# Does not count: @Ana, who asked for the draft"
        );
        assert_eq!(w.available().await, 990);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vote_of_who_asked_counts_where_the_operator_says_so() {
    run_test_with(&[("APPROVAL__OWN_VOTE", "true")], async |w| {
        let (thread, image) = w.drafted_one().await;
        let answer = w.ana().presses(thread.id, image.message, "approve").await;
        assert_eq!(
            answer,
            "Your approval counts: 1 of 1. That is enough, so the next size follows."
        );
        w.run_jobs().await;
        assert!(w.image_at(&thread, "review").text.contains("Approved by @Ana"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_can_be_taken_back_until_the_quorum() {
    run_test(async |w| {
        let (thread, review) = reviewed(w).await;
        w.bo().approves(&review).await;
        w.run_jobs().await;
        assert_eq!(vote(w, &review), "✅ **1 of 2** for 4K · @Bo");
        w.bo().withdraws(&review).await;
        w.cem().approves(&review).await;
        w.run_jobs().await;
        assert_eq!(vote(w, &review), "✅ **1 of 2** for 4K · @Cem");
        assert!(w.images(&thread, "final").is_empty());
        assert_eq!(w.available().await, 970);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quorum_that_is_undone_before_it_is_confirmed_spends_nothing() {
    run_test(async |w| {
        let (thread, image) = w.drafted_one().await;
        w.bo().approves(&image).await;
        w.bo().withdraws(&image).await;
        w.run_jobs().await;
        assert_eq!(vote(w, &image), "✅ **0 of 1** for 2K at 20 credits");
        assert!(w.images(&thread, "review").is_empty());
        assert_eq!(w.available().await, 990);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_emoji_and_other_messages_are_no_votes() {
    run_test(async |w| {
        let (thread, review) = reviewed(w).await;
        for emoji in ["👍", "☑️", "✔️", "❌"] {
            w.bo().reacts(&review, emoji).await;
        }
        let bo = w.discord().member(world::BO);
        let said = bo.say(thread.id, "which one?", vec![]).await.expect("a message");
        for (channel, message) in [(world::CAMPAIGN, thread.id), (thread.id, said)] {
            bo.react(channel, message, "✅").await.expect("a reaction");
        }
        w.run_jobs().await;
        assert_eq!(vote(w, &review), "✅ **0 of 2** for 4K");
        assert_eq!(w.available().await, 970);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_is_a_vote_and_pressing_it_again_takes_it_back() {
    run_test(async |w| {
        let (thread, review) = reviewed(w).await;
        assert_eq!(
            w.vote_buttons(thread.id, review.message),
            ["Approve 4K · 40 credits"]
        );
        let answer = w.bo().presses(thread.id, review.message, "approve").await;
        assert_eq!(
            answer,
            "Your approval counts: 1 of 2. Until it is enough, you can change your mind: press Approve again."
        );
        let answer = w.bo().presses(thread.id, review.message, "approve").await;
        assert_eq!(
            answer,
            "Your approval is taken back: 0 of 2. Until it is enough, you can change your mind: press Approve again."
        );
        w.cem().presses(thread.id, review.message, "approve").await;
        w.run_jobs().await;
        assert_eq!(vote(w, &review), "✅ **1 of 2** for 4K · @Cem");
        w.bo().approves(&review).await;
        w.run_jobs().await;
        assert!(
            w.image_at(&thread, "final")
                .text
                .contains("Approved by @Bo, @Cem")
        );
        assert!(w.vote_buttons(thread.id, review.message).is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_and_a_reaction_of_one_member_are_one_vote() {
    run_test(async |w| {
        let (thread, review) = reviewed(w).await;
        w.bo().approves(&review).await;
        let answer = w.bo().presses(thread.id, review.message, "approve").await;
        assert!(answer.starts_with("Your approval counts: 1 of 2."), "{answer}");
        w.run_jobs().await;
        assert_eq!(vote(w, &review), "✅ **1 of 2** for 4K · @Bo");

        let answer = w.bo().presses(thread.id, review.message, "approve").await;
        insta::assert_snapshot!(answer, @"Your ✅ under the picture still counts: 1 of 2. Take it off to take your approval back.");
        w.bo().presses(thread.id, review.message, "approve").await;
        w.bo().withdraws(&review).await;
        w.run_jobs().await;
        assert_eq!(vote(w, &review), "✅ **1 of 2** for 4K · @Bo", "the button's vote is left");
        assert!(w.images(&thread, "final").is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_the_server_does_not_count() {
    run_test(async |w| {
        let (thread, review) = reviewed(w).await;
        let (eve, fay) = (w.discord().add_member("Eve"), w.discord().add_member("Fay"));
        w.person(eve).approves(&review).await;
        w.person(fay).presses(thread.id, review.message, "approve").await;
        w.discord().remove_member(eve);
        w.discord().remove_member(fay);
        w.run_jobs().await;
        assert!(
            w.images(&thread, "final").is_empty(),
            "one by reaction and one by button are gone"
        );
        let names = format!("<@{eve}>, <@{fay}>");
        assert_eq!(
            vote(w, &review),
            format!("✅ **0 of 2** for 4K\n-# Does not count: {names}, who left the server")
        );

        w.bo().approves(&review).await;
        w.cem().approves(&review).await;
        w.run_jobs().await;
        assert!(
            w.image_at(&thread, "final")
                .text
                .contains("Approved by @Bo, @Cem\n"),
            "those who are there"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_super_reaction_is_a_vote() {
    run_test(async |w| {
        let (thread, image) = w.drafted_one().await;
        w.burst(world::BO, &image).await;
        w.run_jobs().await;
        assert!(w.image_at(&thread, "review").text.contains("Approved by @Bo"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_seed_is_no_vote_and_nothing_is_voted_for_after_the_final() {
    run_test(async |w| {
        let (thread, review) = reviewed(w).await;
        let seeds = w.calls("PUT", "/reactions/");
        assert_eq!(
            (seeds, vote(w, &review).as_str()),
            (2, "✅ **0 of 2** for 4K"),
            "one under each"
        );
        w.bo().approves(&review).await;
        w.cem().approves(&review).await;
        w.run_jobs().await;
        let last = w.image_at(&thread, "final");
        assert_eq!(
            w.calls("PUT", "/reactions/"),
            seeds,
            "nothing is offered under a final"
        );
        assert!(
            w.vote_buttons(thread.id, last.message).is_empty() && !last.text.contains('✅'),
            "{}",
            last.text
        );
        for person in [world::BO, world::CEM, world::DANA] {
            w.person(person).approves(&last).await;
        }
        w.run_jobs().await;
        assert_eq!((w.look_at(&last), w.available().await), (last.text, 930));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_after_it_was_spent_changes_nothing() {
    run_test(async |w| {
        let (thread, image) = w.drafted_one().await;
        let review_price = 20;
        w.bo().approves(&image).await;
        let late = w.discord().member(world::CEM);
        let button = w.vote_buttons(thread.id, image.message);
        assert_eq!(button, ["Approve 2K · 20 credits"]);
        // The recount has spent the vote, and the message still has its button.
        w.recount(&image).await;
        let answer = w.cem().presses(thread.id, image.message, "approve").await;
        assert_eq!(answer, "This image is approved already.");
        w.run_jobs().await;
        late.react(thread.id, image.message, "✅")
            .await
            .expect("a reaction");
        w.bo().withdraws(&image).await;
        w.restart().await;
        w.run_jobs().await;
        assert_eq!(
            vote(w, &image),
            "✅ **Approved for 2K** · @Bo · [see the 2K](<link>)",
            "as it was when it was spent"
        );
        assert_eq!(w.images(&thread, "review").len(), 1);
        assert_eq!(w.available().await, 990 - review_price);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_that_a_moderator_takes_off_are_gone() {
    run_test(async |w| {
        let (thread, review) = reviewed(w).await;
        w.bo().approves(&review).await;
        w.run_jobs().await;
        assert_eq!(vote(w, &review), "✅ **1 of 2** for 4K · @Bo");
        w.clear_reactions(&review, None).await;
        w.run_jobs().await;
        assert_eq!(vote(w, &review), "✅ **0 of 2** for 4K");
        w.cem().approves(&review).await;
        w.run_jobs().await;
        assert!(w.images(&thread, "final").is_empty(), "Bo's was taken off");

        w.bo().presses(thread.id, review.message, "approve").await;
        w.clear_reactions(&review, None).await;
        w.run_jobs().await;
        assert_eq!(
            vote(w, &review),
            "✅ **1 of 2** for 4K · @Bo",
            "a button is no reaction"
        );
        assert_eq!(w.available().await, 970);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_that_went_unnoticed_are_missing_when_it_counts() {
    run_test(async |w| {
        let (thread, review) = reviewed(w).await;
        w.bo().approves(&review).await;
        w.run_jobs().await;
        w.clear_reactions(&review, Some("✅")).await;
        w.discord()
            .member(world::CEM)
            .react(thread.id, review.message, "✅")
            .await
            .expect("a reaction");
        w.eventually("two votes are recorded, which is enough", async || {
            w.jobs().await.iter().any(|(job, _)| job.kind() == "confirm")
        })
        .await;
        w.restart().await;
        w.run_jobs().await;
        assert_eq!(vote(w, &review), "✅ **1 of 2** for 4K · @Cem");
        assert!(w.images(&thread, "final").is_empty());
        assert_eq!(w.available().await, 970);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_fails_spends_nothing_and_is_done_again() {
    run_test(async |w| {
        let (thread, image) = w.drafted_one().await;
        w.discord().fail(discord_sandbox::Fault {
            method: Some("GET".to_owned()),
            path_contains: "/reactions/".to_owned(),
            times: 2,
            ..Default::default()
        });
        w.bo().approves(&image).await;
        w.run_jobs().await;
        assert_eq!(w.available().await, 990);
        for _ in 0..2 {
            w.advance(std::time::Duration::from_mins(1));
            w.run_jobs().await;
        }
        w.image_at(&thread, "review");
        assert_eq!(w.available().await, 970);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_image_has_a_vote_of_its_own() {
    run_test(async |w| {
        let thread = w.ana().draft("a fox", 3).await;
        let images = w.images(&thread, "explore");
        w.bo().approves(&images[0]).await;
        w.bo().approves(&images[2]).await;
        w.run_jobs().await;
        let reviews = w.images(&thread, "review");
        assert_eq!(
            reviews.iter().map(|image| image.position).collect::<Vec<_>>(),
            [1, 3]
        );
        w.bo().approves(&reviews[0]).await;
        w.cem().approves(&reviews[1]).await;
        w.run_jobs().await;
        assert!(w.images(&thread, "final").is_empty(), "one and one are not two");
        assert_eq!(w.available().await, 930);
        w.starter(&thread);
    })
    .await;
}
