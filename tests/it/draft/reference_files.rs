//! Tests real files as references: what people attach, what becomes of it, and what it may cost.

use std::io::Cursor;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use discord_sandbox::world;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::json;

use super::references::{drafts_after, kept, one};
use crate::harness::service::{Answer, Service, picture};
use crate::harness::{Kind, data, run_test, run_test_on};

/// The choice of `/settings channels reset:` that resets all of them.
const ALL_CHANNELS: u64 = 5;

/// A picture that anybody may attach.
fn good() -> Vec<u8> {
    let mut bytes = Vec::new();
    RgbImage::from_pixel(96, 64, Rgb([9, 9, 9]))
        .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
        .expect("a picture");
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_looked_at_only_for_a_draft_that_could_start_without_it() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            let bomb = || [("fox.png", b"no picture".to_vec())];
            let lead = world::STUDIO_LEAD.to_string();
            w.dana()
                .command("settings channels", json!({ "requesters": lead }))
                .await;
            let told = drafts_after(w, one(), &bomb()).await;
            assert!(told.contains("can draft in this server"), "{told}");
            w.dana()
                .command("settings channels", json!({ "reset": ALL_CHANNELS }))
                .await;
            w.dana()
                .command(
                    "settings channels",
                    json!({ "drafts": world::GENERAL.to_string() }),
                )
                .await;
            let told = drafts_after(w, one(), &bomb()).await;
            assert!(told.contains("Drafts are not made here"), "{told}");
            w.dana()
                .command("settings channels", json!({ "reset": ALL_CHANNELS }))
                .await;
            let unknown = json!({ "prompt": "a fox", "project": "no such project" });
            let told = drafts_after(w, unknown, &bomb()).await;
            assert!(told.contains("no such project"), "{told}");
            let told = drafts_after(w, one(), &bomb()).await;
            assert!(told.contains("is no picture that I can read"), "{told}");
            assert_eq!(kept(w), Vec::<Vec<u8>>::new());
            assert_eq!(w.available().await, 1000);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_cannot_pay_looks_at_no_file() {
    run_test_on(Kind::Sqlite, &[("POOL__FIRST_GRANT", "5")], async |w| {
        let told = drafts_after(w, one(), &[("fox.png", b"no picture".to_vec())]).await;
        assert!(told.contains("left in the server's pool"), "{told}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_is_known_by_its_bytes_and_told_of_by_what_is_wrong_with_it() {
    run_test(async |w| {
        for name in ["photo.jfif", "photo", "photo.txt"] {
            let options = json!({ "prompt": name, "images": 1 });
            let told = drafts_after(w, options, &[(name, data("baseline.jpg"))]).await;
            assert!(told.contains("1 image"), "{name}: {told}");
            w.run_jobs().await;
            let thread = w.last_thread();
            w.starter(&thread);
            w.image_at(&thread, "explore");
        }
        let small = picture("63x64");
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
        for (name, bytes, why) in [
            ("small.png", small, "has 63×64 pixels, which is too small"),
            ("IMG_1.HEIC", heic, "is a HEIC file, which I cannot read"),
            (
                "half.jpg",
                data("progressive.jpg")[..800].to_vec(),
                "is not whole",
            ),
        ] {
            let told = drafts_after(w, one(), &[(name, bytes)]).await;
            assert!(told.contains(why), "{told}");
        }
        assert_eq!(w.available().await, 1000 - 3 * 10);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_animation_the_first_picture_is_sent_and_the_member_is_told() {
    run_test(async |w| {
        let ana = w.discord().member(world::ANA);
        let files = vec![(
            "reference".to_owned(),
            "clip.gif".to_owned(),
            data("animated.gif"),
        )];
        let sent = ana
            .command_with_files(world::CAMPAIGN, "draft", one(), files)
            .await;
        let sent = sent.expect("the command");
        w.discord().answer(sent).await;
        w.run_jobs().await;
        let beside = w.discord().answer(sent).await.followups;
        assert_eq!(
            beside[0]["content"],
            "clip.gif is an animation: its first picture is used."
        );
        assert_eq!(beside[0]["flags"], 64, "only Ana sees it");
        assert!(kept(w)[0].starts_with(b"\x89PNG"), "it is no animation any more");
        let thread = w.last_thread();
        w.starter(&thread);
        w.image_at(&thread, "explore");
    })
    .await;
}

/// Answers with these bytes as the picture.
fn drawn(file: &[u8]) -> Answer {
    let file = BASE64_STANDARD.encode(file);
    Answer::json(200, &json!({ "created": 1, "data": [{ "b64_json": file }] }))
}

fn by_openai(url: &str) -> Vec<(&'static str, &str)> {
    vec![
        ("ENGINES__OPENAI__KEY", "sk-1"),
        ("ENGINES__OPENAI__BASE_URL", url),
        ("STAGES__EXPLORE__ENGINE", "openai"),
        ("STAGES__EXPLORE__MODEL", "gpt-image-2"),
        ("STAGES__EXPLORE__QUALITY", "low"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_engine_is_sent_is_upright_in_srgb_and_without_metadata() {
    let service = Service::start(|_| drawn(&picture("80x45"))).await;
    run_test_on(Kind::Sqlite, &by_openai(&service.url), async |w| {
        let mut phone = data("baseline.jpg");
        let exif = b"\xff\xe1\0\x32Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0SECRET 52.5N!!!!";
        phone.splice(2..2, exif.iter().copied());
        let files = [("phone.jpg", phone), ("print.jpg", data("cmyk-profile.jpg")), ("logo.png", good())];
        let told = drafts_after(w, one(), &files).await;
        assert!(told.contains("1 image"), "{told}");
        w.run_jobs().await;
        let thread = w.last_thread();
        w.starter(&thread);
        w.image_at(&thread, "explore");
        let form = service.asked()[0].form().await;
        let sent: Vec<Vec<u8>> = form
            .into_iter()
            .filter(|field| field.name == "image[]")
            .map(|field| field.bytes)
            .collect();
        assert!(!sent[0].windows(6).any(|part| part == b"SECRET"));
        let upright = image::load_from_memory(&sent[0]).expect("a picture");
        assert_eq!((upright.width(), upright.height()), (96, 160));
        let print = image::load_from_memory(&sent[1]).expect("a picture").to_rgb8();
        let ink = print.get_pixel(10, 10).0;
        assert!(ink[0] > 230 && ink[2] < 40, "the profile says that its cyan is orange: {ink:?}");
        assert_eq!(sent[2], good(), "what is clean is sent as it was given");
        assert_eq!(kept(w).len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_picture_of_an_engine_is_none_whatever_its_format_and_costs_nothing() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        for name in [
            "baseline.jpg",
            "progressive.jpg",
            "lossy-alpha.webp",
            "one-bit.png",
        ] {
            let whole = data(name);
            let service = Service::that_says(drawn(&whole[..whole.len() * 3 / 4])).await;
            run_test_on(kind, &by_openai(&service.url), async |w| {
                let thread = w.ana().draft("a fox", 1).await;
                let notices = w.notices(&thread);
                assert_eq!(notices.len(), 1, "{name}: {notices:#?}");
                assert!(
                    notices[0].contains("10 credits returned to the pool"),
                    "{name}: {notices:#?}"
                );
                assert_eq!(service.asked().len(), 1, "{name}: it is not asked for again");
                assert_eq!(w.sums().await, (0, 0, 1000), "{name}");
                w.starter(&thread);
            })
            .await;
        }
    }
}
