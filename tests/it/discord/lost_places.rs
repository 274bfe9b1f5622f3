//! Tests threads and channels that the bot loses while it works. It says elsewhere what it cannot
//! say there, and nobody waits for it.

use discord_sandbox::{permissions, world};
use greenlight::domain::ids::GuildId;
use greenlight::flow::approval::recount;
use greenlight::flow::draft::gone;
use serde_json::{Value, json};

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

/// Locks a thread or opens it again, and waits until the bot has heard.
async fn edit_heard(w: &World, thread: &Thread, how: Value) {
    let before = w.app().seen.follow().borrow().changes;
    w.discord().edit_channel(thread.id, how).expect("edited");
    w.handled(|counts| counts.changes > before).await;
}

/// Asserts that what was approved in a thread that was locked waits, is told of, and is drawn once
/// the thread is open again.
async fn nothing_is_spent_in_a_locked_thread(kind: Kind, while_away: bool) {
    run_test_on(kind, &[], async |w| {
        let thread = w.ana().draft("a red fox", 1).await;
        let image = w.image_at(&thread, "explore");
        w.starter(&thread);
        w.bo().approves(&image).await;
        if while_away {
            w.stop().await;
            let locked = json!({ "locked": true, "archived": true });
            w.discord().edit_channel(thread.id, locked).expect("locked");
            w.start().await;
        } else {
            w.events().await;
            edit_heard(w, &thread, json!({ "locked": true })).await;
        }
        for _ in 0..2 {
            recount::missed_votes(&w.app().services).await.expect("a sweep");
            w.run_jobs().await;
            assert_eq!(w.sums().await, (0, 10, 990), "nothing was spent");
            let said = w.said_in(world::CAMPAIGN);
            assert_eq!(said.len(), 2, "the starter, and why: {said:?}");
            assert!(
                said[1].contains("its thread <#") && said[1].contains("is locked. Nothing was spent."),
                "{said:?}"
            );
        }
        edit_heard(w, &thread, json!({ "locked": false, "archived": false })).await;
        w.run_jobs().await;
        assert_eq!(w.images(&thread, "review").len(), 1);
        assert_eq!(w.sums().await, (0, 30, 970));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_in_a_locked_thread_waits_for_it_to_be_opened_on_sqlite() {
    nothing_is_spent_in_a_locked_thread(Kind::Sqlite, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_in_a_locked_thread_waits_for_it_to_be_opened_on_postgres() {
    nothing_is_spent_in_a_locked_thread(Kind::Postgres, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_was_locked_while_nobody_listened_is_seen_before_it_is_paid() {
    nothing_is_spent_in_a_locked_thread(Kind::Sqlite, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_picture_is_not_paid_again_where_its_thread_is_locked() {
    run_test(async |w| {
        let thread = w.ana().draft("a fox #sketch:broken@2K*1", 1).await;
        let image = w.image_at(&thread, "explore");
        w.bo().approves(&image).await;
        w.run_jobs().await;
        let notice = w.message_with(thread.id, "could not be drawn at 2K");
        edit_heard(w, &thread, json!({ "locked": true })).await;
        let answer = w.cem().presses(thread.id, notice, "retry").await;
        assert!(answer.contains("is locked. Nothing was spent."), "{answer}");
        assert_eq!(w.sums().await, (0, 10, 990));
        edit_heard(w, &thread, json!({ "locked": false })).await;
        let answer = w.cem().presses(thread.id, notice, "retry").await;
        assert_eq!(answer, "Queued again for 20 credits.");
        w.run_jobs().await;
        w.image_at(&thread, "review");
        w.notices(&thread);
        w.starter(&thread);
    })
    .await;
}

/// Asserts that nothing is drawn for a guild out of which the bot was removed while images were
/// queued and one was approved.
async fn nothing_is_drawn_after_a_removal(kind: Kind) {
    run_test_on(kind, &[], async |w| {
        let approved = w.ana().draft("a red fox", 1).await;
        let image = w.image_at(&approved, "explore");
        w.bo().approves(&image).await;
        w.run_quick_jobs().await;
        let queued = four_queued(w).await;
        assert_eq!(w.sums().await, (60, 10, 930));
        w.starter(&queued);
        w.discord().remove_member(world::BOT);
        w.handled(|counts| counts.places >= 1).await;
        w.run_jobs().await;
        assert_eq!(w.sums().await, (0, 10, 990), "what was queued is called off");
        w.discord().rejoin_member(world::BOT).expect("invited again");
        w.handled(|counts| counts.guilds >= 2).await;
        w.run_jobs().await;
        assert_eq!(
            w.sums().await,
            (0, 10, 990),
            "and its first grant is not given twice"
        );
        w.starter(&approved);
        w.said_in(approved.id);
        w.said_in(queued.id);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_when_the_bot_is_removed_is_called_off_on_sqlite() {
    nothing_is_drawn_after_a_removal(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_when_the_bot_is_removed_is_called_off_on_postgres() {
    nothing_is_drawn_after_a_removal(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_was_deleted_while_nobody_listened_is_paid_for_once_at_most() {
    run_test(async |w| {
        let thread = four_queued(w).await;
        w.starter(&thread);
        w.stop().await;
        w.discord().delete_channel(thread.id).expect("deleted");
        w.start().await;
        w.work_it_out().await;
        assert_eq!(
            w.sums().await,
            (0, 10, 990),
            "one was drawn, and nobody could be shown it"
        );
        w.said_in(world::CAMPAIGN);
    })
    .await;
}

/// Asserts that nothing is drawn for a guild out of which the bot was removed while it was away, and
/// that a restart alone calls nothing off.
async fn nothing_is_drawn_after_a_removal_that_nobody_heard(kind: Kind) {
    run_test_on(kind, &[], async |w| {
        let thread = four_queued(w).await;
        w.starter(&thread);
        w.restart().await;
        assert_eq!(w.sums().await, (40, 0, 960), "the bot is still in the guild");
        w.stop().await;
        w.discord().remove_member(world::BOT);
        w.come_online().await;
        w.work_it_out().await;
        assert_eq!(w.sums().await, (0, 0, 1_000), "nothing was paid");
        w.said_in(world::CAMPAIGN);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_that_removed_the_bot_while_nobody_listened_pays_nothing_on_sqlite() {
    nothing_is_drawn_after_a_removal_that_nobody_heard(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_that_removed_the_bot_while_nobody_listened_pays_nothing_on_postgres() {
    nothing_is_drawn_after_a_removal_that_nobody_heard(Kind::Postgres).await;
}
