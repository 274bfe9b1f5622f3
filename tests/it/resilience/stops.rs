//! Tests that a stop has an end, whatever the database does.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Easel, Kind, LEASE, run_test_on};

/// The server is there, and answers nothing: neither an error nor a result.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_says_nothing_does_not_keep_the_bot_from_ending() {
    run_test_on(Kind::Postgres, &[], async |w| {
        let easel = Easel::new(false);
        easel.wait();
        w.set_engines(easel.engines());
        w.set_works(true);
        let line = w.line().await;
        w.restart().await;
        w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
        easel.begun(1).await;
        line.silence();
        easel.let_all_go();
        w.stop_within(Duration::from_millis(300)).await;

        line.up();
        w.set_works(false);
        w.start().await;
        w.advance(LEASE);
        w.work_it_out().await;
        assert_eq!(easel.calls().len(), 1);
        let thread = w.last_thread();
        w.starter(&thread);
        w.image_at(&thread, "explore");
        assert_eq!(w.sums().await, (0, 10, 990), "its picture was stored");
    })
    .await;
}
