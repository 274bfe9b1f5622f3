//! Tests engines by name: several of a kind, a server that wants no key, and a render that is asked
//! of one engine and finished after its stage has another.

use serde_json::json;

use super::openai::{KEY, all_by_openai, obliging};
use super::vendors;
use crate::harness::service::{Answer, Service};
use crate::harness::{Kind, LEASE, World};

/// Has the stages be drawn by `sketch` from the next start on.
fn on_sketch(w: &mut World) {
    for stage in ["EXPLORE", "REVIEW", "FINAL"] {
        w.set(&format!("STAGES__{stage}__ENGINE"), "sketch");
        w.set(&format!("STAGES__{stage}__MODEL"), "sketch-1");
        w.unset(&format!("STAGES__{stage}__QUALITY"));
        w.set(&format!("STAGES__{stage}__MODE"), "exact");
    }
    w.unset("STAGES__EXPLORE__MODE");
}

/// Tells a story of a bot that is killed between asking and answer, whose stages have another engine
/// after the restart.
async fn a_render_stays_with_who_was_asked(kind: Kind) {
    let service = Service::that_says(Answer::Silence).await;
    vendors::story(&all_by_openai(&service.url), kind, async |w| {
        w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
        let working = w.work_meanwhile();
        w.eventually("the service is asked", async || !service.asked().is_empty())
            .await;
        w.kill().await;
        working.await.expect_err("it died");
        w.advance(LEASE);
        on_sketch(w);
        w.start().await;
        w.work_it_out().await;
        let thread = w.last_thread();
        let notices = w.notices(&thread);
        assert!(notices[0].contains("It may have been paid"), "{notices:?}");
        w.starter(&thread);
        let list = w.dana().command("treasury unresolved", json!({})).await;
        assert!(list.contains("· asked openai <time>"), "{list}");
        assert_eq!(w.sums().await, (10, 0, 990), "no free picture took its place");
        // What was not asked yet is drawn as the stages say now.
        let next = w.ana().draft("a hare", 1).await;
        w.starter(&next);
        w.image_at(&next, "explore");
    })
    .await;
    assert_eq!(service.asked().len(), 1, "{kind:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_asking_and_answer_stays_with_who_was_asked_on_sqlite() {
    a_render_stays_with_who_was_asked(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_asking_and_answer_stays_with_who_was_asked_on_postgres() {
    a_render_stays_with_who_was_asked(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_left_the_settings_leaves_its_open_calls_unknown() {
    let service = Service::that_says(Answer::Silence).await;
    let mut settings = all_by_openai(&service.url);
    for (key, value) in &mut settings {
        if key.starts_with("STAGES__EXPLORE__ENGINE") {
            *value = "rack".to_owned();
        }
    }
    settings.push(("ENGINES__RACK__KIND", "openai".to_owned()));
    settings.push(("ENGINES__RACK__BASE_URL", service.url.clone()));
    vendors::story(&settings, Kind::Sqlite, async |w| {
        w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
        let working = w.work_meanwhile();
        w.eventually("the service is asked", async || !service.asked().is_empty())
            .await;
        w.kill().await;
        working.await.expect_err("it died");
        w.advance(LEASE);
        w.unset("ENGINES__RACK__KIND");
        w.unset("ENGINES__RACK__BASE_URL");
        on_sketch(w);
        w.start().await;
        w.work_it_out().await;
        let thread = w.last_thread();
        w.starter(&thread);
        w.notices(&thread);
        let list = w.dana().command("treasury unresolved", json!({})).await;
        assert!(list.contains("· asked rack <time>"), "{list}");
        assert_eq!(w.sums().await, (10, 0, 990));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_accounts_and_a_server_without_a_key_each_draw_a_stage() {
    let (first, second, rack) = (
        Service::start(obliging).await,
        Service::start(obliging).await,
        Service::start(obliging).await,
    );
    let mut settings = all_by_openai(&first.url);
    for (key, value) in &mut settings {
        match *key {
            "STAGES__REVIEW__ENGINE" => *value = "second".to_owned(),
            "STAGES__FINAL__ENGINE" => *value = "rack".to_owned(),
            _ => {}
        }
    }
    settings.extend([
        ("ENGINES__SECOND__KIND", "openai".to_owned()),
        ("ENGINES__SECOND__KEY", "987654321 \n".to_owned()),
        ("ENGINES__SECOND__BASE_URL", second.url.clone()),
        ("ENGINES__RACK__KIND", "openai".to_owned()),
        ("ENGINES__RACK__BASE_URL", rack.url.clone()),
    ]);
    vendors::story(&settings, Kind::Sqlite, async |w| {
        let thread = w.ana().draft("a red fox", 1).await;
        w.starter(&thread);
        let draft = w.image_at(&thread, "explore");
        w.approved_to_4k(&thread, &draft).await;
    })
    .await;
    let keys = [&first, &second, &rack].map(|service| {
        let asked = service.asked();
        assert_eq!(asked.len(), 1);
        asked[0].headers.get("authorization").cloned()
    });
    let first = format!("Bearer {KEY}");
    assert_eq!(keys, [Some(first), Some("Bearer 987654321".to_owned()), None]);
}
