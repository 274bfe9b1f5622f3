//! Tests how the page shows a message that is a layout of components: on a desk and on a phone, in
//! both themes, to who reads with a screen reader, and to who has a keyboard alone.

use std::io::Cursor;

use discord_sandbox::{Options, Sandbox, world};
use image::{ImageFormat, Rgb, RgbImage};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::everybody::Eye;
use super::machine::{Browser, Screen, bot};
use super::tab::{Page, keep_screenshots};

const LAYOUT: u64 = 1 << 15;
/// Puts the focus on the first button of the layout.
const FOCUS: &str = "document.querySelector('[data-testid=\"button-skip\"]').focus()";
/// Lists the descriptions of the pictures.
const ALTS: &str =
    "return [...document.querySelectorAll('[data-testid=\"attachment-image\"]')].map((image) => image.alt)";

fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let stripes = RgbImage::from_fn(width, height, |x, y| {
        Rgb([if (x / 40 + y / 40) % 2 == 0 { 200 } else { 90 }; 3])
    });
    stripes.write_to(&mut bytes, ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}

/// Returns a layout with everything that one may have.
fn everything() -> Value {
    let text = |words: &str| json!({ "type": 10, "content": words });
    let media = |name: &str| json!({ "url": format!("attachment://{name}") });
    let button = |id: &str, label: &str| json!({ "type": 2, "style": 2, "custom_id": id, "label": label });
    let row = json!({ "type": 1, "components": [
        button("mine", "Mine"), button("all", "All of the images that wait"), button("next", "Next page"),
    ] });
    let by = format!(
        "[a red fox](https://discord.com/channels/1/{}) by <@{}>",
        world::GENERAL,
        world::BO
    );
    let inside = json!([
        text("**What waits**\n**2 images** want a vote, `the first` to close first"),
        { "type": 9, "components": [text(&by), text("-# closes soon")],
            "accessory": button("skip", "Skip") },
        { "type": 9, "components": [text("an owl")],
            "accessory": { "type": 11, "media": media("owl.png"), "description": "an owl at night" } },
        { "type": 14, "spacing": 2 },
        { "type": 12, "items": [{ "media": media("sheet.png"), "description": "all four images, numbered" }] },
        row,
    ]);
    json!([
        { "type": 17, "accent_color": 0x003f_68d8, "components": inside },
        { "type": 12, "items": [
            { "media": media("one.png"), "description": "the first" },
            { "media": media("two.png"), "description": "the second", "spoiler": true },
        ] },
        { "type": 13, "file": media("prompt.txt") },
    ])
}

async fn posts(discord: &Sandbox) {
    let body = json!({ "flags": LAYOUT, "components": everything() });
    let mut form = Form::new().text("payload_json", body.to_string());
    let pictures = [
        ("owl.png", picture(400, 400)),
        ("sheet.png", picture(1_200, 800)),
        ("one.png", picture(600, 400)),
        ("two.png", picture(600, 400)),
        ("prompt.txt", b"a red fox".to_vec()),
    ];
    for ((name, bytes), n) in pictures.into_iter().zip(0..) {
        form = form.part(format!("files[{n}]"), Part::bytes(bytes).file_name(name));
    }
    let (base, channel) = (discord.url(), world::GENERAL);
    let request = reqwest::Client::new()
        .post(format!("{base}/api/v10/channels/{channel}/messages"))
        .header("authorization", "Bot test")
        .multipart(form);
    let reply = request.send().await.expect("the local Discord");
    let status = reply.status();
    assert!(status.is_success(), "{}", reply.text().await.unwrap_or_default());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layout_is_shown_to_everybody() {
    let discord = Sandbox::start(Options::default()).await.expect("a local Discord");
    let folder = tempfile::tempdir().expect("a folder");
    let app = bot(&discord, folder.path()).await;
    posts(&discord).await;
    let browser = Browser::start(keep_screenshots("layout"));
    let mut eye = Eye::new();
    for (screen, width) in [(Screen::Desk, 1_280), (Screen::Phone, 390)] {
        let page = browser.open(screen).await;
        for theme in ["dark", "light"] {
            page.prefers(theme).await;
            let (ana, channel) = (world::ANA, world::GENERAL);
            page.goto(&format!("{}/#as={ana}&in={channel}", discord.url()))
                .await;
            let message = page.message("What waits").await;
            page.picture(&message).await;
            page.shows(&message).await;
            eye.is_at(format!("{width}-{theme}"));
            eye.looks(&page, "layout").await;
            page.photograph(&format!("layout-{width}-{theme}")).await;
        }
        people_use_it(&page).await;
        page.close().await;
    }
    eye.closes(4);
    app.stop().await;
    discord.stop().await;
}

/// Everything is named, a picture opens large with its neighbours, and a button is pressed by a key.
async fn people_use_it(page: &Page) {
    let alts = page.finds(ALTS, vec![]).await;
    assert_eq!(
        alts,
        json!(["an owl at night", "all four images, numbered", "the first"])
    );
    let message = page.message("What waits").await;
    page.opens_the_picture_of(&message).await;
    page.reads_in("viewer-name", "owl.png").await;
    page.click("viewer-close").await;
    page.is_gone("viewer").await;
    page.finds(FOCUS, vec![]).await;
    page.types("\n").await;
    // The bot knows no such button, and says so.
    page.sees("ephemeral").await;
}
