//! Tests the contact sheet on the message that began a draft.

use std::time::Duration;

use discord_sandbox::{Fault, world};
use greenlight::media;
use serde_json::{Value, json};

use crate::draft::references::drafts_after;
use crate::harness::{Thread, World, flat, run_test, run_test_with};

/// Returns the files of a starter: names, alt texts, contents.
fn files(w: &World, thread: &Thread) -> Vec<(String, String, Vec<u8>)> {
    let starter = w.message(world::CAMPAIGN, thread.id);
    let files = starter["attachments"].as_array().cloned().unwrap_or_default();
    let text = |file: &Value, field: &str| file[field].as_str().unwrap_or_default().to_owned();
    let read = |file: &Value| w.discord().file(&text(file, "url")).expect("the file");
    files
        .iter()
        .map(|file| (text(file, "filename"), text(file, "description"), read(file)))
        .collect()
}

/// Returns the contact sheet of a starter: its alt text and the file.
fn sheet(w: &World, thread: &Thread) -> (String, Vec<u8>) {
    let found = files(w, thread)
        .into_iter()
        .find(|(name, ..)| name.ends_with("-sheet.jpg"));
    let (_, alt, file) = found.expect("a contact sheet");
    (alt, file)
}

/// Reads everything in a thread.
fn read_all(w: &mut World, thread: &Thread) {
    w.said_in(thread.id);
    w.starter(thread);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_drawing_ends_the_starter_shows_all_images_as_one_picture() {
    run_test(async |w| {
        w.ana().asks(json!({ "prompt": "a red fox", "images": 3 })).await;
        w.run_quick_jobs().await;
        let thread = w.last_thread();
        w.draw_one().await;
        w.run_quick_jobs().await;
        assert!(files(w, &thread).is_empty(), "not while images are drawn");
        w.run_jobs().await;
        let (alt, file) = sheet(w, &thread);
        assert_eq!(alt, "Contact sheet of 3 images, 16:9: a red fox");
        let pixels = media::probe(&file).expect("a picture").pixels;
        assert_eq!((pixels.width, pixels.height), (168, 98), "two rows of 80×45");
        let text = w.starter(&thread);
        let next = "React ✅ in the thread to bring an image to 2K · 20 credits each · needs 1 approval";
        assert!(text.ends_with(&format!("3 drawn\n{next}")), "{text}");
        read_all(w, &thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sheet_is_drawn_again_once_when_several_images_earn_a_stage() {
    run_test(async |w| {
        let (thread, images) = w.drafted(3).await;
        let (_, before) = sheet(w, &thread);
        let seen = w.discord().calls().len();
        w.bo().approves(&images[0]).await;
        w.bo().approves(&images[2]).await;
        w.run_jobs().await;
        w.advance(Duration::from_secs(10));
        w.run_jobs().await;
        let path = format!("/channels/{}/messages/{}", world::CAMPAIGN, thread.id);
        let calls = w.discord().calls();
        let edits = calls[seen..]
            .iter()
            .filter(|call| call.method == "PATCH" && call.path.ends_with(&path));
        assert_eq!(edits.count(), 1);
        let (alt, after) = sheet(w, &thread);
        assert_eq!(
            alt,
            "Contact sheet of 3 images, 16:9, number 1 with its 2K, number 3 with its 2K: a red fox"
        );
        assert_ne!(before, after);
        read_all(w, &thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_without_a_picture_is_a_tile_that_says_so() {
    run_test(async |w| {
        let thread = w.ana().draft("a fox #sketch:broken*1", 2).await;
        let empty = files(w, &thread);
        assert!(empty.is_empty(), "nothing to show: {empty:?}");
        let failed = w.message_with(thread.id, "**Image 2** could not");
        w.ana().presses(thread.id, failed, "retry").await;
        w.run_jobs().await;
        let (alt, _) = sheet(w, &thread);
        assert!(
            alt.starts_with("Contact sheet of 2 images, 16:9, number 1: failed"),
            "{alt}"
        );
        read_all(w, &thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_original_is_said_on_the_sheet_and_fails_nothing() {
    run_test(async |w| {
        let (thread, images) = w.drafted(2).await;
        std::fs::remove_file(w.blobs().join("renders").join(images[1].render().to_string()))
            .expect("the original");
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        w.advance(Duration::from_secs(10));
        w.run_jobs().await;
        let (alt, _) = sheet(w, &thread);
        assert_eq!(
            alt,
            "Contact sheet of 2 images, 16:9, number 1 with its 2K, number 2: file lost: a red fox"
        );
        read_all(w, &thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sheet_stands_before_the_references_and_the_prompt_which_stay() {
    run_test(async |w| {
        let prompt = format!("a fox {}", "and a hare ".repeat(100));
        let options = json!({ "prompt": prompt, "images": 1 });
        drafts_after(w, options, &[("one.png", flat(96, 64, 90))]).await;
        w.run_jobs().await;
        let thread = w.last_thread();
        let names: Vec<String> = files(w, &thread).into_iter().map(|(name, ..)| name).collect();
        assert_eq!(
            names,
            [
                "a-fox-and-a-hare-and-a-hare-and-a-hare-sheet.jpg",
                "prompt.txt",
                "reference-1.png"
            ]
        );
        read_all(w, &thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_that_discord_does_not_take_is_left_out() {
    run_test(async |w| {
        w.ana().asks(json!({ "prompt": "a fox", "images": 1 })).await;
        w.run_quick_jobs().await;
        let thread = w.last_thread();
        w.discord().fail(Fault {
            method: Some("PATCH".to_owned()),
            path_contains: format!("/messages/{}", thread.id),
            times: 1,
            status: 413,
            code: 40_005,
            ..Fault::default()
        });
        w.run_jobs().await;
        let left = files(w, &thread);
        assert!(left.is_empty(), "{left:?}");
        assert!(w.starter(&thread).contains("1 drawn"));
        read_all(w, &thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sheet_of_a_forgotten_draft_has_no_words() {
    run_test_with(&[], async |w| {
        let thread = w.ana().draft("a zebra", 2).await;
        w.ana_is_forgotten().await;
        let found = files(w, &thread);
        let told: Vec<(&str, &str)> = found
            .iter()
            .map(|(name, alt, _)| (name.as_str(), alt.as_str()))
            .collect();
        assert_eq!(told, [("image-sheet.jpg", "Contact sheet of 2 images, 16:9")]);
        read_all(w, &thread);
    })
    .await;
}
