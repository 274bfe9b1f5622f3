//! Tests two processes that hear the same: each act of a person has one effect and one answer.

use discord_sandbox::{Fault, world};
use serde_json::json;

use super::roles::drawn;
use super::{GATEWAY, WORKER};
use crate::harness::{Kind, run_test_on};

#[tokio::test(flavor = "multi_thread")]
async fn two_gateways_on_the_same_shards_and_a_worker_are_one_bot() {
    run_test_on(Kind::Postgres, &[], async |w| {
        w.stop().await;
        w.take_part(GATEWAY);
        w.set_works(true);
        w.start().await;
        let other = w.second_as(GATEWAY).await;
        let mut worker = w.beside(WORKER).await;
        worker.work();
        w.ana().asks(json!({ "prompt": "a red fox", "images": 2 })).await;
        drawn(w, 2).await;
        assert_eq!((w.told(world::ANA).len(), w.threads().len()), (1, 1));
        let thread = w.last_thread();
        let images = w.images(&thread, "explore");
        for image in &images {
            w.bo().approves(image).await;
        }
        drawn(w, 4).await;
        for review in w.images(&thread, "review") {
            for person in [world::BO, world::CEM] {
                w.person(person).approves(&review).await;
            }
        }
        drawn(w, 6).await;
        w.images(&thread, "final");
        w.starter(&thread);
        worker.stop().await;
        other.stop().await;
        assert_eq!(w.sums().await, (0, 20 + 40 + 80, 1000 - 140));
    })
    .await;
}

/// One process asks Discord for a press and hears nothing, because the request never came. The other takes
/// the press. When the first asks again, it hears that the press is taken, and must not believe that it
/// was itself: a press toggles a vote.
#[tokio::test(flavor = "multi_thread")]
async fn a_press_whose_first_request_is_lost_is_one_press() {
    run_test_on(Kind::Postgres, &[], async |w| {
        w.dana()
            .command("settings approvals", json!({ "review_quorum": 5 }))
            .await;
        let (thread, image) = w.drafted_one().await;
        let second = w.second_bot().await;
        for (presses, have) in [(1, 1), (2, 0), (3, 1), (4, 0)] {
            w.fail(Fault {
                method: Some("POST".to_owned()),
                path_contains: "/callback".to_owned(),
                hang_up: true,
                ..Fault::default()
            });
            let told = w.bo().presses(thread.id, image.message, "approve").await;
            assert_eq!(told.contains("taken back"), have == 0, "{presses}: {told}");
            w.run_jobs().await;
            let shown = format!("**{have} of 5**");
            assert!(
                w.look_at(&image).contains(&shown),
                "{presses}: {}",
                w.look_at(&image)
            );
            assert_eq!(
                w.told_in(thread.id, world::BO).len(),
                presses,
                "one answer a press"
            );
        }
        second.stop().await;
        w.read_all();
    })
    .await;
}
