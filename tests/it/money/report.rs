//! Tests `/report`: its sums, its days, its table and its picture. And the picture of the pool.

use std::time::Duration;

use discord_sandbox::world;
use greenlight::domain::money::period::Zone;
use serde_json::{Value, json};
use sqlx::Connection;

use crate::harness::{Kind, World, run_test, run_test_on};

/// The choices of the period, as Discord sends them.
const WEEK: u8 = 0;
const ALL: u8 = 3;

/// Gives a command and returns the private answer.
async fn answer(w: &World, person: u64, command: &str, options: Value) -> Value {
    let member = w.discord().member(person);
    let interaction = member.command(world::CAMPAIGN, command, options).await;
    let answer = w.discord().answer(interaction.expect("a command")).await;
    assert!(answer.ephemeral, "everybody can see {}", answer.message);
    answer.message
}

/// Returns the text of an answer.
fn words_of(answer: &Value) -> String {
    answer["content"].as_str().expect("a text").to_owned()
}

/// Returns the file of an answer.
fn file(w: &World, answer: &Value) -> Vec<u8> {
    let url = answer["attachments"][0]["url"].as_str().expect("a file");
    w.discord().file(url).expect("it is there")
}

/// Returns what a report says below its heading.
fn below(w: &World, answer: &Value) -> String {
    let told = w.readable(&words_of(answer));
    let lines: Vec<&str> = told.lines().skip(2).collect();
    lines.join("\n")
}

/// Presses the button of a report and returns the rows of its table.
async fn table(w: &World, person: u64, report: &Value) -> Vec<Vec<String>> {
    let id = report["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an id");
    let button = w.button(world::CAMPAIGN, id, "report:");
    let click = w
        .discord()
        .member(person)
        .click(world::CAMPAIGN, id, &button)
        .await;
    let handed = w.discord().answer(click.expect("a click")).await.message;
    let bytes = file(w, &handed);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(bytes.as_slice());
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.map(|row| row.iter().map(str::to_owned).collect()).collect()
}

/// Asks for a draft of a project and returns once it is drawn.
async fn asks(w: &mut World, person: u64, prompt: &str, images: u32, project: &str) {
    let options = json!({ "prompt": prompt, "images": images, "project": project });
    w.person(person).asks(options).await;
    w.run_jobs().await;
}

/// Plays a month of a server: two projects, all stages, and every way in which credits come back.
async fn month(w: &mut World) {
    for name in ["Spring", "=1+1"] {
        w.dana().command("project create", json!({ "name": name })).await;
    }
    asks(w, world::ANA, "a fox", 4, "Spring").await;
    let thread = w.last_thread();
    let images = w.images(&thread, "explore");
    w.advance(Duration::from_hours(2));
    w.approved_to_4k(&thread, &images[0]).await;
    w.bo().approves(&images[1]).await;
    w.run_jobs().await;
    asks(w, world::BO, "an owl", 1, "=1+1").await;
    w.cem().draft("a hare #sketch:refused", 1).await;
    w.cem().draft("a hare #sketch:broken", 1).await;
    w.cem().asks(json!({ "prompt": "a crow", "images": 3 })).await;
    w.run_quick_jobs().await;
    let starter = w.last_thread().id;
    w.cem().presses(world::CAMPAIGN, starter, "cancel").await;
    w.run_jobs().await;
    w.read_all();
}

async fn the_table_says_what_the_books_say(w: &World, report: &Value) {
    let rows = table(w, world::BO, report).await;
    let credits = |about: &str, name: &str| -> i64 {
        let of = rows
            .iter()
            .filter(|row| row[0] == about && (name.is_empty() || row[1] == name));
        of.map(|row| row[4].parse::<i64>().expect("credits")).sum()
    };
    let pool = w.pool().await;
    assert_eq!(credits("spent", ""), pool.settled.get());
    assert_eq!(credits("stage", ""), pool.settled.get());
    assert_eq!(credits("member", ""), pool.settled.get());
    assert_eq!(credits("project", ""), pool.settled.get());
    let mut other = sqlx::AnyConnection::connect(w.database_url())
        .await
        .expect("a connection");
    let held: i64 = sqlx::query_scalar("SELECT CAST(SUM(amount) AS BIGINT) FROM entries WHERE kind = 'hold'")
        .fetch_one(&mut other)
        .await
        .expect("a sum");
    assert_eq!(credits("spent", "") + credits("not spent", ""), held);
    assert_eq!(credits("project", "'=1+1"), 10, "a name is no formula: {rows:?}");
    let ana = rows
        .iter()
        .find(|row| row[0] == "member" && row[2] == world::ANA.to_string());
    assert!(ana.is_some(), "{rows:?}");
}

async fn a_report_can_be_of_one_project_or_member(w: &mut World) {
    let spring = answer(w, world::BO, "report", json!({ "project": "spring" })).await;
    let told = w.readable(&words_of(&spring));
    assert!(told.starts_with("**Report · 30 days** · **Spring**\n"), "{told}");
    assert!(
        told.contains("**Members**: @Ana 120") && !told.contains("**Projects**"),
        "{told}"
    );
    let bo = answer(
        w,
        world::ANA,
        "report",
        json!({ "member": world::BO.to_string() }),
    )
    .await;
    let told = w.readable(&words_of(&bo));
    assert!(
        told.starts_with("**Report · 30 days** · drafts of @Bo\n"),
        "{told}"
    );
    assert!(
        told.contains("**10 credits spent**") && !told.contains("**Members**"),
        "{told}"
    );
    let unknown = w.bo().command("report", json!({ "project": "Summer" })).await;
    assert!(unknown.contains("Summer"), "{unknown}");
}

async fn what_nobody_wrote_down_or_asked_to_be_forgotten_is_left_out(w: &mut World) {
    let mut other = sqlx::AnyConnection::connect(w.database_url())
        .await
        .expect("a connection");
    // A bot of long ago did not write down what a picture cost its operator.
    sqlx::query("UPDATE renders SET usd_micros = NULL")
        .execute(&mut other)
        .await
        .expect("an update");
    w.ana_is_forgotten().await;
    let later = answer(w, world::BO, "report", json!({})).await;
    let told = below(w, &later);
    assert!(
        told.contains("**Members**: somebody who asked to be forgotten 120 · @Bo 10"),
        "{told}"
    );
    assert!(
        told.contains("**A final**: 130 credits, all stages together\n"),
        "{told}"
    );
    let rows = table(w, world::BO, &later).await;
    let named = rows
        .iter()
        .find(|row| row[0] == "member" && row[1].contains("forgotten"));
    assert!(named.is_some_and(|row| row[2].is_empty()), "{rows:?}");
}

async fn a_month_is_reported(kind: Kind) {
    run_test_on(kind, &[("LIMITS__TIME_ZONE", "Pacific/Auckland")], async |w| {
        month(w).await;
        let report = answer(w, world::BO, "report", json!({})).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(below(w, &report), @r"
            **Pictures**: 5 drafts → 5 images → 2 at 2K (40%) → 1 at 4K (50%)
            **130 credits spent**: ideas 50 + 2K 40 + 4K 40
            **A final**: 130 credits, all stages together
            **70 saved**: every idea at 4K would be 200
            **Approval**: half come within 2 hours of the picture
            **Given back**: 1 refused by the engine (10) · 1 failed (10) · 3 called off (30)
            **Projects**: **Spring** 120 · **=1+1** 10
            **Members**: @Ana 120 · @Bo 10
            ");
        }
        let heading = w.readable(&words_of(&report));
        assert!(
            heading.starts_with("**Report · 30 days** · the whole server\n-# "),
            "{heading}"
        );
        assert!(heading.contains("by the days of Pacific/Auckland\n"), "{heading}");
        let picture = image::load_from_memory(&file(w, &report)).expect("a picture");
        assert!(picture.width() == 840 && picture.height() > 300);
        let alt = report["attachments"][0]["description"]
            .as_str()
            .unwrap_or_default();
        assert!(
            alt.starts_with("Chart of pictures and credits by stage: 5 ideas"),
            "{alt}"
        );

        the_table_says_what_the_books_say(w, &report).await;
        a_report_can_be_of_one_project_or_member(w).await;
        what_nobody_wrote_down_or_asked_to_be_forgotten_is_left_out(w).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_says_what_the_books_say_on_sqlite() {
    a_month_is_reported(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_says_what_the_books_say_on_postgres() {
    a_month_is_reported(Kind::Postgres).await;
}

async fn days_end_at_the_servers_midnight(kind: Kind) {
    run_test_on(kind, &[("LIMITS__TIME_ZONE", "Pacific/Auckland")], async |w| {
        let nothing = w.bo().command("report", json!({})).await;
        assert!(
            nothing.ends_with(
                "No picture was asked for in this time. `/draft` begins one: everyone here can. \
                 `/report` looks further back with `period:everything`."
            ),
            "{nothing}"
        );
        let _ = w.drafted_one().await;
        let zone: Zone = "Pacific/Auckland".parse().expect("a zone");
        let began = w.now_ms();
        let day = 24 * 3_600_000;
        // The first instant of the seventh day after that of the draft.
        let noon = zone.midnight(0, began).expect("a day") + 7 * day + day / 2;
        let over = zone.midnight(0, noon).expect("a day");
        let past = |ms: i64| Duration::from_millis(ms.unsigned_abs());
        w.advance(past(over - 1 - w.now_ms()));
        w.run_jobs().await;
        let asks = json!({ "period": WEEK });
        let told = w.bo().command("report", asks.clone()).await;
        assert!(told.contains("1 draft → 1 image"), "{told}");
        w.advance(past(1));
        let told = w.bo().command("report", asks).await;
        assert!(told.contains("No picture was asked for in this time."), "{told}");
        let told = w.bo().command("report", json!({ "period": ALL })).await;
        assert!(told.contains("1 draft → 1 image"), "{told}");
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_of_a_report_end_at_the_servers_midnight_on_sqlite() {
    days_end_at_the_servers_midnight(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_of_a_report_end_at_the_servers_midnight_on_postgres() {
    days_end_at_the_servers_midnight(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pool_is_drawn_once_something_is_spent_and_its_end_is_told_once_there_is_a_pace() {
    run_test(async |w| {
        let empty = answer(w, world::BO, "credits pool", json!({})).await;
        assert_eq!(empty["attachments"], json!([]), "there is nothing to be drawn");
        for day in 0..3 {
            w.drafted_one().await;
            let pool = answer(w, world::BO, "credits pool", json!({})).await;
            let told = words_of(&pool);
            assert_eq!(
                told.contains("⏳ At this pace the pool ends on <t:"),
                day == 2,
                "{told}"
            );
            let picture = image::load_from_memory(&file(w, &pool)).expect("a picture");
            assert_eq!(picture.width(), 840);
            let alt = pool["attachments"][0]["description"].as_str().unwrap_or_default();
            let sum = (day + 1) * 10;
            let all =
                format!("Chart of the credits spent a day over 30 days: {sum} credits in all, at most 10");
            assert!(alt.starts_with(&all), "{alt}");
            w.advance(Duration::from_hours(24));
        }
        let report = w.bo().command("report", json!({})).await;
        assert!(report.contains("⏳ At this pace the pool ends on"), "{report}");
        w.run_jobs().await;
        w.read_all();
    })
    .await;
}
