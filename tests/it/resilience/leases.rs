//! Tests the leases of jobs: one is renewed for as long as its work goes on, and nothing begins on one
//! that was lost.

use std::time::Duration;

use greenlight::store::bell::Lane;
use serde_json::json;
use sqlx::{AnyConnection, Connection, Row};

use crate::harness::{Easel, Kind, LEASE, World, run_test_on};

/// Nearly as long as a lease.
const NEARLY: Duration = Duration::from_secs(14);

/// Returns until when the one render that is being drawn belongs to its worker, in milliseconds since
/// 1970.
async fn leased_until(w: &World) -> i64 {
    let mut database = AnyConnection::connect(w.database_url())
        .await
        .expect("a connection");
    let query = sqlx::query("SELECT lease_until_ms FROM jobs WHERE kind = 'render'");
    let row = query.fetch_one(&mut database).await.expect("the render's job");
    database.close().await.expect("the connection to end");
    row.get(0)
}

/// A paid call takes minutes, and a lease is seconds long.
#[tokio::test(flavor = "multi_thread")]
async fn a_lease_is_renewed_for_as_long_as_its_work_goes_on() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            let easel = Easel::new(false);
            easel.wait();
            w.set_engines(easel.engines());
            w.restart().await;
            w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
            let working = w.work_meanwhile();
            easel.begun(1).await;

            let first = leased_until(w).await;
            w.advance(NEARLY);
            w.eventually("the lease is renewed", async || leased_until(w).await > first)
                .await;
            w.advance(Duration::from_secs(3));
            let other = w.hands().claim(Lane::Render).await.expect("the queue");
            assert!(other.is_none(), "the first lease has ended, and the work has not");

            easel.let_all_go();
            working.await.expect("a worker does not panic");
            w.work_it_out().await;
            assert_eq!(easel.calls().len(), 1);
            assert_eq!(w.sums().await, (0, 10, 990));
            w.read_all();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_has_lost_its_lease_begins_nothing() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            let easel = Easel::new(false);
            w.set_engines(easel.engines());
            w.restart().await;
            w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
            w.run_quick_jobs().await;
            let hands = w.hands();
            let lost = hands.claim(Lane::Render).await.expect("the queue");
            w.advance(LEASE);
            let newer = hands.claim(Lane::Render).await.expect("the queue");

            hands.perform(lost.expect("it is due")).await;
            assert_eq!(easel.calls(), [], "it is drawn by who has it now");
            hands.perform(newer.expect("the lease has ended")).await;
            w.work_it_out().await;
            assert_eq!(easel.calls().len(), 1);
            assert_eq!(w.sums().await, (0, 10, 990));
            w.read_all();
        })
        .await;
    }
}
