//! Tests versions: an image drawn again at its own stage by its notes, with a vote of its own, and paid
//! once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use discord_sandbox::world;
use greenlight::media;
use serde_json::{Value, json};
use sqlx::{AnyConnection, Connection};

use crate::engines::openai::{all_by_openai, obliging};
use crate::engines::vendors;
use crate::harness::service::{Answer, Asked, Service};
use crate::harness::{Image, Kind, World, run_test, run_test_on, run_test_with};

/// Runs a story in which every stage is drawn by a service, later ones as remasters.
async fn by_a_service(kind: Kind, story: impl AsyncFnOnce(&mut World, &Service)) {
    by(kind, obliging, story).await;
}

async fn by(
    kind: Kind,
    answers: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    story: impl AsyncFnOnce(&mut World, &Service),
) {
    let service = Service::start(answers).await;
    let settings = all_by_openai(&service.url);
    vendors::story(&settings, kind, async |w| story(w, &service).await).await;
}

/// Presses the button of the next version. Returns the answer.
async fn presses(w: &mut World, image: &Image) -> String {
    w.bo().presses(image.thread, image.message, "version:").await
}

/// Returns the message of a version of an image, and what it refers to.
fn shown(w: &World, image: &Image, version: u32) -> (u64, Value) {
    let message = w.message_with(image.thread, &format!("version {version}** · "));
    (message, w.message(image.thread, message))
}

async fn a_version_is_drawn_after_its_picture_by_its_notes(kind: Kind) {
    by_a_service(kind, async |w, service| {
        let (thread, images) = w.drafted(2).await;
        let image = &images[1];
        assert!(
            !has_button(w, image.message, image.thread),
            "nothing is to be changed yet"
        );
        w.bo().notes(image, "warmer light").await;
        w.run_jobs().await;
        let (_, before, _) = w.sums().await;
        let told = presses(w, image).await;
        assert!(
            told.starts_with("**Image 2, version 2** is drawn for 11 credits"),
            "{told}"
        );
        w.run_jobs().await;
        assert_eq!(w.sums().await.1 - before, 11);

        let asked = service.asked();
        let call = asked.last().expect("a call");
        let words = words(call).await;
        assert!(words.contains("as another version of it"), "{words}");
        assert!(words.ends_with("\n1. warmer light"), "{words}");
        let sent = call.field("image[]").await.bytes;
        let original = w.blobs().join("renders").join(image.render().to_string());
        assert!(
            sent == std::fs::read(original).expect("a file"),
            "the picture is sent as it is"
        );

        let (message, version) = shown(w, image, 2);
        assert_eq!(
            version["message_reference"]["message_id"],
            image.message.to_string()
        );
        assert_eq!(w.vote_buttons(thread.id, message), ["Approve 2K · 20 credits"]);
        let content = version["content"].as_str().expect("a text");
        insta::assert_snapshot!(w.readable(content), @r"
        **Image 2, version 2** · 1K draft · 80×45
        -# Drawn after [this picture](<link>), by its notes.
        -# 11 credits
        ✅ **0 of 1** for 2K at 20 credits (about $0.020) · closes <time>
        ");
        let parent = w.look_at(image);
        assert!(parent.contains("Drawn again by them: [version 2]"), "{parent}");

        // Each goes on by its own votes.
        w.bo().presses(thread.id, message, "approve:").await;
        w.run_jobs().await;
        let review = w.message_with(thread.id, "version 2** · 2K");
        let review = w.message(thread.id, review);
        assert_eq!(review["message_reference"]["message_id"], message.to_string());
        w.bo().approves(image).await;
        w.run_jobs().await;
        assert_eq!(w.images(&thread, "review").len(), 2, "both have their 2K");
        w.read_all();
    })
    .await;
}

fn has_button(w: &World, message: u64, channel: u64) -> bool {
    let buttons = w.buttons(channel, message);
    buttons.iter().any(|button| button.starts_with("version:"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_drawn_after_its_picture_by_its_notes_on_sqlite() {
    a_version_is_drawn_after_its_picture_by_its_notes(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_drawn_after_its_picture_by_its_notes_on_postgres() {
    a_version_is_drawn_after_its_picture_by_its_notes(Kind::Postgres).await;
}

/// Returns how many renders a draft has by version, as numbers of the database.
async fn versions(w: &World) -> Vec<(i64, String)> {
    let mut other = AnyConnection::connect(w.database_url())
        .await
        .expect("a connection");
    let sql = "SELECT version, stage FROM renders WHERE version > 1 ORDER BY version, id";
    sqlx::query_as(sql).fetch_all(&mut other).await.expect("rows")
}

async fn a_button_that_is_pressed_by_many_at_once_draws_one_version(kind: Kind) {
    run_test_on(kind, &[], async |w| {
        let (_, image) = w.drafted_one().await;
        w.bo().notes(&image, "at night").await;
        w.run_jobs().await;
        let (_, before, _) = w.sums().await;
        let people = [
            world::BO,
            world::CEM,
            world::ANA,
            world::DANA,
            world::BO,
            world::BO,
        ];
        let button = w.button(image.thread, image.message, "version:");
        let told = w
            .press_at_once(&people, image.thread, image.message, "version:")
            .await;
        let paid = told.iter().filter(|told| told.contains("is drawn for")).count();
        let other = told.iter().filter(|told| told.contains("was asked for already"));
        assert_eq!((paid, other.count()), (1, people.len() - 1), "{told:?}");
        w.run_jobs().await;
        assert_eq!(w.sums().await.1 - before, 10);
        assert_eq!(versions(w).await, [(2, "explore".to_owned())]);

        // A press that Discord delivers long afterwards is for the same version.
        let late = w.discord().member(world::CEM);
        let late = late.click(image.thread, image.message, &button).await;
        assert!(late.is_err(), "the button is another: {button}");
        let told = presses(w, &image).await;
        assert!(told.contains("version 3"), "{told}");
        w.run_jobs().await;
        assert_eq!(versions(w).await.len(), 2);
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_that_is_pressed_by_many_at_once_draws_one_version_on_sqlite() {
    a_button_that_is_pressed_by_many_at_once_draws_one_version(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_that_is_pressed_by_many_at_once_draws_one_version_on_postgres() {
    a_button_that_is_pressed_by_many_at_once_draws_one_version(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_of_one_image_at_two_stages_have_numbers_of_their_own() {
    by_a_service(Kind::Sqlite, async |w, _| {
        let (thread, image) = w.drafted_one().await;
        w.bo().notes(&image, "at night").await;
        w.run_jobs().await;
        w.bo().approves(&image).await;
        w.run_jobs().await;
        let review = w.image_at(&thread, "review");
        w.bo().notes(&review, "in fog").await;
        w.run_jobs().await;
        for of in [&image, &review] {
            presses(w, of).await;
        }
        w.run_jobs().await;
        assert_eq!(
            versions(w).await,
            [(2, "explore".to_owned()), (3, "review".to_owned())]
        );
        // The 2K of version 2 has its place beside that of version 3.
        let (second, _) = shown(w, &image, 2);
        w.bo().presses(thread.id, second, "approve:").await;
        w.run_jobs().await;
        assert!(versions(w).await.contains(&(2, "review".to_owned())));
        // The account's images of this minute are used up.
        w.advance(Duration::from_mins(1));
        let (third, text) = shown(w, &image, 3);
        assert!(text["content"].as_str().expect("a text").contains("2K"), "{text}");
        w.bo().presses(thread.id, third, "approve:").await;
        w.cem().presses(thread.id, third, "approve:").await;
        w.run_jobs().await;
        w.message_with(thread.id, "version 3** · 4K");
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_cannot_be_drawn_or_paid_costs_nothing() {
    run_test(async |w| {
        let (_, image) = w.drafted_one().await;
        w.bo().notes(&image, "brighter sky").await;
        w.cem().notes(&image, "darker sky").await;
        w.run_jobs().await;
        let before = w.pool().await;
        let told = presses(w, &image).await;
        assert!(
            told.contains("Notes 1 and 2 on **Image 1** seem to contradict"),
            "{told}"
        );
        w.bo().strikes(&image, 1).await;
        let limit = json!({ "credits": 15, "period": 0 });
        w.dana().command("settings limits", limit).await;
        w.run_jobs().await;
        let told = presses(w, &image).await;
        assert!(told.contains("limit"), "{told}");
        assert_eq!(w.pool().await, before);
        w.cem().strikes(&image, 2).await;
        w.run_jobs().await;
        assert!(!has_button(w, image.message, image.thread));
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_fails_gives_its_credits_back_and_is_tried_again_as_itself() {
    let edits = AtomicUsize::new(0);
    let answers = move |asked: &Asked| {
        if asked.path.ends_with("edits") && edits.fetch_add(1, Ordering::SeqCst) == 0 {
            return Answer::json(200, &json!({ "data": [] }));
        }
        obliging(asked)
    };
    by(Kind::Sqlite, answers, async |w, service| {
        let (thread, image) = w.drafted_one().await;
        w.bo().notes(&image, "warmer").await;
        w.run_jobs().await;
        let before = w.available().await;
        presses(w, &image).await;
        w.run_jobs().await;
        assert_eq!(w.available().await, before);
        let failed = w.message_with(thread.id, "**Image 1, version 2** could not be drawn");
        w.ana().presses(thread.id, failed, "retry:").await;
        w.bo().strikes(&image, 1).await;
        w.run_jobs().await;
        assert_eq!(w.available().await, before - 11);
        let calls = service.asked();
        let [.., first, second] = calls.as_slice() else {
            panic!("two calls")
        };
        assert_eq!(
            words(first).await,
            words(second).await,
            "a note that is struck later changes nothing"
        );
        shown(w, &image, 2);
        w.read_all();
    })
    .await;
}

/// Returns the ids of all renders, as numbers of the database, by stage and version.
async fn ids(w: &World) -> Vec<i64> {
    let mut other = AnyConnection::connect(w.database_url())
        .await
        .expect("a connection");
    let sql = "SELECT id FROM renders ORDER BY CASE stage WHEN 'explore' THEN 0 ELSE 1 END, version";
    sqlx::query_scalar(sql).fetch_all(&mut other).await.expect("rows")
}

async fn words(call: &Asked) -> String {
    String::from_utf8(call.field("prompt").await.bytes).expect("a text")
}

/// The words of a version go with the notes of whoever asks to be forgotten.
#[tokio::test(flavor = "multi_thread")]
async fn a_version_forgets_the_notes_that_it_was_drawn_by() {
    by_a_service(Kind::Sqlite, async |w, _| {
        let (thread, image) = w.drafted_one().await;
        w.bo().notes(&image, "like my house").await;
        w.run_jobs().await;
        presses(w, &image).await;
        w.run_jobs().await;
        let version = w.images(&thread, "explore").pop().expect("a version");
        let told = w.cem().opens(&version, "prompt:").await;
        assert!(told.contains("like my house"), "{told}");
        w.bo().command("privacy forget-me", json!({ "sure": true })).await;
        w.run_jobs().await;
        let told = w.cem().opens(&version, "prompt:").await;
        assert!(!told.contains("like my house"), "{told}");
        w.read_all();
    })
    .await;
}

/// The local engine draws each picture from words: a version has the words of its notes, and its 2K
/// those of the version.
#[tokio::test(flavor = "multi_thread")]
async fn the_2k_of_a_version_is_that_version_where_an_engine_draws_from_words() {
    run_test_with(
        &[
            ("STAGES__REVIEW__ENGINE", "sketch"),
            ("STAGES__REVIEW__MODEL", "sketch-1"),
        ],
        async |w| {
            let (thread, image) = w.drafted_one().await;
            w.bo().notes(&image, "at night").await;
            w.run_jobs().await;
            presses(w, &image).await;
            w.run_jobs().await;
            let (message, _) = shown(w, &image, 2);
            w.bo().presses(thread.id, message, "approve:").await;
            w.run_jobs().await;
            let review = w.message_with(thread.id, "version 2** · 2K");
            let review = w.message(thread.id, review);
            assert!(
                !review["content"].as_str().expect("a text").contains("It moved"),
                "{review}"
            );
            let stored = |id: &i64| {
                std::fs::read(w.blobs().join("renders").join(format!("{id:016x}"))).expect("a file")
            };
            let files: Vec<Vec<u8>> = ids(w).await.iter().map(stored).collect();
            let likeness = |a: usize, b: usize| media::likeness(&files[a], &files[b]).expect("a likeness");
            assert!(likeness(1, 2) > 0.95, "the 2K is the version: {}", likeness(1, 2));
            assert!(
                likeness(0, 1) < 0.9,
                "the version is another picture: {}",
                likeness(0, 1)
            );
            w.read_all();
        },
    )
    .await;
}
