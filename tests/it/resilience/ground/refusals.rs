//! Tests a PostgreSQL server that ends transactions which did nothing wrong, in their middle and at their
//! commit: they conflict with others, are the victim of a deadlock, or the server is restarted. The
//! main job comes to the same end, and no paid call is made twice.
//!
//! The usual run changes what fails from way to way. `TEST_LONG=1` tries every way at each place.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::harness::{Easel, Kind, LEASE, World, long, run_test_on};

/// One of so many rows that are written ends its transaction.
const EVERY: usize = 23;
/// How often the queue is worked while the server is ill.
const ROUNDS: usize = 4;
const TABLES: [&str; 5] = ["drafts", "entries", "jobs", "renders", "votes"];

/// How the server ends a transaction, and when.
const WAYS: [(&str, &str); 6] = [
    (CONFLICT, "DEFERRED"),
    (SHUTDOWN, "IMMEDIATE"),
    (DEADLOCK, "DEFERRED"),
    (CONFLICT, "IMMEDIATE"),
    (SHUTDOWN, "DEFERRED"),
    (DEADLOCK, "IMMEDIATE"),
];
const CONFLICT: &str = "RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001'";
const DEADLOCK: &str = "RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'";
/// The session ends itself, as all do when their server is restarted. It looks for that in its sleep.
const SHUTDOWN: &str = "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10)";

/// What ends transactions of a story's database.
struct Illness {
    server: PgConnection,
    how: &'static str,
    at: usize,
}

impl Illness {
    /// Has the server look at each row that is written: when it is written (`IMMEDIATE`), or at the
    /// commit (`DEFERRED`).
    async fn prepare(w: &World, (how, when): (&'static str, &str), at: usize) -> Self {
        let server = PgConnection::connect(w.database_url()).await;
        let mut server = server.expect("a connection");
        let sequences = "CREATE SEQUENCE ill_written; CREATE SEQUENCE ill_ended";
        server.execute(sequences).await.expect("the sequences");
        let mut illness = Self { server, how, at };
        illness.recovers().await;
        for table in TABLES {
            let trigger = format!(
                "CREATE CONSTRAINT TRIGGER ill AFTER INSERT OR UPDATE OR DELETE ON {table}
                 DEFERRABLE INITIALLY {when} FOR EACH ROW EXECUTE FUNCTION ill()"
            );
            let made = illness.server.execute(AssertSqlSafe(trigger)).await;
            made.expect("a trigger");
        }
        illness
    }

    async fn does(&mut self, what: &str) {
        let function = format!(
            "CREATE OR REPLACE FUNCTION ill() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN {what} RETURN NULL; END $$"
        );
        let made = self.server.execute(AssertSqlSafe(function)).await;
        made.expect("a function");
    }

    async fn breaks_out(&mut self) {
        // A sequence keeps its count when the transaction is undone: the next try gets through.
        let what = format!(
            "IF nextval('ill_written') % {EVERY} = {} THEN PERFORM nextval('ill_ended'); {}; END IF;",
            self.at, self.how
        );
        self.does(&what).await;
    }

    async fn recovers(&mut self) {
        self.does("").await;
    }

    /// Returns whether it has ended a transaction.
    async fn was_felt(&mut self) -> bool {
        let felt = sqlx::query_scalar("SELECT is_called FROM ill_ended").fetch_one(&mut self.server);
        felt.await.expect("the sequence")
    }
}

/// Plays the main job while the server ends transactions. Returns whether it has ended one.
async fn ended_in_this_way(way: (&'static str, &'static str), at: usize) -> bool {
    let mut felt = false;
    run_test_on(Kind::Postgres, &[], async |w| {
        let easel = Easel::new(false);
        w.set_engines(easel.engines());
        w.restart().await;
        let mut illness = Illness::prepare(w, way, at).await;
        w.main_job(2, async |w| {
            illness.breaks_out().await;
            for _ in 0..ROUNDS {
                // A queue that cannot be read is looked at again.
                drop(w.hands().run_due().await);
                w.advance(LEASE);
            }
            illness.recovers().await;
            w.work_it_out().await;
        })
        .await;
        w.assert_main_job_is_done(2).await;
        let calls = easel.calls();
        let renders: BTreeSet<_> = calls.iter().collect();
        assert_eq!(
            (calls.len(), renders.len()),
            (4, 4),
            "{way:?} at {at}: each is paid once"
        );
        felt = illness.was_felt().await;
    })
    .await;
    felt
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_that_the_server_ends_lose_and_double_nothing() {
    // One after the other: a database is dropped only when nobody is about to connect to another.
    for (nth, way) in WAYS.into_iter().enumerate() {
        for at in 0..EVERY {
            if !long() && at != nth * 4 % EVERY {
                continue;
            }
            let felt = ended_in_this_way(way, at).await;
            assert!(
                felt,
                "{way:?} at {at}: nothing was ended, and the story tells nothing"
            );
        }
    }
}
