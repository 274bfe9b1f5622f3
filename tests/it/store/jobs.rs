//! Tests the queue step by step: enqueued jobs, claims, leases and fences.

use futures::FutureExt;
use greenlight::domain::ids::{DraftId, GuildId, RenderId};
use greenlight::domain::job::Job;
use greenlight::store::Error;
use greenlight::store::jobs::{self, Claim, Lane};

use super::db::{Kind, TestDb, on_both};
use super::steps::NOW;

const LEASE: i64 = 1_000;
const TALLY: Job = Job::ShowTally(RenderId::new(1));

/// Enqueues a job for a time, counted from [`NOW`] as all times here.
async fn wish(db: &TestDb, job: Job, at: i64) -> Result<(), Error> {
    db.write(move |tx| jobs::enqueue(tx, job, NOW + at).boxed()).await
}

/// Claims a job of the quick lane, for [`LEASE`] from then. The time is also the fence, so no two
/// claims here share one.
async fn claim(db: &TestDb, at: i64) -> Result<Option<Claim>, Error> {
    let now = NOW + at;
    db.write(move |tx| jobs::claim(tx, now, now + LEASE, now).boxed())
        .await
}

async fn finish(db: &TestDb, claim: Claim, at: i64) -> Result<(), Error> {
    db.write(move |tx| async move { jobs::finish(tx, &claim, NOW + at).await }.boxed())
        .await
}

async fn put_back(db: &TestDb, claim: Claim, at: i64) -> Result<(), Error> {
    db.write(move |tx| async move { jobs::put_back(tx, &claim, NOW + at).await }.boxed())
        .await
}

async fn renew(db: &TestDb, claim: Claim, until: i64) -> Result<(), Error> {
    db.write(move |tx| async move { jobs::renew(tx, &claim, NOW + until).await }.boxed())
        .await
}

async fn fence(db: &TestDb, claim: Claim) -> Result<(), Error> {
    db.write(move |tx| async move { jobs::fence(tx, &claim).await }.boxed())
        .await
}

/// Returns the pending jobs and when each is due, counted from [`NOW`].
async fn pending(db: &TestDb) -> Result<Vec<(Job, i64)>, Error> {
    let all = db.read(|tx| jobs::pending(tx).boxed()).await?;
    Ok(all.into_iter().map(|(job, at)| (job, at - NOW)).collect())
}

fn assert_lost(outcome: &Result<(), Error>, what: &str) {
    assert!(matches!(outcome, Err(Error::LeaseLost)), "{what}: {outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_claimed_when_it_is_due_and_gone_when_it_is_done() {
    on_both(async |db| {
        wish(db, TALLY, 10).await?;
        assert_eq!(claim(db, 9).await?, None, "not yet");
        let claimed = claim(db, 10).await?.unwrap();
        assert_eq!((claimed.job, claimed.attempts), (TALLY, 1));
        assert_eq!(claim(db, 11).await?, None, "somebody is at it");
        fence(db, claimed).await?;
        finish(db, claimed, 12).await?;
        assert_eq!(pending(db).await?, []);
        assert_eq!(claim(db, 9_999).await?, None);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_claimed_in_the_order_in_which_they_became_due() {
    on_both(async |db| {
        let order = [
            (Job::Confirm(RenderId::new(9)), 1),
            (Job::OpenThread(DraftId::new(5)), 2),
            (Job::Deliver(RenderId::new(3)), 3),
            (Job::ResumeWaiting(GuildId::new(4)), 3),
            (Job::CloseVote(RenderId::new(1)), 4),
        ];
        for (job, at) in order.iter().rev() {
            wish(db, *job, *at).await?;
        }
        assert_eq!(pending(db).await?, order);
        for (job, _) in order {
            assert_eq!(claim(db, 100).await?.map(|claim| claim.job), Some(job));
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_id_has_a_job_of_each_kind() {
    on_both(async |db| {
        let one = RenderId::new(1);
        let all = [
            Job::Confirm(one),
            Job::Deliver(one),
            Job::ShowProgress(DraftId::new(1)),
            TALLY,
        ];
        for job in all {
            wish(db, job, 0).await?;
            wish(db, job, 0).await?;
        }
        assert_eq!(pending(db).await?.len(), all.len());
        for left in (0..all.len()).rev() {
            let claimed = claim(db, 0).await?.unwrap();
            finish(db, claimed, 0).await?;
            assert_eq!(pending(db).await?.len(), left);
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_wish_brings_a_job_forward_and_never_back() {
    on_both(async |db| {
        for (wished, due) in [(500, 500), (900, 500), (200, 200), (300, 200)] {
            wish(db, TALLY, wished).await?;
            assert_eq!(pending(db).await?, [(TALLY, due)], "wished for at {wished}");
        }
        let claimed = claim(db, 200).await?.unwrap();
        finish(db, claimed, 201).await?;
        assert_eq!(pending(db).await?, [], "four wishes are one job");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_that_comes_while_the_job_runs_makes_it_run_again() {
    on_both(async |db| {
        wish(db, TALLY, 0).await?;
        let first = claim(db, 0).await?.unwrap();
        wish(db, TALLY, 5).await?;
        wish(db, TALLY, 6).await?;
        assert_eq!(claim(db, 10).await?, None, "not while it runs");
        finish(db, first, 20).await?;
        assert_eq!(pending(db).await?, [(TALLY, 20)], "due at once");

        let second = claim(db, 20).await?.unwrap();
        assert_eq!(second.attempts, 1, "a new wish begins to count anew");
        finish(db, second, 30).await?;
        assert_eq!(pending(db).await?, []);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_failed_is_tried_again_at_its_time() {
    on_both(async |db| {
        wish(db, TALLY, 0).await?;
        for (attempt, begun) in [(1, 0), (2, 100), (3, 200)] {
            let claimed = claim(db, begun).await?.unwrap();
            assert_eq!(claimed.attempts, attempt);
            put_back(db, claimed, begun + 100).await?;
            assert_eq!(claim(db, begun + 99).await?, None, "not before its time");
        }
        wish(db, TALLY, 250).await?;
        assert_eq!(
            claim(db, 250).await?.unwrap().attempts,
            1,
            "a wish brings it forward"
        );
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_that_came_while_work_failed_neither_hurries_it_nor_is_lost() {
    on_both(async |db| {
        wish(db, TALLY, 0).await?;
        let failing = claim(db, 0).await?.unwrap();
        wish(db, TALLY, 1).await?;
        put_back(db, failing, 500).await?;
        assert_eq!(pending(db).await?, [(TALLY, 500)]);
        let again = claim(db, 500).await?.unwrap();
        finish(db, again, 501).await?;
        assert_eq!(pending(db).await?, [], "the second run was for both wishes");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_lease_is_anybodys_and_the_older_workers_writes_are_refused() {
    on_both(async |db| {
        wish(db, TALLY, 0).await?;
        let slow = claim(db, 0).await?.unwrap();
        assert_eq!(claim(db, LEASE - 1).await?, None);
        let quick = claim(db, LEASE).await?.unwrap();
        assert_eq!(quick.attempts, 2);

        assert_lost(&fence(db, slow).await, "fence");
        assert_lost(&renew(db, slow, 9_000).await, "renew");
        assert_lost(&put_back(db, slow, 9_000).await, "put back");
        assert_lost(&finish(db, slow, 9_000).await, "finish");
        assert_eq!(pending(db).await?, [(TALLY, 0)], "they changed nothing");
        fence(db, quick).await?;
        finish(db, quick, LEASE + 1).await?;
        assert_lost(&finish(db, slow, 9_000).await, "finish what is gone");
        assert_lost(&fence(db, slow).await, "fence what is gone");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_worker_whose_job_nobody_took_may_still_finish_it() {
    on_both(async |db| {
        wish(db, TALLY, 0).await?;
        let slow = claim(db, 0).await?.unwrap();
        fence(db, slow).await?;
        finish(db, slow, 50 * LEASE).await?;
        assert_eq!(pending(db).await?, []);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_lease_holds_until_its_new_end() {
    on_both(async |db| {
        wish(db, TALLY, 0).await?;
        let working = claim(db, 0).await?.unwrap();
        renew(db, working, 3 * LEASE).await?;
        assert_eq!(claim(db, 3 * LEASE - 1).await?, None);
        assert!(claim(db, 3 * LEASE).await?.is_some());
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_over_once_its_job_was_put_back() {
    on_both(async |db| {
        wish(db, TALLY, 0).await?;
        let failed = claim(db, 0).await?.unwrap();
        put_back(db, failed, 10).await?;
        // The task that renews the lease may be one step behind. It must not renew the lease of a
        // job that nobody runs.
        assert_lost(&renew(db, failed, 9_000).await, "renew");
        assert_lost(&finish(db, failed, 9_000).await, "finish");
        assert_eq!(claim(db, 10).await?.map(|claim| claim.job), Some(TALLY));

        let other = Job::Confirm(RenderId::new(2));
        wish(db, other, 0).await?;
        let done = claim(db, 11).await?.unwrap();
        wish(db, other, 12).await?;
        finish(db, done, 12).await?;
        assert_lost(&renew(db, done, 9_000).await, "renew what was wished for again");
        assert_eq!(claim(db, 12).await?.map(|claim| claim.job), Some(other));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_claim_has_no_say_over_the_next_job_of_the_same_name() {
    on_both(async |db| {
        wish(db, TALLY, 0).await?;
        let done = claim(db, 0).await?.unwrap();
        finish(db, done, 1).await?;
        wish(db, TALLY, 5).await?;
        assert_lost(&fence(db, done).await, "fence");
        assert_lost(&finish(db, done, 6).await, "finish");
        assert_lost(&put_back(db, done, 6).await, "put back");
        assert_eq!(pending(db).await?, [(TALLY, 5)]);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_shares_the_fate_of_its_transaction() {
    on_both(async |db| {
        let undone = db.write(|tx| {
            async move {
                jobs::enqueue(tx, TALLY, NOW).await?;
                Err::<(), _>(Error::LeaseLost)
            }
            .boxed()
        });
        assert!(undone.await.is_err());
        assert_eq!(pending(db).await?, []);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_a_later_version_does_not_keep_the_others_waiting() {
    on_both(async |db| {
        let later = format!("INSERT INTO jobs (kind, target, run_at_ms) VALUES ('dance', 1, {NOW})");
        db.sql(&later).await?;
        wish(db, TALLY, 1).await?;
        assert_eq!(claim(db, 10).await?, None, "set aside for as long as a lease");
        assert!(
            db.read(|tx| jobs::any_due(tx, Lane::Quick, NOW + 11).boxed())
                .await?
        );
        assert_eq!(claim(db, 11).await?.map(|claim| claim.job), Some(TALLY));
        assert_eq!(
            db.number("SELECT COUNT(*) FROM jobs WHERE kind = 'dance'").await,
            1,
            "it is kept"
        );
        Ok(())
    })
    .await;
}

/// On Postgres the second claimer chose the row before the first put it back, and waits for it.
/// Then it checks again everything that made it choose the row.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_put_back_while_another_takes_it_is_not_run_before_its_time() {
    on_both(async |db| {
        wish(db, TALLY, 0).await?;
        let slow = claim(db, 0).await?.unwrap();
        let (written, is_written) = tokio::sync::oneshot::channel();
        let (commit, may_commit) = tokio::sync::oneshot::channel::<()>();
        let putting_back = db.write(move |tx| {
            async move {
                jobs::put_back(tx, &slow, NOW + 50_000).await?;
                written.send(()).unwrap();
                may_commit.await.unwrap();
                Ok(())
            }
            .boxed()
        });
        let taking = async {
            is_written.await.unwrap();
            let taking = tokio::join!(claim(db, LEASE), async {
                if db.kind() == Kind::Postgres {
                    db.until(
                        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
                        AND wait_event_type = 'Lock'",
                        1,
                    )
                    .await;
                }
                commit.send(()).unwrap();
            });
            taking.0
        };
        let (put_back, taken) = tokio::join!(putting_back, taking);
        put_back?;
        assert_eq!(taken?, None, "it is due in 49 seconds");
        assert_eq!(pending(db).await?, [(TALLY, 50_000)]);
        Ok(())
    })
    .await;
}
