//! Tests that no statement of the product reads the whole of a table that grows.
//!
//! The statements are those that a story sends. Each is planned on a database of many drafts. SQLite
//! plans by its indexes alone, because nobody runs ANALYZE there. Postgres plans by the numbers of
//! rows, as its autovacuum knows them.

use std::collections::BTreeSet;
use std::time::Duration;

use discord_sandbox::world;
use greenlight::flow::draft::retention;
use serde_json::{Value, json};
use sqlx::{AnyConnection, AssertSqlSafe, Executor, Row};

use super::counted::Counter;
use crate::harness::{Kind, World, run_test_on};
use crate::store::db::{TestDb, fresh};

/// The tables that grow for as long as a bot works.
const GROWING: [&str; 4] = ["drafts", "renders", "entries", "votes"];
/// The indexes of the few rows of a growing table that are still at work. They may be read whole.
const OF_FEW: [&str; 4] = [
    "renders_pending",
    "renders_voting",
    "renders_waiting",
    "renders_unknown",
];
/// Statements that may read a whole table.
const MAY_READ_ALL: [&str; 1] = [
    // It ends at the first row that it meets, and almost every render has a picture.
    "SELECT id FROM renders WHERE state = 'done' LIMIT 1",
];
/// How many drafts there are, of four images and eight entries each. With `TEST_LONG` the ledger has
/// a million entries.
const DRAFTS: [u32; 2] = [4_000, 125_000];

/// What the tables hold. Both databases take the same text.
fn past(drafts: u32) -> [String; 8] {
    let up_to = |most: u32| {
        format!(
            "WITH RECURSIVE n(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM n WHERE n < {most})"
        )
    };
    [
        format!("INSERT INTO pools (guild_id, granted) {} SELECT n, 1000000 FROM n", up_to(50)),
        "INSERT INTO projects (id, guild_id, name, name_key, created_by, created_ms)
         SELECT guild_id, guild_id, 'Spring', 'spring', 1, 1 FROM pools"
            .to_owned(),
        format!(
            "INSERT INTO entries (guild_id, kind, amount, actor_id, at_ms)
             {} SELECT 1 + n % 50, 'grant', 10, 1 + n % 20, n * 1000 FROM n",
            up_to(drafts)
        ),
        format!(
            "INSERT INTO drafts (id, guild_id, channel_id, requester_id, prompt, ratio, images, last_stage, state,
                starter_id, thread_id, created_ms, project_id)
             {} SELECT n, 1 + n % 50, 1 + n % 300, 1 + n % 1000, 'a red fox', '1:1', 4, 'final', 'open',
                n + 1000000, n + 2000000, n * 1000, CASE WHEN n % 3 = 0 THEN 1 + n % 50 END FROM n",
            up_to(drafts)
        ),
        format!(
            "INSERT INTO renders (id, draft_id, guild_id, position, stage, price, want_width, want_height, state,
                width, height, queued_ms, message_id)
             {} SELECT d.id * 4 + n.n, d.id, d.guild_id, n.n, 'explore', 10, 1024, 1024, 'done',
                1024, 1024, d.created_ms, 9000000 + d.id * 4 + n.n FROM drafts d CROSS JOIN n",
            up_to(4)
        ),
        "INSERT INTO entries (guild_id, kind, amount, render_id, at_ms)
         SELECT guild_id, 'hold', price, id, queued_ms FROM renders ORDER BY id"
            .to_owned(),
        "INSERT INTO entries (guild_id, kind, amount, render_id, closes, at_ms)
         SELECT guild_id, 'settle', amount, render_id, id, at_ms + 5000 FROM entries WHERE kind = 'hold' ORDER BY id"
            .to_owned(),
        "INSERT INTO votes (render_id, user_id, kind, source, at_ms)
         SELECT id, 1 + id % 1000, 'approve', 'reaction', queued_ms FROM renders"
            .to_owned(),
    ]
}

/// Commands that read what a server has.
fn commands() -> Vec<(&'static str, Value)> {
    vec![
        ("treasury grant", json!({ "credits": 500 })),
        ("project create", json!({ "name": "Spring" })),
        ("settings limits", json!({ "credits": 90_000, "period": 0 })),
        ("settings show", json!({})),
        ("credits pool", json!({})),
        ("credits mine", json!({})),
        ("credits history", json!({})),
        ("report", json!({ "period": 3 })),
        (
            "report",
            json!({ "project": "Spring", "member": world::ANA.to_string() }),
        ),
        ("approvals", json!({})),
        ("project list", json!({})),
        ("project show", json!({ "project": "Spring" })),
        (
            "project estimate",
            json!({ "drafts": 2, "reviews": 1, "finals": 0 }),
        ),
        ("treasury correct", json!({ "credits": 1, "reason": "a test" })),
        ("treasury unresolved", json!({})),
        ("treasury export", json!({})),
        ("privacy forget-me", json!({ "sure": true })),
    ]
}

/// Plays a story of a server, and returns the statements that the bot sent meanwhile.
async fn story(w: &mut World, counter: &Counter) -> BTreeSet<String> {
    let _ = counter.take();
    let (_, images) = w.drafted(4).await;
    w.bo().approves(&images[0]).await;
    w.bo().withdraws(&images[0]).await;
    w.dana().reacts(&images[1], "🚫").await;
    w.bo().approves(&images[2]).await;
    w.run_jobs().await;
    for (name, options) in commands() {
        w.dana().command(name, options).await;
        w.run_jobs().await;
    }
    // The votes close, and what was missed is counted again.
    w.advance(Duration::from_hours(9 * 24));
    w.run_jobs().await;
    w.restart().await;
    w.work_it_out().await;
    // What was kept long enough goes.
    w.advance(Duration::from_hours(40 * 24));
    let removed = retention::run(&w.app().services, || false).await;
    assert!(removed.expect("a run").prompts > 0);
    w.advance(Duration::from_mins(1));
    w.run_jobs().await;
    for thread in w.threads() {
        w.said_in(thread.id);
    }
    w.said_in(world::CAMPAIGN);
    w.said_in(world::GENERAL);
    let sent = counter.take().statements.into_keys();
    let verbs = ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE"];
    let reads =
        |text: &String| verbs.iter().any(|verb| text.starts_with(verb)) && !text.contains("_sqlx_migrations");
    sent.filter(reads).collect()
}

/// Returns the lines of the plan of a statement.
async fn plan(kind: Kind, database: &mut AnyConnection, text: &str) -> Vec<String> {
    let (asks, column) = match kind {
        Kind::Sqlite => (format!("EXPLAIN QUERY PLAN {text}"), 3),
        Kind::Postgres => {
            let prepare = format!("PREPARE planned AS {text}");
            let prepared = database.execute(AssertSqlSafe(prepare)).await;
            prepared.unwrap_or_else(|error| panic!("{text}: {error}"));
            let taken = (1..=99).take_while(|n| text.contains(&format!("${n}"))).count();
            let values = vec!["NULL"; taken].join(", ");
            let values = if taken == 0 { values } else { format!("({values})") };
            (format!("EXPLAIN EXECUTE planned {values}"), 0)
        }
    };
    let rows = sqlx::raw_sql(AssertSqlSafe(asks)).fetch_all(&mut *database).await;
    let rows = rows.unwrap_or_else(|error| panic!("{text}: {error}"));
    if kind == Kind::Postgres {
        database
            .execute("DEALLOCATE planned")
            .await
            .expect("it was prepared");
    }
    rows.iter().map(|row| row.get(column)).collect()
}

/// Returns the lines of a plan that read a whole growing table, or a whole index of one.
fn scans(kind: Kind, text: &str, plan: &[String]) -> Vec<String> {
    let grows = |name: &str| {
        let called = |table: &&str| {
            *table == name
                || [" ", " AS "].iter().any(|between| {
                    let named = format!("{table}{between}{name}");
                    text.contains(&format!("{named} "))
                        || text.contains(&format!("{named})"))
                        || text.ends_with(&named)
                })
        };
        GROWING.iter().any(called)
    };
    // SQLite would look for children of a new row only while a foreign key is violated.
    if kind == Kind::Sqlite && text.starts_with("INSERT") && text.contains(" VALUES ") {
        return Vec::new();
    }
    let is_scan = |(line, next): (&String, Option<&String>)| {
        let words: Vec<&str> = line.split([' ', '(']).filter(|word| !word.is_empty()).collect();
        let after = |word: &str| {
            words
                .iter()
                .position(|w| *w == word)
                .and_then(|at| words.get(at + 1))
        };
        if after("USING").or(after("INDEX")).or(after("using")).is_some()
            && OF_FEW.iter().any(|index| words.contains(index))
        {
            return false;
        }
        match kind {
            Kind::Sqlite => words[0] == "SCAN" && grows(words[1]),
            Kind::Postgres => {
                let whole = line.contains("Seq Scan on")
                    || (line.contains("Index")
                        && line.contains("Scan using")
                        && !next.is_some_and(|next| next.contains("Index Cond")));
                whole && after("on").is_some_and(|table| grows(table))
            }
        }
    };
    let next = plan.iter().skip(1).map(Some).chain([None]);
    let found = plan.iter().zip(next).filter(|pair| is_scan(*pair));
    found.map(|(line, _)| line.trim().to_owned()).collect()
}

/// Fills a database with a past, and lets Postgres count it as its autovacuum does.
async fn lived_in(kind: Kind) -> TestDb {
    let db = fresh(kind).await;
    let mut other = db.other().await;
    let drafts = DRAFTS[usize::from(std::env::var_os("TEST_LONG").is_some())];
    for statement in past(drafts) {
        let filled = other.execute(AssertSqlSafe(statement)).await;
        filled.expect("the past of a server");
    }
    if kind == Kind::Postgres {
        other.execute("ANALYZE").await.expect("the rows are counted");
    }
    db
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_reads_the_whole_of_a_table_that_grows() {
    let counter = Counter::install();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let mut statements = BTreeSet::new();
        let settings = [
            ("ADMINS__TREASURY", "true"),
            ("RETENTION__ORIGINALS_DAYS", "30"),
            ("RETENTION__REFERENCES_DAYS", "30"),
            ("RETENTION__PROMPTS_DAYS", "30"),
        ];
        run_test_on(kind, &settings, async |w| {
            statements = story(w, &counter).await;
        })
        .await;
        assert!(
            statements.len() > 80,
            "the story tells little: {}",
            statements.len()
        );
        let db = lived_in(kind).await;
        let mut other = db.other().await;
        if kind == Kind::Postgres {
            let generic = "SET plan_cache_mode = force_generic_plan";
            other.execute(generic).await.expect("plans for any values");
        }
        let mut found = Vec::new();
        for text in statements
            .iter()
            .filter(|text| !MAY_READ_ALL.contains(&text.as_str()))
        {
            let plan = plan(kind, &mut other, text).await;
            for scan in scans(kind, text, &plan) {
                found.push(format!("{scan}\n    in {text}"));
            }
        }
        assert!(
            found.is_empty(),
            "on {kind:?} these read all that ever was:\n{}",
            found.join("\n")
        );
    }
}

#[test]
fn a_scan_is_known_by_the_table_that_it_reads_and_by_what_it_lacks() {
    let lines = |plan: &[&str]| plan.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let text = "SELECT h.id FROM entries h JOIN renders ON true";
    for (kind, plan, found) in [
        (Kind::Sqlite, lines(&["SCAN h"]), 1),
        (
            Kind::Sqlite,
            lines(&["SCAN renders USING INDEX renders_draft"]),
            1,
        ),
        (
            Kind::Sqlite,
            lines(&["SCAN renders USING INDEX renders_voting"]),
            0,
        ),
        (
            Kind::Sqlite,
            lines(&["SEARCH h USING INTEGER PRIMARY KEY (rowid=?)", "SCAN jobs"]),
            0,
        ),
        (
            Kind::Postgres,
            lines(&["  ->  Seq Scan on entries h  (cost=0.00..1.0 rows=1)"]),
            1,
        ),
        (
            Kind::Postgres,
            lines(&["Index Scan using entries_pkey on entries h  (cost=0)"]),
            1,
        ),
        (
            Kind::Postgres,
            lines(&[
                "Index Scan using entries_pkey on entries h  (cost=0)",
                "  Index Cond: (id = $1)",
            ]),
            0,
        ),
    ] {
        assert_eq!(scans(kind, text, &plan).len(), found, "{plan:?}");
    }
}
