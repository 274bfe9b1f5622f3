//! Tests how an image's message shows its vote: in few edits, of which the last is true.

use std::time::Duration;

use discord_sandbox::{Fault, world};
use futures::FutureExt;

use crate::harness::{Image, Thread, World, run_test};

/// Drafts one image whose quorum is 100.
async fn drafted(w: &mut World) -> (Thread, Image) {
    let options = serde_json::json!({ "review_quorum": 100 });
    w.dana().command("settings approvals", options).await;
    w.drafted_one().await
}

fn edits(w: &World, image: &Image) -> usize {
    w.calls("PATCH", &image.message.to_string())
}

/// Fifty people react one after the other while the bot works. Its clock goes on with them, so that
/// it makes at most one edit a second.
#[tokio::test(flavor = "multi_thread")]
async fn fifty_votes_are_shown_with_few_edits_and_none_is_lost() {
    run_test(async |w| {
        let people: Vec<u64> = (0..50)
            .map(|n| w.discord().add_member(&format!("Member {n}")))
            .collect();
        let (_, image) = drafted(w).await;
        w.set_works(true);
        w.restart().await;
        let before = edits(w, &image);
        for (person, n) in people.iter().zip(1..) {
            w.person(*person).approves(&image).await;
            if n % 10 == 0 {
                w.advance(Duration::from_millis(500));
            }
        }
        w.idle().await;
        assert!(
            w.look_at(&image).contains("**50 of 100**"),
            "{}",
            w.look_at(&image)
        );
        let edits = edits(w, &image) - before;
        assert!((1..=5).contains(&edits), "{edits} edits in 2.5 seconds");
        w.set_works(false);
        w.restart().await;
    })
    .await;
}

/// Discord limits edits of messages that are older than an hour (30046).
#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_discord_puts_off_is_done_later_with_what_is_true_then() {
    run_test(async |w| {
        let (_, image) = drafted(w).await;
        w.advance(Duration::from_hours(2));
        w.discord().fail(Fault {
            method: Some("PATCH".to_owned()),
            path_contains: image.message.to_string(),
            status: 429,
            code: 30_046,
            times: 1,
            ..Default::default()
        });
        w.bo().approves(&image).await;
        w.run_jobs().await;
        assert!(w.look_at(&image).contains("**0 of 100**"), "it was put off");
        w.cem().approves(&image).await;
        w.bo().withdraws(&image).await;
        w.advance(Duration::from_mins(2));
        w.run_jobs().await;
        assert!(
            w.look_at(&image)
                .contains("**1 of 100** for 2K at 20 credits · @Cem"),
            "{}",
            w.look_at(&image)
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_is_over_when_its_message_is_deleted() {
    run_test(async |w| {
        let (thread, image) = drafted(w).await;
        w.bo().presses(thread.id, image.message, "approve").await;
        w.discord().delete_message(thread.id, image.message);
        w.run_jobs().await;
        assert_eq!(open_votes(w).await, 0, "the edit found that it is gone");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_are_over_when_their_thread_or_its_channel_is_deleted() {
    run_test(async |w| {
        drafted(w).await;
        let thread = w.ana().draft("a hare", 2).await;
        w.images(&thread, "explore");
        w.starter(&thread);
        assert_eq!(open_votes(w).await, 3);
        w.discord()
            .delete_channel(thread.id)
            .expect("the thread is deleted");
        w.eventually("the bot hears of it", async || {
            w.jobs().await.iter().any(|(job, _)| job.kind() == "confirm")
        })
        .await;
        w.run_jobs().await;
        assert_eq!(open_votes(w).await, 1, "those of the other thread");
        w.discord()
            .delete_channel(world::CAMPAIGN)
            .expect("the channel is deleted");
        w.eventually("the bot hears of it", async || {
            w.jobs().await.iter().any(|(job, _)| job.kind() == "confirm")
        })
        .await;
        w.run_jobs().await;
        assert_eq!(open_votes(w).await, 0);
    })
    .await;
}

async fn open_votes(w: &World) -> usize {
    let store = &w.app().services.store;
    let open = store.read(|tx| {
        async move {
            let mut open = 0;
            for thread in greenlight::store::renders::voting_threads(tx).await? {
                open += greenlight::store::renders::voting_in(tx, thread).await?.len();
            }
            Ok::<_, greenlight::store::Error>(open)
        }
        .boxed()
    });
    open.await.expect("the votes")
}
