//! Tests the pack of an image: one file with everything that its user needs.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use discord_sandbox::world;
use greenlight::media;
use serde_json::{Value, json};
use zip::ZipArchive;

use super::originals::{NOISE, easel_of, link_in, told_privately};
use crate::harness::{Kind, World, run_test_on};

const CROPS: (&str, &str) = (
    "CROPS",
    r#"[{ name = "Feed, square", size = "100x100" }, { name = "../Wide", size = "200x100" }, { name = "Poster", size = "4000x4000" }]"#,
);

/// Returns what is in a pack, by the names without what differs from run to run.
fn unpacked(file: Vec<u8>, id: &str) -> BTreeMap<String, Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(file)).expect("a ZIP");
    let mut all = BTreeMap::new();
    for nth in 0..zip.len() {
        let mut entry = zip.by_index(nth).expect("an entry");
        let name = entry.name().expect("a name").replace(id, "ID");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("whole");
        assert!(all.insert(name, bytes).is_none(), "each name once");
    }
    all
}

async fn a_final_is_packed(kind: Kind) {
    run_test_on(kind, &[CROPS], async |w| {
        w.dana()
            .command("project create", json!({ "name": "Spring/../2027" }))
            .await;
        let asked = json!({ "prompt": "a red fox ../../etc", "images": 1, "project": "Spring/../2027" });
        w.ana().asks(asked).await;
        w.run_jobs().await;
        let thread = w.last_thread();
        w.starter(&thread);
        let first = w.image_at(&thread, "explore");
        let [_, last] = w.approved_to_4k(&thread, &first).await;
        let (text, file) = told_privately(w, thread.id, "image pack", json!({})).await;
        assert!(
            text.starts_with("Everything of **Image 1** · 4K final in one ZIP of "),
            "{text}"
        );
        let id = last.render().short();
        let all = unpacked(file.expect("it fits"), &id);
        let names: Vec<&str> = all.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "spring-2027-1-feed-square-100x100.png",
                "spring-2027-1-wide-200x100.png",
                "spring-2027-a-red-fox-etc-1-alt-240x135-ID.txt",
                "spring-2027-a-red-fox-etc-1-final-240x135-ID.png",
                "spring-2027-a-red-fox-etc-1-lineage-240x135-ID.json",
            ]
        );
        let stored = std::fs::read(w.blobs().join("renders").join(last.render().to_string()));
        let by = |part: &str| &all.iter().find(|(name, _)| name.contains(part)).expect(part).1[..];
        assert_eq!(by("-final-"), stored.expect("the original"), "byte for byte");
        let cut = media::probe(by("feed-square-")).expect("a picture");
        assert_eq!((cut.pixels.width, cut.pixels.height), (100, 100));
        let alt = String::from_utf8(by("-alt-").to_vec()).expect("a text");
        assert_eq!(alt, "Final 1 of 1, 4K, 240×135: a red fox ../../etc\n");
        let told: Value = serde_json::from_slice(by("-lineage-")).expect("JSON");
        assert_eq!(told["prompt"], "a red fox ../../etc");
        let steps: Vec<_> = told["steps"].as_array().expect("steps").iter().collect();
        let votes: Vec<_> = steps
            .iter()
            .map(|step| (&step["tier"], &step["credits"], &step["votes"]))
            .collect();
        let (tiers, credits) = (
            [json!("1K"), json!("2K"), json!("4K")],
            [json!(10), json!(20), json!(40)],
        );
        let counts = [json!(0), json!(1), json!(2)];
        let wanted: Vec<_> = (0..3).map(|n| (&tiers[n], &credits[n], &counts[n])).collect();
        assert_eq!(votes, wanted);
        assert!(steps.iter().all(|step| step["version"] == 1));
        assert!(
            !told.to_string().contains(&world::BO.to_string()),
            "it names no member"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_has_the_original_the_crops_the_description_and_the_lineage() {
    a_final_is_packed(Kind::Sqlite).await;
    a_final_is_packed(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_is_too_large_is_made_for_whoever_follows_its_link() {
    let served = [
        ("LINKS__LISTEN", "127.0.0.1:0"),
        ("LINKS__PUBLIC_URL", "https://pictures.example.com"),
        CROPS,
    ];
    run_test_on(Kind::Sqlite, &served, async |w: &mut World| {
        w.draw_with(easel_of(NOISE)).await;
        let thread = w.ana().draft("a red fox", 1).await;
        w.starter(&thread);
        let image = w.image_at(&thread, "explore");
        let (answer, file) = told_privately(w, thread.id, "image pack", json!({})).await;
        assert!(file.is_none(), "{answer}");
        let url = link_in(&answer).expect("a link");
        let path = url
            .strip_prefix("https://pictures.example.com")
            .expect("the address")
            .to_owned();
        w.restart().await;
        let address = w.app().links_at().expect("links are served");
        let loaded = reqwest::get(format!("http://{address}{path}"))
            .await
            .expect("an answer");
        assert_eq!(loaded.headers()["content-type"], "application/zip");
        let all = unpacked(
            loaded.bytes().await.expect("the pack").to_vec(),
            &image.render().short(),
        );
        let (_, original) = all
            .iter()
            .find(|(name, _)| name.contains("-draft-"))
            .expect("the original");
        assert!(*original == NOISE.png(), "byte for byte");
        let other = path.replace("/pack/", "/original/");
        let other = reqwest::get(format!("http://{address}{other}"))
            .await
            .expect("an answer");
        assert_eq!(other.status(), 403, "a link to one thing is none to another");
        let away = w.blobs().join("renders").join(image.render().to_string());
        std::fs::remove_file(away).expect("the original goes");
        let gone = reqwest::get(format!("http://{address}{path}"))
            .await
            .expect("an answer");
        assert_eq!(gone.status(), 410);
    })
    .await;
}
