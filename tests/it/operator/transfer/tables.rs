//! Tests the copy of an SQLite database to PostgreSQL: it carries whatever a table holds, and nothing of
//! it is left where it was cut.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use greenlight::store::{NotTransferred, Store, Transferred};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use url::Url;

use crate::store::db::{Kind, Somewhere};
use crate::store::schema::upgrade::LIVED_IN;
use crate::store::steps::{GUILD, grant, sums};

/// Longer than a test waits for anything.
const PATIENCE: Duration = Duration::from_mins(1);

/// A row at least in every table that `LIVED_IN` has none in, and values at the edges of what a column holds.
const EDGES: &str = "
INSERT INTO projects (id, guild_id, name, name_key, explore_budget, created_by, created_ms)
    VALUES (9, 100, 'Frühling 🦊 春', 'frühling 🦊 春', 0, 1, 5);
INSERT INTO guilds (guild_id, explore_price, approve_emoji, time_zone) VALUES (100, 7, '✅', 'Europe/Vienna');
INSERT INTO guild_lists (guild_id, list, id) VALUES (100, 'leads', 9223372036854775807);
INSERT INTO caps (guild_id, scope, subject_id, stage, period, most) VALUES (100, 'server', 0, 'any', '24h', NULL);
INSERT INTO alerts (guild_id, subject, mark, used, whole, passed_ms) VALUES (100, 'pool', 50, 600, 1000, 4);
INSERT INTO forgetting (user_id, asked_ms) VALUES (-9223372036854775807 - 1, 3);
INSERT INTO secrets (name, value) VALUES ('key', '00ff');
INSERT INTO turns (guild_id, turn) VALUES (100, 12);
INSERT INTO calls (engine, render_id, at_ms) VALUES ('openai', 1, 5), ('openai', 1, 5);
INSERT INTO digests (guild_id, day) VALUES (100, 20000);
INSERT INTO processes (id, seen_ms, until_ms) VALUES (-7, 1, 2);
INSERT INTO pace (what, next_ms) VALUES ('requests', 3);
INSERT INTO claims (interaction_id, at_ms) VALUES (9223372036854775807, 4);
INSERT INTO notes (render_id, number, user_id, text, at_ms) VALUES (1, 1, 2, '', 6);
INSERT INTO crops (guild_id, name, width, height) VALUES (100, 'Banner \\ \"wide\"', 1500, 500);
INSERT INTO drafts (id, guild_id, channel_id, requester_id, prompt, keep, ratio, images, last_stage, state, created_ms)
    VALUES (-9223372036854775807 - 1, 100, 9223372036854775807, -1, '', NULL, '1:1', 1, 'final', 'abandoned', 0);
UPDATE drafts SET project_id = 9, prompt = 'a ' || replace(hex(zeroblob(1000000)), '00', 'ü\n') || ' fox' WHERE id = 8;
INSERT INTO renders (id, draft_id, guild_id, parent_id, position, stage, price, want_width, want_height, state,
    queued_ms) VALUES (-5, 8, 100, 5, 1, 'review', 20, 1280, 720, 'cancelled', 9);
UPDATE renders SET after_id = -5 WHERE id = 1;
INSERT INTO entries (guild_id, kind, amount, render_id, at_ms) VALUES (100, 'hold', 20, -5, 9);
INSERT INTO entries (guild_id, kind, amount, render_id, closes, at_ms)
    SELECT 100, 'release', 20, render_id, id, 10 FROM entries WHERE kind = 'hold' AND render_id = -5;
";

/// Makes an SQLite database in which every table has rows.
async fn lived_in() -> Somewhere {
    let old = Somewhere::migrated(Kind::Sqlite).await;
    let mut other = connected(old.url()).await;
    // As a bot that opens it has it.
    for rows in ["PRAGMA journal_mode = WAL", LIVED_IN, EDGES] {
        other.execute(AssertSqlSafe(rows)).await.expect("rows");
    }
    // Whatever the rules of a column allow.
    for (table, columns) in catalogue(&mut other).await {
        for (column, kind) in columns {
            let value = if kind == "TEXT" { "'x'" } else { "1" };
            let update = format!(
                "UPDATE \"{table}\" SET \"{column}\" = {value} WHERE rowid = (SELECT MIN(rowid) FROM \"{table}\")
                 AND NOT EXISTS (SELECT 1 FROM \"{table}\" WHERE \"{column}\" IS NOT NULL)"
            );
            drop(other.execute(AssertSqlSafe(update)).await);
        }
    }
    other.close().await.expect("a goodbye");
    old
}

async fn connected(url: &str) -> AnyConnection {
    sqlx::any::install_default_drivers();
    AnyConnection::connect(url).await.expect("a connection")
}

/// Returns what SQLite says of the tables that migrations fill with nothing.
async fn catalogue(other: &mut AnyConnection) -> BTreeMap<String, Vec<(String, String)>> {
    let query = "SELECT t.name, c.name, c.type FROM sqlite_master t, pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT IN ('_sqlx_migrations', 'reach')";
    let all: Vec<(String, String, String)> = sqlx::query_as(query).fetch_all(other).await.expect("tables");
    let mut tables = BTreeMap::<_, Vec<_>>::new();
    for (table, column, kind) in all {
        tables.entry(table).or_default().push((column, kind));
    }
    tables
}

/// Returns every row of a table as text.
async fn rows(other: &mut AnyConnection, table: &str, columns: &[(String, String)]) -> Vec<String> {
    let values = columns
        .iter()
        .map(|(column, _)| format!("COALESCE('=' || CAST(\"{column}\" AS TEXT), 'nothing')"));
    let line = values.collect::<Vec<_>>().join(" || '|' || ");
    let query = format!("SELECT {line} FROM \"{table}\"");
    let rows = sqlx::query_scalar(AssertSqlSafe(query)).fetch_all(other).await;
    let mut rows: Vec<String> = rows.unwrap_or_else(|error| panic!("{table}: {error}"));
    rows.sort_unstable();
    rows
}

/// Copies, as soon as the server has noticed that the connections of before are gone.
async fn transfer(old: &str, new: &str) -> Result<Transferred, NotTransferred> {
    let copied = async {
        loop {
            match Store::transfer(old, new).await {
                Err(NotTransferred::Others(_)) => tokio::task::yield_now().await,
                ended => return ended,
            }
        }
    };
    tokio::time::timeout(PATIENCE, copied).await.expect("it ends")
}

async fn run(url: &str, statements: &str) {
    let mut other = connected(url).await;
    let ran = other.execute(AssertSqlSafe(statements)).await;
    ran.unwrap_or_else(|error| panic!("{statements}: {error}"));
    other.close().await.expect("a goodbye");
}

/// Returns how many rows all tables of the new database have together.
async fn count(old: &str, new: &str) -> usize {
    let tables = catalogue(&mut connected(old).await).await;
    let (mut other, mut sum) = (connected(new).await, 0);
    for (table, columns) in &tables {
        sum += rows(&mut other, table, columns).await.len();
    }
    other.close().await.expect("a goodbye");
    sum
}

#[tokio::test(flavor = "multi_thread")]
async fn every_column_of_every_table_is_carried_as_it_is() {
    let (old, new) = (lived_in().await, Somewhere::new(Kind::Postgres).await);
    let copied = transfer(old.url(), new.url()).await.expect("a copy");
    assert_eq!(copied.replaced, 0);
    let mut sides = (connected(old.url()).await, connected(new.url()).await);
    let tables = catalogue(&mut sides.0).await;
    let named: BTreeSet<&String> = copied.tables.iter().map(|(table, _)| table).collect();
    assert_eq!(named, tables.keys().collect(), "a table is not copied");
    for (table, columns) in &tables {
        let there = rows(&mut sides.0, table, columns).await;
        assert!(!there.is_empty(), "{table}: EDGES has no row of it");
        assert!(
            there == rows(&mut sides.1, table, columns).await,
            "{table} differs"
        );
    }
    let deferrable = "SELECT COUNT(*) FROM pg_constraint WHERE condeferrable";
    let left: i64 = sqlx::query_scalar(deferrable)
        .fetch_one(&mut sides.1)
        .await
        .expect("a number");
    assert_eq!(left, 0, "its rules are as the migrations made them");

    // Ids go on after the highest.
    let store = Store::open(new.url()).await.expect("a store");
    let before = sums(&store, GUILD).await.expect("sums");
    grant(&store, GUILD, 5).await.expect("a grant");
    let after = sums(&store, GUILD).await.expect("sums");
    assert_ne!(before, after);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_has_anything_is_not_written_to() {
    let (old, new) = (lived_in().await, Somewhere::migrated(Kind::Postgres).await);
    run(
        new.url(),
        "INSERT INTO secrets (name, value) VALUES ('other', 'kept')",
    )
    .await;
    let refused = transfer(old.url(), new.url()).await.expect_err("it has a row");
    assert!(
        matches!(&refused, NotTransferred::NotEmpty(table) if table == "secrets"),
        "{refused}"
    );
    assert_eq!(count(old.url(), new.url()).await, 1);
    run(new.url(), "DELETE FROM secrets").await;
    let guest = connected(new.url()).await;
    let refused = Store::transfer(old.url(), new.url())
        .await
        .expect_err("somebody is there");
    assert!(matches!(refused, NotTransferred::Others(_)), "{refused}");
    guest.close().await.expect("a goodbye");
    transfer(old.url(), new.url()).await.expect("a copy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_cut_leaves_nothing_and_is_made_the_second_time() {
    let (old, new) = (lived_in().await, Somewhere::migrated(Kind::Postgres).await);
    run(
        new.url(),
        "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
         CREATE TRIGGER cut BEFORE INSERT ON votes FOR EACH STATEMENT EXECUTE FUNCTION cut();",
    )
    .await;
    let cut = transfer(old.url(), new.url()).await.expect_err("it is cut");
    assert!(matches!(cut, NotTransferred::New(_)), "{cut}");
    assert_eq!(count(old.url(), new.url()).await, 0);
    run(new.url(), "DROP FUNCTION cut CASCADE").await;
    transfer(old.url(), new.url()).await.expect("a copy");
}

#[tokio::test(flavor = "multi_thread")]
async fn books_that_do_not_agree_are_not_copied() {
    let (old, new) = (lived_in().await, Somewhere::new(Kind::Postgres).await);
    run(old.url(), "UPDATE pools SET held = held + 1").await;
    let refused = transfer(old.url(), new.url()).await.expect_err("a fault");
    assert!(
        matches!(refused, NotTransferred::Books { database: "old", .. }),
        "{refused}"
    );
    // A row that only a program without rules can write.
    run(
        old.url(),
        "UPDATE pools SET held = held - 1; PRAGMA ignore_check_constraints = 1; UPDATE drafts SET images = 5",
    )
    .await;
    let refused = transfer(old.url(), new.url()).await.expect_err("a broken rule");
    assert!(matches!(refused, NotTransferred::New(_)), "{refused}");
    assert_eq!(count(old.url(), new.url()).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_postgres_cannot_keep_is_replaced_and_counted() {
    let (old, new) = (lived_in().await, Somewhere::new(Kind::Postgres).await);
    run(
        old.url(),
        "UPDATE drafts SET prompt = 'a' || char(0) || 'b' WHERE id = 7",
    )
    .await;
    let copied = transfer(old.url(), new.url()).await.expect("a copy");
    assert_eq!(copied.replaced, 1);
    let query = "SELECT prompt FROM drafts WHERE id = 7";
    let mut other = connected(new.url()).await;
    let prompt: String = sqlx::query_scalar(query)
        .fetch_one(&mut other)
        .await
        .expect("a prompt");
    assert_eq!(prompt, "a\u{fffd}b");
}

/// Makes the copy stand still at the votes of the new database until [`go_on`].
async fn stand_still(new: &str) {
    let (admin, name) = beside(new);
    run(
        new,
        &format!(
            "CREATE FUNCTION still() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                WHILE NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE application_name = '{name}') LOOP
                    PERFORM pg_sleep(0.002); PERFORM pg_stat_clear_snapshot();
                END LOOP; RETURN NULL; END $$;
             CREATE TRIGGER still BEFORE INSERT ON votes FOR EACH STATEMENT EXECUTE FUNCTION still();"
        ),
    )
    .await;
    connected(&admin).await.close().await.expect("a goodbye");
}

/// Returns the server's own database, and the name of another on it.
fn beside(url: &str) -> (String, String) {
    let mut admin = Url::parse(url).expect("a URL");
    let name = admin.path().trim_start_matches('/').to_owned();
    admin.set_path("postgres");
    (admin.to_string(), name)
}

/// Waits until the copy stands still, does something, and lets it go on.
async fn meanwhile(new: &str, act: impl AsyncFnOnce()) {
    let (admin, name) = beside(new);
    let mut admin = connected(&admin).await;
    let query = format!(
        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = '{name}' AND query LIKE 'INSERT INTO \"votes\"%'"
    );
    let waited = tokio::time::timeout(PATIENCE, async {
        while sqlx::query_scalar::<_, i64>(AssertSqlSafe(query.as_str()))
            .fetch_one(&mut admin)
            .await
            .expect("a number")
            == 0
        {
            tokio::task::yield_now().await;
        }
    });
    waited.await.expect("the copy comes to the votes");
    act().await;
    let go_on = format!("SET application_name = '{name}'");
    admin.execute(AssertSqlSafe(go_on)).await.expect("a name");
    // Its name is seen for as long as it is connected.
    let gone = format!("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = '{name}'");
    let waited = tokio::time::timeout(PATIENCE, async {
        while sqlx::query_scalar::<_, i64>(AssertSqlSafe(gone.as_str()))
            .fetch_one(&mut admin)
            .await
            .expect("a number")
            > 0
        {
            tokio::task::yield_now().await;
        }
    });
    waited.await.expect("the copy ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_the_old_one_meanwhile_goes_on_and_who_writes_is_noticed() {
    let (old, new) = (lived_in().await, Somewhere::migrated(Kind::Postgres).await);
    stand_still(new.url()).await;
    let write = async || run(old.url(), "UPDATE turns SET turn = turn + 1").await;
    let (refused, ()) = tokio::join!(transfer(old.url(), new.url()), meanwhile(new.url(), write));
    let refused = refused.expect_err("it is not the same any more");
    assert!(matches!(refused, NotTransferred::WrittenTo), "{refused}");
    assert_eq!(count(old.url(), new.url()).await, 0);

    let read = async || {
        let mut reader = connected(old.url()).await;
        let drafts: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM drafts")
            .fetch_one(&mut reader)
            .await
            .expect("a number");
        assert_eq!(drafts, 3);
    };
    let (copied, ()) = tokio::join!(transfer(old.url(), new.url()), meanwhile(new.url(), read));
    copied.expect("a copy");
}
