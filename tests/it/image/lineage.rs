//! Tests the lineage of a picture: as text, as a strip, and two stages beside each other.

use std::io::Cursor;

use discord_sandbox::world;
use image::{DynamicImage, ImageReader};
use serde_json::Value;

use crate::harness::{Image, World, run_test};

/// Presses a button of an image's panel. Returns the answer, and its picture.
async fn shown(w: &mut World, image: &Image, button: &str) -> (Value, DynamicImage) {
    w.bo().opens(image, button).await;
    let answer = w.discord().ephemerals(image.thread, world::BO).pop();
    let answer = answer.expect("an answer");
    let url = answer["attachments"][0]["url"]
        .as_str()
        .expect("a file")
        .to_owned();
    let bytes = w.discord().file(&url).expect("the file is there");
    let picture = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let picture = picture.expect("a format").decode().expect("a picture");
    (answer, picture)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lineage_is_a_strip_of_all_steps_with_votes_notes_and_costs() {
    run_test(async |w| {
        let (thread, image) = w.drafted_one().await;
        w.bo()
            .fills_in(thread.id, image.message, "noted:", "warmer *light*")
            .await;
        w.run_jobs().await;
        let review = w.image_at(&thread, "review");
        w.bo().approves(&review).await;
        w.cem().approves(&review).await;
        w.run_jobs().await;
        let last = w.image_at(&thread, "final");
        let (answer, strip) = shown(w, &last, "lineage:").await;
        assert_eq!((strip.width(), strip.height()), (309, 45));
        let told = w.readable(answer["content"].as_str().expect("a text"));
        let lines: Vec<&str> = told.lines().collect();
        assert!(lines[2].starts_with("2K review · 160×90 · 20 credits"), "{told}");
        assert_eq!(lines[3], "-# 📝 warmer \\*light\\*");
        assert!(lines[4].contains("approved by @Bo, @Cem"), "{told}");
        insta::assert_snapshot!(
            answer["attachments"][0]["description"].as_str().expect("a description"),
            @"Lineage of image 1, 1K for 10 credits; 2K for 20 credits, 1 vote, 1 note; 4K for 40 credits, 2 votes: a red fox"
        );
        assert_eq!(w.buttons_of(thread.id, id(&answer)).len(), 2, "the 2K and the 4K can be compared");

        let (answer, pair) = shown(w, &last, "compare:").await;
        assert!(answer["content"].as_str().expect("a text").contains("2K and 4K"), "{answer}");
        // Both at the size of the first, one above the other.
        assert_eq!((pair.width(), pair.height()), (160, 188));
    })
    .await;
}

fn id(message: &Value) -> u64 {
    message["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an id")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_picture_is_compared_with_none_and_a_lost_file_is_said() {
    run_test(async |w| {
        let (thread, image) = w.drafted_one().await;
        let told = w.bo().opens(&image, "lineage:").await;
        assert!(told.contains("1K draft"), "{told}");
        w.bo().approves(&image).await;
        w.run_jobs().await;
        let review = w.image_at(&thread, "review");
        let file = w.blobs().join("renders").join(image.render().to_string());
        std::fs::remove_file(file).expect("it was there");
        let (_, strip) = shown(w, &review, "lineage:").await;
        assert_eq!(strip.height(), 45, "a tile says that the file is lost");
        let told = w.bo().opens(&review, "compare:").await;
        assert_eq!(told, "The original of this picture is not stored any more.");
    })
    .await;
}
