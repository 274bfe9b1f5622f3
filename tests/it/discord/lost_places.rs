//! Tests threads and channels that the bot loses while it works. It says elsewhere what it cannot
//! say there, and nobody waits for it.

use discord_sandbox::{permissions, world};
use greenlight::domain::ids::GuildId;
use greenlight::flow::approval::recount;
use greenlight::flow::draft::gone;
use serde_json::json;

use crate::harness::{Kind, Thread, World, run_test, run_test_on, run_test_with};

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
async fn a_picture_whose_thread_is_locked_is_told_of_in_the_channel_once() {
    run_test(async |w| {
        let thread = w.ana().draft("a *red* fox", 1).await;
        let image = w.image_at(&thread, "explore");
        w.starter(&thread);
        w.bo().approves(&image).await;
        w.run_quick_jobs().await;
        let locked = json!({ "locked": true, "archived": true });
        w.discord().edit_channel(thread.id, locked).expect("the thread is locked");
        w.run_jobs().await;
        let said = w.said_in(world::CAMPAIGN);
        insta::assert_snapshot!(said.last().expect("a message"), @r"@Ana What was drawn of “a \*red\* fox” is finished, and its thread takes no message any more: it was deleted or locked, or I may not write there. What was drawn is kept.");
        assert_eq!(said.len(), 2, "the starter and this");
        assert_eq!((w.pool().await.settled.get(), w.pool().await.held.get()), (30, 0), "it was drawn and is kept");
        w.restart().await;
        w.run_jobs().await;
        assert_eq!(w.said_in(world::CAMPAIGN).len(), 2, "and nothing of it is left to do");
    })
    .await;
}

/// Drafts four images, and opens their thread without drawing any.
async fn four_queued(w: &mut World) -> Thread {
    w.ana().asks(json!({ "prompt": "a kite", "images": 4 })).await;
    w.run_quick_jobs().await;
    w.last_thread()
}

/// Asserts that nothing is drawn for a thread or a channel that was deleted.
async fn nothing_is_drawn_for_a_deleted(kind: Kind, place: fn(&Thread) -> u64) {
    run_test_on(kind, &[], async |w| {
        let thread = four_queued(w).await;
        w.starter(&thread);
        w.discord().delete_channel(place(&thread)).expect("deleted");
        w.handled(|counts| counts.places >= 1).await;
        w.run_jobs().await;
        assert_eq!(w.sums().await, (0, 0, 1_000), "nothing was paid");
        if place(&thread) == thread.id {
            w.starter(&thread);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_for_a_deleted_thread_is_called_off_on_sqlite() {
    nothing_is_drawn_for_a_deleted(Kind::Sqlite, |thread| thread.id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_for_a_deleted_thread_is_called_off_on_postgres() {
    nothing_is_drawn_for_a_deleted(Kind::Postgres, |thread| thread.id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_for_a_deleted_channel_is_called_off() {
    nothing_is_drawn_for_a_deleted(Kind::Sqlite, |_| world::CAMPAIGN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_out_of_sight_is_found_with_the_first_picture_and_the_rest_is_not_paid() {
    run_test(async |w| {
        let thread = four_queued(w).await;
        w.starter(&thread);
        w.discord().deny_bot(world::CAMPAIGN, permissions::VIEW_CHANNEL);
        w.work_it_out().await;
        let (held, settled, available) = w.sums().await;
        assert_eq!(held, 0);
        assert_eq!(
            (settled, available),
            (10, 990),
            "one was drawn, and told that nobody sees it"
        );
        w.discord().allow_bot(world::CAMPAIGN, permissions::VIEW_CHANNEL);
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_for_a_guild_that_removed_the_bot_is_called_off() {
    run_test(async |w| {
        let thread = four_queued(w).await;
        let other = GuildId::new(1);
        let services = w.app().services.clone();
        gone::guild(&services, other).await.expect("nothing of theirs");
        assert_eq!(w.sums().await, (40, 0, 960), "another guild's is its own");
        gone::guild(&services, GuildId::new(world::NORTHLIGHT))
            .await
            .expect("called off");
        gone::guild(&services, GuildId::new(world::NORTHLIGHT))
            .await
            .expect("twice is as good");
        w.run_jobs().await;
        assert_eq!(w.sums().await, (0, 0, 1_000));
        w.starter(&thread);
    })
    .await;
}
