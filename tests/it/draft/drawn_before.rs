//! Tests that the same is pointed out, with its picture, before it is paid for again.

use discord_sandbox::world;
use futures::future::join_all;
use serde_json::json;

use super::again::private;
use super::references::{drafts_after, flat, one};
use crate::harness::{Kind, World, run_test, run_test_on, run_test_with};

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];

/// Returns the id of the last private answer to a person in the campaign channel.
fn answered(w: &World, person: u64) -> u64 {
    let id = private(w, world::CAMPAIGN, person)["id"]
        .as_str()
        .and_then(|id| id.parse().ok());
    id.expect("an id")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_drawn_before_is_shown_first_and_drawn_as_it_is_asked_for_now() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            w.dana()
                .command("project create", json!({ "name": "Spring" }))
                .await;
            let fox = json!({ "prompt": "a fox", "ratio": "1:1", "images": 1 });
            let told = w.ana().command("draft", fox).await;
            assert!(told.contains("1 image for 10 credits"), "{told}");
            w.run_jobs().await;
            let first = w.last_thread();
            w.restart().await;

            // Another member, with more images and a project.
            let same = json!({ "prompt": " a fox ", "ratio": "1:1", "images": 2, "project": "Spring" });
            let told = w.bo().command("draft", same).await;
            let starter = format!("/{}/{}", world::CAMPAIGN, first.id);
            assert!(told.contains("drawn here") && told.contains(&starter), "{told}");
            assert!(told.contains("Nothing was spent"), "{told}");
            assert_eq!(w.available().await, 990);
            let shown = private(w, world::CAMPAIGN, world::BO);
            let name = shown["attachments"][0]["filename"].as_str().expect("a picture");
            assert!(name.ends_with("-sheet.jpg"), "{name}");
            let offer = answered(w, world::BO);
            assert_eq!(w.buttons(world::CAMPAIGN, offer), ["Again · 20 credits"]);

            w.restart().await;
            let told = w.bo().presses(world::CAMPAIGN, offer, "repeat").await;
            assert!(told.contains("2 images for 20 credits"), "{told}");
            w.run_jobs().await;
            let second = w.last_thread();
            assert_ne!(second.id, first.id);
            assert!(w.starter(&second).contains("Spring"));
            assert_eq!(w.images(&second, "explore").len(), 2);
            assert_eq!(w.available().await, 970);
            w.read_all();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_differs_or_was_never_drawn_or_is_elsewhere_is_drawn_at_once() {
    run_test(async |w| {
        let fox = json!({ "prompt": "a fox", "ratio": "1:1", "images": 1 });
        w.ana().command("draft", fox.clone()).await;
        let told = w.ana().command("draft", fox.clone()).await;
        assert!(told.contains("1 image for"), "nothing is drawn yet: {told}");
        w.run_jobs().await;
        for (differs, options) in [
            (
                "the ratio",
                json!({ "prompt": "a fox", "ratio": "16:9", "images": 1 }),
            ),
            (
                "the words",
                json!({ "prompt": "a Fox", "ratio": "1:1", "images": 1 }),
            ),
            (
                "what is kept",
                json!({ "prompt": "a fox", "ratio": "1:1", "images": 1, "keep": "the tail" }),
            ),
        ] {
            let told = w.ana().command("draft", options).await;
            assert!(told.contains("1 image for"), "{differs}: {told}");
        }
        let told = w.ana().says_in(world::GENERAL, "draft", fox).await;
        assert!(
            !told.contains("drawn here"),
            "who is there may not see it: {told}"
        );
        let broken = json!({ "prompt": "a fox #sketch:broken", "images": 1 });
        w.ana().command("draft", broken.clone()).await;
        w.run_jobs().await;
        let told = w.ana().command("draft", broken).await;
        assert!(told.contains("1 image for"), "nothing came of it: {told}");
        w.run_jobs().await;
        let elsewhere = w.discord().threads(world::GENERAL)[0]["id"]
            .as_str()
            .map(str::to_owned);
        w.said_in(elsewhere.and_then(|id| id.parse().ok()).expect("a thread"));
        w.said_in(world::GENERAL);
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_that_is_repeated_is_one_draft_at_the_price_that_holds() {
    for kind in BOTH {
        run_test_on(kind, &[("ADMINS__SET_PRICES", "true")], async |w| {
            let fox = json!({ "prompt": "a fox", "images": 1 });
            w.ana().command("draft", fox.clone()).await;
            w.run_jobs().await;
            w.ana().command("draft", fox).await;
            let offer = answered(w, world::ANA);
            w.dana()
                .command("settings stages", json!({ "explore_price": 15 }))
                .await;
            let told = w.ana().presses(world::CAMPAIGN, offer, "repeat").await;
            assert!(told.contains("costs 15 credits now, not 10"), "{told}");
            assert_eq!(w.available().await, 990, "nothing was taken");

            let offer = answered(w, world::ANA);
            let ana = w.discord().member(world::ANA);
            let id = w.button(world::CAMPAIGN, offer, "repeat");
            let presses = (0..4).map(|_| ana.click(world::CAMPAIGN, offer, &id));
            let mut told = Vec::new();
            for press in join_all(presses).await {
                told.push(w.discord().answer(press.expect("a click")).await.message["content"].to_string());
            }
            let drafted = told.iter().filter(|told| told.contains("1 image for 15 credits"));
            assert_eq!(drafted.count(), 1, "{told:?}");
            assert_eq!(w.available().await, 975);
            w.run_jobs().await;
            w.read_all();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn references_are_compared_by_their_bytes() {
    run_test_with(&[], async |w| {
        let (red, blue) = (flat([200, 40, 30]), flat([30, 40, 200]));
        let told = drafts_after(w, one(), &[("red.png", red.clone())]).await;
        assert!(told.contains("1 image for"), "{told}");
        w.run_jobs().await;
        let told = drafts_after(w, one(), &[("blue.png", blue)]).await;
        assert!(told.contains("1 image for"), "another reference: {told}");
        let told = w.ana().command("draft", one()).await;
        assert!(told.contains("1 image for"), "no reference: {told}");
        w.run_jobs().await;

        let before = super::references::kept(w).len();
        let told = drafts_after(w, one(), &[("the-same.png", red.clone())]).await;
        assert!(told.contains("drawn here"), "{told}");
        assert_eq!(
            super::references::kept(w).len(),
            before,
            "the new file is not kept"
        );
        let offer = answered(w, world::ANA);
        let told = w.ana().presses(world::CAMPAIGN, offer, "repeat").await;
        assert!(told.contains("1 image for"), "{told}");
        w.run_jobs().await;

        // It cannot be drawn from there any more.
        std::fs::remove_dir_all(w.blobs().join("references")).expect("removed");
        std::fs::create_dir(w.blobs().join("references")).expect("made");
        let told = drafts_after(w, one(), &[("red.png", red)]).await;
        assert!(told.contains("1 image for"), "{told}");
        w.run_jobs().await;
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_forgotten_is_not_pointed_out() {
    run_test(async |w| {
        let fox = json!({ "prompt": "a fox", "images": 1 });
        w.ana().command("draft", fox.clone()).await;
        w.run_jobs().await;
        let thread = w.last_thread();
        let image = w.image_at(&thread, "explore");
        w.dana().reacts(&image, "🚫").await;
        w.run_jobs().await;
        w.ana()
            .command("privacy forget-me", json!({ "sure": true }))
            .await;
        w.run_jobs().await;
        let told = w.bo().command("draft", fox).await;
        assert!(told.contains("1 image for"), "{told}");
        w.run_jobs().await;
        w.read_all();
    })
    .await;
}
