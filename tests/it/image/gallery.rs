//! Tests the gallery of a server: each final is shown there once, with the people who drafted and
//! approved it.

use std::time::Duration;

use discord_sandbox::{permissions, world};
use serde_json::json;

use crate::harness::{Image, Thread, World, lost_answer, run_test};

async fn with_gallery(w: &mut World) {
    let gallery = json!({ "gallery": world::GALLERY.to_string() });
    w.dana().command("settings channels", gallery).await;
}

/// Drafts an image of Ana's that is approved up to its final, which is not drawn yet.
async fn nearly_final(w: &mut World) -> (Thread, Image) {
    let thread = w.ana().draft("a *red* fox", 1).await;
    let first = w.image_at(&thread, "explore");
    w.starter(&thread);
    w.bo().approves(&first).await;
    w.run_jobs().await;
    let review = w.image_at(&thread, "review");
    w.bo().approves(&review).await;
    w.cem().approves(&review).await;
    (thread, review)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_final_is_shown_in_the_gallery_and_each_message_links_to_the_other() {
    run_test(async |w| {
        with_gallery(w).await;
        let (thread, _) = nearly_final(w).await;
        w.run_jobs().await;
        let last = w.image_at(&thread, "final");
        let shown = w.discord().messages(world::GALLERY);
        let link = |channel: u64, message: u64| {
            format!(
                "https://discord.com/channels/{}/{channel}/{message}",
                world::NORTHLIGHT
            )
        };
        let said = w.said_in(world::GALLERY);
        assert_eq!(said.len(), 1);
        insta::assert_snapshot!(said[0].replace(&link(thread.id, last.message), "LINK"), @r"
        **a \*red\* fox** · 4K · 240×135
        Asked for by @Ana
        Approved for 2K by @Bo
        Approved for 4K by @Bo, @Cem
        -# 70 credits from draft to final · LINK
        ");
        assert_eq!(shown[0]["mentions"], json!([]), "nobody is pinged twice");
        let file = shown[0]["attachments"][0]["filename"]
            .as_str()
            .expect("the picture");
        assert_eq!(file, last.file);
        let message = w.message_with(world::GALLERY, "red");
        assert!(
            w.look_at(&last).ends_with(&link(world::GALLERY, message)),
            "{}",
            w.look_at(&last)
        );
        w.restart().await;
        w.run_jobs().await;
        assert_eq!(w.said_in(world::GALLERY).len(), 1);
        assert_eq!(w.pool().await.settled.get(), 70, "showing it costs nothing");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_gallery_has_its_final_in_the_thread() {
    run_test(async |w| {
        let (thread, _) = nearly_final(w).await;
        w.run_jobs().await;
        assert!(!w.image_at(&thread, "final").text.contains("gallery"));
        assert!(w.said_in(world::GALLERY).is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gallery_that_takes_no_message_is_told_of_and_the_final_is_delivered() {
    run_test(async |w| {
        with_gallery(w).await;
        w.discord().deny_bot(world::GALLERY, permissions::SEND_MESSAGES);
        let (thread, _) = nearly_final(w).await;
        w.run_jobs().await;
        let last = w.image_at(&thread, "final");
        let said = w.notices(&thread);
        assert_eq!(said.len(), 1, "{said:#?}");
        for part in [
            "could not be shown in the gallery",
            "/settings channels",
            &last.message.to_string(),
        ] {
            assert!(said[0].contains(part), "{part} in {}", said[0]);
        }
        assert!(w.said_in(world::GALLERY).is_empty());
        assert_eq!(w.pool().await.settled.get(), 70);
        w.restart().await;
        w.run_jobs().await;
        assert_eq!(w.notices(&thread).len(), 1, "and told once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_dies_after_it_posted_finds_what_it_posted() {
    run_test(async |w| {
        with_gallery(w).await;
        let (thread, _) = nearly_final(w).await;
        w.fail(lost_answer(world::GALLERY));
        w.run_jobs().await;
        w.kill().await;
        assert_eq!(w.discord().messages(world::GALLERY).len(), 1);
        // This is longer than Discord remembers a nonce.
        w.advance(Duration::from_hours(1));
        w.start().await;
        w.work_it_out().await;
        assert_eq!(w.said_in(world::GALLERY).len(), 1);
        let last = w.image_at(&thread, "final");
        assert!(
            w.look_at(&last).contains("In the gallery"),
            "{}",
            w.look_at(&last)
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_on_one_final_show_it_once() {
    Box::pin(run_test(async |w| {
        with_gallery(w).await;
        let (thread, _) = nearly_final(w).await;
        let second = w.second_bot().await;
        while let Some(claim) = w.claim().await {
            let (worker, services) = (w.hands(), second.services.clone());
            let late =
                tokio::spawn(async move { drop(greenlight::flow::dispatch::run(&services, &claim).await) });
            worker.perform(claim).await;
            late.await.expect("the second bot does not panic");
        }
        w.work_it_out().await;
        assert_eq!(w.said_in(world::GALLERY).len(), 1);
        w.image_at(&thread, "final");
        second.stop().await;
    }))
    .await;
}
