//! Tests `/approvals`: it lists the open votes of a server, where they are, and until when.

use discord_sandbox::world;
use serde_json::json;

use crate::harness::{Image, Kind, Thread, run_test, run_test_on};

/// Returns a list in which links are replaced by the numbers of the images.
fn numbered(thread: &Thread, images: &[Image], said: &str) -> String {
    images
        .iter()
        .enumerate()
        .fold(said.to_owned(), |said, (n, image)| {
            let (guild, thread) = (world::NORTHLIGHT, thread.id);
            let link = format!("https://discord.com/channels/{guild}/{thread}/{}", image.message);
            said.replace(&link, &format!("LINK {}", n + 1))
        })
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
            let said = w.dana().command("approvals", json!({ "page": 7 })).await;
            insta::allow_duplicates! {
                insta::assert_snapshot!(numbered(&thread, &images, &said), @r"
                **4 images are open for a vote or approved and waiting**, the first to close first
                - **Image 1** for 2K at 20 credits · ⏸️ approved, waiting for credits · closes <time> · LINK 1
                - **Image 2** for 2K at 20 credits · ✅ 0 of 1, **stopped** · closes <time> · LINK 2
                - **Image 3** for 2K at 20 credits · ✅ **0 of 1** · closes <time> · LINK 3
                - **Image 4** for 2K at 20 credits · ✅ **0 of 1** · closes <time> · LINK 4
                -# You lead: your 🚫 on a picture stops its vote, Lift the stop lets it go on.
                ");
            }
            let said = w.bo().command("approvals", json!({})).await;
            assert!(!said.contains("You lead"), "{said}");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_has_pages_and_what_is_spent_leaves_it() {
    run_test(async |w| {
        for prompt in ["a fox", "a hare"] {
            let thread = w.ana().draft(prompt, 4).await;
            w.starter(&thread);
            w.images(&thread, "explore");
        }
        let first = w.cem().command("approvals", json!({})).await;
        assert!(first.starts_with("**8 images are open"), "{first}");
        assert_eq!(first.matches("\n- ").count(), 6, "{first}");
        assert!(
            first.ends_with("-# Page 1 of 2 · next: `/approvals page:2`"),
            "{first}"
        );
        let last = w.cem().command("approvals", json!({ "page": 2 })).await;
        assert_eq!(last.matches("\n- ").count(), 2, "{last}");
        assert!(last.ends_with("-# Page 2 of 2"), "{last}");
        let thread = w.last_thread();
        let images = w.images(&thread, "explore");
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        let mut said = w.cem().command("approvals", json!({})).await;
        said += &w.cem().command("approvals", json!({ "page": 2 })).await;
        assert!(said.contains("for 4K at 40 credits · ✅ **0 of 2**"), "{said}");
        assert!(!said.contains(&images[0].message.to_string()), "{said}");
        w.image_at(&thread, "review");
    })
    .await;
}
