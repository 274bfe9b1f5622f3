//! Tests callers that stop waiting, and transactions that fail in odd ways: no connection is left
//! inside a transaction.

use futures::FutureExt;
use greenlight::domain::ids::GuildId;
use greenlight::domain::job::Job;
use greenlight::store::ledger::{self, Grant};
use greenlight::store::{Error, Store, Tx, drafts, jobs};
use sqlx::Executor;

use super::db::{Kind, TestDb, fresh, on_both};
use super::steps::{GUILD, NOW, credits, draft, grant, one_image, sums, write};

/// The most polls after which a caller is dropped: more than a whole transaction needs.
const POLLS: u32 = 40;

/// Waits until no session of this database is inside a transaction, then writes and reads on
/// another connection.
async fn assert_nobody_is_inside_a_transaction(db: &TestDb) -> Result<(), Error> {
    match db.kind() {
        Kind::Postgres => {
            let inside = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
                AND state LIKE 'idle in transaction%'";
            db.until(inside, 0).await;
        }
        // There is one write lock, and a writing transaction holds it.
        Kind::Sqlite => {
            let mut other = db.other().await;
            other.execute("BEGIN IMMEDIATE").await?;
            other.execute("ROLLBACK").await?;
        }
    }
    let before = sums(db.store(), GuildId::new(7)).await?[0];
    grant(db.store(), GuildId::new(7), 1).await?;
    let granted = "SELECT granted FROM pools WHERE guild_id = 7";
    assert_eq!(
        db.number(granted).await,
        before + 1,
        "as another connection sees it"
    );
    Ok(())
}

/// Starts to grant one credit, which is three statements and a job, and drops the caller after so
/// many polls. Returns whether it was done by then.
async fn grant_and_leave(store: &Store, polls: u32) -> bool {
    let mut caller = Box::pin(grant(store, GUILD, 1));
    for _ in 0..polls {
        if futures::poll!(&mut caller).is_ready() {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_whose_caller_left_at_any_poll_commits_and_goes_home() {
    on_both(async |db| {
        let mut left = 0;
        for polls in 1..=POLLS {
            if !grant_and_leave(db.store(), polls).await {
                left += 1;
            }
            db.until(
                "SELECT COUNT(*) FROM entries WHERE guild_id = 100",
                i64::from(polls),
            )
            .await;
            assert_nobody_is_inside_a_transaction(db).await?;
        }
        assert!(left > 0, "nobody ever left too early: the story tells nothing");
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_callers_that_leave_at_once_lose_no_write_and_no_connection() {
    on_both(async |db| {
        let leaving = (0..40).map(|n| grant_and_leave(db.store(), 1 + n % 5));
        futures::future::join_all(leaving).await;
        db.until("SELECT COUNT(*) FROM entries WHERE guild_id = 100", 40)
            .await;
        assert_nobody_is_inside_a_transaction(db).await?;
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_whose_caller_left_at_any_poll_goes_home() {
    on_both(async |db| {
        grant(db.store(), GUILD, 1).await?;
        for polls in 1..=POLLS {
            let mut caller = Box::pin(sums(db.store(), GUILD));
            for _ in 0..polls {
                if futures::poll!(&mut caller).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(caller);
            assert_nobody_is_inside_a_transaction(db).await?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_never_began_writes_nothing() {
    on_both(async |db| {
        grant_and_leave(db.store(), 0).await;
        assert_nobody_is_inside_a_transaction(db).await?;
        assert_eq!(sums(db.store(), GUILD).await?, [0, 0, 0, 0]);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_panics_is_rolled_back_and_heard() {
    on_both(async |db| {
        let store = db.store().clone();
        let panicking = tokio::spawn(async move {
            let body = write(&store, |tx| {
                async move {
                    ledger::grant(tx, GUILD, credits(1), Grant::default(), NOW).await?;
                    one_image(tx, 1, 1).await?;
                    panic!("planted")
                }
                .boxed()
            });
            let _: () = body.await?;
            Ok::<_, Error>(())
        });
        assert!(panicking.await.is_err_and(|error| error.is_panic()));
        assert_nobody_is_inside_a_transaction(db).await?;
        assert_eq!(sums(db.store(), GUILD).await?, [0, 0, 0, 0]);
        Ok(())
    })
    .await;
}

/// Postgres rolls such a transaction back but answers COMMIT without an error. SQLite would keep
/// the other half.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_swallows_a_failure_is_never_told_that_all_was_written() {
    on_both(async |db| {
        let outcome = db.write(|tx| {
            async move {
                jobs::enqueue(tx, Job::ResumeWaiting(GUILD), NOW).await?;
                let refused = one_image_of_no_guild(tx).await;
                assert!(refused.is_err());
                Ok(())
            }
            .boxed()
        });
        let told = outcome.await.is_ok();
        let written = db.number("SELECT COUNT(*) FROM jobs").await == 1;
        assert_eq!(told, written, "what the caller was told, and what is there");
        Ok(())
    })
    .await;
}

async fn one_image_of_no_guild(tx: &mut Tx) -> Result<bool, Error> {
    let draft = draft(GuildId::new(4711), 1);
    drafts::insert(tx, &draft, None).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_transaction_cannot_write() {
    on_both(async |db| {
        let writing = db.read(|tx| one_image(tx, 1, 1).boxed()).await;
        assert!(matches!(writing, Err(Error::Database(_))), "{writing:?}");
        let locking = db.read(|tx| ledger::lock(tx, GUILD).boxed()).await;
        assert!(matches!(locking, Err(Error::Database(_))), "{locking:?}");
        assert_eq!(db.number("SELECT COUNT(*) FROM renders").await, 0);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_transaction_sees_one_moment() {
    on_both(async |db| {
        grant(db.store(), GUILD, 10).await?;
        let (read_once, was_read_once) = tokio::sync::oneshot::channel();
        let (keep_waiting, may_go_on) = tokio::sync::oneshot::channel::<()>();
        let reading = db.read(move |tx| {
            async move {
                let before = ledger::read(tx, GUILD).await?;
                read_once.send(()).unwrap();
                may_go_on.await.unwrap();
                Ok((before, ledger::read(tx, GUILD).await?))
            }
            .boxed()
        });
        let meanwhile = async {
            was_read_once.await.unwrap();
            let granted = grant(db.store(), GUILD, 5).await;
            keep_waiting.send(()).unwrap();
            granted
        };
        let (seen, granted) = tokio::join!(reading, meanwhile);
        let (before, after) = seen?;
        granted?;
        assert_eq!(before, after);
        assert_eq!(sums(db.store(), GUILD).await?, [15, 15, 0, 0]);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_waits_for_the_transaction_under_way_and_refuses_the_next() {
    on_both(async |db| {
        let store = Store::open(db.url()).await?;
        let (begun, is_begun) = tokio::sync::oneshot::channel();
        let (keep_waiting, may_go_on) = tokio::sync::oneshot::channel::<()>();
        let writing = write(&store, |tx| {
            async move {
                ledger::grant(tx, GUILD, credits(1), Grant::default(), NOW).await?;
                begun.send(()).unwrap();
                may_go_on.await.unwrap();
                Ok(())
            }
            .boxed()
        });
        let closing = async {
            is_begun.await.unwrap();
            let mut closing = Box::pin(store.close());
            assert!(
                futures::poll!(&mut closing).is_pending(),
                "a transaction is under way"
            );
            keep_waiting.send(()).unwrap();
            closing.await;
        };
        let (written, ()) = tokio::join!(writing, closing);
        written?;
        let late = grant(&store, GUILD, 1).await;
        assert!(
            matches!(late, Err(Error::Database(sqlx::Error::PoolClosed))),
            "{late:?}"
        );
        assert_eq!(sums(db.store(), GUILD).await?, [1, 1, 0, 0]);
        assert_nobody_is_inside_a_transaction(db).await
    })
    .await;
}

/// Nobody asks a connection whether it lives before a transaction begins on it.
#[tokio::test(flavor = "multi_thread")]
async fn connections_that_the_server_cut_while_nobody_used_them_are_replaced() {
    let db = fresh(Kind::Postgres).await;
    let all_at_once = || async {
        let writing = (0..10).map(|_| grant(db.store(), GUILD, 1));
        for written in futures::future::join_all(writing).await {
            written.expect("a write");
        }
    };
    all_at_once().await;
    let cut = "SELECT COUNT(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
    assert!(db.number(cut).await > 0, "there were connections to cut");
    all_at_once().await;
    assert_eq!(sums(db.store(), GUILD).await.expect("sums"), [20, 20, 0, 0]);
}
