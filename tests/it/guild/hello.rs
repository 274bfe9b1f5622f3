//! Tests the greeting of a server that the bot has come to: once, where it may write, and nowhere else.

use std::time::Duration;

use discord_sandbox::{World as Guild, permissions, world};
use futures::FutureExt;
use greenlight::domain::ids::GuildId;
use greenlight::domain::job::Job;
use greenlight::flow::money::pool;
use greenlight::store::jobs;
use serde_json::json;

use crate::harness::{Kind, World, lost_answer, run_test, run_test_in, run_test_on};

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];

/// Runs a story in a server that has a system channel.
async fn greeted(kind: Kind, settings: &[(&str, &str)], story: impl AsyncFnOnce(&mut World)) {
    let guild = Guild {
        system_channel: Some(world::GENERAL),
        ..Guild::default()
    };
    run_test_in(kind, guild, settings, story).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_greeted_once_with_what_to_do_first() {
    for kind in BOTH {
        greeted(kind, &[], async |w| {
            w.run_jobs().await;
            let said = w.said_in(world::GENERAL);
            insta::allow_duplicates! {
                insta::assert_snapshot!(said.join("\n---\n"), @r"
                👋 **Hello!** I draw ideas for pictures, your team approves them, and what is approved is drawn larger.
                1. **Try it**: `/draft` draws 1 to 4 ideas in a thread, 10 credits each.
                2. **Say who approves**: everyone can now, and a final needs 2 approvals. `/settings approvals` changes that.
                3. **Look at the credits**: This server has 1,000 credits. `/credits pool` shows them, and @Dana can add more.
                -# `/help` says what else there is to do.
                ");
            }
            let said = w.discord().messages(world::GENERAL);
            assert_eq!(said[0]["mentions"], json!([]), "nobody is pinged");
            assert!(
                said[0]["content"]
                    .as_str()
                    .is_some_and(|text| text.contains("</draft:")),
                "it can be clicked"
            );
            w.restart().await;
            w.run_jobs().await;
            w.discord().remove_member(world::BOT);
            w.handled(|counts| counts.places >= 1).await;
            let before = w.app().seen.follow().borrow().guilds;
            w.discord().rejoin_member(world::BOT).expect("a user");
            w.handled(|counts| counts.guilds > before).await;
            w.run_jobs().await;
            assert_eq!(w.said_in(world::GENERAL).len(), 1, "the server is known");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_pool_is_greeted_with_who_can_fill_it() {
    greeted(Kind::Sqlite, &[("POOL__FIRST_GRANT", "0"), ("ADMINS__TREASURY", "true")], async |w| {
        w.run_jobs().await;
        let said = w.said_in(world::GENERAL).join("\n");
        assert!(
            said.contains("has none yet: @Dana, or those who may manage this server can add some with `/treasury grant`"),
            "{said}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_where_the_bot_may_not_write_or_that_it_knows_for_long_is_not_greeted() {
    greeted(Kind::Sqlite, &[], async |w| {
        w.discord().deny_bot(world::GENERAL, permissions::SEND_MESSAGES);
        w.run_jobs().await;
        assert!(w.said_in(world::GENERAL).is_empty());
        w.read_all();
    })
    .await;
    run_test(async |w| {
        w.run_jobs().await;
        assert_eq!(w.calls("POST", "/messages"), 0, "there is no system channel");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_greeting_whose_answer_is_lost_is_not_said_again() {
    for kind in BOTH {
        greeted(kind, &[], async |w| {
            w.fail(lost_answer(world::GENERAL));
            w.run_jobs().await;
            w.kill().await;
            w.advance(Duration::from_hours(1));
            w.start().await;
            w.work_it_out().await;
            assert_eq!(w.said_in(world::GENERAL).len(), 1);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_that_see_a_new_server_one_greets_it() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            let services = w.app().services.clone();
            for new in 1..=5 {
                let guild = GuildId::new(new);
                let welcome = || pool::welcome(&services, guild, true);
                let (one, other) = tokio::join!(welcome(), welcome());
                one.and(other).expect("a pool");
            }
            let pending = services
                .store
                .read(|tx| jobs::pending(tx).boxed())
                .await
                .expect("the queue");
            let hellos = pending.iter().filter(|(job, _)| matches!(job, Job::Hello(_)));
            assert_eq!(hellos.count(), 5);
            // There is no such server: nothing is said anywhere.
            w.run_jobs().await;
        })
        .await;
    }
}
