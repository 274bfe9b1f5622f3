//! Tests that the words of drafts go after their days, from the books and from the bot's messages, and
//! that nothing else does.

use discord_sandbox::world;
use serde_json::json;

use super::{ORIGINALS, Removed, after, run, soon, stored};
use crate::guild::privacy_places::columns;
use crate::harness::{Image, Kind, Thread, World, run_test_on};

const WORD: &str = "zebra";
const PROMPTS: (&str, &str) = ("RETENTION__PROMPTS_DAYS", "20");

async fn drafted(w: &mut World) -> (Thread, Vec<Image>) {
    let options = json!({ "prompt": format!("a {WORD}"), "images": 2, "keep": format!("the {WORD}") });
    w.ana().asks(options).await;
    w.run_jobs().await;
    let thread = w.last_thread();
    w.starter(&thread);
    let images = w.images(&thread, "explore");
    w.ana().notes(&images[0], &format!("a larger {WORD}")).await;
    w.bo().approves(&images[0]).await;
    w.run_jobs().await;
    w.image_at(&thread, "review");
    (thread, images)
}

/// Returns what the bot's messages about a draft say, with their files, and the title of its thread.
fn shown(w: &World, thread: &Thread) -> String {
    let starter = w.message(world::CAMPAIGN, thread.id);
    let messages = w.discord().messages(thread.id);
    let title = w.threads().into_iter().find(|one| one.id == thread.id);
    let by_bot = messages.iter().filter(|message| {
        message["author"]["id"]
            .as_str()
            .is_some_and(|id| id.parse() == Ok(world::BOT))
    });
    let told = by_bot.map(|message| format!("{} {}", message["content"], message["attachments"]));
    let told: Vec<String> = told.collect();
    format!(
        "{} {} {} {}",
        title.expect("a thread").name,
        starter["content"],
        starter["attachments"],
        told.join(" ")
    )
}

/// Returns whether every message of an image shows a picture.
fn has_pictures(w: &World, images: &[Image]) -> bool {
    images.iter().all(|image| {
        let files = &w.message(image.thread, image.message)["attachments"];
        files.as_array().is_some_and(|files| files.len() == 1)
    })
}

async fn words_go(kind: Kind) {
    run_test_on(kind, &[ORIGINALS, PROMPTS], async |w| {
        let (thread, images) = drafted(w).await;
        let sums = w.sums().await;
        let needle = [WORD.to_owned()];
        after(w, 26).await;
        assert_eq!(run(w).await, Removed::default());
        assert!(shown(w, &thread).contains(WORD));
        after(w, 2).await;
        let removed = run(w).await;
        assert_eq!((removed.drafts, removed.prompts, removed.originals), (1, 1, 0));
        let (_, found) = columns(w, &needle).await;
        assert!(found.is_empty(), "{found:?}");
        let (_, found) = columns(w, &[world::ANA.to_string()]).await;
        assert!(
            found.contains("drafts.requester_id"),
            "nobody asked to be forgotten"
        );
        // The messages have their buttons for a moment yet.
        for (button, image) in ["again", "reopen"].into_iter().zip(&images) {
            let told = w.bo().presses(thread.id, image.message, button).await;
            assert!(told.starts_with("This bot keeps prompts for 20 days"), "{told}");
        }
        soon(w).await;
        let told = shown(w, &thread);
        assert!(!told.contains(WORD), "{told}");
        assert!(has_pictures(w, &images) && stored(w) == 3);
        assert_eq!(w.sums().await, sums, "the books stay as they are");
        // Whoever asks to be forgotten later is.
        after(w, 10).await;
        assert_eq!(run(w).await.originals, 3);
        soon(w).await;
        w.ana_is_forgotten().await;
        let (_, found) = columns(w, &[WORD.to_owned(), world::ANA.to_string()]).await;
        assert!(found.is_empty(), "{found:?}");
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_removed_after_their_days_on_sqlite() {
    words_go(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_removed_after_their_days_on_postgres() {
    words_go(Kind::Postgres).await;
}

/// The operator sets the days of prompts when originals are gone already.
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_whose_original_is_gone_stays_posted_when_its_words_go() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[ORIGINALS], async |w| {
            let (thread, images) = drafted(w).await;
            after(w, 40).await;
            assert_eq!(run(w).await.originals, 3);
            soon(w).await;
            w.set(PROMPTS.0, PROMPTS.1);
            w.restart().await;
            w.run_jobs().await;
            assert_eq!(run(w).await.prompts, 1);
            soon(w).await;
            let sheet = &w.message(world::CAMPAIGN, thread.id)["attachments"];
            assert_eq!(
                sheet.as_array().map(Vec::len),
                Some(0),
                "the sheet's name has words"
            );
            assert!(has_pictures(w, &images));
            let (_, found) = columns(w, &[WORD.to_owned()]).await;
            assert!(found.is_empty(), "{found:?}");
            w.read_all();
        })
        .await;
    }
}
