//! Tests a picture that is too large for Discord: it is posted in the best form that fits, and its
//! message says so while it shows that form.

use discord_sandbox::Fault;
use greenlight::providers::Answer;

use crate::harness::{Easel, Ending, Image, World, noise, run_test};

/// Refuses the next so many messages as too large whose path contains `path`.
pub fn refuse(w: &World, path: &str, times: u32) {
    w.discord().fail(Fault {
        method: Some("POST".to_owned()),
        path_contains: path.to_owned(),
        times,
        status: 413,
        code: 40_005,
        ..Fault::default()
    });
}

/// Returns the format of an image, by its file's name.
fn format(image: &Image) -> &str {
    image.file.rsplit('.').next().unwrap_or_default()
}

/// Replaces the sizes of files, which differ from seed to seed.
fn without_sizes(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let mut told = Vec::new();
    for (nth, word) in words.iter().enumerate() {
        let unit = words.get(nth + 1).filter(|next| next.starts_with("KiB"));
        match unit {
            Some(_) if word.parse::<f64>().is_ok() => told.push("SIZE"),
            _ if word.starts_with("KiB") => told.push(&word["KiB".len()..]),
            _ => told.push(word),
        }
    }
    told.join(" ")
        .replace("SIZE ,", "SIZE,")
        .replace("SIZE  ", "SIZE ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_refused_as_too_large_is_posted_as_a_smaller_jpeg() {
    run_test(async |w| {
        let thread = w.ana().draft("a fox", 1).await;
        let first = w.image_at(&thread, "explore");
        assert!(
            format(&first) == "png" && !first.text.contains("JPEG"),
            "{first:?}"
        );
        refuse(w, &format!("{}/messages", thread.id), 1);
        w.bo().approves(&first).await;
        w.run_jobs().await;

        let review = w.image_at(&thread, "review");
        assert_eq!(format(&review), "jpg");
        insta::assert_snapshot!(without_sizes(&review.text), @r"
        **Image 1** · 2K review · 160×90
        Approved by @Bo
        -# 20 credits
        -# Posted as JPEG of SIZE to fit the upload limit · original: PNG of SIZE, `/image original`
        ✅ **0 of 2** for 4K at 40 credits · closes <time>
        ");
        w.bo().approves(&review).await;
        w.restart().await;
        w.run_jobs().await;
        let now = w.look_at(&review);
        assert!(
            now.contains("Posted as JPEG") && now.contains("**1 of 2**"),
            "after an edit as before: {now}"
        );
        assert_eq!(w.available().await, 970, "it was drawn and paid once");
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_form_that_is_tried_is_smaller_than_the_one_that_was_refused() {
    run_test(async |w| {
        // Large enough that a mark is little of it.
        let easel = Easel::new(false);
        w.set_engines(easel.engines());
        w.restart().await;
        easel.next_ends(Ending::Answer(Answer::File(noise(400, 225))));
        w.discord().fail(Fault {
            path_contains: "/threads".to_owned(),
            ..Fault::default()
        });
        let answer = w
            .ana()
            .asks(serde_json::json!({ "prompt": "a fox", "images": 1 }))
            .await;
        assert!(answer.contains("opening the thread"), "{answer}");
        w.run_jobs().await;
        let starter = w.discord().messages(discord_sandbox::world::CAMPAIGN).remove(0);
        refuse(
            w,
            &format!("{}/messages", starter["id"].as_str().expect("an id")),
            2,
        );
        w.advance(std::time::Duration::from_mins(1));
        w.run_jobs().await;

        let thread = w.last_thread();
        let image = w.image_at(&thread, "explore");
        assert_eq!(format(&image), "jpg");
        let attachment = &w.message(thread.id, image.message)["attachments"][0];
        let original = w
            .app()
            .services
            .blobs
            .get(image.render())
            .await
            .expect("the blobs")
            .expect("the original");
        let posted = attachment["size"].as_u64().expect("a size");
        assert!(
            posted * 4 <= original.len() as u64,
            "half of half of {} bytes, not {posted}",
            original.len()
        );
        w.starter(&thread);
    })
    .await;
}
