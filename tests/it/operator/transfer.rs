//! Tests the move of a bot from SQLite to PostgreSQL.

mod tables;

use std::fs;

use serde_json::json;

use super::{Said, greenlight};
use crate::harness::{Image, Kind, Thread, World, run_test_on};
use crate::store::db::Somewhere;

async fn migrate(w: &World, to: &str) -> Said {
    // Nothing secret is said at this level either.
    let log = [("GREENLIGHT_LOG__FILTER", "debug")];
    greenlight(w, &["migrate", "--to", to], &log).await
}

fn refused(said: &Said, why: &str) {
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(said.err.contains(why), "{}", said.err);
}

/// Has a server use most of what there is. Returns a thread, and its review, which one vote has approved.
async fn lived_in(w: &mut World) -> (Thread, Image) {
    w.dana()
        .command("settings limits", json!({ "credits": 900, "period": 0 }))
        .await;
    w.bo()
        .command("project create", json!({ "name": "Spring" }))
        .await;
    let (thread, images) = w.drafted(2).await;
    w.ana().notes(&images[0], "keep the gulls").await;
    w.bo().approves(&images[0]).await;
    w.run_jobs().await;
    let review = w.image_at(&thread, "review");
    w.bo().approves(&review).await;
    w.run_jobs().await;
    w.cem()
        .command("privacy forget-me", json!({ "sure": true }))
        .await;
    w.ana()
        .asks(json!({ "prompt": "a hare", "images": 1, "project": "Spring" }))
        .await;
    w.run_quick_jobs().await;
    (thread, review)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_was_lived_in_goes_on_in_postgres_where_it_was() {
    // It is there until the bot on it has stopped.
    let new = Somewhere::new(Kind::Postgres).await;
    run_test_on(Kind::Sqlite, &[], async |w| {
        let (thread, review) = lived_in(w).await;
        let (before, waiting) = (w.sums().await, w.jobs().await);
        assert_eq!(before, (10, 40, 950), "an image waits to be drawn");
        w.read_all();

        refused(&migrate(w, new.url()).await, "a program has it open");
        w.stop().await;
        refused(&migrate(w, "sqlite:other.db").await, "must begin with postgres:");
        let nowhere = format!("{}_of_nobody", new.url());
        refused(&migrate(w, &nowhere).await, "the server has no such database");

        let file = w.database_url().trim_start_matches("sqlite:").to_owned();
        let bytes = fs::read(&file).expect("the old database");
        let said = migrate(w, new.url()).await;
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        assert!(
            said.out.contains("Every table is the same in both"),
            "{}",
            said.out
        );
        assert!(said.out.contains("blobs.folder = "), "{}", said.out);
        let password = url::Url::parse(new.url()).expect("a URL");
        let password = password.password().expect("a password");
        assert!(
            !said.out.contains(password) && !said.err.contains(password),
            "{}{}",
            said.out,
            said.err
        );
        assert!(
            bytes == fs::read(&file).expect("the old database"),
            "it was only read"
        );

        w.set("DATABASE__URL", new.url());
        w.start().await;
        assert_eq!(
            (w.sums().await, w.jobs().await.len() >= waiting.len()),
            (before, true)
        );
        w.run_jobs().await;
        assert_eq!(w.sums().await, (0, 50, 950), "what waited is drawn");
        let hare = w.last_thread();
        w.starter(&hare);
        assert_eq!(w.images(&hare, "explore").len(), 1);
        w.dana().approves(&review).await;
        w.run_jobs().await;
        w.image_at(&thread, "final");
        assert_eq!(w.sums().await, (0, 90, 910), "the vote goes on");
        let project = w
            .bo()
            .command("project show", json!({ "project": "Spring" }))
            .await;
        assert!(project.contains("10"), "{project}");
        w.read_all();
        refused(&migrate(w, new.url()).await, "others are connected");
    })
    .await;
}
