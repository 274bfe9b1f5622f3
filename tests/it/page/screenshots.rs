//! Takes the screenshots of `docs/screenshots`: the demo's page at three widths, dark and light.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::machine::{Browser, Demo, Screen};
use super::tab::keep_screenshots;

/// The quality of the pictures, in percent.
const QUALITY: u8 = 82;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes into docs; run it with scripts/screenshots"]
async fn the_page_at_three_widths_in_both_themes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/screenshots");
    std::fs::create_dir_all(&folder).expect("a folder");
    let demo = Demo::set_up();
    let browser = Browser::start(keep_screenshots("docs"));
    let desk = browser.open(Screen::Desk).await;
    let phone = browser.open(Screen::Phone).await;
    for theme in ["dark", "light"] {
        for width in [390, 820, 1400] {
            let page = if width == 390 { &phone } else { &desk };
            if width > 390 {
                page.resize(width, 860).await;
            }
            page.prefers(theme).await;
            let keep = async |name: &str| {
                page.photograph(&format!("{width}-{theme}-{name}")).await;
                let shot = STANDARD.decode(page.webp(QUALITY).await).expect("base64");
                let file = folder.join(format!("{width}-{theme}-{name}.webp"));
                std::fs::write(file, shot).expect("a file that can be written");
            };
            page.goto("about:blank").await;
            page.goto(&format!("{}/#as=ana", demo.url)).await;
            page.message("2 drawn").await;
            keep("channel").await;
            page.opens_the_newest_thread().await;
            let last = page.message("4K final").await;
            page.picture(&last).await;
            page.shows(&last).await;
            keep("thread").await;
            page.click("open-tools").await;
            page.sees_one_that_begins("exchange-").await;
            keep("tools").await;
            page.click("tools-close").await;
        }
    }
    desk.close().await;
    phone.close().await;
    demo.stop();
}
