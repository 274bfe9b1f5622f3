//! Tests that a member who asked to be forgotten is gone from the books, and that the books still
//! add up.

use std::time::Duration;

use discord_sandbox::world;
use serde_json::json;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};

use crate::harness::{Kind, World, run_test, run_test_on};

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];
const SURE: &str = "privacy forget-me";

/// Returns where the database has a text, as table.column. The wish to be forgotten is no trace.
async fn traces(w: &World, kind: Kind, needle: &str) -> Vec<String> {
    let mut db = AnyConnection::connect(w.database_url())
        .await
        .expect("the database");
    let columns = match kind {
        Kind::Sqlite => {
            "SELECT t.name AS tab, c.name AS col FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'"
        }
        Kind::Postgres => {
            "SELECT CAST(table_name AS TEXT) AS tab, CAST(column_name AS TEXT) AS col FROM information_schema.columns
             WHERE table_schema = 'public'"
        }
    };
    let columns = sqlx::query(columns)
        .fetch_all(&mut db)
        .await
        .expect("the columns");
    assert!(columns.len() > 50, "a database with something in it");
    let mut found = Vec::new();
    for row in columns {
        let (table, column): (String, String) = (row.get("tab"), row.get("col"));
        if table.starts_with("_sqlx") || table.starts_with("sqlite_") {
            continue;
        }
        let count = format!("SELECT COUNT(*) FROM {table} WHERE CAST({column} AS TEXT) LIKE '%{needle}%'");
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(count))
            .fetch_one(&mut db)
            .await
            .expect("a count");
        if count > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_sure_is_told_what_it_does_and_nothing_is_done() {
    run_test(async |w| {
        let thread = w.ana().draft("a zebra", 1).await;
        w.starter(&thread);
        w.image_at(&thread, "explore");
        let told = w.ana().command(SURE, json!({})).await;
        for part in [
            "out of my books for good",
            "cannot be undone",
            "stays there",
            "sure:True",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        w.run_jobs().await;
        assert_eq!(traces(w, Kind::Sqlite, "zebra").await, ["drafts.prompt"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn name_and_prompts_go_and_sums_and_votes_stay() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            w.ana()
                .command("project create", json!({ "name": "Stripes" }))
                .await;
            let long = format!("a zebra {}", "with stripes ".repeat(200));
            let options = json!({ "prompt": long, "images": 2, "keep": "the zebra" });
            w.ana().asks(options).await;
            w.run_jobs().await;
            let thread = w.last_thread();
            let mut images = w.images(&thread, "explore");
            let (second, first) = (images.remove(1), images.remove(0));
            w.bo().approves(&first).await;
            w.run_jobs().await;
            let review = w.image_at(&thread, "review");
            let other = w.bo().draft("a lion", 1).await;
            let lion = w.image_at(&other, "explore");
            w.ana().approves(&lion).await;
            w.run_jobs().await;
            w.image_at(&other, "review");
            let pool = w.pool().await;

            w.ana().command(SURE, json!({ "sure": true })).await;
            w.run_jobs().await;
            assert_eq!(traces(w, kind, "zebra").await, [""; 0]);
            let wish = ["forgetting.user_id", "jobs.target"];
            assert_eq!(traces(w, kind, &world::ANA.to_string()).await, wish);
            assert_eq!(w.pool().await, pool, "what was spent was spent");
            for image in [&review, &second] {
                assert!(w.look_at(image).contains("closed"), "{}", w.look_at(image));
            }

            w.advance(Duration::from_secs(10));
            w.run_jobs().await;
            let starter = w.starter(&thread);
            let shown = starter.lines().take(2).collect::<Vec<_>>();
            let about = "**Draft** by somebody who asked to be forgotten · 2 images · 1K · 16:9";
            assert_eq!(shown, [about, "> The prompt was forgotten."]);
            let shown = w.message(world::CAMPAIGN, thread.id);
            let files = shown["attachments"].as_array().cloned().unwrap_or_default();
            let names: Vec<&str> = files
                .iter()
                .filter_map(|file| file["filename"].as_str())
                .collect();
            assert_eq!(names, ["image-sheet.jpg"], "the prompt's file is gone");
            assert_eq!(w.threads()[0].name, "The prompt was forgotten.");
            w.starter(&other);

            let again = w.bo().presses(thread.id, review.message, "reopen").await;
            assert!(again.contains("asked to be forgotten"), "{again}");
            w.ana().draft("a giraffe", 1).await;
            assert_eq!(
                traces(w, kind, "giraffe").await,
                ["drafts.prompt"],
                "what comes after is remembered"
            );
            let thread = w.last_thread();
            w.starter(&thread);
            w.image_at(&thread, "explore");
        })
        .await;
    }
}

/// Two processes record what they hear in any order.
#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_was_begun_before_the_wish_and_recorded_after_it_is_forgotten_too() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            w.ana().command(SURE, json!({ "sure": true })).await;
            w.run_jobs().await;
            let thread = w.ana().draft("a zebra", 1).await;
            let mut db = AnyConnection::connect(w.database_url())
                .await
                .expect("the database");
            sqlx::query("UPDATE drafts SET created_ms = (SELECT asked_ms - 1 FROM forgetting)")
                .execute(&mut db)
                .await
                .expect("an earlier draft");
            w.advance(Duration::from_mins(11));
            w.run_jobs().await;
            assert_eq!(traces(w, kind, "zebra").await, [""; 0]);
            assert_eq!(traces(w, kind, &world::ANA.to_string()).await, [""; 0]);
            let image = w.image_at(&thread, "explore");
            assert!(w.look_at(&image).contains("closed"), "{}", w.look_at(&image));
            w.starter(&thread);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_drawn_is_finished_and_a_vote_that_counts_is_forgotten_when_it_is_over() {
    run_test(async |w| {
        let other = w.bo().draft("a lion", 1).await;
        w.starter(&other);
        let lion = w.image_at(&other, "explore");
        w.cem().approves(&lion).await;
        w.run_jobs().await;
        let review = w.image_at(&other, "review");
        w.ana().approves(&review).await;
        w.run_jobs().await;
        w.ana().asks(json!({ "prompt": "a zebra", "images": 1 })).await;
        w.run_quick_jobs().await;
        w.ana().command(SURE, json!({ "sure": true })).await;
        w.run_quick_jobs().await;
        assert_eq!(traces(w, Kind::Sqlite, "zebra").await, ["drafts.prompt"]);
        w.run_jobs().await;
        let thread = w.last_thread();
        let zebra = w.image_at(&thread, "explore");
        assert!(w.look_at(&review).contains("1 of 2"), "{}", w.look_at(&review));

        w.advance(Duration::from_mins(10));
        w.run_jobs().await;
        assert_eq!(traces(w, Kind::Sqlite, "zebra").await, [""; 0]);
        assert!(w.look_at(&zebra).contains("closed"), "{}", w.look_at(&zebra));
        w.starter(&thread);
        let named = traces(w, Kind::Sqlite, &world::ANA.to_string()).await;
        assert_eq!(named, ["forgetting.user_id", "jobs.target", "votes.user_id"]);

        w.cem().approves(&review).await;
        w.run_jobs().await;
        w.image_at(&other, "final");
        w.advance(Duration::from_mins(10));
        w.run_jobs().await;
        assert_eq!(traces(w, Kind::Sqlite, &world::ANA.to_string()).await, [""; 0]);
    })
    .await;
}
