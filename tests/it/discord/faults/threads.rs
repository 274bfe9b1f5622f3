//! Tests threads that are archived, have all the emoji they may, or lost the message that they hang
//! on.

use discord_sandbox::world;
use serde_json::json;

use crate::harness::{Door, Hold, Image, Side, Thread, World, run_test};

/// Twenty emoji, as many as a message can have. None of them approves.
const TWENTY: [&str; 20] = [
    "😀", "😂", "😍", "🤔", "😮", "😢", "🙏", "👏", "⭐", "💡", "🎨", "📷", "🔁", "⏳", "💯", "🔥", "🎉",
    "👍", "👎", "👀",
];

/// Has a draft's one image posted, and does something just before the bot puts ✅ under it.
async fn about_to_be_seeded(
    w: &mut World,
    meanwhile: impl AsyncFnOnce(&mut World, &Image),
) -> (Thread, Image) {
    let door: Door = w.door().await;
    w.restart().await;
    w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
    door.hold(Hold {
        method: "PUT",
        path: "/reactions/",
        skip: 0,
        side: Side::Before,
    });
    let working = w.work_meanwhile();
    door.held().await;
    let thread = w.last_thread();
    let image = w.image_at(&thread, "explore");
    meanwhile(w, &image).await;
    door.open();
    working.await.expect("the worker");
    w.work_it_out().await;
    w.starter(&thread);
    // The door closes when this ends, so the bot must not need it any more.
    w.set("DISCORD__API_BASE", &w.discord().url());
    w.restart().await;
    (thread, image)
}

fn archived(w: &World, thread: u64) -> bool {
    let found = w.discord().channel(thread).expect("the thread");
    found["thread_metadata"]["archived"] == true
}

/// 50083: nobody can react in an archived thread. The bot opens it to react.
#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_is_archived_before_its_picture_is_seeded_is_opened_again() {
    run_test(async |w| {
        let (thread, image) = about_to_be_seeded(w, async |w, image| {
            let archive = json!({ "archived": true });
            w.discord().edit_channel(image.thread, archive).expect("archived");
            let bo = w.discord().member(world::BO);
            let refused = bo.react(image.thread, image.message, "✅").await;
            refused.expect_err("nobody reacts in an archived thread");
        })
        .await;
        assert!(!archived(w, thread.id));
        assert_eq!(w.reactions(&image), ["✅"]);
        w.bo().approves(&image).await;
        w.work_it_out().await;
        w.image_at(&thread, "review");
        assert_eq!(w.sums().await, (0, 30, 970));
    })
    .await;
}

/// 30010: there is no room for ✅, for the bot or anybody. The button still works.
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_with_twenty_emoji_is_voted_on_with_its_button() {
    run_test(async |w| {
        let (thread, image) = about_to_be_seeded(w, async |w, image| {
            let cem = w.discord().member(world::CEM);
            for emoji in TWENTY {
                cem.react(image.thread, image.message, emoji)
                    .await
                    .expect("a reaction");
            }
        })
        .await;
        assert_eq!(w.reactions(&image), TWENTY);
        let bo = w.discord().member(world::BO);
        let refused = bo.react(image.thread, image.message, "✅").await;
        refused.expect_err("there are twenty");
        let answer = w.bo().presses(thread.id, image.message, "approve").await;
        assert!(answer.starts_with("Your approval counts: 1 of 1."), "{answer}");
        w.work_it_out().await;
        w.image_at(&thread, "review");
        assert_eq!(w.sums().await, (0, 30, 970));
    })
    .await;
}

/// Discord tells who reacted a hundred at a time.
#[tokio::test(flavor = "multi_thread")]
async fn a_quorum_of_more_than_a_page_of_reactions_is_read_to_its_end() {
    run_test(async |w| {
        let people = w.discord().add_members(120);
        let quorum = json!({ "review_quorum": 100 });
        w.dana().command("settings approvals", quorum).await;
        let (thread, images) = w.drafted(1).await;
        w.stop().await;
        // Only 95 of the first page count; with the next page there are 115.
        let (leave, stay) = people.split_at(5);
        w.all_approve(&people, &images).await;
        for gone in leave {
            w.discord().remove_member(*gone);
        }
        w.start().await;
        let pages = w.calls("GET", "/reactions/");
        w.work_it_out().await;
        let review = w.image_at(&thread, "review");
        assert!(w.calls("GET", "/reactions/") >= pages + 2, "two pages");
        assert!(
            review.text.contains(&format!("<@{}>", stay[0])),
            "{}",
            review.text
        );
        assert_eq!(w.sums().await, (0, 30, 970));
    })
    .await;
}

/// A moderator deletes the message that a thread hangs on before anything is drawn. The thread
/// stays, and Discord's own message in it.
#[tokio::test(flavor = "multi_thread")]
async fn a_thread_whose_first_message_is_deleted_goes_on() {
    run_test(async |w| {
        w.ana().asks(json!({ "prompt": "a red fox", "images": 2 })).await;
        w.run_quick_jobs().await;
        let thread = w.last_thread();
        w.starter(&thread);
        w.discord().delete_message(world::CAMPAIGN, thread.id);
        w.work_it_out().await;
        let images = w.images(&thread, "explore");
        assert_eq!(images.len(), 2);
        w.stop().await;
        w.bo().approves(&images[1]).await;
        w.start().await;
        w.work_it_out().await;
        assert_eq!(
            w.image_at(&thread, "review").position,
            2,
            "a recount reads past it"
        );
        assert!(w.said_in(world::CAMPAIGN).is_empty());
        assert_eq!(w.sums().await, (0, 40, 960));
    })
    .await;
}
