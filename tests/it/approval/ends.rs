//! Tests that a vote which is over stays as it ended, whatever comes in late.

use std::time::Duration;

use futures::FutureExt;
use greenlight::domain::approval::vote::VoteState;
use greenlight::flow::error::Error;
use greenlight::store::renders;

use crate::harness::{Hold, Image, Kind, Side, World, run_test_on};

async fn state(w: &World, image: &Image) -> VoteState {
    let id = image.render();
    let store = &w.app().services.store;
    let read = store.read(move |tx| {
        async move {
            let found = renders::find(tx, id).await?;
            Ok::<_, Error>(found.map(|image| image.vote.state()))
        }
        .boxed()
    });
    read.await.expect("the database").expect("the image")
}

/// A recount reads too few votes. Before it writes them down, the window of the vote passes.
#[tokio::test(flavor = "multi_thread")]
async fn a_vote_that_closes_while_it_is_counted_stays_closed() {
    let settings = [("APPROVAL__WINDOW_DAYS", "1"), ("STAGES__REVIEW__QUORUM", "2")];
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &settings, async |w| {
            let door = w.door().await;
            w.restart().await;
            let (thread, image) = w.drafted_one().await;
            w.bo().approves(&image).await;
            door.hold(Hold {
                method: "GET",
                path: "type=0",
                skip: 0,
                side: Side::After,
            });
            let counting = w.work_meanwhile();
            door.held().await;
            w.advance(Duration::from_hours(25));
            w.run_jobs().await;
            assert_eq!(state(w, &image).await, VoteState::Closed);

            door.open();
            counting.await.expect("a worker does not panic");
            w.run_jobs().await;
            assert_eq!(state(w, &image).await, VoteState::Closed, "on {kind:?}");
            assert_eq!(w.vote_buttons(thread.id, image.message), ["Reopen the vote"]);
            assert_eq!(w.available().await, 990);
            w.read_all();
        })
        .await;
    }
}

/// The edit that shows that a vote is spent finds its message gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_vote_that_was_spent_stays_spent_when_its_message_is_deleted() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            let (thread, image) = w.drafted_one().await;
            w.bo().approves(&image).await;
            w.recount(&image).await;
            w.discord().delete_message(thread.id, image.message);
            w.work_it_out().await;
            assert_eq!(state(w, &image).await, VoteState::Spent, "on {kind:?}");
            w.image_at(&thread, "review");
            assert_eq!(w.available().await, 970);
            w.read_all();
        })
        .await;
    }
}
