//! Tests that a channel with a long history is as pleasant as a short one: only messages around the
//! view are in the document, older ones come as they are looked at, and what one reads stays where
//! it is.

use discord_sandbox::{Options, Sandbox, world};
use serde_json::Value;

use super::machine::{Browser, Screen};
use super::tab::{Page, keep_screenshots};

const MESSAGES: usize = 2_000;
/// The most messages that may be in the document, on a screen of 860 pixels.
const DRAWN: u64 = 120;
/// Scrolls from the newest message to the first.
const CLIMB: &str = include_str!("history.js");
/// Returns how far a message's upper edge is from that of the window.
const TOP: &str = "return document.getElementById('message-' + arguments[0]).getBoundingClientRect().top";
const HOME: char = '\u{e011}';
const END: char = '\u{e010}';
const PAGE_UP: char = '\u{e00e}';

/// Fills a channel with pictures. Returns the ids of the messages, oldest first.
async fn filled(discord: &Sandbox) -> Vec<u64> {
    let mut ids = Vec::with_capacity(MESSAGES);
    for n in 1..=MESSAGES {
        let shade = u8::try_from(n % 256).expect("a byte");
        let picture = image::RgbImage::from_pixel(96, 54, image::Rgb([shade, 255 - shade, 128]));
        let mut file = std::io::Cursor::new(Vec::new());
        picture
            .write_to(&mut file, image::ImageFormat::Png)
            .expect("a picture");
        let author = discord.member([world::ANA, world::BO, world::CEM][n / 3 % 3]);
        let files = vec![(format!("picture-{n}.png"), file.into_inner())];
        let said = author.say(world::GENERAL, &format!("Picture {n}."), files).await;
        ids.push(said.expect("a message"));
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_pictures_are_read_without_a_jump_and_drawn_as_they_are_looked_at() {
    let discord = Sandbox::start(Options::default()).await.expect("a local Discord");
    let ids = filled(&discord).await;
    let browser = Browser::start(keep_screenshots("history"));
    let desk = browser.open(Screen::Desk).await;
    desk.goto(&format!("{}/#as=dana&in={}", discord.url(), world::GENERAL))
        .await;
    desk.message("Picture 2000.").await;
    desk.photograph("01-the-newest").await;
    a_hand_scrolls_to_the_first(&desk).await;
    keys_go_to_both_ends(&desk).await;
    a_link_leads_into_the_middle(&discord, &desk, ids[999]).await;
    what_one_reads_stays(&discord, &desk, &ids).await;
    assert_eq!(desk.complaints().await, Vec::<String>::new());
    desk.close().await;
    discord.stop().await;
}

async fn a_hand_scrolls_to_the_first(desk: &Page) {
    let seen = desk.finds_later(CLIMB, vec![]).await;
    assert_eq!(seen["error"], Value::Null, "{seen}");
    assert_eq!(
        seen["jumps"],
        serde_json::json!([]),
        "rows that did not go with the others"
    );
    assert_eq!(seen["blank"], 0, "a view without any message");
    assert!(seen["steps"].as_u64().expect("a count") > 100, "{seen}");
    assert!(seen["articles"].as_u64().expect("a count") <= DRAWN, "{seen}");
    assert!(seen["pictures"].as_u64().expect("a count") <= DRAWN, "{seen}");
    let first = desk.message("Picture 1.").await;
    assert_eq!(desk.picture(&first).await, (96, 54));
    desk.photograph("02-the-first").await;
}

async fn keys_go_to_both_ends(desk: &Page) {
    desk.finds("document.getElementById('scroller').focus()", vec![])
        .await;
    desk.types(&END.to_string()).await;
    let last = desk.message("Picture 2000.").await;
    assert_eq!(desk.picture(&last).await, (96, 54));
    desk.types(&PAGE_UP.to_string().repeat(3)).await;
    desk.message("Picture 1980.").await;
    desk.types(&HOME.to_string()).await;
    desk.message("Picture 1.").await;
    let focused = desk.finds("return document.activeElement.id", vec![]).await;
    assert_eq!(focused, "scroller", "keys scroll on");
}

async fn a_link_leads_into_the_middle(discord: &Sandbox, desk: &Page, middle: u64) {
    let (guild, channel) = (world::NORTHLIGHT, world::GENERAL);
    let link = format!("http://localhost/channels/{guild}/{channel}/{middle}");
    let bo = discord.member(world::BO);
    bo.say(world::GALLERY, &format!("[Look](<{link}>) here"), vec![])
        .await
        .expect("a message");
    // A page that has just been opened knows the newest messages alone.
    desk.goto("about:blank").await;
    desk.goto(&format!("{}/#as=dana&in={}", discord.url(), world::GALLERY))
        .await;
    desk.message("Look here").await;
    desk.finds("document.querySelector('article a').click()", vec![])
        .await;
    desk.message("Picture 1000.").await;
    let focused = desk.focused().await;
    assert_eq!(focused, format!("message-{middle}"));
    let top = desk.finds(TOP, vec![middle.to_string().into()]).await;
    assert!(
        (200.0..600.0).contains(&top.as_f64().expect("pixels")),
        "in the middle: {top}"
    );
    let drawn = desk
        .finds("return document.querySelectorAll('article').length", vec![])
        .await;
    assert!(drawn.as_u64().expect("a count") <= DRAWN, "{drawn}");
    desk.photograph("03-from-a-link").await;
}

/// Something new comes below, and a row above grows.
async fn what_one_reads_stays(discord: &Sandbox, desk: &Page, ids: &[u64]) {
    let read = ids[999];
    let before = desk.finds(TOP, vec![read.to_string().into()]).await;
    let bo = discord.member(world::BO);
    bo.react(world::GENERAL, ids[994], "🎉")
        .await
        .expect("a reaction");
    desk.sees("reaction-🎉").await;
    bo.say(world::GENERAL, "Something new.", vec![])
        .await
        .expect("a message");
    desk.reads_somewhere("Bo: Something new.").await;
    let after = desk.finds(TOP, vec![read.to_string().into()]).await;
    let moved = after.as_f64().expect("pixels") - before.as_f64().expect("pixels");
    assert!(moved.abs() <= 1.5, "the row moved by {moved}");
    desk.click("present").await;
    desk.message("Something new.").await;
    desk.is_gone(&format!("message-{read}")).await;
}
