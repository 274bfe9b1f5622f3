//! Tests deleted roles, emoji and channels, and channels in which the bot may not write: noticed,
//! said, and never stuck.

use discord_sandbox::{Sandbox, permissions, world};
use serde_json::{Value, json};

use crate::harness::{Image, Kind, World, run_test, run_test_on};

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];

async fn set(w: &mut World, command: &str, options: Value) {
    let answer = w.dana().command(command, options).await;
    assert!(answer.contains('→'), "{answer}");
}

/// Changes something in the server, and waits until the bot has heard of so many events.
async fn change(w: &World, events: u64, change: impl FnOnce(&Sandbox)) {
    // The guild itself is such an event when it comes into sight.
    w.handled(|counts| counts.changes >= 1).await;
    let before = w.app().seen.follow().borrow().changes;
    change(w.discord());
    w.handled(|counts| counts.changes >= before + events).await;
}

/// Runs all jobs, and returns what the log channel was told of what is gone.
async fn told(w: &mut World) -> Vec<String> {
    w.run_jobs().await;
    let said = w.said_in(world::GENERAL);
    said.into_iter().filter(|said| said.contains("⚠️")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_manages_the_server_leads_when_every_role_was_deleted() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            let role = w
                .discord()
                .create_role("Art", permissions::MEMBER)
                .expect("a role");
            let (id, log) = (role.to_string(), json!({ "log": world::GENERAL.to_string() }));
            set(w, "settings approvals", json!({ "approvers": id, "leads": id })).await;
            set(w, "settings channels", log).await;
            let (thread, image) = w.drafted_one().await;
            // Removed from the list of roles, and noticed as gone.
            change(w, 2, |discord| discord.delete_role(role).expect("no role")).await;
            let said = told(w).await;
            assert_eq!(said.len(), 1, "{said:?}");
            for part in [
                "Every role that approves was deleted",
                "A role that leads was deleted",
            ] {
                assert!(said[0].contains(part), "{said:?}");
            }
            let refused = w.bo().presses(thread.id, image.message, "approve").await;
            assert!(refused.contains("Only"), "{refused}");
            w.dana().reacts(&image, "🚫").await;
            w.run_jobs().await;
            assert!(
                w.look_at(&image).contains("**Stopped** by @Dana"),
                "{}",
                w.look_at(&image)
            );
            w.dana().presses(thread.id, image.message, "lift").await;
            w.dana().approves(&image).await;
            w.run_jobs().await;
            w.image_at(&thread, "review");
            w.said_in(world::GENERAL);
            let shown = w.dana().command("settings show", json!({})).await;
            assert!(
                shown.contains("⚠️ Every role that approves was deleted"),
                "{shown}"
            );
            // A new session looks again, and says nothing twice.
            w.restart().await;
            w.handled(|counts| counts.changes >= 1).await;
            assert_eq!(told(w).await.len(), 1);
            w.read_all();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_emoji_is_replaced_in_open_votes_and_no_approval_is_lost() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            let [yes, no] = ["yes", "halt"].map(|name| w.discord().create_emoji(name).expect("an emoji"));
            let options = json!({
                "approve_emoji": format!("<:yes:{yes}>"), "stop_emoji": format!("<:halt:{no}>"), "review_quorum": 2
            });
            set(w, "settings approvals", options).await;
            set(w, "settings channels", json!({ "log": world::GENERAL.to_string() })).await;
            let (thread, images) = w.drafted(2).await;
            w.bo().reacts(&images[0], &format!("yes:{yes}")).await;
            w.dana().reacts(&images[1], &format!("halt:{no}")).await;
            w.run_jobs().await;
            for emoji in [yes, no] {
                change(w, 1, |discord| discord.delete_emoji(emoji).expect("no emoji")).await;
            }
            let said = told(w).await.join("\n");
            for part in ["The emoji that approved was deleted", "The emoji that stopped votes was deleted"] {
                assert!(said.contains(part), "{said}");
            }
            let text = w.look_at(&images[0]);
            assert!(text.contains("✅ **1 of 2** for 2K at 20 credits · @Bo"), "{text}");
            assert!(w.reactions(&images[0]).contains(&"✅".to_owned()), "the seed");
            let stopped = w.look_at(&images[1]);
            assert!(stopped.contains("**Stopped** by @Dana"), "a stop holds: {stopped}");
            w.cem().approves(&images[0]).await;
            w.run_jobs().await;
            w.image_at(&thread, "review");
            let shown = w.dana().command("settings approvals", json!({})).await;
            assert!(shown.contains("Emoji that approves: ✅"), "{shown}");
            w.said_in(world::GENERAL);
            w.said_in(thread.id);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_chosen_only_if_the_bot_may_do_its_work_there() {
    run_test(async |w| {
        let gallery = json!({ "gallery": world::GALLERY.to_string() });
        for (denied, name) in [
            (permissions::SEND_MESSAGES, "**Send Messages**"),
            (permissions::ATTACH_FILES, "**Attach Files**"),
            (permissions::VIEW_CHANNEL, "**View Channel**"),
        ] {
            // Of a channel that the bot does not see the gateway may not tell.
            w.discord().deny_bot(world::GALLERY, denied);
            let answer = w.dana().command("settings channels", gallery.clone()).await;
            assert!(
                answer.contains(name) && answer.ends_with("Nothing was changed."),
                "{answer}"
            );
            w.discord().allow_bot(world::GALLERY, denied);
        }
        set(w, "settings channels", gallery).await;
        w.discord().deny_bot(world::GALLERY, permissions::SEND_MESSAGES);
        let shown = w.dana().command("settings show", json!({})).await;
        assert!(shown.contains("⚠️ I am missing **Send Messages**"), "{shown}");
        change(w, 1, |discord| {
            discord.delete_channel(world::GALLERY).expect("no channel");
        })
        .await;
        let shown = w.dana().command("settings show", json!({})).await;
        assert!(shown.contains("⚠️ The gallery was deleted"), "{shown}");
    })
    .await;
}

/// Approves an image while the bot may not post its next stage.
async fn approved_in_vain(w: &mut World, image: &Image) {
    change(w, 1, |discord| {
        discord.deny_bot(world::CAMPAIGN, permissions::ATTACH_FILES);
    })
    .await;
    w.bo().approves(image).await;
    w.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_could_not_be_posted_is_not_paid() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            let (thread, image) = w.drafted_one().await;
            approved_in_vain(w, &image).await;
            let said = w.notices(&thread);
            assert_eq!(said.len(), 1, "{said:?}");
            assert!(said[0].contains("I am missing **Attach Files**"), "{said:?}");
            assert_eq!(w.sums().await, (0, 10, 990), "nothing is held or spent");
            greenlight::flow::approval::recount::missed_votes(&w.app().services)
                .await
                .expect("a sweep");
            w.run_jobs().await;
            assert_eq!(w.notices(&thread).len(), 1, "it is said once");
            w.discord().allow_bot(world::CAMPAIGN, permissions::ATTACH_FILES);
            greenlight::flow::approval::recount::missed_votes(&w.app().services)
                .await
                .expect("a sweep");
            w.run_jobs().await;
            w.image_at(&thread, "review");
            assert_eq!(w.sums().await, (0, 30, 970));
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_could_not_be_posted_keeps_nobody_waiting() {
    run_test_on(Kind::Sqlite, &[("POOL__FIRST_GRANT", "20")], async |w| {
        let (thread, images) = w.drafted(2).await;
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        assert!(
            w.look_at(&images[0]).contains("waiting for credits"),
            "{}",
            w.look_at(&images[0])
        );
        change(w, 1, |discord| {
            discord.deny_bot(world::CAMPAIGN, permissions::ATTACH_FILES);
        })
        .await;
        w.grant(20).await;
        w.run_jobs().await;
        assert_eq!(w.sums().await, (0, 20, 20));
        assert!(
            !w.look_at(&images[0]).contains("waiting for credits"),
            "it left the line"
        );
        w.discord().allow_bot(world::CAMPAIGN, permissions::ATTACH_FILES);
        w.bo().presses(thread.id, images[0].message, "approve").await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
        w.notices(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_mentioned_is_missed_when_it_is_closed_or_deleted() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            let role = w
                .discord()
                .create_role("Art", permissions::MEMBER)
                .expect("a role");
            change(w, 1, |discord| {
                discord.set_mentionable(role, true).expect("a role");
            })
            .await;
            let id = role.to_string();
            set(w, "settings notify", json!({ "votes": id, "low_pool": id })).await;
            set(
                w,
                "settings channels",
                json!({ "log": world::GENERAL.to_string() }),
            )
            .await;
            change(w, 1, |discord| {
                discord.set_mentionable(role, false).expect("a role");
            })
            .await;
            let shown = w.dana().command("settings show", json!({})).await;
            let closed = format!("⚠️ I may not mention <@&{role}> any more.");
            assert_eq!(shown.matches(&closed).count(), 1, "{shown}");
            change(w, 2, |discord| discord.delete_role(role).expect("no role")).await;
            let said = told(w).await;
            assert_eq!(said.len(), 1, "{said:?}");
            for part in [
                "The role that drafts mention was deleted",
                "The role that a low pool mentions was deleted",
            ] {
                assert!(said[0].contains(part), "{said:?}");
            }
            let thread = w.ana().draft("a fox", 1).await;
            w.starter(&thread);
            w.image_at(&thread, "explore");
            w.said_in(world::GENERAL);
        })
        .await;
    }
}
