//! Tests threads and channels that the bot loses while it works. It says elsewhere what it cannot
//! say there, and nobody waits for it.

use discord_sandbox::{permissions, world};
use greenlight::flow::approval::recount;
use serde_json::json;

use crate::harness::{Thread, World, run_test, run_test_with};

/// Drafts one image of Ana's in the channel "general".
async fn draft_in_general(w: &mut World) -> Thread {
    let asked = json!({ "prompt": "a lighthouse", "images": 1 });
    w.ana().says_in(world::GENERAL, "draft", asked).await;
    w.run_jobs().await;
    let threads = w.discord().threads(world::GENERAL);
    let id = threads[0]["id"]
        .as_str()
        .expect("a thread")
        .parse()
        .expect("an id");
    Thread {
        id,
        name: "a lighthouse".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_that_the_bot_may_not_read_holds_nobody_up_and_is_not_lost() {
    run_test_with(&[("POOL__FIRST_GRANT", "20")], async |w| {
        let hidden = w.ana().draft("a red fox", 1).await;
        let open = draft_in_general(w).await;
        let (first, second) = (w.image_at(&hidden, "explore"), w.image_at(&open, "explore"));
        w.bo().approves(&first).await;
        w.run_jobs().await;
        w.bo().approves(&second).await;
        w.run_jobs().await;
        assert!(
            w.look_at(&first).contains("waiting for credits"),
            "the older one waits"
        );
        assert!(
            w.look_at(&second).contains("waiting for credits"),
            "and so does the younger"
        );

        let sight = permissions::VIEW_CHANNEL | permissions::READ_MESSAGE_HISTORY;
        w.discord().deny_bot(world::CAMPAIGN, sight);
        w.grant(20).await;
        w.run_jobs().await;
        assert_eq!(
            w.images(&open, "review").len(),
            1,
            "the one that can be read is drawn"
        );
        assert!(w.images(&hidden, "review").is_empty());
        assert_eq!(w.available().await, 0);

        w.discord().allow_bot(world::CAMPAIGN, sight);
        w.grant(20).await;
        recount::missed_votes(&w.app().services).await.expect("a sweep");
        w.run_jobs().await;
        assert_eq!(
            w.images(&hidden, "review").len(),
            1,
            "the vote was only out of sight"
        );
        w.starter(&hidden);
        w.said_in(world::GENERAL);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_whose_thread_is_deleted_is_told_of_in_the_channel_once() {
    run_test(async |w| {
        let thread = w.ana().draft("a *red* fox", 1).await;
        let image = w.image_at(&thread, "explore");
        w.starter(&thread);
        w.bo().approves(&image).await;
        w.run_quick_jobs().await;
        w.discord().delete_channel(thread.id).expect("the thread is deleted");
        w.run_jobs().await;
        let said = w.said_in(world::CAMPAIGN);
        insta::assert_snapshot!(said.last().expect("a message"), @r"@Ana **Image 1** at 2K of “a \*red\* fox” is finished, and its thread takes no message any more: it was deleted or locked, or I may not write there. What was drawn is kept.");
        assert_eq!(said.len(), 2, "the starter and this");
        assert_eq!((w.pool().await.settled.get(), w.pool().await.held.get()), (30, 0), "it was drawn and is kept");
        w.restart().await;
        w.run_jobs().await;
        assert_eq!(w.said_in(world::CAMPAIGN).len(), 2, "and nothing of it is left to do");
    })
    .await;
}
