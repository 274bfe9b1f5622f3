//! Projects: what they cost before they begin, and what they may cost.

use discord_sandbox::world;
use serde_json::json;

use crate::harness::{World, run_test, run_test_with};

async fn estimate(w: &mut World, drafts: i64, reviews: i64, finals: i64) -> String {
    let options = json!({ "drafts": drafts, "reviews": reviews, "finals": finals });
    w.ana().command("project estimate", options).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_is_estimated_before_a_credit_is_spent() {
    run_test(async |w| {
        insta::assert_snapshot!(estimate(w, 20, 5, 2).await, @r"
        This would cost **380 credits**.
        Exploration: 20 × 10 = **200**
        Review: 5 × 20 = **100**
        Final: 2 × 40 = **80**
        Every idea at 4K: 20 × 40 = 800 · **420 saved**
        ✅ The pool can pay for it: 1,000 are available.
        ");
        assert_eq!(w.available().await, 1_000);
        let once = estimate(w, 1, 1, 1).await;
        assert!(once.contains("1 × 40 = 40 · nothing is saved"), "{once}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimate_says_what_the_pool_lacks_and_what_cannot_be() {
    run_test_with(&[("POOL__FIRST_GRANT", "300")], async |w| {
        let short = estimate(w, 20, 5, 2).await;
        assert!(
            short.ends_with(
                "⚠️ The pool cannot pay for all of it: 300 are available, 80 missing. An operator can add some with \
                 `/treasury grant`."
            ),
            "{short}"
        );
        assert_eq!(
            estimate(w, 3, 5, 0).await,
            "5 reviews of 3 drafts cannot be: each is drawn from one of those that were approved."
        );
        let none = json!({ "drafts": 0, "reviews": 0, "finals": 0 });
        let refused = w.discord().member(world::BO);
        let refused = refused.command(world::CAMPAIGN, "project estimate", none).await;
        assert!(refused.is_err(), "Discord itself refuses what is out of range");
    })
    .await;
}
