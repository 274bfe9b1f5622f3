//! Tests a clock of the bot's that is eight days off for a while, forward or back, while Discord's goes
//! right: nothing is paid twice, and nothing waits for ever.
//!
//! The usual run sets it right between some of the jobs. `TEST_LONG=1` does it between all.

use futures::FutureExt;
use greenlight::store::jobs;
use greenlight::worker::LONGEST_MS;
use serde_json::json;

use crate::harness::{Easel, World, each_step, long, run_test};

const EIGHT_DAYS_MS: i64 = 8 * 24 * 60 * 60 * 1_000;

/// Makes jobs due that the wrong clock has put off, as the worker does now and then.
async fn bring_back(w: &World) {
    let now_ms = w.now_ms();
    let store = &w.app().services.store;
    let brought = store.write(move |tx| jobs::bring_back(tx, now_ms, LONGEST_MS).boxed());
    brought.await.expect("the queue");
}

/// Has a draft asked for and so many jobs run by a clock that is off, and then sets it right. Returns
/// whether there were so many jobs.
async fn drawn_by_a_wrong_clock(step: usize, off_ms: i64) -> bool {
    let mut ran = 0;
    run_test(async |w| {
        let easel = Easel::new(false);
        w.set_engines(easel.engines());
        w.restart().await;
        w.set_clock(off_ms);
        w.ana().asks(json!({ "prompt": "a red fox", "images": 2 })).await;
        while ran < step && w.run_one_job().await {
            ran += 1;
        }
        w.set_clock(-off_ms);
        bring_back(w).await;
        w.work_it_out().await;
        let thread = w.last_thread();
        w.starter(&thread);
        let shown = w.images(&thread, "explore").len();
        let about = format!("after {step} jobs {off_ms} ms off");
        assert_eq!((shown, easel.calls().len()), (2, 2), "{about}");
        assert_eq!(w.sums().await, (0, 20, 980), "{about}");
        w.notices(&thread);
    })
    .await;
    ran == step
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_days_off_for_some_jobs_doubles_and_stops_nothing() {
    each_step(|step| async move {
        let mut there = false;
        for (nth, off_ms) in [EIGHT_DAYS_MS, -EIGHT_DAYS_MS].into_iter().enumerate() {
            if long() || step % 2 == nth {
                there |= drawn_by_a_wrong_clock(step, off_ms).await;
            }
        }
        there
    })
    .await;
}

/// A vote ends by the wrong clock. Nothing is spent, and whoever may can open it again.
#[tokio::test(flavor = "multi_thread")]
async fn a_vote_that_ends_by_a_wrong_clock_pays_nothing_and_can_be_opened_again() {
    run_test(async |w| {
        let (thread, image) = w.drafted_one().await;
        w.bo().approves(&image).await;
        w.run_jobs().await;
        let review = w.image_at(&thread, "review");
        w.bo().approves(&review).await;
        w.run_jobs().await;
        w.set_clock(EIGHT_DAYS_MS);
        w.run_jobs().await;
        w.set_clock(-EIGHT_DAYS_MS);
        bring_back(w).await;
        w.cem().approves(&review).await;
        w.work_it_out().await;
        assert!(w.images(&thread, "final").is_empty(), "the vote has ended");
        assert_eq!(w.sums().await, (0, 30, 970));
        w.dana().presses(thread.id, review.message, "reopen").await;
        w.work_it_out().await;
        w.image_at(&thread, "final");
        assert_eq!(w.sums().await, (0, 70, 930));
        w.notices(&thread);
    })
    .await;
}
