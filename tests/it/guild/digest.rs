//! Tests the daily digest of what waits for votes: once a day at its hour, nothing where nothing waits,
//! and no digest of yesterday.

use std::time::Duration;

use discord_sandbox::{permissions, world};
use greenlight::domain::job::Job;
use serde_json::{Value, json};

use crate::harness::{Kind, World, lost_answer, run_test, run_test_on};

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const HOUR_MS: i64 = 60 * 60_000;
/// The position of "no daily digest" in the choices of a reset.
const NO_DIGEST: u64 = 2;

/// Chooses a digest in the channel of everybody, at an hour that comes soon. Returns how long it is
/// until then.
pub async fn chosen(w: &mut World) -> Duration {
    let now_ms = w.app().services.clock.now_ms();
    let due_ms = (now_ms / HOUR_MS + 2) * HOUR_MS;
    let hour = due_ms / HOUR_MS % 24;
    let options = json!({ "digest": world::GENERAL.to_string(), "hour": hour });
    let set = w.dana().command("settings notify", options).await;
    assert!(set.contains("The next digest comes"), "{set}");
    Duration::from_millis((due_ms - now_ms).unsigned_abs())
}

/// Returns the digests that are shown.
pub fn digests(w: &World) -> Vec<Value> {
    let mut said = w.discord().messages(world::GENERAL);
    said.retain(|message| {
        message["content"]
            .as_str()
            .is_some_and(|text| text.starts_with('📋'))
    });
    said
}

fn id(digests: &[Value]) -> &Value {
    assert_eq!(digests.len(), 1, "{digests:#?}");
    &digests[0]["id"]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_told_once_a_day_at_its_hour_and_nothing_where_nothing_waits() {
    for kind in BOTH {
        run_test_on(kind, &[("APPROVAL__WINDOW_DAYS", "2")], async |w| {
            let (thread, images) = w.drafted(3).await;
            w.dana().reacts(&images[2], "🚫").await;
            let soon = chosen(w).await;
            w.advance(soon.saturating_sub(MINUTE));
            w.run_jobs().await;
            assert_eq!(digests(w), [] as [Value; 0], "its hour has not come");
            w.advance(MINUTE);
            w.run_jobs().await;
            let first = digests(w);
            let text = w.readable(first[0]["content"].as_str().expect("a text"));
            insta::allow_duplicates! {
                insta::assert_snapshot!(text, @r"
                📋 **What waits for approval** · <time>
                2 images of 1 draft, the first to close first
                **A · [a red fox](<link>)** · asked for by @Ana · closes <time> · first shown <time>
                - Images 1, 2 → 2K · 20 credits each · **0 of 1** approval
                -# `/approvals` shows what needs your vote.
                ");
            }
            let sheet = &first[0]["attachments"][0];
            assert_eq!(
                sheet["description"],
                "Contact sheet of what waits for approval. A, image 1: a red fox."
            );
            assert_eq!(first[0]["mentions"], json!([]), "nobody is pinged");
            w.restart().await;
            for _ in 0..3 {
                w.run_jobs().await;
                w.advance(5 * HOUR);
            }
            w.run_jobs().await;
            assert_eq!(id(&digests(w)), id(&first), "it was told today");
            w.advance(9 * HOUR);
            w.run_jobs().await;
            let second = digests(w);
            assert_ne!(id(&second), id(&first), "yesterday's is taken away");
            w.said_in(world::GENERAL);
            w.advance(24 * HOUR);
            w.run_jobs().await;
            assert_eq!(digests(w), [] as [Value; 0], "the votes are over");
            w.notices(&thread);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_whose_answer_is_lost_is_not_posted_again() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            w.drafted_one().await;
            let soon = chosen(w).await;
            w.advance(soon);
            w.fail(lost_answer(world::GENERAL));
            w.run_jobs().await;
            w.kill().await;
            // This is longer than Discord remembers a nonce.
            w.advance(HOUR / 2);
            w.start().await;
            w.work_it_out().await;
            assert_eq!(digests(w).len(), 1);
            w.advance(24 * HOUR);
            w.run_jobs().await;
            assert_eq!(digests(w).len(), 1, "the next day finds the one before");
            w.said_in(world::GENERAL);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_that_is_switched_off_goes_and_one_that_is_set_late_comes_tomorrow() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            w.drafted_one().await;
            let soon = chosen(w).await;
            w.advance(soon + MINUTE);
            w.run_jobs().await;
            assert_eq!(digests(w).len(), 1);
            w.said_in(world::GENERAL);
            let off = w
                .dana()
                .command("settings notify", json!({ "reset": NO_DIGEST }))
                .await;
            assert!(
                off.contains("→ **none**") && !off.contains("next digest"),
                "{off}"
            );
            w.run_jobs().await;
            assert_eq!(digests(w), [] as [Value; 0]);
            let left = w
                .jobs()
                .await
                .into_iter()
                .find(|(job, _)| matches!(job, Job::Digest(_)));
            assert_eq!(left, None);

            // Its hour of today is over by a minute.
            let hour = w.app().services.clock.now_ms() / HOUR_MS % 24;
            let options = json!({ "digest": world::GENERAL.to_string(), "hour": hour });
            w.dana().command("settings notify", options).await;
            w.advance(HOUR);
            w.run_jobs().await;
            assert_eq!(digests(w), [] as [Value; 0], "not at once");
            w.advance(23 * HOUR);
            w.run_jobs().await;
            assert_eq!(digests(w).len(), 1);
            w.said_in(world::GENERAL);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_is_set_where_the_bot_may_post_it_and_missed_when_its_channel_goes() {
    run_test(async |w| {
        w.discord().deny_bot(world::GENERAL, permissions::ATTACH_FILES);
        let options = json!({ "digest": world::GENERAL.to_string() });
        let refused = w.dana().command("settings notify", options).await;
        assert!(refused.contains("I am missing **Attach Files**"), "{refused}");
        w.discord().allow_bot(world::GENERAL, permissions::ATTACH_FILES);
        w.drafted_one().await;
        let soon = chosen(w).await;
        w.discord().delete_channel(world::GENERAL).expect("no channel");
        w.advance(soon);
        w.run_jobs().await;
        let shown = w.dana().command("settings show", json!({})).await;
        assert!(
            shown.contains("⚠️ The channel of the daily digest was deleted"),
            "{shown}"
        );
    })
    .await;
}
