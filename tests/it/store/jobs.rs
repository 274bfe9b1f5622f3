//! Tests the queue step by step: enqueued jobs, claims, leases and fences.

use futures::FutureExt;
use greenlight::domain::ids::{DraftId, GuildId, RenderId};
use greenlight::domain::job::Job;
use greenlight::store::Error;
use greenlight::store::jobs::{self, At, Claim, Taken};

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
    let at = At {
        now_ms: now,
        lease_until_ms: now + LEASE,
        fence: now,
    };
    let taken = db.write(move |tx| jobs::claim(tx, at, 1).boxed()).await?;
    assert!(taken.claims.len() <= 1, "more than was asked for: {taken:?}");
    Ok(taken.claims.into_iter().next())
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
async fn several_jobs_are_claimed_at_once_the_longest_due_first() {
    on_both(async |db| {
        for (target, at) in [(1, 4), (2, 3), (3, 2), (4, 1), (5, 99)] {
            wish(db, Job::Confirm(RenderId::new(target)), at).await?;
        }
        let at = |fence| At {
            now_ms: NOW + 10,
            lease_until_ms: NOW + 10 + LEASE,
            fence,
        };
        let taken = async |fence, most| -> Result<(Vec<u64>, bool), Error> {
            let taken: Taken = db
                .write(move |tx| jobs::claim(tx, at(fence), most).boxed())
                .await?;
            Ok((
                taken.claims.iter().map(|claim| claim.job.target()).collect(),
                taken.full,
            ))
        };
        assert_eq!(taken(1, 3).await?, (vec![4, 3, 2], true));
        assert_eq!(taken(2, 3).await?, (vec![1], false));
        assert_eq!(taken(3, 3).await?, (vec![], false));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_can_end_as_the_one_that_follows_from_it() {
    on_both(async |db| {
        let over = async |claim: Claim, to: Job| {
            db.write(move |tx| async move { jobs::hand_over(tx, &claim, to).await }.boxed())
                .await
        };
        wish(db, TALLY, 0).await?;
        let first = claim(db, 0).await?.unwrap();
        let to = Job::Confirm(RenderId::new(1));
        let next = over(first, to).await?.expect("nothing is in the way");
        assert_eq!((next.job, next.attempts), (to, 1));
        assert_eq!(pending(db).await?, [(to, 0)], "one row all the while");
        assert_eq!(claim(db, 1).await?, None, "it is claimed already");
        assert_lost(&finish(db, first, 2).await, "finish what became another");
        assert_eq!(
            claim(db, LEASE).await?.map(|claim| claim.attempts),
            Some(2),
            "its worker died"
        );

        // Wished for again meanwhile: it has to run again.
        wish(db, TALLY, LEASE).await?;
        let again = claim(db, LEASE).await?.unwrap();
        wish(db, TALLY, LEASE).await?;
        assert_eq!(over(again, Job::Deliver(RenderId::new(1))).await?, None);
        // The other is queued already, and has a row of its own.
        let other = claim(db, 2 * LEASE).await?.unwrap();
        assert_eq!(over(other, TALLY).await?, None);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_claimed_and_not_begun_is_given_back_without_a_trace() {
    on_both(async |db| {
        wish(db, TALLY, 0).await?;
        for _ in 0..3 {
            let claimed = claim(db, 0).await?.unwrap();
            assert_eq!(claimed.attempts, 1);
            db.write(move |tx| async move { jobs::give_back(tx, &claimed).await }.boxed())
                .await?;
            assert_eq!(pending(db).await?, [(TALLY, 0)]);
        }
        Ok(())
    })
    .await;
}

/// The clock was eight days ahead for a moment, and what was claimed, put back or enqueued then
/// would lie there for eight days.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_wrong_clock_put_off_is_due_again_once_the_clock_is_right() {
    const DAYS: i64 = 8 * 24 * 3_600_000;
    on_both(async |db| {
        let [leased, retried, late] = [1, 2, 3].map(|id| Job::Deliver(RenderId::new(id)));
        let closes = Job::CloseVote(RenderId::new(4));
        for job in [leased, retried] {
            wish(db, job, DAYS).await?;
        }
        let first = claim(db, DAYS).await?.unwrap();
        let second = claim(db, DAYS + 1).await?.unwrap();
        assert_eq!((first.job, second.job), (leased, retried));
        put_back(db, second, DAYS + 1_000).await?;
        wish(db, late, DAYS).await?;
        wish(db, closes, DAYS).await?;
        assert_eq!(claim(db, 10).await?, None);

        let back = db.write(|tx| jobs::bring_back(tx, NOW + 10, 3_600_000).boxed());
        assert_eq!(back.await?, 3);
        let mut due = Vec::new();
        for at in 10..14 {
            due.extend(claim(db, at).await?.map(|claim| claim.job));
        }
        due.sort_unstable();
        assert_eq!(due, [leased, retried, late], "a vote may close in eight days");
        let again = db.write(|tx| jobs::bring_back(tx, NOW + 20, 3_600_000).boxed());
        assert_eq!(again.await?, 0);
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

/// On Postgres the second claimer sees the row as it was before it was put back. It passes over it,
/// because another is at it.
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
            // SQLite has one writer, and so the claim waits for the commit.
            if db.kind() == Kind::Sqlite {
                commit.send(()).unwrap();
                return claim(db, LEASE).await;
            }
            let taken = claim(db, LEASE).await;
            commit.send(()).unwrap();
            taken
        };
        let (put_back, taken) = tokio::join!(putting_back, taking);
        put_back?;
        assert_eq!(taken?, None, "it is due in 49 seconds");
        assert_eq!(pending(db).await?, [(TALLY, 50_000)]);
        Ok(())
    })
    .await;
}
