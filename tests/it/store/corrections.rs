//! Tests corrections, and the migration that added them to the ledger.

use std::path::Path;

use futures::FutureExt;
use greenlight::domain::credits::Pool;
use greenlight::domain::ids::UserId;
use greenlight::flow::money::export::recount;
use greenlight::store::ledger::{Correction, InsufficientCredits, correct};
use greenlight::store::{Error, Store};
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, Connection, Executor};

use super::db::{Kind, Somewhere, on_both};
use super::steps::{BO, Close, GUILD, NOW, close, credits, grant, open_hold, queue, rule, sums, write};

/// The last migration before the ledger had corrections.
const BEFORE: i64 = 9;

async fn take(store: &Store, amount: i64, once: &str) -> Result<Result<Pool, InsufficientCredits>, Error> {
    let correction = Correction {
        actor: UserId::new(7),
        reason: "a slip".to_owned(),
        once_key: once.to_owned(),
    };
    write(store, move |tx| {
        correct(tx, GUILD, credits(amount), correction, NOW).boxed()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_neither_held_nor_spent_is_taken_back_once() {
    on_both(async |db| {
        let store = db.store();
        grant(store, GUILD, 100).await?;
        let spent = queue(store, GUILD, 1, 30).await?.expect("a hold");
        close(store, spent, Close::Settle).await?;
        assert!(queue(store, GUILD, 2, 20).await?.is_some());
        let short = take(store, 51, "first").await?.expect_err("too little is left");
        assert_eq!((short.need, short.available), (credits(51), credits(50)));
        for _ in 0..2 {
            let pool = take(store, 50, "first").await?.expect("as much as is left");
            assert_eq!((pool.granted, pool.available), (credits(50), credits(0)));
        }
        assert_eq!(sums(store, GUILD).await?, [50, 0, 20, 30]);
        assert_eq!(recount(store).await.expect("a recount"), [""; 0]);
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hold_and_a_correction_of_the_same_credits_exactly_one_wins() {
    on_both(async |db| {
        let store = db.store();
        for round in 0..8_u64 {
            grant(store, GUILD, 60).await?;
            let once = format!("round {round}");
            let (held, taken) = tokio::join!(queue(store, GUILD, 1 + round, 60), take(store, 60, &once));
            let (held, taken) = (held?, taken?);
            assert_ne!(held.is_some(), taken.is_ok(), "round {round}");
            if let Some(held) = held {
                close(store, held, Close::Settle).await?;
            }
            assert_eq!(sums(store, GUILD).await?[1], 0);
        }
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_has_a_name_and_a_reason_and_no_render() {
    on_both(async |db| {
        grant(db.store(), GUILD, 100).await?;
        assert!(queue(db.store(), GUILD, 1, 10).await?.is_some());
        for (render, actor, reason) in [
            ("NULL", "NULL", "'a slip'"),
            ("NULL", "7", "NULL"),
            ("1", "7", "'a slip'"),
        ] {
            let statement = format!(
                "INSERT INTO entries (guild_id, kind, amount, render_id, actor_id, reason, at_ms)
                 VALUES (100, 'correction', 1, {render}, {actor}, {reason}, 1)"
            );
            let refused = db.sql(&statement).await.map_err(Error::from);
            assert_eq!(
                rule(refused),
                sqlx::error::ErrorKind::CheckViolation,
                "{statement}"
            );
        }
        Ok(())
    })
    .await;
}

/// Brings a database to the state before the ledger had corrections.
async fn as_before(kind: Kind, url: &str) {
    let folder = match kind {
        Kind::Sqlite => "migrations/sqlite",
        Kind::Postgres => "migrations/postgres",
    };
    let all = Migrator::new(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).await;
    let mut all = all.expect("the migrations");
    all.migrations.to_mut().retain(|one| one.version <= BEFORE);
    let url = match kind {
        Kind::Sqlite => format!("{url}?mode=rwc"),
        Kind::Postgres => url.to_owned(),
    };
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(&url).await.expect("a connection");
    all.run(&mut connection).await.expect("the older schema");
    for statement in [
        "INSERT INTO pools (guild_id, granted, held, settled) VALUES (100, 100, 20, 30), (7, 5, 0, 0)",
        "INSERT INTO drafts (id, guild_id, channel_id, requester_id, prompt, ratio, images, last_stage, state, created_ms)
         VALUES (1, 100, 1, 2, 'a fox', '16:9', 3, 'final', 'opening', 1)",
        "INSERT INTO renders (id, draft_id, guild_id, position, stage, price, want_width, want_height, state, width, height,
            queued_ms) VALUES (1, 1, 100, 1, 'explore', 30, 8, 8, 'done', 8, 8, 1),
            (2, 1, 100, 2, 'explore', 20, 8, 8, 'queued', NULL, NULL, 1),
            (3, 1, 100, 3, 'explore', 10, 8, 8, 'cancelled', NULL, NULL, 1)",
        "INSERT INTO entries (guild_id, kind, amount, actor_id, reason, once_key, at_ms)
         VALUES (100, 'grant', 100, 5, 'Q4', 'once', 1), (7, 'grant', 5, NULL, NULL, NULL, 2)",
        "INSERT INTO entries (guild_id, kind, amount, render_id, at_ms)
         VALUES (100, 'hold', 30, 1, 3), (100, 'hold', 20, 2, 4), (100, 'hold', 10, 3, 5)",
        "INSERT INTO entries (guild_id, kind, amount, render_id, closes, at_ms)
         SELECT 100, CASE render_id WHEN 1 THEN 'settle' ELSE 'release' END, amount, render_id, id, 6
         FROM entries WHERE kind = 'hold' AND render_id IN (1, 3)",
    ] {
        let done = connection.execute(statement).await;
        done.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    connection.close().await.expect("a closed connection");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lived_in_ledger_learns_corrections_and_keeps_every_entry_and_law() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let place = Somewhere::new(kind).await;
        as_before(kind, place.url()).await;
        let store = Store::open(place.url()).await.expect("a newer schema");
        assert_eq!(sums(&store, GUILD).await.expect("sums"), [100, 50, 20, 30]);
        assert_eq!(recount(&store).await.expect("a recount"), [""; 0]);
        let history = write(&store, |tx| {
            greenlight::store::export::recent(tx, GUILD, None, 9).boxed()
        });
        assert_eq!(history.await.expect("a history").len(), 4);
        // The holds are open and closed as they were, and no number is used twice.
        let held = open_hold(&store, 2).await.expect("the books").expect("a hold");
        close(&store, held, Close::Release).await.expect("a release");
        assert!(open_hold(&store, 1).await.expect("the books").is_none());
        let taken = take(&store, 70, "later").await.expect("the books");
        assert_eq!(taken.expect("enough").available, credits(0));
        let again = write(&store, |tx| {
            let grant = greenlight::store::ledger::Grant {
                actor: Some(BO),
                reason: None,
                once_key: Some("once".to_owned()),
            };
            greenlight::store::ledger::grant(tx, GUILD, credits(9), grant, NOW).boxed()
        });
        assert_eq!(again.await.expect("the books"), None, "its name is still taken");
        assert_eq!(recount(&store).await.expect("a recount"), [""; 0]);
        store.close().await;
    }
}
