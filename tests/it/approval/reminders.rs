//! Tests votes that people forget: the reminder half-way, archived threads, and votes that open
//! again.

use std::time::Duration;

use discord_sandbox::world;
use serde_json::json;

use crate::harness::{Image, Thread, World, lost_answer, run_test, run_test_with};

const DAY: Duration = Duration::from_hours(24);

fn archived(w: &World, thread: &Thread) -> bool {
    let found = w.discord().channel(thread.id).expect("the thread");
    found["thread_metadata"]["archived"].as_bool().expect("a thread")
}

#[tokio::test(flavor = "multi_thread")]
async fn half_way_a_thread_is_reminded_once_of_what_is_still_open() {
    run_test(async |w| {
        let (thread, images) = w.drafted(3).await;
        w.bo().approves(&images[1]).await;
        w.run_jobs().await;
        let review = w.image_at(&thread, "review");
        w.advance(7 * DAY / 2);
        w.run_jobs().await;
        let said = w.notices(&thread);
        assert_eq!(said.len(), 1, "{said:#?}");
        let link = |image: &Image| {
            let (guild, thread) = (world::NORTHLIGHT, thread.id);
            format!("https://discord.com/channels/{guild}/{thread}/{}", image.message)
        };
        let said = [&images[0], &images[2], &review]
            .iter()
            .enumerate()
            .fold(said[0].clone(), |said, (n, image)| {
                said.replace(&link(image), &format!("LINK {n}"))
            });
        insta::assert_snapshot!(said, @r"
        ⏳ Half of the time to vote is over. Still open:
        - **Image 1** for 2K · closes <time> · LINK 0
        - **Image 2** for 4K · closes <time> · LINK 2
        - **Image 3** for 2K · closes <time> · LINK 1
        ");
        w.restart().await;
        w.run_jobs().await;
        // Without the reminder the thread would have been archived with the first vote.
        w.advance(7 * DAY / 2);
        w.run_jobs().await;
        assert_eq!(w.notices(&thread).len(), 1, "once");
        assert!(!archived(w, &thread));
        assert!(w.look_at(&images[0]).contains("closed with **0 of 1**"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_whose_answer_is_lost_is_not_said_again() {
    run_test(async |w| {
        let (thread, _) = w.drafted(1).await;
        w.advance(4 * DAY);
        w.fail(lost_answer(thread.id));
        w.run_jobs().await;
        w.kill().await;
        w.advance(Duration::from_hours(1));
        w.start().await;
        w.work_it_out().await;
        assert_eq!(w.notices(&thread).len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_thread_is_reminded_of_in_its_channel() {
    run_test(async |w| {
        let (thread, _) = w.drafted(1).await;
        let locked = json!({ "archived": true, "locked": true });
        w.discord().edit_channel(thread.id, locked).expect("locked");
        w.advance(4 * DAY);
        w.run_jobs().await;
        assert!(w.notices(&thread).is_empty());
        let said = w.said_in(world::CAMPAIGN);
        assert!(said[1].contains("Half of the time to vote is over"), "{said:#?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_thread_is_opened_to_show_how_a_vote_ended() {
    run_test_with(&[("APPROVAL__WINDOW_DAYS", "1")], async |w| {
        let (thread, images) = w.drafted(1).await;
        w.discord()
            .edit_channel(thread.id, json!({ "archived": true }))
            .expect("archived");
        // This is past the end of the vote, so that no reminder opens the thread.
        w.advance(DAY);
        w.run_jobs().await;
        assert!(
            w.look_at(&images[0]).contains("closed with **0 of 1**"),
            "{}",
            w.look_at(&images[0])
        );
        assert!(!archived(w, &thread));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_vote_is_reopened_by_what_the_settings_say_then() {
    run_test_with(&[("APPROVAL__WINDOW_DAYS", "1")], async |w| {
        let (thread, images) = w.drafted(1).await;
        w.advance(DAY);
        w.run_jobs().await;
        let approvals = json!({ "review_quorum": 2, "window_days": 3 });
        w.dana().command("settings approvals", approvals).await;
        w.restart().await;
        let answer = w.bo().presses(thread.id, images[0].message, "reopen").await;
        assert!(answer.starts_with("The vote is open again"), "{answer}");
        w.run_jobs().await;
        assert!(
            w.look_at(&images[0]).contains("**0 of 2** for 2K"),
            "{}",
            w.look_at(&images[0])
        );
        w.bo().approves(&images[0]).await;
        w.advance(2 * DAY);
        w.run_jobs().await;
        assert_eq!(w.notices(&thread).len(), 1, "it is reminded of anew");
        w.cem().approves(&images[0]).await;
        w.run_jobs().await;
        assert!(
            w.image_at(&thread, "review")
                .text
                .contains("Approved by @Bo, @Cem")
        );
        assert_eq!(w.available().await, 970);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_is_reopened_by_its_requester_an_approver_or_a_lead_and_once() {
    run_test_with(&[("APPROVAL__WINDOW_DAYS", "1")], async |w| {
        let role = world::STUDIO_LEAD.to_string();
        w.dana()
            .command("settings approvals", json!({ "approvers": role }))
            .await;
        let (thread, images) = w.drafted(1).await;
        w.advance(DAY);
        w.run_jobs().await;
        let button = w.button(thread.id, images[0].message, "reopen");
        let refused = w.bo().presses(thread.id, images[0].message, "reopen").await;
        assert!(refused.starts_with("Only @Ana, <@&"), "{refused}");
        w.ana().presses(thread.id, images[0].message, "reopen").await;
        let late = w.discord().member(world::DANA);
        let late = late
            .click(thread.id, images[0].message, &button)
            .await
            .expect("a click");
        let answer = w.discord().answer(late).await.message;
        assert_eq!(answer["content"], "The vote on this image is not closed.");
        w.run_jobs().await;
        assert!(
            w.look_at(&images[0]).contains("**0 of 1** for 2K"),
            "{}",
            w.look_at(&images[0])
        );
    })
    .await;
}
