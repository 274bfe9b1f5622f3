//! Takes the screenshots of `docs/screenshots`: the demo's page at three widths, dark and light. Takes
//! the pictures of the README's loop, of which `scripts/screenshots` makes one file.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::machine::{Browser, Demo, Screen};
use super::newcomer::{DRAWN, FINAL, PROMPT, REVIEW};
use super::tab::{Page, keep_screenshots};

/// The quality of the pictures, in percent.
const QUALITY: u8 = 82;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes into docs; run it with scripts/screenshots"]
async fn the_page_at_three_widths_in_both_themes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/screenshots");
    fs::create_dir_all(&folder).expect("a folder");
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
                fs::write(file, shot).expect("a file that can be written");
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

/// Calls back when every picture of the page is decoded and painted.
const PAINTED: &str = "const told = arguments[arguments.length - 1];
    Promise.allSettled([...document.images].filter((image) => image.complete).map((image) => image.decode()))
        .then(() => requestAnimationFrame(() => requestAnimationFrame(() => told(true))));";

/// The loop's pictures, in order. The name of each ends with how long it is shown, in milliseconds.
struct Loop<'a> {
    page: &'a Page,
    folder: PathBuf,
    taken: u32,
}

impl Loop<'_> {
    async fn shows(&mut self, for_ms: u32) {
        self.page.finds_later(PAINTED, vec![]).await;
        let shot = STANDARD.decode(self.page.webp(QUALITY).await).expect("base64");
        let file = self.folder.join(format!("{:02}-{for_ms}.webp", self.taken));
        fs::write(file, shot).expect("a file that can be written");
        self.taken += 1;
    }

    /// Waits for a message with a picture, and takes it.
    async fn shows_message(&mut self, words: &str, for_ms: u32) {
        let message = self.page.message(words).await;
        self.page.shows(&message).await;
        self.page.picture(&message).await;
        self.shows(for_ms).await;
    }

    async fn approves(&mut self, words: &str, for_ms: u32) {
        let message = self.page.message(words).await;
        self.page.shows(&message).await;
        self.page.reacts(&message, "✅").await;
        self.shows(for_ms).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes pictures; run it with scripts/screenshots"]
async fn a_prompt_becomes_a_4k_in_twenty_seconds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/loop");
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("a folder of ours");
    }
    fs::create_dir_all(&folder).expect("a folder");
    let demo = Demo::set_up();
    let browser = Browser::start(keep_screenshots("docs"));
    let page = browser.open(Screen::Desk).await;
    page.resize(1280, 760).await;
    page.prefers("dark").await;
    page.goto(&demo.url).await;
    page.message("lighthouse").await;
    let (page, taken) = (&page, 0);
    let mut film = Loop { page, folder, taken };
    film.shows(1_500).await;
    page.click(PROMPT).await;
    film.shows(2_000).await;
    page.click("composer-send").await;
    page.private_answer("for 40 credits").await;
    page.click("guide-close").await;
    film.shows(1_500).await;
    let drawn = page.message("4 drawn").await;
    page.shows(&drawn).await;
    page.picture(&drawn).await;
    film.shows(2_500).await;
    page.opens_the_newest_thread().await;
    film.shows_message(DRAWN, 2_000).await;
    page.becomes("bo").await;
    film.approves(DRAWN, 1_500).await;
    film.shows_message(REVIEW, 2_000).await;
    film.approves(REVIEW, 1_000).await;
    page.becomes("cem").await;
    film.approves(REVIEW, 1_500).await;
    film.shows_message(FINAL, 5_000).await;
    demo.stop();
}
