//! Tests a database that takes no write for a while: a PostgreSQL that failed over to a server which only
//! reads, and an SQLite file that another process keeps locked. The bot says so, and goes on by itself.

use discord_sandbox::world;
use sqlx::{AnyConnection, Connection, Executor, PgConnection};

use crate::harness::{Kind, World, long};
use crate::resilience::missed_events::recounted;
use crate::resilience::watch::{in_the_way, watched};

/// Lets new sessions of the story's database only read, or write again. Those that are there stay as
/// they are.
async fn only_reads(w: &World, only: bool) {
    let server = PgConnection::connect(w.database_url()).await;
    let mut server = server.expect("a connection");
    let to = if only { "on" } else { "off" };
    let change = format!(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = {to}',
             current_database()); END $$"
    );
    let writable = server.execute("SET default_transaction_read_only = off");
    writable.await.expect("a session that writes");
    let changed = server.execute(sqlx::AssertSqlSafe(change)).await;
    changed.expect("the change");
    server.close().await.expect("the connection to end");
}

/// Sessions keep what they began with: the bot has to leave those that cannot write.
#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_that_failed_over_to_one_that_only_reads_is_told_of_and_left_as_soon_as_it_writes() {
    watched(Kind::Postgres, async |w| {
        let (thread, image) = w.drafted_one().await;
        only_reads(w, true).await;
        w.cut_database().await;
        w.bo().approves(&image).await;
        assert_eq!(
            in_the_way(w).await,
            ["database: the database does not take a write"]
        );

        only_reads(w, false).await;
        w.eventually("it is ready", async || in_the_way(w).await.is_empty())
            .await;
        recounted(w).await;
        w.image_at(&thread, "review");
        assert_eq!(w.sums().await, (0, 30, 970));
    })
    .await;
}

/// The long form keeps the lock for longer than the bot waits for it.
#[tokio::test(flavor = "multi_thread")]
async fn an_sqlite_file_that_another_keeps_locked_is_told_of_and_the_work_goes_on() {
    watched(Kind::Sqlite, async |w| {
        let (thread, image) = w.drafted_one().await;
        let other = AnyConnection::connect(w.database_url()).await;
        let mut other = other.expect("a connection");
        other.execute("BEGIN IMMEDIATE").await.expect("the lock");
        w.all_approve(&[world::BO], std::slice::from_ref(&image)).await;
        assert_eq!(
            in_the_way(w).await,
            ["database: the database does not take a write within 5 s"]
        );
        if long() {
            assert!(w.hands().run_due().await.is_err(), "nothing can be claimed");
        }
        other.execute("ROLLBACK").await.expect("the lock is free");
        other.close().await.expect("the connection to end");
        w.eventually("it is ready", async || in_the_way(w).await.is_empty())
            .await;
        if long() {
            recounted(w).await;
        }
        w.work_it_out().await;
        w.image_at(&thread, "review");
        assert_eq!(w.sums().await, (0, 30, 970));
    })
    .await;
}
