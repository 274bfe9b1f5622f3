//! Tests two processes that remove at once, one that dies, people who press meanwhile, and a run that has
//! much to do.

use discord_sandbox::world;
use futures::future::join_all;
use greenlight::domain::limits;
use greenlight::flow::draft::retention::{self, Removed};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};

use super::{BOTH, ORIGINALS, after, originals, run, soon, stored};
use crate::harness::{Image, Kind, World, run_test_on};

/// Drafts so many times one image, and lets their votes close and their days pass.
async fn old(w: &mut World, drafts: usize) -> Vec<Image> {
    let mut all = Vec::new();
    for _ in 0..drafts {
        all.push(w.drafted_one().await.1);
    }
    after(w, 40).await;
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_remove_everything_once() {
    for kind in BOTH {
        run_test_on(kind, &[ORIGINALS], async |w| {
            let images = old(w, 4).await;
            let second = w.second_bot().await;
            let other = second.services.clone();
            let both = tokio::join!(run(w), retention::run(&other, || false));
            let both = [both.0, both.1.expect("a run")];
            assert_eq!(both.iter().map(|run| run.originals).sum::<u64>(), 4, "{both:?}");
            assert_eq!(both.iter().map(|run| run.drafts).sum::<usize>(), 4, "{both:?}");
            second.stop().await;
            let jobs = w.jobs().await;
            let removes = jobs.iter().filter(|(job, _)| job.kind() == "remove_files");
            assert_eq!(removes.count(), images.len());
            soon(w).await;
            assert_eq!((run(w).await, stored(w)), (Removed::default(), 0));
            w.read_all();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_after_the_record_leaves_no_file_behind() {
    for kind in BOTH {
        run_test_on(kind, &[ORIGINALS], async |w| {
            old(w, 1).await;
            assert_eq!(run(w).await, originals(1, 1));
            w.kill().await;
            assert_eq!(stored(w), 1);
            w.start().await;
            assert_eq!(run(w).await, Removed::default());
            w.run_jobs().await;
            assert_eq!(stored(w), 0);
            w.read_all();
        })
        .await;
    }
}

/// Whoever has the lock first wins: either the vote is open and the picture is there, or it is gone and
/// the press is told so.
#[tokio::test(flavor = "multi_thread")]
async fn a_vote_that_is_reopened_at_the_same_time_has_its_picture_or_says_that_it_is_gone() {
    for kind in BOTH {
        run_test_on(kind, &[ORIGINALS], async |w| {
            let images = old(w, 6).await;
            let buttons: Vec<String> = images
                .iter()
                .map(|image| w.button(image.thread, image.message, "reopen"))
                .collect();
            let clicks = images.iter().zip(&buttons).map(|(image, button)| {
                let member = w.discord().member(world::BO);
                async move {
                    member
                        .click(image.thread, image.message, button)
                        .await
                        .expect("a press")
                }
            });
            let (removed, presses) = tokio::join!(run(w), join_all(clicks));
            let answers = join_all(presses.into_iter().map(|press| w.discord().answer(press))).await;
            let mut gone = Vec::new();
            for answer in answers {
                let text = answer.message["content"].as_str().unwrap_or_default().to_owned();
                let is_gone = text.contains("was removed on");
                assert!(is_gone || text.contains("open again"), "{text}");
                gone.push(is_gone);
            }
            let lost = gone.iter().filter(|gone| **gone).count();
            assert_eq!(removed.originals, lost as u64, "{removed:?}");
            soon(w).await;
            assert_eq!(stored(w), images.len() - lost);
            for (image, _) in images.iter().zip(&gone).filter(|(_, gone)| !**gone) {
                w.bo().approves(image).await;
            }
            w.run_jobs().await;
            assert_eq!(stored(w), 2 * (images.len() - lost), "each has its 2K");
            w.read_all();
        })
        .await;
    }
}

async fn a_run_has_a_limit(kind: Kind) {
    run_test_on(kind, &[("RETENTION__REFERENCES_DAYS", "10")], async |w| {
        let (guild, drafts) = (world::NORTHLIGHT, limits::REMOVED_A_RUN + 20);
        let old = format!(
            "INSERT INTO drafts (id, guild_id, channel_id, requester_id, prompt, ratio, images, last_stage, state,
                created_ms, reference_count)
             WITH RECURSIVE n(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM n WHERE n < {drafts})
             SELECT n, {guild}, 1, 1, 'a red fox', '1:1', 1, 'final', 'abandoned', n, 1 FROM n"
        );
        let mut other = AnyConnection::connect(w.database_url())
            .await
            .expect("the database");
        other.execute(AssertSqlSafe(old)).await.expect("old drafts");
        let services = w.app().services.clone();
        let stopped = retention::run(&services, || true).await.expect("a run");
        assert!(stopped.more && stopped.drafts == 0, "{stopped:?}");
        let first = run(w).await;
        assert!(first.more && first.drafts == limits::REMOVED_A_RUN, "{first:?}");
        let second = run(w).await;
        assert!(!second.more && second.drafts == 20, "{second:?}");
        assert_eq!(run(w).await, Removed::default());
        let last_ms = w.jobs().await.into_iter().map(|(_, at_ms)| at_ms).max();
        let ahead_ms = last_ms.expect("jobs") - w.now_ms();
        assert!(ahead_ms < 30 * 60_000, "{ahead_ms}");
        w.advance(std::time::Duration::from_mins(30));
        w.run_jobs().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_has_a_limit_and_the_next_goes_on_on_sqlite() {
    a_run_has_a_limit(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_has_a_limit_and_the_next_goes_on_on_postgres() {
    a_run_has_a_limit(Kind::Postgres).await;
}
