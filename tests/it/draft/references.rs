//! Tests references, which a draft is based on: given with the command, taken from an image, sent,
//! shown, priced, forgotten.

use std::io::Cursor;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use discord_sandbox::world;
use greenlight::discord::Error;
use greenlight::domain::ids::DraftId;
use greenlight::domain::limits;
use greenlight::flow::draft::references;
use greenlight::media;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use sqlx::{AnyConnection, Connection};

use crate::harness::service::{Answer, Service, picture};
use crate::harness::{Kind, Thread, World, run_test, run_test_on};

pub fn flat(colour: [u8; 3]) -> Vec<u8> {
    let mut bytes = Vec::new();
    RgbImage::from_pixel(96, 64, Rgb(colour))
        .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
        .expect("a picture");
    bytes
}

pub type Given<'a> = &'a [(&'a str, Vec<u8>)];

/// Has Ana draft with files, named `reference`, `reference-2` and so on. Returns what she is told.
pub async fn drafts_after(w: &World, options: Value, files: Given<'_>) -> String {
    let named = files.iter().enumerate().map(|(i, (name, bytes))| {
        let option = if i == 0 {
            "reference".to_owned()
        } else {
            format!("reference-{}", i + 1)
        };
        (option, (*name).to_owned(), bytes.clone())
    });
    let ana = w.discord().member(world::ANA);
    let sent = ana
        .command_with_files(world::CAMPAIGN, "draft", options, named.collect())
        .await
        .expect("the command");
    let answer = w.discord().answer(sent).await.message;
    w.readable(answer["content"].as_str().unwrap_or_default())
}

pub fn one() -> Value {
    json!({ "prompt": "a fox", "images": 1, "ratio": "3:2" })
}

/// Returns the names of the files of a thread's starter, without its contact sheet.
fn shown(w: &World, thread: &Thread) -> Vec<String> {
    let messages = w.discord().messages(world::CAMPAIGN);
    let id = thread.id.to_string();
    let starter = messages.iter().find(|message| message["id"] == id.as_str());
    let files = starter.expect("a starter")["attachments"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let name = |file: &Value| file["filename"].as_str().unwrap_or_default().to_owned();
    let names = files.iter().map(name);
    names.filter(|name| !name.ends_with("-sheet.jpg")).collect()
}

/// Returns the files that are kept as references.
pub fn kept(w: &World) -> Vec<Vec<u8>> {
    let Ok(folder) = std::fs::read_dir(w.blobs().join("references")) else {
        return Vec::new();
    };
    let read = |entry: std::io::Result<std::fs::DirEntry>| std::fs::read(entry.expect("an entry").path());
    let mut all: Vec<Vec<u8>> = folder.map(|entry| read(entry).expect("a file")).collect();
    all.sort();
    all
}

/// Returns how much more red than blue a picture is, of 255.
fn warmth(file: &[u8]) -> f64 {
    let picture = image::load_from_memory(file).expect("a picture").to_rgb8();
    let sum: i64 = picture
        .pixels()
        .map(|pixel| i64::from(pixel[0]) - i64::from(pixel[2]))
        .sum();
    #[expect(clippy::cast_precision_loss, reason = "a small picture")]
    let mean = sum as f64 / f64::from(picture.width() * picture.height());
    mean
}

fn original(w: &World, image: &crate::harness::Image) -> Vec<u8> {
    let file = w.blobs().join("renders").join(image.render().to_string());
    std::fs::read(file).expect("the original")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idea_takes_the_colours_of_its_reference_and_keeps_them_to_the_end() {
    run_test(async |w| {
        let warm = flat([230, 90, 20]);
        let told = drafts_after(w, one(), &[("sunset.png", warm)]).await;
        assert!(
            told.contains("1 image for 10 credits"),
            "sketch charges nothing for it: {told}"
        );
        w.restart().await;
        w.run_jobs().await;
        let thread = w.last_thread();
        let starter = w.starter(&thread);
        assert!(
            starter.contains("After the picture that is attached"),
            "{starter}"
        );
        assert_eq!(shown(w, &thread), ["reference-1.png"]);
        let image = w.image_at(&thread, "explore");
        let [review, last] = w.approved_to_4k(&thread, &image).await;
        for image in [&image, &review, &last] {
            assert!(warmth(&original(w, image)) > 60.0);
        }
        let told = w.bo().presses(thread.id, image.message, "again").await;
        assert!(told.contains("1 image"), "{told}");
        w.run_jobs().await;
        let second = w.last_thread();
        w.starter(&second);
        assert_eq!(
            shown(w, &second),
            ["reference-1.png"],
            "the same again is after the same"
        );
        let again = w.image_at(&second, "explore");
        assert!(warmth(&original(w, &again)) > 60.0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_reference_is_refused_before_anything_is_held_and_is_not_kept() {
    run_test(async |w| {
        let mut bomb = flat([0, 0, 0]);
        // The header claims 40,000 pixels a side.
        bomb[16..24].copy_from_slice(&[0, 0, 0x9c, 0x40, 0, 0, 0x9c, 0x40]);
        let half = picture("1280x720")[..400].to_vec();
        let good = || ("fox.png", flat([9, 9, 9]));
        for (files, told) in [
            (
                vec![("fox.txt", b"a fox".to_vec())],
                "fox.txt is no picture that I can read",
            ),
            (
                vec![("fox.png", b"a fox".to_vec())],
                "fox.png is no picture that I can read",
            ),
            (
                vec![("bomb.png", bomb)],
                "bomb.png has 40000×40000 pixels, which is too large",
            ),
            (
                vec![("half.png", half)],
                "half.png is not whole: its end is missing",
            ),
            (vec![good(), good()], "2 references are too many: there can be 1."),
        ] {
            let answer = drafts_after(w, one(), &files).await;
            assert!(answer.contains(told), "{answer}");
        }
        // A draft that is refused for another reason leaves no file behind.
        let options = json!({ "prompt": "a fox", "project": "no such project" });
        let answer = drafts_after(w, options, &[good()]).await;
        assert!(answer.contains("no such project"), "{answer}");
        assert_eq!(kept(w), Vec::<Vec<u8>>::new());
        assert_eq!(w.available().await, 1000);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_fetched_from_discord_and_from_nowhere_else() {
    run_test(async |w| {
        let service = Service::that_says(Answer::Whole(200, vec![], b"secret".to_vec())).await;
        for url in [
            service.url.as_str(),
            "file:///etc/passwd",
            "https://cdn.discordapp.com/fox.png",
            "fox.png",
        ] {
            let fetched = w.app().services.discord.attachment(url, 100).await;
            assert!(
                matches!(fetched, Err(Error::Refused { status: 0, .. })),
                "{url}: {fetched:?}"
            );
        }
        assert!(service.asked().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_was_drawn_can_be_drawn_after() {
    run_test(async |w| {
        let thread = w.ana().draft("a fox", 1).await;
        w.starter(&thread);
        let image = w.image_at(&thread, "explore");
        let chosen = w
            .discord()
            .member(world::BO)
            .menu(thread.id, image.message, "Greenlight")
            .await;
        let panel = w.discord().answer(chosen.expect("the menu")).await.message;
        let panel: u64 = panel["id"]
            .as_str()
            .and_then(|id| id.parse().ok())
            .expect("an id");
        assert_eq!(
            w.buttons(thread.id, panel),
            [
                "Original",
                "Crops",
                "Lineage",
                "Notes",
                "Prompt",
                "Again · 10 credits",
                "New prompt · 10 credits",
                "Draft after this · 10 credits"
            ]
        );
        w.restart().await;
        let told = w.bo().fills_in(thread.id, panel, "after", "a hare").await;
        assert!(told.contains("1 image for 10 credits"), "{told}");
        w.run_jobs().await;
        let second = w.last_thread();
        let starter = w.starter(&second);
        assert!(
            starter.contains("a hare") && starter.contains("After the picture"),
            "{starter}"
        );
        // What the engine wrote into the file beside the picture is not kept.
        let [kept] = kept(w).try_into().expect("one reference");
        let likeness = media::likeness(&original(w, &image), &kept).expect("pictures");
        assert!(likeness > 0.999, "{likeness}");
        w.image_at(&second, "explore");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_to_be_forgotten_takes_the_references_along() {
    run_test(async |w| {
        drafts_after(w, one(), &[("me.png", flat([9, 99, 9]))]).await;
        w.run_jobs().await;
        let thread = w.last_thread();
        w.starter(&thread);
        w.image_at(&thread, "explore");
        assert_eq!(kept(w).len(), 1);
        w.ana()
            .command("privacy forget-me", json!({ "sure": true }))
            .await;
        w.run_jobs().await;
        w.advance(Duration::from_millis(limits::FORGET_APART_MS.unsigned_abs()));
        w.run_jobs().await;
        assert_eq!(kept(w), Vec::<Vec<u8>>::new());
        assert_eq!(shown(w, &thread), Vec::<String>::new());
        let starter = w.starter(&thread);
        assert!(!starter.contains("attached"), "{starter}");
        let image = w.images(&thread, "explore");
        w.look_at(&image[0]);
    })
    .await;
}

/// Draws whatever is asked for.
fn drawn() -> Answer {
    let file = BASE64_STANDARD.encode(picture("80x45"));
    Answer::json(200, &json!({ "created": 1, "data": [{ "b64_json": file }] }))
}

#[tokio::test(flavor = "multi_thread")]
async fn references_are_sent_with_an_idea_and_priced_where_the_engine_counts_them() {
    let service = Service::start(|_| drawn()).await;
    let settings = [
        ("ENGINES__OPENAI__KEY", "sk-1"),
        ("ENGINES__OPENAI__BASE_URL", service.url.as_str()),
        ("REFERENCES__PRICE", "3"),
        ("STAGES__EXPLORE__ENGINE", "openai"),
        ("STAGES__EXPLORE__MODEL", "gpt-image-2"),
        ("STAGES__EXPLORE__QUALITY", "low"),
        ("STAGES__REVIEW__ENGINE", "openai"),
        ("STAGES__REVIEW__MODEL", "gpt-image-2"),
        ("STAGES__REVIEW__QUALITY", "medium"),
        ("STAGES__REVIEW__MODE", "remaster"),
    ];
    run_test_on(Kind::Sqlite, &settings, async |w| {
        let (logo, style) = (flat([1, 2, 3]), flat([4, 5, 6]));
        let files = [("logo.png", logo.clone()), ("style.png", style.clone())];
        let options = json!({ "prompt": "a fox", "images": 2 });
        let told = drafts_after(w, options, &files).await;
        assert!(
            told.contains("2 images for 32 credits"),
            "10 and two times 3, twice: {told}"
        );
        w.run_jobs().await;
        let thread = w.last_thread();
        w.starter(&thread);
        let images = w.images(&thread, "explore");
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
        let asked = service.asked();
        let mut sent = Vec::new();
        for asked in &asked {
            assert_eq!(asked.path, "/images/edits");
            let form = asked.form().await;
            let files = form.into_iter().filter(|field| field.name == "image[]");
            sent.push(files.map(|field| field.bytes).collect::<Vec<_>>());
        }
        let both = vec![logo.clone(), style.clone()];
        assert_eq!(
            sent,
            [both.clone(), both, vec![picture("80x45")]],
            "a later stage is made of what was approved"
        );
        assert_eq!(w.pool().await.settled.get(), 32 + 20);
    })
    .await;
}

async fn only_references_that_no_draft_has_are_swept(kind: Kind) {
    run_test_on(kind, &[], async |w| {
        let blobs = w.app().services.blobs.clone();
        let file = || flat([200, 60, 20]);
        // Of another database: this one has no draft of that time.
        let older = DraftId::new(7);
        blobs.put_reference(older, 1, file()).await.expect("a file");
        drafts_after(w, one(), &[("red.png", file())]).await;
        w.run_jobs().await;
        let thread = w.last_thread();
        w.image_at(&thread, "explore");
        let mut other = AnyConnection::connect(w.database_url())
            .await
            .expect("a connection");
        let draft: i64 = sqlx::query_scalar("SELECT id FROM drafts")
            .fetch_one(&mut other)
            .await
            .expect("a draft");
        let draft = DraftId::new(draft.unsigned_abs());
        let lost = DraftId::new(draft.get() + 1);
        for position in [1, 2] {
            blobs.put_reference(lost, position, file()).await.expect("a file");
        }
        let sweep = async |w: &World| references::sweep(&w.app().services).await.expect("a sweep");
        assert_eq!(sweep(w).await, 0, "a draft of them may be written yet");
        w.advance(Duration::from_hours(25));
        assert_eq!(sweep(w).await, 2);
        assert_eq!(sweep(w).await, 0, "they are gone");
        for (of, position, stays) in [
            (lost, 1, false),
            (lost, 2, false),
            (older, 1, true),
            (draft, 1, true),
        ] {
            let found = blobs.reference(of, position).await.expect("the store");
            assert_eq!(found.is_some(), stays, "{of} {position}");
        }
        w.starter(&thread);
        w.run_jobs().await;
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_references_that_no_draft_has_are_swept_on_sqlite() {
    only_references_that_no_draft_has_are_swept(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_references_that_no_draft_has_are_swept_on_postgres() {
    only_references_that_no_draft_has_are_swept(Kind::Postgres).await;
}
