//! Tests the `local` engine: a later stage is the approved picture, enlarged on this machine.

use greenlight::media::likeness;
use serde_json::json;

use crate::harness::{Image, World, run_test_with};

/// `sketch` draws first images, and `local` enlarges them.
const ENLARGED: [(&str, &str); 4] = [
    ("STAGES__REVIEW__ENGINE", "local"),
    ("STAGES__REVIEW__MODEL", "lanczos"),
    ("STAGES__FINAL__ENGINE", "local"),
    ("STAGES__FINAL__MODEL", "lanczos"),
];

/// Returns the file of an image as it was posted.
fn file(w: &World, image: &Image) -> Vec<u8> {
    let message = w.message(image.thread, image.message);
    let url = message["attachments"][0]["url"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    w.discord().file(&url).expect("the file is there")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_approved_is_what_is_delivered_at_every_size() {
    run_test_with(&ENLARGED, async |w| {
        for (ratio, sizes) in [
            ("16:9", [(160, 90), (240, 135)]),
            ("9:21", [(72, 168), (102, 238)]),
        ] {
            let options = json!({ "prompt": "a lighthouse in a storm", "ratio": ratio, "images": 1 });
            w.ana().asks(options).await;
            w.run_jobs().await;
            let thread = w.last_thread();
            w.starter(&thread);
            let draft = w.image_at(&thread, "explore");
            let later = w.approved_to_4k(&thread, &draft).await;
            assert_eq!([later[0].size, later[1].size], sizes, "{ratio}");
            for image in &later {
                let alike = likeness(&file(w, &draft), &file(w, image)).expect("two pictures");
                assert!(alike > 0.98, "{ratio}: {alike}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_picture_that_is_lost_costs_nothing_and_can_be_tried_again() {
    run_test_with(&ENLARGED, async |w| {
        let thread = w.ana().draft("a lighthouse", 1).await;
        w.starter(&thread);
        let draft = w.image_at(&thread, "explore");
        let path = w.blobs().join("renders").join(draft.render().to_string());
        let original = std::fs::read(&path).expect("the original");
        std::fs::remove_file(&path).expect("it was there");
        w.bo().approves(&draft).await;
        w.run_jobs().await;
        let told = w.notices(&thread).join("\n");
        assert!(told.contains("20 credits returned"), "{told}");
        assert_eq!(w.available().await, 990);
        std::fs::write(&path, original).expect("it is found again");
        let notice = w.message_with(thread.id, "could not be drawn at 2K");
        w.bo().presses(thread.id, notice, "retry").await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
        assert_eq!(w.available().await, 970);
    })
    .await;
}
