//! Tests the tools for who makes a bot: the traffic with what is wrong in it, and bad days by a
//! click, each with its effect on the real bot.

use discord_sandbox::{GatewayEvent, Options, Sandbox, world};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::machine::{Browser, Screen, bot};
use super::tab::{Page, keep_screenshots};

const ESCAPE: char = '\u{e00c}';
/// Chooses an option of a list.
const CHOOSE: &str = "const [list] = document.querySelectorAll(`[data-testid=${arguments[0]}]`);
list.value = arguments[1];
list.dispatchEvent(new Event('input', { bubbles: true }));";
/// Returns the names of the rows that are shown, newest first.
const SHOWN: &str = "return [...document.querySelectorAll('.exchange')].filter((row) => !row.hidden)
  .map((row) => row.querySelector('.exchange-name').textContent);";

#[tokio::test(flavor = "multi_thread")]
async fn traffic_is_read_and_bad_days_happen_by_a_click() {
    let discord = Sandbox::start(Options::default()).await.expect("a local Discord");
    let folder = tempfile::tempdir().expect("a folder");
    let app = bot(&discord, folder.path()).await;
    let browser = Browser::start(keep_screenshots("tools"));
    let desk = browser.open(Screen::Desk).await;
    desk.goto(&format!("{}/#as=ana&in={}", discord.url(), world::GENERAL))
        .await;
    desk.is_gone("tools").await;
    a_command_is_seen_on_its_way(&desk).await;
    what_is_not_valid_is_told(&discord, &desk).await;
    a_request_fails_once_and_what_waits_is_taken_back(&discord, &desk).await;
    a_cut_connection_is_resumed(&discord, &desk).await;
    escape_gives_the_focus_back(&desk).await;
    let phone = browser.open(Screen::Phone).await;
    phone.goto(&format!("{}/#as=bo", discord.url())).await;
    phone.click("open-tools").await;
    phone.sees("exchange-READY").await;
    phone.photograph("03-phone-the-traffic").await;
    phone.click("tools-days").await;
    phone.sees("day-it-is-lost").await;
    phone.photograph("04-phone-bad-days").await;
    for page in [&desk, &phone] {
        assert_eq!(page.complaints().await, Vec::<String>::new());
    }
    desk.close().await;
    phone.close().await;
    app.stop().await;
    discord.stop().await;
}

async fn a_command_is_seen_on_its_way(desk: &Page) {
    desk.click("open-tools").await;
    desk.sees("exchange-READY").await;
    desk.asks_for_the_pool("1,000 credits available").await;
    desk.sees("exchange-INTERACTION_CREATE").await;
    desk.sees("exchange-create_interaction_response").await;
    // By keyboard: the row is a button, and what it opens can be scrolled with the keys.
    let focus = "document.querySelector('[data-testid=exchange-INTERACTION_CREATE] summary').focus()";
    desk.finds(focus, vec![]).await;
    desk.types("\n").await;
    desk.reads_somewhere("\"name\": \"credits\"").await;
    desk.click("traffic-search").await;
    desk.types("interaction_create").await;
    desk.reads_somewhere("1 of the last").await;
    assert_eq!(
        desk.finds(SHOWN, vec![]).await,
        json!(["event INTERACTION_CREATE"])
    );
    desk.photograph("01-the-traffic").await;
    desk.types(&"\u{e003}".repeat(20)).await;
}

async fn says(discord: &Sandbox, content: &str) -> StatusCode {
    let request = reqwest::Client::new()
        .post(format!(
            "{}/api/v10/channels/{}/messages",
            discord.url(),
            world::GENERAL
        ))
        .header("authorization", "Bot test")
        .json(&json!({ "content": content }));
    request.send().await.expect("the local Discord").status()
}

async fn what_is_not_valid_is_told(discord: &Sandbox, desk: &Page) {
    assert_eq!(says(discord, &"x".repeat(2_001)).await, StatusCode::BAD_REQUEST);
    desk.finds(CHOOSE, vec!["traffic-kind".into(), "invalid".into()])
        .await;
    let row = desk.sees("exchange-create_message").await;
    let words = row.text().await.expect("its words");
    assert!(words.contains("400") && words.contains("not valid"), "{words}");
    assert_eq!(desk.finds(SHOWN, vec![]).await, json!(["POST create_message"]));
    // The test broke the document on purpose.
    drop(discord.take_violations());
}

async fn a_request_fails_once_and_what_waits_is_taken_back(discord: &Sandbox, desk: &Page) {
    desk.click("tools-days").await;
    desk.finds(CHOOSE, vec!["day-which".into(), "POST /messages".into()])
        .await;
    desk.click("day-503-service-unavailable").await;
    desk.reads_somewhere("POST /messages, once: 503").await;
    desk.photograph("02-bad-days").await;
    assert_eq!(says(discord, "once").await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(says(discord, "again").await, StatusCode::OK);
    desk.reads_somewhere("Nothing waits to happen.").await;
    desk.click("day-503-service-unavailable").await;
    desk.click("day-it-comes-twice").await;
    desk.click("day-no-hello").await;
    for waits in [
        "POST /messages, once: 503",
        "Any event, once: It comes twice",
        "Next connection: No HELLO",
    ] {
        desk.reads_somewhere(waits).await;
    }
    desk.click("disarm").await;
    desk.reads_somewhere("Nothing waits to happen.").await;
    assert_eq!(says(discord, "well").await, StatusCode::OK);
}

async fn a_cut_connection_is_resumed(discord: &Sandbox, desk: &Page) {
    let resumed = || {
        let log = discord.gateway().log().into_iter();
        log.filter(|event| matches!(event, GatewayEvent::Resumed { .. }))
            .count()
    };
    assert_eq!(resumed(), 0);
    desk.click("day-asked-to-reconnect").await;
    desk.click("tools-traffic").await;
    desk.finds(CHOOSE, vec!["traffic-kind".into(), "all".into()])
        .await;
    desk.sees("exchange-RESUMED").await;
    assert_eq!(resumed(), 1);
    discord.wait_online().await;
}

async fn escape_gives_the_focus_back(desk: &Page) {
    desk.click("traffic-search").await;
    desk.types(&ESCAPE.to_string()).await;
    desk.is_gone("tools").await;
    let focused = desk
        .finds("return document.activeElement.dataset.testid", vec![])
        .await;
    assert_eq!(focused, Value::from("open-tools"));
}
