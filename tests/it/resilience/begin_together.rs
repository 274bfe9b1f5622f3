//! Tests images that begin in one transaction, and images that are drawn at the same time.

use greenlight::store::bell::Lane;
use greenlight::store::jobs::Claim;
use serde_json::json;

use crate::harness::{Easel, Kind, LEASE, World, run_test_on};

/// Drafts one image, then two, and claims those. The first call makes the key by which an engine knows a
/// member, and without it nothing begins together.
async fn two_of_words(w: &mut World, easel: &Easel) -> Vec<Claim> {
    w.set_engines(easel.engines());
    w.restart().await;
    w.drafted_one().await;
    w.ana().asks(json!({ "prompt": "a fox", "images": 2 })).await;
    w.run_quick_jobs().await;
    let mut claims = Vec::new();
    for _ in 0..2 {
        claims.extend(w.hands().claim(Lane::Render).await.expect("the queue"));
    }
    claims
}

#[tokio::test(flavor = "multi_thread")]
async fn images_of_words_begin_together_and_a_death_before_their_calls_costs_nothing() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            let easel = Easel::new(true);
            let claims = two_of_words(w, &easel).await;
            assert_eq!(w.hands().begins(&claims).await, [true, true]);
            w.work_it_out().await;
            assert_eq!(easel.calls().len(), 3, "each image once");
            assert_eq!(w.sums().await, (0, 30, 970));
            w.read_all();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_has_lost_one_image_begins_none_together_and_none_is_called_for_twice() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            let easel = Easel::new(false);
            let held = two_of_words(w, &easel).await;
            let hands = w.hands();
            w.advance(LEASE);
            let taken_over = hands.claim(Lane::Render).await.expect("the queue");
            let taken_over = taken_over.expect("the lease has ended");

            assert_eq!(hands.begins(&held).await, [false, false]);
            assert_eq!(easel.calls().len(), 1, "nothing is called for before it is begun");
            for claim in [held[0], held[1], taken_over] {
                hands.perform(claim).await;
            }
            w.run_jobs().await;
            assert_eq!(easel.calls().len(), 3, "each image once");
            assert_eq!(w.sums().await, (0, 30, 970));
            let thread = w.last_thread();
            assert_eq!(w.images(&thread, "explore").len(), 2);
            w.starter(&thread);
        })
        .await;
    }
}

/// A paid call takes minutes. The engine draws two at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_under_way_keeps_no_place_from_the_draft_of_another() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            let easel = Easel::new(false);
            easel.wait();
            w.set_engines(easel.engines());
            w.set_works(true);
            w.restart().await;
            w.ana().asks(json!({ "prompt": "a fox", "images": 1 })).await;
            easel.begun(1).await;
            w.bo().asks(json!({ "prompt": "a hare", "images": 1 })).await;
            easel.begun(2).await;
            easel.let_all_go();
            w.idle().await;
            for thread in w.threads() {
                w.starter(&thread);
                w.image_at(&thread, "explore");
            }
            assert_eq!(w.sums().await, (0, 20, 980));
            w.set_works(false);
            w.restart().await;
        })
        .await;
    }
}
