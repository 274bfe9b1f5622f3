//! Tests crops: what they are cut around, what is said before, and the files that come of it.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places on small pictures, and colours"
)]

mod pictures;

use discord_sandbox::world;
use greenlight::domain::geometry::Pixels;
use greenlight::domain::image::crop::{Aim, Area, Finder, frame};
use greenlight::media::Uncut;
use serde_json::{Value, json};

use crate::harness::{Image, Kind, Thread, World, flat, noise, run_test, run_test_on, run_test_with};

/// The shapes that channels want, from the narrowest to the widest.
const SHAPES: [Pixels; 5] = [
    size(1080, 1920),
    size(1080, 1350),
    size(1080, 1080),
    size(1920, 1080),
    size(1200, 630),
];

const fn size(width: u32, height: u32) -> Pixels {
    Pixels { width, height }
}

/// Returns the two shapes that leave a subject the least room, of those in which it fits with a tenth of
/// the frame to spare.
fn tightest(picture: Pixels, subject: Area) -> Vec<Pixels> {
    let fills = |shape: &Pixels| {
        let frame = frame(picture, *shape, Aim::of(None, None)).size;
        let part = |own: u32, whole: u32| f64::from(own) / f64::from(whole);
        part(subject.size.width, frame.width).max(part(subject.size.height, frame.height))
    };
    let mut fitting: Vec<Pixels> = SHAPES.into_iter().filter(|shape| fills(shape) <= 0.9).collect();
    fitting.sort_by(|a, b| fills(b).total_cmp(&fills(a)));
    fitting.truncate(2);
    fitting
}

#[test]
fn forty_crops_of_twenty_pictures_with_a_subject_aside_cut_none_of_them() {
    let (mut all, mut by_the_middle) = (0, 0);
    for plan in pictures::twenty() {
        let scene = plan.compose();
        let uncut = Uncut::read(&scene.file).expect("a picture");
        let subject = uncut.subject().expect("a look").expect("a subject");
        assert_eq!(subject.by, Finder::Contrast);
        for shape in tightest(plan.size, scene.marked) {
            let cut = |subject| frame(plan.size, shape, Aim::of(subject, None));
            assert!(
                cut(Some(subject)).holds(scene.marked),
                "{plan:?} to {shape}: {:?} was found for {:?}",
                subject.area,
                scene.marked
            );
            all += 1;
            by_the_middle += usize::from(!cut(None).holds(scene.marked));
        }
    }
    assert_eq!(all, 40);
    assert!(
        by_the_middle >= 25,
        "the middle would cut {by_the_middle} of them"
    );
}

/// Drafts an image whose original is then this file.
async fn drawn(w: &mut World, file: Vec<u8>) -> (Thread, Image) {
    w.dana()
        .command("project create", json!({ "name": "Alps Campaign" }))
        .await;
    let options = json!({ "prompt": "a fox", "images": 1, "project": "Alps Campaign" });
    w.ana().asks(options).await;
    w.run_jobs().await;
    let thread = w.last_thread();
    w.starter(&thread);
    let image = w.image_at(&thread, "explore");
    std::fs::write(original(w, &image), file).expect("a file");
    (thread, image)
}

/// Returns where the original of an image is stored.
pub fn original(w: &World, image: &Image) -> std::path::PathBuf {
    w.blobs().join("renders").join(image.render().to_string())
}

/// Returns the latest private answer of Bo.
pub fn answer(w: &World, thread: &Thread) -> Value {
    let private = w.discord().ephemerals(thread.id, world::BO);
    private.last().expect("an answer").clone()
}

pub fn id(message: &Value) -> u64 {
    let id = message["id"].as_str().and_then(|id| id.parse().ok());
    id.expect("an id")
}

/// Returns the id of the button or the list of an answer whose id has this part.
pub fn choice(w: &World, thread: &Thread, answer: &Value, part: &str) -> String {
    let buttons = w.buttons_of(thread.id, id(answer));
    let mut ids = buttons.iter().filter_map(|button| button["custom_id"].as_str());
    let found = ids.find(|id| id.contains(part));
    found.expect("a button").to_owned()
}

/// Returns the names and sizes of the files of an answer.
fn files(answer: &Value) -> Vec<(String, u64, u64)> {
    let files = answer["attachments"].as_array().expect("files");
    let told = files.iter().map(|file| {
        let side = |side: &str| file[side].as_u64().unwrap_or_default();
        let name = file["filename"].as_str().unwrap_or_default();
        (name.to_owned(), side("width"), side("height"))
    });
    told.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_crops_would_do_is_said_and_shown_before_one_is_cut() {
    run_test(async |w| {
        let scene = pictures::twenty()[0].compose();
        let (thread, _) = drawn(w, scene.file).await;
        let told = w.bo().says_in(thread.id, "image crops", json!({})).await;
        insta::assert_snapshot!(told, @r"
        Crops of **Image 1** (640×360), for nothing and for you alone. Nothing is cut yet.
        `1` Feed, square · 1080×1080 · ⚠️ would be made larger (3.0×)
        `2` Feed, portrait · 1080×1350 · ⚠️ would be made larger (3.8×)
        `3` Story · 1080×1920 · ⚠️ would be made larger (5.4×)
        `4` Wide · 1920×1080 · ⚠️ would be made larger (3.0×)
        `5` Link preview · 1200×630 · ⚠️ would be made larger (1.9×)
        -# The frames stand around the subject: what contrasts with the edges of the picture (minimum barrier distance). Move them if it is elsewhere.
        ");
        let sheet = answer(w, &thread);
        assert_eq!(files(&sheet), [("a-fox-1-crops.jpg".to_owned(), 640, 360)]);
        insta::assert_snapshot!(
            sheet["attachments"][0]["description"].as_str().expect("a text"),
            @"Image 1 with the frames of its crops (1 Feed, square; 2 Feed, portrait; 3 Story; 4 Wide; 5 Link preview): a fox"
        );
        assert_eq!(
            w.buttons(thread.id, id(&sheet)),
            ["Cut all 5", "← Left", "↑ Up", "↓ Down", "→ Right"]
        );

        w.restart().await;
        let moved = w.bo().presses(thread.id, id(&sheet), "crops:").await;
        assert!(moved.contains("the place that you chose"), "{moved}");
        let again = answer(w, &thread);
        assert_eq!(id(&again), id(&sheet), "the sheet is the same message");
        assert_eq!(w.buttons(thread.id, id(&again))[1], "Around the subject");

        w.restart().await;
        let list = choice(w, &thread, &again, ":some:");
        let member = w.discord().member(world::BO);
        let values = ["1:1080x1080", "3:1080x1920"].map(str::to_owned);
        let picked = member.select(thread.id, id(&again), &list, &values).await;
        let cut = w.discord().answer(picked.expect("a list")).await.message;
        assert_ne!(id(&cut), id(&sheet), "the sheet stays");
        assert_eq!(
            files(&cut),
            [
                ("alps-campaign-1-feed-square-1080x1080.png".to_owned(), 1080, 1080),
                ("alps-campaign-1-story-1080x1920.png".to_owned(), 1080, 1920),
            ]
        );
        let all = choice(w, &thread, &sheet, ":all");
        let told = w.bo().presses(thread.id, id(&sheet), &all).await;
        assert_eq!(told.lines().count(), 5, "{told}");
        assert_eq!(files(&answer(w, &thread)).len(), 5, "in one message");
        assert_eq!(w.available().await, 990, "for nothing");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn crops_that_share_a_message_fit_into_it_together() {
    run_test(async |w| {
        // No codec can make it small: five exact cuts would have 25 MB.
        let (thread, image) = drawn(w, noise(1920, 1920)).await;
        w.bo().opens(&image, "crops:").await;
        let sheet = answer(w, &thread);
        let all = choice(w, &thread, &sheet, ":all");
        w.bo().presses(thread.id, id(&sheet), &all).await;
        let cut = answer(w, &thread);
        let sizes = cut["attachments"].as_array().expect("files").iter();
        let all: u64 = sizes.map(|file| file["size"].as_u64().expect("a size")).sum();
        assert!(all <= 10 << 20, "{all} bytes");
        let names: Vec<String> = files(&cut).into_iter().map(|(name, ..)| name).collect();
        let is_jpeg = |name: &String| name.rsplit('.').next() == Some("jpg");
        assert!(names.iter().all(is_jpeg), "{names:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_cut_any_more_is_told_of() {
    let crops = r#"[{ name = "Tiny", size = "32x32" }]"#;
    run_test_with(&[("CROPS", crops)], async |w| {
        let (thread, image) = drawn(w, flat(640, 360, 7)).await;
        let told = w.bo().says_in(thread.id, "image crops", json!({})).await;
        assert!(told.contains("Nothing stands out of this picture"), "{told}");
        let sheet = answer(w, &thread);
        let [list, all] = [":some", ":all"].map(|end| choice(w, &thread, &sheet, end));
        let sheet = id(&sheet);
        w.set("CROPS", r#"[{ name = "Small", size = "40x40" }]"#);
        w.restart().await;
        let member = w.discord().member(world::BO);
        let picked = member
            .select(thread.id, sheet, &list, &["1:32x32".to_owned()])
            .await;
        let told = w.discord().answer(picked.expect("a list")).await.message;
        assert!(
            told["content"].to_string().contains("cannot be cut to that size"),
            "{told}"
        );
        std::fs::remove_file(original(w, &image)).expect("the file was there");
        for begins in [all.as_str(), "crops:"] {
            let told = w.bo().presses(thread.id, sheet, begins).await;
            assert!(told.contains("not stored any more"), "{told}");
        }
    })
    .await;
}

/// A server has sizes of its own, at most five, in every process and after every restart.
async fn a_server_has_sizes_of_its_own(kind: Kind) {
    run_test_on(kind, &[], async |w| {
        let none = w.dana().command("settings crops", json!({})).await;
        assert!(none.contains("Of this server: **none**"), "{none}");
        for (options, told) in [
            (json!({ "name": "Wall" }), "needs both"),
            (json!({ "size": "970x250" }), "needs both"),
            (json!({ "name": "Wall", "size": "wide" }), "is no size"),
            (json!({ "name": "Wall", "size": "5000x250" }), "too large"),
            (json!({ "name": " ", "size": "970x250" }), "a name of 1 to 30"),
            (
                json!({ "remove": "Wall" }),
                "no size of its own that is called “Wall”",
            ),
        ] {
            let refused = w.dana().command("settings crops", options).await;
            assert!(refused.contains(told), "{refused}");
            assert!(refused.contains("Nothing was changed"), "{refused}");
        }
        for n in 1..=5 {
            let own = json!({ "name": format!("Wall {n}"), "size": format!("970x{n}50") });
            w.dana().command("settings crops", own).await;
        }
        let full = json!({ "name": "Wall 6", "size": "970x250" });
        let refused = w.dana().command("settings crops", full.clone()).await;
        assert!(refused.contains("at most 5 sizes of its own"), "{refused}");
        let other = json!({ "name": "Wall 5", "size": "80x45", "remove": "Wall 1" });
        let told = w.dana().command("settings crops", other).await;
        assert!(
            !told.contains("Wall 1") && told.contains("Wall 5 (80×45)"),
            "{told}"
        );
        w.restart().await;
        w.dana().command("settings crops", full).await;

        let (thread, _) = drawn(w, flat(640, 360, 7)).await;
        let sheet = w.bo().says_in(thread.id, "image crops", json!({})).await;
        assert!(
            sheet.contains("`9` Wall 5 · 80×45") && sheet.contains("`10` Wall 6"),
            "{sheet}"
        );
        let message = answer(w, &thread);
        let all = choice(w, &thread, &message, ":all");
        w.bo().presses(thread.id, id(&message), &all).await;
        let cut = files(&answer(w, &thread));
        assert_eq!(cut.len(), 10, "in one message");
        assert_eq!(cut[8], ("alps-campaign-1-wall-5-80x45.png".to_owned(), 80, 45));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_has_sizes_of_its_own_on_sqlite() {
    a_server_has_sizes_of_its_own(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_has_sizes_of_its_own_on_postgres() {
    a_server_has_sizes_of_its_own(Kind::Postgres).await;
}
