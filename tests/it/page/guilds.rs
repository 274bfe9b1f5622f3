//! Tests that one goes from one server to another on the page, and finds in each its own channels,
//! people and pool.

use discord_sandbox::{Options, Sandbox, World, world};
use serde_json::Value;

use super::machine::{Browser, Screen, bot};
use super::tab::{Page, keep_screenshots};

#[tokio::test(flavor = "multi_thread")]
async fn one_goes_from_server_to_server_and_each_has_its_own() {
    let options = Options {
        world: World {
            neighbours: vec![world::harbour()],
            ..World::default()
        },
        ..Options::default()
    };
    let discord = Sandbox::start(options).await.expect("a local Discord");
    let folder = tempfile::tempdir().expect("a folder");
    let app = bot(&discord, folder.path()).await;
    let browser = Browser::start(keep_screenshots("guilds"));
    let desk = browser.open(Screen::Desk).await;
    desk.goto(&format!("{}/#as=ana", discord.url())).await;
    desk.asks_for_the_pool("1,000 credits available").await;
    desk.click("guild-Harbour Press").await;
    channel_is(&desk, "covers").await;
    desk.is_gone("channel-gallery").await;
    desk.asks_for_the_pool("1,000 credits available").await;
    desk.click("composer-input").await;
    desk.types("/draft\na blue hare\n").await;
    desk.message("4 drawn").await;
    desk.asks_for_the_pool("960 credits available").await;
    desk.photograph("01-the-second-server").await;
    // What happens there is not told here.
    desk.click("guild-Northlight Studio").await;
    channel_is(&desk, "campaign-pictures").await;
    desk.is_gone("channel-covers").await;
    desk.asks_for_the_pool("1,000 credits available").await;
    // The address holds the server: another tab opens it there, as somebody else.
    desk.goto("about:blank").await;
    desk.goto(&format!("{}/#as=bo&at={}", discord.url(), world::HARBOUR))
        .await;
    channel_is(&desk, "covers").await;
    desk.message("4 drawn").await;
    desk.opens_the_newest_thread().await;
    let image = desk.message("Image 1 · 1K draft").await;
    desk.reacts(&image, "✅").await;
    desk.message("Approved for 2K · @Bo").await;
    assert_eq!(desk.complaints().await, Vec::<String>::new());
    desk.close().await;
    app.stop().await;
    discord.stop().await;
}

async fn channel_is(desk: &Page, name: &str) {
    desk.reads_in("channel-title", name).await;
    let title = desk.finds("return document.title", vec![]).await;
    assert_eq!(title, Value::from(format!("#{name} · Local Discord")));
}
