//! Tests `/approvals`: a queue of the votes of a server that are not over, for whoever asks.

use discord_sandbox::world;
use serde_json::{Value, json};

use crate::harness::{Kind, World, files_of, run_test, run_test_on};

/// Returns the latest private answer that somebody has in the campaign channel.
fn private(w: &World, who: u64) -> Value {
    let all = w.discord().ephemerals(world::CAMPAIGN, who);
    all.last().expect("a private answer").clone()
}

fn id(message: &Value) -> u64 {
    let id = message["id"].as_str().expect("an id");
    id.parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_still_needs_a_vote_or_waits_is_listed_with_links() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[("POOL__FIRST_GRANT", "50")], async |w| {
            let nothing = w.bo().command("approvals", json!({})).await;
            assert!(nothing.starts_with("Nothing is open for a vote"), "{nothing}");
            let thread = w.ana().draft("a fox", 4).await;
            w.run_jobs().await;
            w.starter(&thread);
            let images = w.images(&thread, "explore");
            w.bo().approves(&images[0]).await;
            w.dana().reacts(&images[1], "🚫").await;
            w.run_jobs().await;
            w.restart().await;
            let said = w
                .dana()
                .command("approvals", json!({ "show": 3, "page": 7 }))
                .await;
            insta::allow_duplicates! {
                insta::assert_snapshot!(said, @r"
                **4 images are open for a vote or approved and waiting**, the first to close first
                **A · [a fox](<link>)** · asked for by @Ana · closes <time>
                - Image 1 → 2K · 20 credits · ⏸️ approved, waiting for credits
                - Image 2 → 2K · 20 credits · 0 of 1 approval, **stopped**
                - Images 3, 4 → 2K · 20 credits each · **0 of 1** approval
                -# You lead: your 🚫 on a picture stops its vote, Lift the stop lets it go on.
                ");
            }
            let said = w.bo().command("approvals", json!({})).await;
            assert!(!said.contains("You lead"), "{said}");
            w.read_all();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_meets_first_what_needs_their_own_vote() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[("POOL__FIRST_GRANT", "70")], async |w| {
            let (fox, foxes) = w.drafted(4).await;
            w.starter(&fox);
            w.bo().approves(&foxes[0]).await;
            w.bo().approves(&foxes[2]).await;
            w.run_jobs().await;
            w.image_at(&fox, "review");
            let labels = |w: &World, who| w.buttons(world::CAMPAIGN, id(&private(w, who)));

            // The pool pays for one 2K. The other approval waits.
            let said = w.cem().command("approvals", json!({})).await;
            assert!(said.starts_with("**3 images need your vote**"), "{said}");
            assert!(
                said.contains("Images 2, 4 → 2K · 20 credits each · **0 of 1** approval"),
                "{said}"
            );
            assert!(
                said.contains("Image 1 → 4K · 40 credits · **0 of 2** approvals"),
                "{said}"
            );
            let all = [
                "Needs my vote · 3",
                "Mine · 0",
                "Waiting for credits · 1",
                "All · 4",
            ];
            assert_eq!(labels(w, world::CEM), all);
            let sheet = &files_of(&private(w, world::CEM))[0];
            let alt = sheet["description"].as_str().unwrap_or_default().to_owned();
            assert!(alt.starts_with("Contact sheet. A, images 1, 2, 4: "), "{alt}");

            // Ana's own vote does not count on what she asked for.
            let said = w.ana().command("approvals", json!({})).await;
            assert!(said.starts_with("**4 images of yours are open"), "{said}");
            assert_eq!(labels(w, world::ANA)[0], "Needs my vote · 0");

            // A choice replaces the answer.
            let before = id(&private(w, world::ANA));
            let said = w.ana().presses(world::CAMPAIGN, before, "queue:waiting:").await;
            assert!(
                said.contains("Image 3 → 2K · 20 credits · ⏸️ approved, waiting for credits"),
                "{said}"
            );
            let said = w.ana().presses(world::CAMPAIGN, before, "queue:vote:").await;
            assert_eq!(said, "Nothing needs your vote now.");
            assert_eq!(id(&private(w, world::ANA)), before);
            assert_eq!(
                files_of(&private(w, world::ANA)),
                Vec::<Value>::new(),
                "no picture of another page"
            );
            w.read_all();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_approved_leaves_their_queue_and_comes_back_when_they_change_their_mind() {
    run_test(async |w| {
        w.dana()
            .command("settings approvals", json!({ "review_quorum": 2 }))
            .await;
        let (thread, images) = w.drafted(2).await;
        w.starter(&thread);
        w.bo().approves(&images[1]).await;
        w.run_jobs().await;
        let said = w.bo().command("approvals", json!({})).await;
        assert!(
            said.contains("- Image 1 → 2K · 20 credits · **0 of 2** approvals"),
            "{said}"
        );
        assert!(!said.contains("Image 2"), "{said}");
        let said = w.cem().command("approvals", json!({})).await;
        assert!(
            said.contains("- Image 2 → 2K · 20 credits · **1 of 2** approvals"),
            "{said}"
        );
        w.bo().withdraws(&images[1]).await;
        w.run_jobs().await;
        let said = w.bo().command("approvals", json!({})).await;
        assert!(said.contains("- Images 1, 2 → 2K"), "{said}");
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_queue_has_pages_by_button_and_what_is_spent_leaves_it() {
    run_test(async |w| {
        for prompt in ["a fox", "a hare", "an owl", "a kite"] {
            let thread = w.ana().draft(prompt, 1).await;
            w.starter(&thread);
            w.images(&thread, "explore");
        }
        let first = w.cem().command("approvals", json!({})).await;
        assert!(first.starts_with("**4 images need your vote**"), "{first}");
        assert_eq!(first.matches("asked for by").count(), 3, "{first}");
        assert!(first.ends_with("-# Page 1 of 2"), "{first}");
        let answer = id(&private(w, world::CEM));
        let last = w.cem().presses(world::CAMPAIGN, answer, "queue:vote:2").await;
        assert_eq!(last.matches("asked for by").count(), 1, "{last}");
        assert!(last.ends_with("-# Page 2 of 2"), "{last}");
        let labels = w.buttons(world::CAMPAIGN, answer);
        assert_eq!(labels.last().map(String::as_str), Some("Previous page"));

        let thread = w.last_thread();
        let image = w.images(&thread, "explore").remove(0);
        w.bo().approves(&image).await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
        let said = w.cem().command("approvals", json!({ "page": 2 })).await;
        assert!(
            said.contains("→ 4K · 40 credits · **0 of 2** approvals"),
            "{said}"
        );
        w.read_all();
    })
    .await;
}
