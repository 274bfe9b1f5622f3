//! Tests interactions that come too late, come twice, or are pressed by the wrong person.

use std::time::Duration;

use discord_sandbox::{EventFault, Mishap, Sandbox, world};
use serde_json::json;

use super::answered;
use crate::harness::{World, run_test};

const INTERACTION: &str = "INTERACTION_CREATE";
/// Longer than the three seconds in which an interaction must be answered.
const TOO_LATE: Duration = Duration::from_secs(4);
/// Longer than the fifteen minutes in which its answer can be edited.
const OVER: Duration = Duration::from_mins(16);

/// Delays the next interaction until its three seconds are over.
fn late(w: &World) {
    let what = Mishap::Late { ms: 4_000 };
    w.discord().gateway().mishap(EventFault::next(INTERACTION, what));
}

/// Lets the three seconds pass, and waits until Discord has refused the bot's late answer.
async fn is_too_late(w: &World) {
    let before = answered(w, "POST", "/callback", 404);
    w.advance(TOO_LATE);
    let refused = |discord: &Sandbox| {
        let calls = discord.calls().into_iter();
        calls
            .filter(|call| call.path.contains("/callback") && call.status == 404)
            .count()
            > before
    };
    w.discord().until(refused).await;
}

/// 50027: the thread is opened so late that the private answer can no longer be edited.
#[tokio::test(flavor = "multi_thread")]
async fn a_draft_whose_answer_can_no_longer_be_edited_is_drawn_all_the_same() {
    for told in [false, true] {
        run_test(async |w| {
            w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
            if told {
                // The bot's own clock says so too, so it does not even try.
                w.advance(OVER);
            } else {
                w.discord().advance(OVER);
            }
            w.work_it_out().await;
            let refused = answered(w, "PATCH", "/webhooks/", 401);
            assert_eq!(refused, usize::from(!told), "the bot's clock is right: {told}");
            let thread = w.last_thread();
            w.starter(&thread);
            let image = w.image_at(&thread, "explore");
            w.bo().approves(&image).await;
            w.work_it_out().await;
            w.image_at(&thread, "review");
            assert_eq!(w.sums().await, (0, 30, 970));
        })
        .await;
    }
}

/// A follow-up could be shown to everybody, or replace the answer. The bot sends none and edits its
/// answer.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_is_seen_by_who_asked_alone_and_is_one_message() {
    run_test(async |w| {
        let (thread, images) = w.drafted(1).await;
        w.bo().presses(thread.id, images[0].message, "approve").await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
        assert_eq!(w.told(world::ANA).len(), 1);
        assert_eq!(w.told_in(thread.id, world::BO).len(), 1);
        for (channel, stranger) in [
            (world::CAMPAIGN, world::BO),
            (world::CAMPAIGN, world::CEM),
            (thread.id, world::ANA),
            (thread.id, world::CEM),
        ] {
            assert_eq!(w.told_in(channel, stranger), Vec::<String>::new());
        }
        let follow_ups = w.calls("POST", "/webhooks/");
        assert_eq!(follow_ups, 0, "an answer is edited");
    })
    .await;
}

/// 10062: Bo has seen that nobody answered, so his press does not count.
#[tokio::test(flavor = "multi_thread")]
async fn a_press_that_is_told_too_late_is_no_vote_and_the_next_one_is() {
    run_test(async |w| {
        let (thread, images) = w.drafted(1).await;
        late(w);
        let button = w.button(thread.id, images[0].message, "approve");
        let bo = w.discord().member(world::BO);
        let pressed = bo.click(thread.id, images[0].message, &button).await;
        is_too_late(w).await;
        assert!(w.discord().failed(pressed.expect("a click")), "Bo was told");
        w.work_it_out().await;
        assert!(w.images(&thread, "review").is_empty());
        assert_eq!(w.sums().await, (0, 10, 990));

        let answer = w.bo().presses(thread.id, images[0].message, "approve").await;
        assert!(answer.starts_with("Your approval counts: 1 of 1."), "{answer}");
        w.work_it_out().await;
        w.image_at(&thread, "review");
        assert_eq!(w.sums().await, (0, 30, 970));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_menu_a_form_and_a_completion_that_come_too_late_are_there_at_the_second_try() {
    run_test(async |w| {
        let (thread, images) = w.drafted(1).await;
        let message = images[0].message;
        let bo = w.discord().member(world::BO);
        let words = w.button(thread.id, message, "words");
        let show = ("project show", json!({ "project": "spr" }));
        w.dana()
            .command("project create", json!({ "name": "Spring" }))
            .await;

        late(w);
        bo.menu(thread.id, message, "Greenlight").await.expect("the menu");
        is_too_late(w).await;
        late(w);
        bo.click(thread.id, message, &words).await.expect("a click");
        is_too_late(w).await;
        late(w);
        let typed = bo.types(world::CAMPAIGN, show.0, "project", show.1.clone()).await;
        is_too_late(w).await;
        let offered = w.discord().choices(typed.expect("an option")).await;
        assert_eq!(offered, None);
        assert_eq!(w.told_in(thread.id, world::BO), Vec::<String>::new());

        let chosen = bo.menu(thread.id, message, "Greenlight").await;
        let panel = w.discord().answer(chosen.expect("the menu")).await;
        assert!(panel.ephemeral, "{}", panel.message);
        let typed = bo.types(world::CAMPAIGN, show.0, "project", show.1).await;
        let offered = w.discord().choices(typed.expect("an option")).await;
        assert_eq!(offered.map(|all| all[0]["value"].clone()), Some(json!("Spring")));
        // The form itself is opened in time. What Ana sends in it comes twice.
        w.discord().gateway().mishap(EventFault {
            skip: 1,
            ..EventFault::next(INTERACTION, Mishap::Twice)
        });
        let told = w.bo().fills_in(thread.id, message, "words", "a hare").await;
        assert!(told.contains("1 image for 10 credits"), "{told}");
        w.work_it_out().await;
        assert_eq!(w.threads().len(), 2, "one draft of it");
        let other = w.last_thread();
        w.starter(&other);
        w.image_at(&other, "explore");
        assert_eq!(w.sums().await, (0, 20, 980));
    })
    .await;
}
