//! Tests `/approvals`: it lists the open votes of a server, where they are, and until when.

use serde_json::json;

use crate::harness::{Kind, run_test, run_test_on};

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
                insta::assert_snapshot!(said, @r"
                **4 images are open for a vote or approved and waiting**, the first to close first
                - [a fox](<link>) · **Image 1** for 2K at 20 credits · ⏸️ approved, waiting for credits · asked for by @Ana · closes <time>
                - [a fox](<link>) · **Image 2** for 2K at 20 credits · ✅ 0 of 1, **stopped** · asked for by @Ana · closes <time>
                - [a fox](<link>) · **Image 3** for 2K at 20 credits · ✅ **0 of 1** · asked for by @Ana · closes <time>
                - [a fox](<link>) · **Image 4** for 2K at 20 credits · ✅ **0 of 1** · asked for by @Ana · closes <time>
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
async fn a_long_list_has_pages_and_what_is_spent_leaves_it() {
    run_test(async |w| {
        for prompt in ["a fox", "a hare"] {
            let thread = w.ana().draft(prompt, 4).await;
            w.starter(&thread);
            w.images(&thread, "explore");
        }
        let first = w.cem().command("approvals", json!({})).await;
        assert!(first.starts_with("**8 images are open"), "{first}");
        assert_eq!(first.matches("\n- ").count(), 5, "{first}");
        assert!(
            first.ends_with("-# Page 1 of 2 · next: `/approvals page:2`"),
            "{first}"
        );
        let last = w.cem().command("approvals", json!({ "page": 2 })).await;
        assert_eq!(last.matches("\n- ").count(), 3, "{last}");
        assert!(last.ends_with("-# Page 2 of 2"), "{last}");
        let thread = w.last_thread();
        let images = w.images(&thread, "explore");
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        let mut said = w.cem().command("approvals", json!({})).await;
        said += &w.cem().command("approvals", json!({ "page": 2 })).await;
        assert!(said.contains("for 4K at 40 credits · ✅ **0 of 2**"), "{said}");
        assert_eq!(said.matches(" for 2K ").count(), 7, "{said}");
        w.image_at(&thread, "review");
    })
    .await;
}
