//! Tests events that met a database that was away: what they told of is read from Discord as soon as
//! the database writes again, and not half an hour later.

use greenlight::domain::job::Job;

use crate::harness::{Kind, World, run_test, run_test_on};

/// Waits until the bot has asked by itself for a recount, and runs it.
pub(super) async fn recounted(w: &World) {
    w.eventually("a recount is asked for", async || {
        let jobs = w.jobs().await;
        jobs.iter().any(|(job, _)| matches!(job, Job::Recount(_)))
    })
    .await;
    w.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_that_came_while_postgres_was_away_counts_as_soon_as_it_is_back() {
    run_test_on(Kind::Postgres, &[], async |w| {
        let line = w.line().await;
        w.restart().await;
        let (thread, image) = w.drafted_one().await;
        line.down();
        w.bo().approves(&image).await;
        line.up();
        recounted(w).await;
        w.image_at(&thread, "review");
    })
    .await;
}

/// A table that is not there fails every statement at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_that_sqlite_could_not_record_counts_as_soon_as_it_can() {
    run_test(async |w| {
        let (thread, image) = w.drafted_one().await;
        w.rename_table("renders", "elsewhere").await;
        w.bo().approves(&image).await;
        w.rename_table("elsewhere", "renders").await;
        recounted(w).await;
        w.image_at(&thread, "review");
    })
    .await;
}
