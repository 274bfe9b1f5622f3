//! Tests commits that are lost on their way to PostgreSQL, and commits that it has made and of which the
//! bot does not hear: the bot cannot tell one from the other, and comes to the same end.
//!
//! The usual run changes the side from commit to commit. `TEST_LONG=1` loses every commit on both.

use crate::harness::{Kind, LEASE, Losses, Side, long, run_test_on};

/// One of so many commits is lost, so that so many stories lose each.
const EVERY: usize = 5;
/// How often the queue is worked while commits are lost.
const ROUNDS: usize = 4;

/// Plays the main job while commits are lost. Returns how many were.
async fn lost(losses: Losses) -> usize {
    let mut lost = 0;
    run_test_on(Kind::Postgres, &[], async |w| {
        let line = w.line().await;
        w.restart().await;
        w.main_job(2, async |w| {
            line.lose(Some(losses));
            for _ in 0..ROUNDS {
                // A queue that cannot be read is looked at again.
                drop(w.hands().run_due().await);
                w.advance(LEASE);
            }
            line.lose(None);
            w.work_it_out().await;
        })
        .await;
        w.assert_main_job_is_done(2).await;
        lost = line.lost();
    })
    .await;
    lost
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_commit_is_lost_the_main_job_comes_to_the_same_end() {
    // One after the other: a database is dropped only when nobody is about to connect to another.
    for at in 0..EVERY {
        for (nth, side) in [Side::Before, Side::After].into_iter().enumerate() {
            if long() || at % 2 == nth {
                let every = EVERY;
                let lost = lost(Losses { every, at, side }).await;
                assert!(
                    lost > 0,
                    "{side:?} {at}: none was lost, and the story tells nothing"
                );
            }
        }
    }
}
