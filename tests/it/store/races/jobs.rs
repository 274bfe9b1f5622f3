//! Tests workers that want the same jobs.

use std::collections::BTreeSet;

use futures::FutureExt;
use greenlight::domain::ids::RenderId;
use greenlight::domain::job::Job;
use greenlight::store::jobs::{self, At, Claim};
use greenlight::store::{Error, Store};

use super::super::db::on_both;
use super::super::processes::{Processes, winners};
use super::super::steps::{NOW, write};

const LEASE: i64 = 1_000;
const TALLY: Job = Job::ShowTally(RenderId::new(1));

async fn claim(store: &Store, at: i64, fence: i64) -> Result<Option<Claim>, Error> {
    let at = At {
        now_ms: at,
        lease_until_ms: at + LEASE,
        fence,
    };
    let taken = write(store, move |tx| jobs::claim(tx, at, 1).boxed()).await?;
    Ok(taken.claims.into_iter().next())
}

/// Claims jobs until none is due, a few at a time, as a worker does.
async fn claim_all(store: &Store, mut fence: i64) -> Result<Vec<Claim>, Error> {
    let mut mine = Vec::new();
    loop {
        fence += 1;
        let at = At {
            now_ms: NOW,
            lease_until_ms: NOW + LEASE,
            fence,
        };
        let taken = write(store, move |tx| jobs::claim(tx, at, 3).boxed()).await?;
        if taken.claims.is_empty() {
            return Ok(mine);
        }
        mine.extend(taken.claims);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_claimers_never_get_one_job_and_together_they_get_all() {
    on_both(async |db| {
        let processes = Processes::start(db).await?;
        let all: BTreeSet<_> = (1..=60).map(|id| Job::ShowTally(RenderId::new(id))).collect();
        for job in all.clone() {
            db.write(move |tx| jobs::enqueue(tx, job, NOW).boxed()).await?;
        }
        let claimed = processes.all(1..=8, async |store, worker| {
            claim_all(&store, worker * 1_000).await
        });
        let claimed = claimed.await?.concat();
        assert_eq!(claimed.len(), all.len(), "no job was given out twice");
        assert_eq!(
            claimed.iter().map(|claim| claim.job).collect::<BTreeSet<_>>(),
            all
        );
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_lease_goes_to_one_of_many_and_only_the_last_may_write() {
    on_both(async |db| {
        let processes = Processes::start(db).await?;
        db.write(|tx| jobs::enqueue(tx, TALLY, NOW).boxed()).await?;
        let mut holders = Vec::new();
        for round in 1..=10 {
            let fences = round * 8..round * 8 + 8;
            let at = NOW + LEASE * round;
            let taken = processes.all(
                fences,
                |store, fence| async move { claim(&store, at, fence).await },
            );
            let mut taken = taken.await?.into_iter().flatten();
            holders.push(taken.next().expect("somebody took it"));
            assert_eq!(taken.next(), None, "round {round}");
        }
        let finished = processes.race(holders, async |store, claim| {
            write(&store, move |tx| {
                async move { jobs::finish(tx, &claim, NOW).await }.boxed()
            })
            .await
        });
        let finished = finished.await;
        assert_eq!(winners(&finished), 1);
        assert!(finished.last().unwrap().is_ok(), "the last to take it");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_that_races_with_the_end_of_its_job_is_never_lost() {
    on_both(async |db| {
        let processes = Processes::start(db).await?;
        for round in 1..=30 {
            db.write(|tx| jobs::enqueue(tx, TALLY, NOW).boxed()).await?;
            let mine = claim(db.store(), NOW, round).await?.expect("a job");
            let both = processes.all([true, false], |store, ends| async move {
                write(&store, move |tx| {
                    async move {
                        if ends {
                            jobs::finish(tx, &mine, NOW).await
                        } else {
                            jobs::enqueue(tx, TALLY, NOW).await
                        }
                    }
                    .boxed()
                })
                .await
            });
            both.await?;
            let left = db.read(|tx| jobs::pending(tx).boxed()).await?;
            assert_eq!(left, [(TALLY, NOW)], "round {round}");
            assert!(
                claim(db.store(), NOW, round + 1_000).await?.is_some(),
                "and nobody has it"
            );
            db.sql("DELETE FROM jobs").await?;
        }
        Ok(())
    })
    .await;
}

/// The winner writes and finishes in one transaction, so whatever the slow worker wrote in its own
/// is rolled back.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_slow_worker_wrote_goes_with_its_lost_lease() {
    on_both(async |db| {
        let processes = Processes::start(db).await?;
        let side_effect = |claim: Claim| Job::Confirm(RenderId::new(u64::from(claim.attempts)));
        for round in 1..=10 {
            db.write(|tx| jobs::enqueue(tx, TALLY, NOW).boxed()).await?;
            let slow = claim(db.store(), NOW, round * 2).await?.expect("a job");
            let quick = claim(db.store(), NOW + LEASE, round * 2 + 1)
                .await?
                .expect("an expired lease");
            let wrote = processes.race([slow, quick], |store, mine| async move {
                write(&store, move |tx| {
                    async move {
                        jobs::enqueue(tx, side_effect(mine), NOW).await?;
                        jobs::finish(tx, &mine, NOW).await
                    }
                    .boxed()
                })
                .await
            });
            assert!(
                matches!(wrote.await[..], [Err(Error::LeaseLost), Ok(())]),
                "round {round}"
            );
            let left = db.read(|tx| jobs::pending(tx).boxed()).await?;
            assert_eq!(left, [(side_effect(quick), NOW)], "round {round}");
            db.sql("DELETE FROM jobs").await?;
        }
        Ok(())
    })
    .await;
}
