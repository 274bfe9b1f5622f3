//! Tests the main job: draft, thread, votes, 2K, 4K, paid from one pool.

use discord_sandbox::world;

use crate::harness::run_test;

#[tokio::test(flavor = "multi_thread")]
async fn four_drafts_one_review_one_final_cost_a_hundred() {
    run_test(async |w| {
        let thread = w.ana().draft("a red fox on a hill at dawn", 4).await;
        assert_eq!(thread.name, "a red fox on a hill at dawn");
        assert_eq!(w.available().await, 960);
        let images = w.images(&thread, "explore");
        assert_eq!(
            images.iter().map(|image| image.position).collect::<Vec<_>>(),
            [1, 2, 3, 4]
        );
        assert!(images.iter().all(|image| image.size == (80, 45)));

        w.bo().approves(&images[1]).await;
        w.run_jobs().await;
        let review = w.image_at(&thread, "review");
        assert_eq!(
            (review.position, review.size, review.reply_to),
            (2, (160, 90), Some(images[1].message))
        );
        assert_eq!(w.available().await, 940);

        w.bo().approves(&review).await;
        w.run_jobs().await;
        assert!(w.images(&thread, "final").is_empty(), "one of two is no quorum");
        w.cem().approves(&review).await;
        w.run_jobs().await;
        let last = w.image_at(&thread, "final");
        assert_eq!(
            (last.position, last.size, last.reply_to),
            (2, (240, 135), Some(review.message))
        );
        assert_eq!(
            last.pings,
            [world::ANA],
            "only who asked is pinged, and only at the end"
        );

        let pool = w.pool().await;
        assert_eq!(
            (pool.granted.get(), pool.settled.get(), pool.held.get()),
            (1000, 100, 0)
        );
        assert_eq!(w.available().await, 900);
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_says_what_it_costs_and_how_the_vote_stands() {
    run_test(async |w| {
        let thread = w.ana().draft("a red fox", 1).await;
        insta::assert_snapshot!(w.starter(&thread), @r"
        **Draft** by @Ana · 1 image · 1K · 16:9
        > a red fox
        -# 10 credits
        1 drawn
        React ✅ in the thread to bring an image to 2K · 20 credits each · needs 1 approval
        ");
        let first = w.image_at(&thread, "explore");
        insta::assert_snapshot!(first.text, @r"
        **Image 1** · 1K draft · 80×45
        ✅ **0 of 1** for 2K at 20 credits · closes <time>
        ");
        w.ana().approves(&first).await;
        w.run_jobs().await;
        insta::assert_snapshot!(w.look_at(&first), @r"
        **Image 1** · 1K draft · 80×45
        ✅ **0 of 1** for 2K at 20 credits · closes <time>
        -# Does not count: @Ana, who asked for the draft
        ");
        w.bo().approves(&first).await;
        w.run_jobs().await;
        insta::assert_snapshot!(w.look_at(&first), @r"
        **Image 1** · 1K draft · 80×45
        ✅ **Approved for 2K** · @Bo · [see the 2K](<link>)
        ");
        let review = w.image_at(&thread, "review");
        insta::assert_snapshot!(review.text, @r"
        **Image 1** · 2K review · 160×90
        Approved by @Bo
        -# 20 credits
        ✅ **0 of 2** for 4K at 40 credits · closes <time>
        ");
        w.bo().approves(&review).await;
        w.cem().approves(&review).await;
        w.run_jobs().await;
        let last = w.image_at(&thread, "final");
        insta::assert_snapshot!(last.text, @r"
        @Ana **Image 1** · 4K final · 240×135
        Approved by @Bo, @Cem
        -# 40 credits
        ");
    })
    .await;
}
