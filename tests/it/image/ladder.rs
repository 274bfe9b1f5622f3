//! Tests a ratio without 4K: its last stage is the 2K, and the member reads so before anything is
//! drawn.

use discord_sandbox::world;
use serde_json::json;

use crate::harness::run_test;

#[tokio::test(flavor = "multi_thread")]
async fn a_ratio_without_4k_says_so_and_its_review_is_the_last() {
    run_test(async |w| {
        w.ana()
            .asks(json!({ "prompt": "a fox", "ratio": " 3:1 ", "images": 1 }))
            .await;
        w.run_jobs().await;
        let thread = w.last_thread();
        let told = w.told(world::ANA).join("\n");
        // A hint about the prompt follows.
        let told: Vec<&str> = told.lines().take(2).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        1 image for 10 credits in #a fox
        3:1 has no 4K with this engine: review is the last stage.
        ");
        let image = w.image_at(&thread, "explore");
        assert_eq!(image.size, (96, 32));
        w.bo().approves(&image).await;
        w.run_jobs().await;
        let review = w.image_at(&thread, "review");
        insta::assert_snapshot!(review.text, @r"
        **Image 1** · 2K review · 192×64
        Approved by @Bo
        -# 20 credits
        ");
        assert!(w.vote_buttons(thread.id, review.message).is_empty());
        assert_eq!(
            w.message(thread.id, review.message)["reactions"]
                .as_array()
                .map_or(0, Vec::len),
            0,
            "no seed"
        );
        w.bo().approves(&review).await;
        w.cem().approves(&review).await;
        w.run_jobs().await;
        assert!(w.images(&thread, "final").is_empty());
        assert_eq!(w.available().await, 970);
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_keeps_its_shape_from_stage_to_stage() {
    run_test(async |w| {
        w.ana()
            .asks(json!({ "prompt": "a fox", "ratio": "4:5", "images": 1 }))
            .await;
        w.run_jobs().await;
        let thread = w.last_thread();
        let told = w.told(world::ANA);
        assert_eq!(told[0].lines().next(), Some("1 image for 10 credits in #a fox"));
        let image = w.image_at(&thread, "explore");
        let [review, last] = w.approved_to_4k(&thread, &image).await;
        assert_eq!(
            [image.size, review.size, last.size],
            [(48, 60), (96, 120), (144, 180)]
        );
        w.starter(&thread);
    })
    .await;
}
