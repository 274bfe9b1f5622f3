//! Tests the buttons under a contact sheet, by which each of its images is approved.

use std::time::Duration;

use discord_sandbox::world;
use serde_json::json;

use crate::harness::{Image, Kind, Thread, World, run_test, run_test_on, run_test_with};

/// How long changes of the votes are gathered before the starter is edited.
const GATHERED: Duration = Duration::from_secs(10);

/// Lets everything happen that follows from the votes. Returns the labels under the sheet.
async fn labels(w: &mut World, thread: &Thread) -> Vec<String> {
    w.run_jobs().await;
    w.advance(GATHERED);
    w.run_jobs().await;
    w.buttons(world::CAMPAIGN, thread.id)
}

/// Returns the id of the button under the sheet that approves an image.
fn ballot(image: &Image) -> String {
    format!("approve:{}", image.render())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_approved_under_the_sheet_as_under_its_own_picture() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            let (thread, images) = w.drafted(3).await;
            let all = [
                "Approve 1 · 20 credits",
                "Approve 2 · 20 credits",
                "Approve 3 · 20 credits",
            ];
            assert_eq!(w.buttons(world::CAMPAIGN, thread.id), all);
            let own = w
                .ana()
                .presses(world::CAMPAIGN, thread.id, &ballot(&images[1]))
                .await;
            assert!(own.starts_with("You asked for this draft"), "{own}");
            let given = w
                .bo()
                .presses(world::CAMPAIGN, thread.id, &ballot(&images[1]))
                .await;
            assert!(given.contains("1 of 1"), "{given}");
            assert_eq!(
                labels(w, &thread).await,
                ["Approve 1 · 20 credits", "Approve 3 · 20 credits"]
            );
            assert_eq!(w.image_at(&thread, "review").position, 2);
            assert_eq!(w.available().await, 950);
            w.read_all();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sheet_offers_an_approval_only_while_the_vote_is_open() {
    run_test(async |w| {
        let (thread, images) = w.drafted(2).await;
        let [one, two] = ["Approve 1 · 20 credits", "Approve 2 · 20 credits"];
        w.dana().reacts(&images[0], "🚫").await;
        assert_eq!(labels(w, &thread).await, [two], "one is stopped");
        w.dana().presses(thread.id, images[0].message, "lift").await;
        assert_eq!(labels(w, &thread).await, [one, two], "and goes on");
        w.advance(Duration::from_hours(24 * 8));
        assert_eq!(labels(w, &thread).await, Vec::<String>::new(), "both are closed");
        w.ana().presses(thread.id, images[1].message, "reopen").await;
        assert_eq!(labels(w, &thread).await, [two], "one is open again");
        w.ana()
            .command("privacy forget-me", json!({ "sure": true }))
            .await;
        assert_eq!(labels(w, &thread).await, Vec::<String>::new(), "forgotten");
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_offered_at_the_price_at_which_its_vote_opened() {
    run_test_with(&[("ADMINS__SET_PRICES", "true")], async |w| {
        let (thread, images) = w.drafted(2).await;
        w.dana()
            .command("settings stages", json!({ "review_price": 35 }))
            .await;
        w.bo().approves(&images[0]).await;
        assert_eq!(labels(w, &thread).await, ["Approve 2 · 20 credits"]);
        w.read_all();
    })
    .await;
}
