//! Tests what the files of the bot are called, and what a screen reader says of them.

use discord_sandbox::world;
use serde_json::{Value, json};

use crate::harness::{World, run_test};

fn text<'a>(file: &'a Value, field: &str) -> &'a str {
    file[field].as_str().unwrap_or_default()
}

/// Returns the name of each file without what differs from run to run, and its alt text.
fn told(w: &World) -> String {
    let without_id = |name: &str| {
        let (stem, extension) = name.rsplit_once('.').expect("an extension");
        match stem.rsplit_once('-') {
            Some((words, id)) if id.len() == 8 && u32::from_str_radix(id, 16).is_ok() => {
                format!("{words}-ID.{extension}")
            }
            _ => name.to_owned(),
        }
    };
    let files = w.files_of_the_bot();
    let mut told: Vec<String> = files
        .iter()
        .map(|file| {
            format!(
                "{} | {}",
                without_id(text(file, "filename")),
                text(file, "description")
            )
        })
        .collect();
    told.sort();
    told.dedup();
    told.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_file_has_a_name_to_keep_and_says_what_it_shows() {
    run_test(async |w| {
        let gallery = json!({ "gallery": world::GALLERY.to_string() });
        w.dana().command("settings channels", gallery).await;
        let thread = w.ana().draft("Alpine *landscape*\nat dawn — 狐", 2).await;
        w.starter(&thread);
        let images = w.images(&thread, "explore");
        w.approved_to_4k(&thread, &images[1]).await;
        w.run_jobs().await;
        w.said_in(world::GALLERY);
        let last = w.image_at(&thread, "final");
        let original = json!({ "image": 2 });
        w.ana().says_in(thread.id, "image original", original).await;
        w.dana().handed("treasury export", json!({})).await;
        insta::assert_snapshot!(told(w), @r"
        alpine-landscape-at-dawn-1-1K-ID.png | Draft 1 of 2, 1K, 80×45: Alpine *landscape* at dawn — 狐
        alpine-landscape-at-dawn-2-1K-ID.png | Draft 2 of 2, 1K, 80×45: Alpine *landscape* at dawn — 狐
        alpine-landscape-at-dawn-2-2K-ID.png | Review 2 of 2, 2K, 160×90: Alpine *landscape* at dawn — 狐
        alpine-landscape-at-dawn-2-4K-ID.png | Final 2 of 2, 4K, 240×135: Alpine *landscape* at dawn — 狐
        alpine-landscape-at-dawn-sheet.jpg | Contact sheet of 2 images, 16:9: Alpine *landscape* at dawn — 狐
        greenlight-entries-1100000000000000001.csv | A table in csv of server 1100000000000000001: every movement of credits
        ");
        assert_eq!(last.position, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_prompt_is_in_no_name_and_no_alt_text() {
    run_test(async |w| {
        let gallery = json!({ "gallery": world::GALLERY.to_string() });
        w.dana().command("settings channels", gallery).await;
        let long = format!("a zebra {}", "with stripes ".repeat(100));
        w.ana().asks(json!({ "prompt": long, "images": 1 })).await;
        w.run_jobs().await;
        let thread = w.last_thread();
        let first = w.image_at(&thread, "explore");
        w.approved_to_4k(&thread, &first).await;
        w.run_jobs().await;
        let has_words = |w: &World| {
            let files = w.files_of_the_bot().into_iter();
            let words =
                files.map(|file| format!("{}{}", text(&file, "filename"), text(&file, "description")));
            words.filter(|words| words.contains("zebra")).count()
        };
        assert!(has_words(w) > 3, "the pictures, the gallery and the prompt");

        w.ana_is_forgotten().await;
        assert_eq!(has_words(w), 0);
        insta::assert_snapshot!(told(w), @r"
        image-1-1K-ID.png | Draft 1 of 1, 1K, 80×45
        image-1-2K-ID.png | Review 1 of 1, 2K, 160×90
        image-1-4K-ID.png | Final 1 of 1, 4K, 240×135
        image-sheet.jpg | Contact sheet of 1 image, 16:9, number 1 with its 4K
        ");
        let file = w.image_at(&thread, "final");
        assert_eq!(file.size, (240, 135), "the pictures stay");
        w.starter(&thread);
        w.said_in(thread.id);
        w.said_in(world::GALLERY);
    })
    .await;
}
