//! Tests `greenlight doctor`: green on a good installation, which it leaves as it was; and for each
//! fault that is planted, what is wrong, why it matters, what to do, and the exit code.

use std::fs;

use discord_sandbox::{Fault, permissions, world};
use serde_json::{Value, json};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};

use super::{Said, files_below, greenlight};
use crate::harness::{Kind, World, run_test, run_test_now, run_test_on};

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];

/// Plants something in the database, past the bot.
async fn plant(w: &World, sql: impl Into<String>) {
    let sql = sql.into();
    sqlx::any::install_default_drivers();
    let mut other = AnyConnection::connect(w.database_url())
        .await
        .expect("a database");
    other
        .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
        .await
        .expect("it is planted");
    other.close().await.expect("no more to say");
}

fn part<'a>(report: &'a Value, name: &str) -> &'a Value {
    let parts = report["checks"].as_array().expect("checks");
    parts.iter().find(|part| part["check"] == name).expect("a part")
}

/// Asserts that a report names a finding, with a reason and something to do.
fn assert_finds(said: &Said, code: i32, check: &str, level: &str, what: &str) {
    let report: Value =
        serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{}{}", said.out, said.err));
    assert_eq!(
        (said.code, &report["exit_code"]),
        (code, &json!(code)),
        "{report:#}"
    );
    let part = part(&report, check);
    let findings = part["findings"].as_array().expect("findings");
    let found = findings
        .iter()
        .find(|finding| finding["what"].to_string().contains(what));
    let found = found.unwrap_or_else(|| panic!("“{what}” is not in {part:#}"));
    assert_eq!(found["level"], level, "{part:#}");
    for field in ["why", "fix"] {
        assert!(!found[field].as_str().expect("a text").is_empty(), "{part:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_installation_is_green_and_is_left_as_it_was() {
    for kind in BOTH {
        run_test_now(kind, async |w| {
            let (thread, image) = w.drafted_one().await;
            w.approved_to_4k(&thread, &image).await;
            let (calls, pictures) = (w.discord().calls().len(), files_below(&w.blobs()));
            let count = || plant_count(w);
            let rows = count().await;

            let said = greenlight(w, &["doctor"], &[]).await;
            assert_eq!(said.code, 0, "{}{}", said.out, said.err);
            for told in [
                "settings: ok",
                "database: ok\n  Servers: 1, entries: 7, images: 3. They were recounted, and every sum agrees",
                "Pictures that were looked for: 3, found: 3.",
                "The commands are those of this version.",
                "drafts can be asked for in ",
                "Sessions that may be begun today: ",
            ] {
                assert!(said.out.contains(told), "“{told}” is not in\n{}", said.out);
            }
            assert!(files_below(&w.blobs()) == pictures, "the pictures are as they were");
            assert_eq!(count().await, rows);
            let asked = w.discord().calls().split_off(calls);
            assert!(asked.iter().all(|call| call.method == "GET"), "it only asks");
        })
        .await;
    }
}

/// Counts the rows that a command could have left.
async fn plant_count(w: &World) -> Vec<i64> {
    sqlx::any::install_default_drivers();
    let mut other = AnyConnection::connect(w.database_url())
        .await
        .expect("a database");
    let mut counts = Vec::new();
    for query in [
        "SELECT COUNT(*) FROM entries",
        "SELECT COUNT(*) FROM jobs",
        "SELECT COUNT(*) FROM guilds",
        "SELECT COUNT(*) FROM pools",
    ] {
        counts.push(
            sqlx::query_scalar(query)
                .fetch_one(&mut other)
                .await
                .expect(query),
        );
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn books_that_do_not_agree_and_calls_that_nobody_decided_are_found_on_both_databases() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            w.drafted_one().await;
            plant(w, "UPDATE pools SET granted = granted + 5").await;
            let said = greenlight(w, &["doctor", "--json"], &[]).await;
            assert_finds(
                &said,
                1,
                "database",
                "problem",
                "granted is 1005, its entries make 1000",
            );
            assert!(
                said.err.contains("of the findings must be mended"),
                "{}",
                said.err
            );
            plant(w, "UPDATE pools SET granted = granted - 5").await;
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_waits_too_long_and_work_that_a_wrong_clock_put_off_are_found_on_both_databases() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            // The program goes by the clock of the machine.
            for (set, what) in [
                (
                    "run_at_ms = 1000, lease_until_ms = 0",
                    "jobs due and not done: 1, the first for",
                ),
                (
                    "run_at_ms = 9000000000000",
                    "jobs further ahead than any can be: 1",
                ),
                (
                    "run_at_ms = 1000, lease_until_ms = 9000000000000",
                    "jobs further ahead than any can be: 1",
                ),
            ] {
                let job =
                    "DELETE FROM jobs; INSERT INTO jobs (kind, target, run_at_ms) VALUES ('deliver', 7, 0)";
                plant(w, format!("{job}; UPDATE jobs SET {set}")).await;
                let said = greenlight(w, &["doctor", "--json"], &[]).await;
                assert_finds(&said, 0, "database", "warning", what);
            }
            plant(w, "DELETE FROM jobs").await;
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_gone_and_a_store_that_is_away_are_found() {
    run_test(async |w| {
        let (_, image) = w.drafted_one().await;
        let picture = w.blobs().join("renders").join(image.render().to_string());
        let (away, bytes) = (
            w.blobs().with_extension("away"),
            fs::read(&picture).expect("a picture"),
        );
        fs::remove_file(&picture).expect("a picture");
        let said = greenlight(w, &["doctor", "--json"], &[]).await;
        assert_finds(
            &said,
            1,
            "pictures",
            "problem",
            &format!("such as {}", image.render()),
        );
        fs::write(&picture, bytes).expect("a picture");

        fs::rename(w.blobs(), &away).expect("a folder");
        let said = greenlight(w, &["doctor", "--json"], &[]).await;
        assert_finds(&said, 1, "pictures", "problem", "the database knows of some");
        assert!(!w.blobs().exists(), "it makes none");
        fs::rename(&away, w.blobs()).expect("a folder");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_discord_says_is_told_wrong_from_away() {
    run_test(async |w| {
        let json = &["doctor", "--json"];
        for (name, value, code, level, what) in [
            ("DISCORD_TOKEN", "", 1, "problem", "discord.token = (empty)"),
            (
                "GREENLIGHT_DISCORD__API_BASE",
                "http://127.0.0.1:1",
                3,
                "away",
                "it cannot be reached",
            ),
        ] {
            let said = greenlight(w, json, &[(name, value)]).await;
            assert_finds(&said, code, "discord", level, what);
        }
        w.discord().fail(Fault {
            path_contains: "/users/@me".to_owned(),
            status: 401,
            message: "401: Unauthorized".to_owned(),
            ..Fault::default()
        });
        let said = greenlight(w, json, &[]).await;
        let refused = "Discord did not let the bot in";
        assert_finds(&said, 1, "discord", "problem", refused);
        let said = greenlight(w, json, &[("GREENLIGHT_ADMINS__SET_PRICES", "true")]).await;
        assert_finds(
            &said,
            0,
            "discord",
            "warning",
            "the commands are not those of this version",
        );
        w.discord().gateway().set_limits(|limits| limits.starts_a_day = 0);
        let said = greenlight(w, json, &[]).await;
        assert_finds(&said, 1, "discord", "problem", "sessions are left");
        let said = greenlight(w, json, &[("GREENLIGHT_POOL__FIRST_GRANT", "-1")]).await;
        assert_finds(&said, 1, "settings", "problem", "pool.first_grant = -1");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_let_the_bot_work_is_named_with_the_channel_and_the_rights() {
    run_test(async |w| {
        let channels = json!({ "log": world::GENERAL.to_string() });
        let set = w.dana().command("settings channels", channels).await;
        assert!(set.contains('→'), "{set}");
        w.run_jobs().await;
        w.said_in(world::GENERAL);
        w.discord().deny_bot(world::GENERAL, permissions::SEND_MESSAGES);
        let said = greenlight(w, &["doctor", "--json"], &[]).await;
        let told = "in #general the bot lacks Send Messages";
        assert_finds(&said, 1, "servers", "problem", told);

        for channel in w.discord().channels() {
            let id = channel["id"]
                .as_str()
                .and_then(|id| id.parse().ok())
                .expect("an id");
            w.discord().deny_bot(id, permissions::ATTACH_FILES);
        }
        let said = greenlight(w, &["doctor", "--json"], &[]).await;
        assert_finds(&said, 1, "servers", "problem", "it lacks Attach Files");
        let foreign = [("GREENLIGHT_ALLOWED_GUILDS", "[5]")];
        let said = greenlight(w, &["doctor", "--json"], &foreign).await;
        assert_finds(&said, 0, "servers", "warning", "allowed_guilds has 5");
    })
    .await;
}
