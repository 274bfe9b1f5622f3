//! Tests the demo as people meet it: the built program and its page in a headless Chromium, with
//! nothing between them but a mouse, a keyboard and a finger.
//!
//! `scripts/test` installs Chromium and its driver from Debian. Screenshots of each step are kept
//! in `target/screenshots`. Each is also checked for elements that overlap, stick out or are cut
//! off.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;

use futures::FutureExt;
use image::ImageDecoder;
use image::codecs::png::PngDecoder;

use super::admin;
use super::machine::{Browser, Demo, Screen};
use super::tab::{Page, keep_screenshots};

const PROMPT: &str = "a red fox above a calm lake at dawn";
const KEEP: &str = "the fox on the left, free sky on the right";

#[tokio::test(flavor = "multi_thread")]
async fn a_team_gets_its_4k_picture_in_the_demo() {
    tell("team", story).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_admin_has_a_budget_and_a_quorum_in_the_demo() {
    tell("admin", admin::story).await;
}

/// Runs a story of the demo, seen on a desk and on a phone. Its screenshots go to a folder of its
/// own.
pub(super) async fn tell(name: &str, story: impl AsyncFnOnce(&Demo, &Page, &Page)) {
    let demo = Demo::start();
    let browser = Browser::start(keep_screenshots(name));
    let desk = browser.open(Screen::Desk).await;
    let phone = browser.open(Screen::Phone).await;
    let told = AssertUnwindSafe(story(&demo, &desk, &phone)).catch_unwind().await;
    if let Err(panic) = told {
        desk.keep_failure("failed-desk").await;
        phone.keep_failure("failed-phone").await;
        resume_unwind(panic);
    }
    for page in [&desk, &phone] {
        assert_eq!(
            page.complaints().await,
            Vec::<String>::new(),
            "the browser has something to complain about"
        );
    }
    desk.close().await;
    phone.close().await;
    demo.stop();
}

async fn story(demo: &Demo, desk: &Page, phone: &Page) {
    desk.goto(&demo.url).await;
    ana_asks_for_four_pictures(desk).await;
    four_pictures_are_in_the_thread(desk).await;
    bo_approves_one_and_sees_its_2k(desk).await;
    cem_makes_it_two_of_two_on_his_phone(demo, desk, phone).await;
    the_4k_is_one(desk).await;
    ana_reads_what_it_cost(desk).await;
    everything_is_kept(&demo.folder.path().join("blobs/renders"));
}

async fn ana_asks_for_four_pictures(desk: &Page) {
    desk.click("composer-input").await;
    desk.types("/").await;
    desk.sees("command-draft").await;
    desk.photograph("01-the-commands").await;
    desk.types("dr\n").await;
    desk.types(PROMPT).await;
    for (option, typed, offered) in [
        ("ratio", "16", Some("choice-16:9")),
        ("images", "4", None),
        ("keep", KEEP, None),
    ] {
        desk.click("more-options").await;
        desk.click(&format!("add-option-{option}")).await;
        desk.types(typed).await;
        if let Some(offered) = offered {
            desk.sees_one_that_begins(offered).await;
            desk.photograph("02-the-options-are-completed").await;
            desk.types("\n").await;
        }
    }
    desk.photograph("03-the-command-is-filled-in").await;
    desk.types("\n").await;
    desk.private_answer("4 images for 40 credits").await;
    desk.message("4 images · 1K · 16:9").await;
    desk.photograph("04-the-draft-is-being-drawn").await;
    desk.asks_for_the_pool("960 credits available").await;
}

async fn four_pictures_are_in_the_thread(desk: &Page) {
    desk.click_one_that_begins("open-thread-").await;
    for position in 1..=4 {
        let image = desk
            .message(&format!("Image {position} · 1K draft · 1280×720"))
            .await;
        assert_eq!(desk.picture(&image).await, (1280, 720));
    }
    assert_eq!(desk.different_pictures().await, 4, "four seeds are four pictures");
    desk.photograph("05-four-pictures-in-the-thread").await;
}

async fn bo_approves_one_and_sees_its_2k(desk: &Page) {
    desk.becomes("bo").await;
    let second = desk.message("Image 2 · 1K draft").await;
    desk.reacts(&second, "✅").await;
    desk.message("Approved for 2K · @Bo").await;
    let review = desk.message("Image 2 · 2K review · 2560×1440").await;
    assert_eq!(desk.picture(&review).await, (2560, 1440));
    desk.shows(&review).await;
    desk.photograph("06-bo-approved-and-here-is-the-2k").await;
    desk.reacts(&review, "✅").await;
    desk.message("1 of 2 for 4K at 40 credits · @Bo").await;
    // The window is higher here, so that it shows more than one picture: this screenshot is in the
    // README.
    desk.resize(1280, 1000).await;
    desk.shows(&review).await;
    desk.photograph("07-one-of-two-for-the-4k").await;
    desk.resize(1280, 860).await;
    desk.asks_for_the_pool("940 credits available").await;
}

async fn cem_makes_it_two_of_two_on_his_phone(demo: &Demo, desk: &Page, phone: &Page) {
    phone.goto(&format!("{}/#as=cem", demo.url)).await;
    phone.message("4 drawn").await;
    phone.photograph("08-phone-the-channel").await;
    phone.click_one_that_begins("open-thread-").await;
    let review = phone.message("Image 2 · 2K review").await;
    assert_eq!(phone.picture(&review).await, (2560, 1440));
    phone.shows(&review).await;
    phone.photograph("09-phone-the-vote").await;
    phone.reacts(&review, "✅").await;
    desk.message("Approved for 4K · @Bo, @Cem").await;
    let last = phone.message("Image 2 · 4K final · 3840×2160").await;
    assert_eq!(phone.picture(&last).await, (3840, 2160));
    phone.shows(&last).await;
    phone.photograph("10-phone-the-4k").await;
}

async fn the_4k_is_one(desk: &Page) {
    let last = desk.message("Image 2 · 4K final · 3840×2160").await;
    assert_eq!(desk.picture(&last).await, (3840, 2160));
    desk.shows(&last).await;
    desk.photograph("11-the-4k").await;
    desk.opens_the_picture_of(&last).await;
    assert_eq!(desk.reads("viewer-size").await, "3840×2160");
    desk.photograph("12-the-viewer").await;
    let original = desk.downloads_the_picture().await;
    assert_eq!(png_size(&original), (3840, 2160), "the file that was posted");
    desk.click("viewer-close").await;
    desk.is_gone("viewer").await;
}

async fn ana_reads_what_it_cost(desk: &Page) {
    desk.becomes("ana").await;
    desk.message("@Ana Image 2 · 4K final").await;
    desk.asks_for_the_pool("900 credits available").await;
    desk.private_answer("1,000 granted · 100 spent · 0 held").await;
    desk.photograph("13-what-it-cost").await;
    desk.click("thread-back").await;
    desk.message("4 drawn").await;
    desk.photograph("14-the-channel-at-the-end").await;
}

/// Checks the originals that the bot keeps, by their own headers: four drafts, one review and one
/// final.
fn everything_is_kept(folder: &Path) {
    let files = std::fs::read_dir(folder)
        .expect("the originals are kept")
        .map(|file| std::fs::read(file.expect("a file").path()).expect("a file that can be read"));
    let mut sizes: Vec<_> = files.map(|file| png_size(&file)).collect();
    sizes.sort_unstable();
    let drafts = [(1280, 720); 4];
    assert_eq!(sizes, [&drafts[..], &[(2560, 1440), (3840, 2160)]].concat());
}

fn png_size(file: &[u8]) -> (u32, u32) {
    PngDecoder::new(std::io::Cursor::new(file))
        .expect("a PNG file")
        .dimensions()
}
