//! Tests who is mentioned when votes are wanted and when credits run out, and that nobody is by
//! default.

use std::time::Duration;

use discord_sandbox::{Fault, world};
use serde_json::{Value, json};

use crate::harness::{Kind, World, run_test, run_test_on};

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];
/// The position of "all of these" in the choices of a reset.
const ALL: u64 = 3;

fn lead() -> String {
    world::STUDIO_LEAD.to_string()
}

/// Asks for a draft, and returns its starter as it is posted and before it is edited.
async fn posted(w: &mut World) -> Value {
    w.ana().asks(json!({ "prompt": "a fox", "images": 1 })).await;
    w.fail(Fault {
        path_contains: "/threads".to_owned(),
        ..Fault::default()
    });
    w.run_jobs().await;
    let starter = w.discord().messages(world::CAMPAIGN);
    starter.last().expect("a starter").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_mentions_the_role_once_as_it_is_posted_and_only_where_it_is_set() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            assert_eq!(posted(w).await["mention_roles"], json!([]), "nobody by default");
            w.work_it_out().await;
            let set = w
                .dana()
                .command("settings notify", json!({ "votes": lead() }))
                .await;
            assert_eq!(set, format!("Each draft mentions: nobody → **<@&{}>**", lead()));
            w.restart().await;
            assert_eq!(posted(w).await["mention_roles"], json!([lead()]));
            w.work_it_out().await;
            let thread = w.last_thread();
            let asks = format!("<@&{}>: your votes are wanted in the thread", lead());
            assert!(w.starter(&thread).ends_with(&asks));
            let edited = w.message(world::CAMPAIGN, thread.id);
            assert_eq!(edited["mention_roles"], json!([]), "an edit pings nobody");
            let image = w.image_at(&thread, "explore");
            w.bo().approves(&image).await;
            w.work_it_out().await;
            assert!(
                !w.starter(&thread).contains("<@&"),
                "there is nothing left to vote on"
            );
            w.image_at(&thread, "review");

            let off = w.dana().command("settings notify", json!({ "reset": ALL })).await;
            assert_eq!(off, format!("Each draft mentions: <@&{}> → **nobody**", lead()));
            assert_eq!(posted(w).await["mention_roles"], json!([]));
            w.work_it_out().await;
            for thread in w.threads() {
                w.starter(&thread);
                w.images(&thread, "explore");
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_low_pool_mentions_the_role_at_four_fifths_and_at_the_end_and_not_before() {
    for kind in BOTH {
        run_test_on(kind, &[("POOL__FIRST_GRANT", "100")], async |w| {
            let set = w
                .dana()
                .command("settings notify", json!({ "low_pool": lead() }))
                .await;
            assert!(
                set.contains("⚠️ A low pool is told of in the log channel, and there is none"),
                "{set}"
            );
            let log = json!({ "log": world::GENERAL.to_string() });
            let set = w.dana().command("settings channels", log).await;
            assert!(!set.contains("⚠️"), "{set}");
            for images in [4, 1, 3, 2] {
                let thread = w.ana().draft("a fox", images).await;
                w.starter(&thread);
                w.images(&thread, "explore");
                w.advance(Duration::from_hours(1));
            }
            let said = w.discord().messages(world::GENERAL);
            let mentioned = |sign: char| {
                let line = said.iter().find(|said| {
                    let text = said["content"].as_str().unwrap_or_default();
                    text.starts_with(sign)
                });
                line.expect("an alert")["mention_roles"].clone()
            };
            assert_eq!(mentioned('🟡'), json!([]), "a half is not low");
            assert_eq!(mentioned('🟠'), json!([lead()]));
            assert_eq!(mentioned('🔴'), json!([lead()]));
            w.said_in(world::GENERAL);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_would_not_be_pinged_is_refused() {
    run_test(async |w| {
        let quiet = w.discord().create_role("Quiet", 0).expect("a role");
        let refused = w.dana().command("settings notify", json!({ "votes": quiet.to_string() })).await;
        insta::assert_snapshot!(refused.replace(&quiet.to_string(), "QUIET"), @"I may not mention <@&QUIET>. Someone who manages roles can allow anyone to @mention it, in the server's settings under Roles. Nothing was changed.");
        let everybody = json!({ "low_pool": world::NORTHLIGHT.to_string() });
        insta::assert_snapshot!(w.dana().command("settings notify", everybody).await, @"Everybody cannot be mentioned: choose a role that some have. Nothing was changed.");
        w.discord().set_mentionable(quiet, true).expect("a role");
        let set = w.dana().command("settings notify", json!({ "votes": quiet.to_string() })).await;
        assert!(set.contains('→'), "{set}");
    })
    .await;
}
