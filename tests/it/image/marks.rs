//! Tests what the files that leave the bot tell of themselves, by Debian's exiftool.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use discord_sandbox::world;
use greenlight::providers::Answer;
use img_parts::Bytes;
use img_parts::png::{Png, PngChunk};
use serde_json::{Value, json};

use super::crops::{answer, choice, id, original};
use super::uploads::refuse;
use crate::harness::{Easel, Ending, Image, Thread, World, flat, noise, run_test};
use crate::repo::here;

/// What a file is, by IPTC's vocabulary, or that it has no marks of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    /// The engine's own file, which is left as it is.
    Original,
    /// One picture.
    Picture,
    /// Several pictures.
    Composite,
    /// No picture of an engine.
    Nothing,
}

/// Every kind of file that the bot sends: how its name ends, what it tells, and where it leaves. A file
/// that is none of these fails the test: it leaves on a way that nobody has looked at.
const WAYS: [(&str, Told, &str); 12] = [
    (
        "-sheet.jpg",
        Told::Composite,
        "the starter of a draft, /approvals",
    ),
    ("what-waits.jpg", Told::Composite, "the daily digest"),
    ("-lineage.jpg", Told::Composite, "/image lineage"),
    ("-1K-2K.jpg", Told::Composite, "Compare"),
    ("-crops.jpg", Told::Composite, "/image crops"),
    ("-SIZE.png", Told::Picture, "a crop"),
    ("-SIZE.jpg", Told::Picture, "a crop that is fitted"),
    ("ID.png", Told::Original, "a thread, the gallery, /image original"),
    ("ID.jpg", Told::Picture, "a thread whose limit is less"),
    (".csv", Told::Nothing, "/treasury export, /report"),
    ("report.png", Told::Nothing, "/report: a chart"),
    ("pool.png", Told::Nothing, "/credits pool: a chart"),
];

/// Returns the way on which a file of this name leaves.
fn way(name: &str) -> Option<(&'static str, Told)> {
    let (stem, extension) = name.rsplit_once('.')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_size = |text: &str| {
        text.split_once('x')
            .is_some_and(|(w, h)| is_number(w) && is_number(h))
    };
    let name = match stem.rsplit_once('-') {
        Some((words, size)) if is_size(size) => format!("{words}-SIZE.{extension}"),
        Some((words, id)) if id.len() == 8 && u32::from_str_radix(id, 16).is_ok() => {
            format!("{words}-ID.{extension}")
        }
        _ => name.to_owned(),
    };
    let found = WAYS.iter().find(|(end, ..)| name.ends_with(end));
    found.map(|(end, told, _)| (*end, *told))
}

/// Returns exiftool, which `scripts/test` fetches where it is not installed.
fn exiftool() -> Command {
    let fetched = here("target/tools/usr");
    let own = fetched.join("bin/exiftool");
    if own.is_file() {
        let mut perl = Command::new("perl");
        perl.arg("-I").arg(fetched.join("share/perl5")).arg(own);
        return perl;
    }
    Command::new("exiftool")
}

/// Reads what files tell of themselves, by their names.
fn read(folder: &std::path::Path) -> BTreeMap<String, Value> {
    let ran = exiftool()
        .args(["-json", "-G1", "-struct", "-charset", "filename=utf8"])
        .arg(folder)
        .output();
    let ran = ran.expect("there is no exiftool: run scripts/test, which fetches it");
    let all: Vec<Value> = serde_json::from_slice(&ran.stdout).expect("exiftool's answer");
    let named = all.into_iter().map(|file| {
        let path = PathBuf::from(file["SourceFile"].as_str().expect("a file"));
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        (name, file)
    });
    named.collect()
}

/// Keeps every file that the bot has sent in a folder, each under its name behind a number.
fn kept(w: &World) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (nth, file) in w.files_of_the_bot().iter().enumerate() {
        let bytes = w.discord().file(file["url"].as_str().expect("a URL"));
        let name = file["filename"].as_str().expect("a name");
        std::fs::write(
            folder.path().join(format!("{nth}_{name}")),
            bytes.expect("the file"),
        )
        .expect("written");
    }
    folder
}

fn told(file: &Value) -> Told {
    match file["XMP-iptcExt:DigitalSourceType"].as_str() {
        None => Told::Nothing,
        Some(source) if source.contains("omposite") => Told::Composite,
        Some(_) => Told::Picture,
    }
}

/// Has the bot send a file on every way.
async fn send_on_every_way(w: &mut World) {
    let places = json!({ "gallery": world::GALLERY.to_string() });
    w.dana().command("settings channels", places).await;
    let digest = json!({ "digest": world::GENERAL.to_string(), "hour": 9 });
    w.dana().command("settings notify", digest).await;
    let thread = w.ana().draft("a fox & a <hare>", 2).await;
    let images = w.images(&thread, "explore");
    w.approved_to_4k(&thread, &images[1]).await;
    w.run_jobs().await;
    let review = w.image_at(&thread, "review");
    let last = w.image_at(&thread, "final");
    for (image, button) in [(&last, "lineage:"), (&last, "original:"), (&review, "compare:")] {
        w.bo().opens(image, button).await;
    }
    w.bo().command("approvals", json!({})).await;
    crops(w, &thread, &last).await;
    w.dana().handed("treasury export", json!({})).await;
    w.bo().command("report", json!({})).await;
    w.bo().command("credits pool", json!({})).await;
    // What is refused here is not offered again for a day.
    refuse(w, &format!("{}/messages", thread.id), 1);
    w.bo().approves(&images[0]).await;
    w.run_jobs().await;
    w.advance(Duration::from_hours(25));
    w.run_jobs().await;
}

/// Has Bo cut an image to a square, exactly, and then with others that leave it no room.
async fn crops(w: &mut World, thread: &Thread, image: &Image) {
    w.bo().opens(image, "crops:").await;
    let sheet = answer(w, thread);
    let list = choice(w, thread, &sheet, ":some");
    let member = w.discord().member(world::BO);
    let picked = member
        .select(thread.id, id(&sheet), &list, &["1:1080x1080".to_owned()])
        .await;
    w.discord().answer(picked.expect("a list")).await;
    std::fs::write(original(w, image), noise(2160, 2160)).expect("a file");
    let all = choice(w, thread, &sheet, ":all");
    w.bo().presses(thread.id, id(&sheet), &all).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_that_the_bot_wrote_says_what_it_is_and_keeps_its_colours() {
    run_test(async |w| {
        send_on_every_way(w).await;
        let folder = kept(w);
        let mut ways = BTreeSet::new();
        for (name, file) in read(folder.path()) {
            let (end, wanted) =
                way(&name).unwrap_or_else(|| panic!("{name} leaves on a way that is not listed"));
            ways.insert(end);
            let expected = if wanted == Told::Original {
                Told::Nothing
            } else {
                wanted
            };
            assert_eq!(told(&file), expected, "{name}: {file:#}");
            let profile = file["ICC_Profile:ProfileDescription"]
                .as_str()
                .unwrap_or_default();
            let is_ours = matches!(wanted, Told::Picture | Told::Composite);
            assert_eq!(profile.contains("sRGB"), is_ours, "{name}: {file:#}");
            assert_eq!(
                file["XMP-dc:Description"],
                Value::Null,
                "no prompt unless the server wishes it"
            );
            if wanted == Told::Picture {
                let draft = file["XMP-greenlight:Draft"].to_string();
                assert!(draft.len() > 3, "{name}: {file:#}");
                assert!(file["XMP-greenlight:Render"].is_string(), "{name}: {file:#}");
                let source = file["XMP-iptcExt:DigitalSourceType"].as_str().expect("a source");
                assert!(
                    source.ends_with("/algorithmicMedia"),
                    "sketch is no trained model: {source}"
                );
            }
            assert_eq!(file["ExifTool:Warning"], Value::Null, "{name}: {file:#}");
        }
        let all: BTreeSet<&str> = WAYS.iter().map(|(end, ..)| *end).collect();
        let not_sent: Vec<_> = all.difference(&ways).collect();
        // A table is no picture, so exiftool may leave it out.
        assert!(
            not_sent.iter().all(|end| **end == ".csv"),
            "{not_sent:?} were not sent"
        );
        w.said_in(world::GALLERY);
        w.said_in(world::GENERAL);
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_tells_the_prompt_where_the_server_wishes_and_as_a_text_alone() {
    run_test(async |w| {
        let easel = Easel::new(false);
        w.set_engines(easel.engines());
        w.restart().await;
        w.dana()
            .command("settings channels", json!({ "file_prompts": true }))
            .await;
        let prompt =
            "a fox & </rdf:li> \"x\" <Iptc4xmpExt:DigitalSourceType>none</Iptc4xmpExt:DigitalSourceType>";
        let thread = w.ana().draft(prompt, 1).await;
        let image = w.image_at(&thread, "explore");
        w.starter(&thread);
        w.bo().opens(&image, "crops:").await;
        let all = choice(w, &thread, &answer(w, &thread), ":all");
        let sheet = id(&answer(w, &thread));
        w.bo().presses(thread.id, sheet, &all).await;
        let mut cut = 0;
        for (name, file) in read(kept(w).path()) {
            if way(&name).is_none_or(|(_, told)| told != Told::Picture) {
                continue;
            }
            cut += 1;
            assert_eq!(file["XMP-dc:Description"], prompt, "{name}: {file:#}");
            let source = file["XMP-iptcExt:DigitalSourceType"].as_str().expect("a source");
            assert!(source.ends_with("/trainedAlgorithmicMedia"), "{source}");
        }
        assert!(cut >= 1);
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_smaller_form_that_cannot_carry_content_credentials_says_so_and_the_original_keeps_them() {
    run_test(async |w| {
        let easel = Easel::new(false);
        w.set_engines(easel.engines());
        w.restart().await;
        let thread = w.ana().draft("a fox", 1).await;
        let first = w.image_at(&thread, "explore");
        let mut signed = Png::from_bytes(flat(160, 90, 7).into()).expect("a picture");
        let credentials = PngChunk::new(*b"caBX", Bytes::from_static(b"a manifest"));
        signed.chunks_mut().insert(1, credentials);
        let signed = signed.encoder().bytes().to_vec();
        easel.next_ends(Ending::Answer(Answer::File(signed.clone())));
        refuse(w, &format!("{}/messages", thread.id), 1);
        w.bo().approves(&first).await;
        w.run_jobs().await;
        let image = w.image_at(&thread, "review");
        let said = "only the original carries the engine's content credentials";
        assert!(image.text.contains(said), "{}", image.text);
        w.bo().approves(&image).await;
        w.restart().await;
        w.run_jobs().await;
        assert!(w.look_at(&image).contains(said), "also after an edit");
        w.bo().opens(&image, "original:").await;
        let handed = answer(w, &thread);
        let url = handed["attachments"][0]["url"].as_str().expect("a URL");
        assert_eq!(w.discord().file(url), Some(signed), "byte for byte");
        w.read_all();
    })
    .await;
}
