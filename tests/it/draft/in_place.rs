//! Tests drafts that are asked for in a thread or in a forum's post, which is a thread. They are
//! shown there, and no other thread is opened.

use discord_sandbox::{permissions, world};
use greenlight::flow::approval::recount;
use serde_json::{Value, json};

use crate::harness::{Kind, Thread, World, run_test, run_test_on};

/// Opens a public thread of Ana's in a channel.
async fn a_thread(w: &World, channel: u64) -> Thread {
    let ana = w.discord().member(world::ANA);
    let id = ana
        .open_thread(channel, "Kites", "Which kites?")
        .await
        .expect("a thread");
    Thread {
        id,
        name: "Kites".to_owned(),
    }
}

/// Returns the options of a draft of one image.
fn one(prompt: &str) -> Value {
    json!({ "prompt": prompt, "images": 1 })
}

/// Reads the bot's messages without files in a thread, from its starter on.
fn said(w: &mut World, thread: &Thread) -> Vec<String> {
    w.notices(thread)
}

async fn to_4k_in(kind: Kind, forum: bool) {
    run_test_on(kind, &[], async |w| {
        let channel = if forum {
            w.discord().add_forum("ideas")
        } else {
            world::CAMPAIGN
        };
        let thread = a_thread(w, channel).await;
        let threads = w.discord().threads(channel).len();
        let answer = w.ana().says_in(thread.id, "draft", one("a kite")).await;
        assert!(answer.contains("1 image for 10 credits"), "{answer}");
        w.run_jobs().await;
        let told = w.told_in(thread.id, world::ANA);
        assert!(
            told.last()
                .is_some_and(|told| told.contains("1 image for 10 credits in")),
            "{told:?}"
        );
        let image = w.image_at(&thread, "explore");
        assert_eq!(said(w, &thread).len(), 1, "the starter");
        w.restart().await;
        let [review, last] = w.approved_to_4k(&thread, &image).await;
        assert_eq!(
            (review.reply_to, last.reply_to),
            (Some(image.message), Some(review.message))
        );
        assert_eq!(w.discord().threads(channel).len(), threads, "no other thread");
        assert_eq!(w.available().await, 1_000 - 70);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_in_a_thread_is_shown_there_up_to_4k() {
    to_4k_in(Kind::Sqlite, false).await;
    to_4k_in(Kind::Postgres, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_in_a_post_of_a_forum_is_shown_there_up_to_4k() {
    to_4k_in(Kind::Sqlite, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_drafts_of_one_thread_keep_apart_and_both_are_recounted() {
    run_test(async |w| {
        let thread = a_thread(w, world::CAMPAIGN).await;
        for prompt in ["a kite", "a swift"] {
            w.ana().says_in(thread.id, "draft", one(prompt)).await;
            w.run_jobs().await;
        }
        let images = w.images(&thread, "explore");
        assert_eq!(images.len(), 2);
        assert_eq!(said(w, &thread).len(), 2);
        w.stop().await;
        for image in &images {
            w.bo().approves(image).await;
        }
        w.start().await;
        recount::missed_votes(&w.app().services).await.expect("a sweep");
        w.run_jobs().await;
        assert_eq!(w.images(&thread, "review").len(), 2);
        let told = w.bo().says_in(thread.id, "image lineage", json!({})).await;
        assert!(
            told.contains("2K review"),
            "of all drafts the newest picture: {told}"
        );
        let told = w.bo().presses(thread.id, images[0].message, "again").await;
        assert!(told.contains("1 image for 10 credits"), "{told}");
        w.run_jobs().await;
        assert_eq!(
            w.images(&thread, "explore").len(),
            3,
            "and again in the same thread"
        );
        said(w, &thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_whose_thread_is_locked_is_told_of_in_the_channel_around_it() {
    run_test(async |w| {
        let thread = a_thread(w, world::CAMPAIGN).await;
        w.ana().says_in(thread.id, "draft", one("a kite")).await;
        w.run_quick_jobs().await;
        let locked = json!({ "locked": true, "archived": true });
        w.discord()
            .edit_channel(thread.id, locked)
            .expect("the thread is locked");
        w.run_jobs().await;
        let told = w.said_in(world::CAMPAIGN);
        assert!(
            told.len() == 1 && told[0].contains("is finished, and its thread takes no message"),
            "{told:?}"
        );
        assert_eq!(w.pool().await.settled.get(), 10);
        w.said_in(thread.id);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_takes_no_starter_costs_nothing() {
    run_test(async |w| {
        let thread = a_thread(w, world::CAMPAIGN).await;
        w.ana().says_in(thread.id, "draft", one("a kite")).await;
        let lock = json!({ "locked": true, "archived": true });
        w.discord()
            .edit_channel(thread.id, lock)
            .expect("a locked thread");
        w.run_jobs().await;
        assert_eq!(w.available().await, 1_000);
        let told = w.told_in(thread.id, world::ANA);
        assert!(
            told.last()
                .is_some_and(|told| told.contains("10 credits returned")),
            "{told:?}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_in_a_thread_is_named_before_a_credit_is_held() {
    run_test(async |w| {
        let thread = a_thread(w, world::CAMPAIGN).await;
        let of_channels = permissions::SEND_MESSAGES | permissions::CREATE_PUBLIC_THREADS;
        w.discord().deny_bot(world::CAMPAIGN, of_channels);
        w.ana().says_in(thread.id, "draft", one("a kite")).await;
        w.run_jobs().await;
        w.image_at(&thread, "explore");
        said(w, &thread);
        w.discord().deny_bot(
            world::CAMPAIGN,
            permissions::SEND_MESSAGES_IN_THREADS | permissions::ATTACH_FILES,
        );
        let told = w.ana().says_in(thread.id, "draft", one("a kite")).await;
        assert!(
            told.contains("I am missing **Send Messages in Threads**, **Attach Files** in"),
            "{told}"
        );
        assert_eq!(w.available().await, 990);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_channels_that_settings_name_are_those_around_the_threads() {
    run_test(async |w| {
        let [inside, outside] = [
            a_thread(w, world::GENERAL).await,
            a_thread(w, world::CAMPAIGN).await,
        ];
        let channels = json!({ "drafts": world::GENERAL.to_string() });
        w.dana().command("settings channels", channels).await;
        let told = w.ana().says_in(outside.id, "draft", one("a kite")).await;
        assert!(told.contains("Drafts are not made here"), "{told}");
        w.ana().says_in(inside.id, "draft", one("a kite")).await;
        w.run_jobs().await;
        w.image_at(&inside, "explore");
        said(w, &inside);
    })
    .await;
}
