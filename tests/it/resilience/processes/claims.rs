//! Tests two processes that hear the same: each act of a person has one effect and one answer.

use discord_sandbox::world;
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
