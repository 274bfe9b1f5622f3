//! Tests the layout of `/approvals`, and the plain answer where Discord refuses it.

use std::time::Duration;

use discord_sandbox::{Fault, world};
use serde_json::{Value, json};

use crate::harness::{World, files_of, run_test, words_of};

const LAYOUT: u64 = 1 << 15;

/// Has Discord refuse the next answer to an interaction, as one that does not know its form.
fn refuses_the_next(w: &World) {
    w.discord().fail(Fault {
        method: Some("PATCH".to_owned()),
        path_contains: "original".to_owned(),
        status: 400,
        code: 50_035,
        message: "Invalid Form Body".to_owned(),
        ..Fault::default()
    });
}

/// Asks for the queue as Cem. Returns the answer as Discord has it.
async fn asks(w: &mut World) -> Value {
    w.cem().command("approvals", json!({})).await;
    newest(w)
}

/// Returns Cem's newest private answer.
fn newest(w: &World) -> Value {
    let all = w.discord().ephemerals(world::CAMPAIGN, world::CEM);
    all.last().expect("a private answer").clone()
}

fn is_laid_out(answer: &Value) -> bool {
    answer["flags"].as_u64().unwrap_or_default() & LAYOUT != 0
}

#[tokio::test(flavor = "multi_thread")]
async fn each_draft_has_a_button_to_its_pictures() {
    run_test(async |w| {
        let (thread, images) = w.drafted(2).await;
        w.starter(&thread);
        let answer = asks(w).await;
        assert!(is_laid_out(&answer), "{answer}");
        let parts = &answer["components"][0]["components"];
        let beside = &parts[1]["accessory"];
        assert_eq!(beside["label"], "Open A");
        let url = format!(
            "https://discord.com/channels/{}/{}/{}",
            world::NORTHLIGHT,
            thread.id,
            images[0].message
        );
        assert_eq!(beside["url"], url);
        let kinds: Vec<u64> = parts
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|part| part["type"].as_u64())
            .collect();
        assert_eq!(
            kinds,
            [10, 9, 10, 12, 10, 1],
            "heading, draft, images, pictures, notes, choices"
        );
        let alt = files_of(&answer)[0]["description"].clone();
        assert_eq!(alt, "Contact sheet. A, images 1, 2: a red fox.");
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_layout_is_refused_the_answer_is_plain_and_so_are_those_of_the_next_hour() {
    run_test(async |w| {
        let (thread, _) = w.drafted(2).await;
        w.starter(&thread);
        let laid_out = asks(w).await;
        assert!(is_laid_out(&laid_out));
        refuses_the_next(w);
        let plain = asks(w).await;
        assert!(!is_laid_out(&plain), "{plain}");
        assert_eq!(words_of(&plain), words_of(&laid_out));
        assert_eq!(plain["attachments"][0]["filename"], "approvals-sheet.jpg");
        assert!(!is_laid_out(&asks(w).await), "nothing is tried again at once");
        w.advance(Duration::from_hours(1));
        assert!(is_laid_out(&asks(w).await), "an hour later it is");
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_cannot_replace_a_layout_comes_beside_it() {
    run_test(async |w| {
        let (thread, _) = w.drafted(2).await;
        w.starter(&thread);
        let laid_out = asks(w).await;
        let id = laid_out["id"]
            .as_str()
            .and_then(|id| id.parse().ok())
            .expect("an id");
        refuses_the_next(w);
        w.cem().presses(world::CAMPAIGN, id, "queue:all:").await;
        let beside = newest(w);
        assert_ne!(beside["id"], laid_out["id"]);
        assert!(!is_laid_out(&beside), "{beside}");
        assert!(words_of(&beside).starts_with("**2 images are open"), "{beside}");
        w.read_all();
    })
    .await;
}
