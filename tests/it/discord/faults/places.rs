//! Tests permissions that the bot loses after it has accepted a draft, by role and by overwrite,
//! and a guild that is full.

use discord_sandbox::{permissions, world};
use serde_json::json;

use super::answered;
use crate::harness::{World, run_test};

/// Has a draft accepted and takes a permission away. Asserts that its thread is not opened and
/// every credit is released.
async fn comes_to_nothing(w: &mut World, take: impl AsyncFnOnce(&World)) {
    w.ana().asks(json!({ "prompt": "a red fox", "images": 2 })).await;
    take(w).await;
    w.work_it_out().await;
    assert_eq!(w.sums().await, (0, 0, 1000));
    let told = w.told(world::ANA);
    let told = told.last().expect("an answer");
    assert!(
        told.contains("could not be opened") && told.contains("20 credits"),
        "{told}"
    );
    w.said_in(world::CAMPAIGN);
}

/// Asserts that drafts work again when the bot has its permission back.
async fn goes_on(w: &mut World) {
    let before = w.sums().await.2;
    let (thread, images) = w.drafted(1).await;
    w.bo().approves(&images[0]).await;
    w.work_it_out().await;
    w.image_at(&thread, "review");
    assert_eq!(w.sums().await.2, before - 30);
}

/// 50013 where it may not act, 50001 where it may not look.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_overwrite_takes_from_the_bot_gives_every_credit_back() {
    for taken in [
        permissions::SEND_MESSAGES,
        permissions::CREATE_PUBLIC_THREADS,
        permissions::VIEW_CHANNEL,
    ] {
        run_test(async |w| {
            comes_to_nothing(w, async |w| w.discord().deny_bot(world::CAMPAIGN, taken)).await;
            assert!(answered(w, "POST", "/channels/", 403) > 0);
            w.discord().allow_bot(world::CAMPAIGN, taken);
            goes_on(w).await;
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_from_the_bots_role_gives_every_credit_back() {
    run_test(async |w| {
        let [everyone, own] = [world::NORTHLIGHT, world::BOT_ROLE];
        let may = |w: &World, permissions| {
            for role in [everyone, own] {
                let set = w.discord().set_role_permissions(role, permissions);
                set.expect("the role's permissions");
            }
        };
        let all = permissions::MEMBER;
        comes_to_nothing(w, async |w| may(w, all & !permissions::CREATE_PUBLIC_THREADS)).await;
        assert_eq!(answered(w, "POST", "/threads", 403), 1);
        may(w, all);
        goes_on(w).await;
        // An overwrite for the bot's role beats the role, and one for the bot itself beats both.
        let denied = permissions::SEND_MESSAGES;
        let overwritten = w.discord().overwrite(world::CAMPAIGN, own, 0, denied);
        overwritten.expect("an overwrite");
        let answer = w.ana().asks(json!({ "prompt": "a fox" })).await;
        assert!(answer.contains("I am missing **Send Messages**"), "{answer}");
        w.discord().grant_bot(world::CAMPAIGN, denied);
        goes_on(w).await;
    })
    .await;
}

/// A picture is drawn when the bot loses its permission. It is paid and kept, and the bot tells of
/// it where it still may.
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_may_not_be_posted_in_its_thread_is_told_of_beside_it() {
    for taken in [permissions::SEND_MESSAGES_IN_THREADS, permissions::ATTACH_FILES] {
        run_test(async |w| {
            w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
            w.run_quick_jobs().await;
            w.discord().deny_bot(world::CAMPAIGN, taken);
            w.work_it_out().await;
            let said = w.said_in(world::CAMPAIGN);
            assert!(
                said.len() == 2 && said[1].contains("is finished, and its thread takes no message"),
                "{said:?}"
            );
            assert_eq!(w.sums().await, (0, 10, 990));
            w.discord().allow_bot(world::CAMPAIGN, taken);
            goes_on(w).await;
        })
        .await;
    }
}

/// 160006: a thousand threads are open. Archiving one makes room.
#[tokio::test(flavor = "multi_thread")]
async fn a_guild_with_a_thousand_open_threads_costs_nothing_and_has_room_again() {
    run_test(async |w| {
        let dana = w.discord().member(world::DANA);
        let mut last = None;
        while let Ok(thread) = dana.open_thread(world::GENERAL, "talk", "").await {
            last = Some(thread);
        }
        comes_to_nothing(w, async |_| ()).await;
        assert_eq!(answered(w, "POST", "/threads", 400), 1);
        let archive = json!({ "archived": true });
        w.discord()
            .edit_channel(last.expect("a thread"), archive)
            .expect("archived");
        goes_on(w).await;
    })
    .await;
}
