//! Tests that the images of a draft come in their order, and that a slow one delays the others for
//! fifteen seconds at most.

use std::time::Duration;

use greenlight::providers::Answer;
use greenlight::store::bell::Lane;
use greenlight::store::jobs::Claim;
use serde_json::json;

use crate::harness::{Easel, Ending, Kind, Thread, World, run_test_on};

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];

/// Drafts three images. The worker of the first is slow: its job is returned. The others are drawn.
async fn the_first_is_slow(w: &mut World) -> (Easel, Thread, Claim) {
    let easel = Easel::new(false);
    w.set_engines(easel.engines());
    w.restart().await;
    w.ana().asks(json!({ "prompt": "a fox", "images": 3 })).await;
    w.run_quick_jobs().await;
    let slow = w.hands().claim(Lane::Render).await.expect("the queue");
    let slow = slow.expect("the first image");
    w.draw_one().await;
    w.draw_one().await;
    w.run_quick_jobs().await;
    (easel, w.last_thread(), slow)
}

/// Returns the positions of the images in a thread, in the order in which they came.
fn came(w: &mut World, thread: &Thread) -> Vec<u32> {
    let mut images = w.images(thread, "explore");
    images.sort_by_key(|image| image.message);
    images.iter().map(|image| image.position).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn images_come_in_their_order_although_a_later_one_is_ready_first() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            let (_, thread, slow) = the_first_is_slow(w).await;
            assert_eq!(came(w, &thread), [0; 0]);
            assert_eq!(w.sums().await, (10, 20, 970), "what is stored is paid");
            w.advance(Duration::from_secs(5));
            w.run_quick_jobs().await;
            assert_eq!(came(w, &thread), [0; 0]);
            let seen = w.discord().calls().len();
            w.hands().perform(slow).await;
            w.run_quick_jobs().await;
            assert_eq!(came(w, &thread), [1, 2, 3], "without another wait");
            let calls = w.discord().calls();
            let searched = calls[seen..].iter().filter(|call| call.method == "GET");
            assert_eq!(
                searched.count(),
                0,
                "a wait is no attempt, after which a post is looked for"
            );
            w.starter(&thread);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_image_delays_the_others_for_fifteen_seconds_at_most() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            let (_, thread, slow) = the_first_is_slow(w).await;
            w.advance(Duration::from_secs(15));
            w.run_quick_jobs().await;
            assert_eq!(came(w, &thread), [2, 3]);
            w.hands().perform(slow).await;
            w.run_quick_jobs().await;
            assert_eq!(came(w, &thread), [2, 3, 1]);
            assert_eq!(w.sums().await, (0, 30, 970));
            w.starter(&thread);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_fails_delays_nobody() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            let (easel, thread, slow) = the_first_is_slow(w).await;
            easel.next_ends(Ending::Answer(Answer::Broken("nothing".to_owned())));
            w.hands().perform(slow).await;
            w.run_quick_jobs().await;
            assert_eq!(came(w, &thread), [2, 3]);
            assert_eq!(w.notices(&thread).len(), 1);
            w.starter(&thread);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_while_images_wait_loses_none_and_shows_none_twice() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            let (_, thread, _) = the_first_is_slow(w).await;
            w.kill().await;
            w.start().await;
            w.run_quick_jobs().await;
            assert_eq!(came(w, &thread), [0; 0], "they wait as before");
            w.advance(Duration::from_secs(20));
            w.run_jobs().await;
            assert_eq!(came(w, &thread), [2, 3, 1]);
            assert_eq!(w.sums().await, (0, 30, 970));
            w.starter(&thread);
        })
        .await;
    }
}
