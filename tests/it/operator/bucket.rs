//! Tests originals and references in a bucket, on a real server that speaks S3.

mod away;
mod backup;
mod moves;

use std::time::Duration;

use futures::future::join_all;
use greenlight::blobs::{Blobs, Error};
use greenlight::domain::ids::{DraftId, RenderId};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_DISPOSITION, RANGE};
use serde_json::json;

use super::greenlight;
use crate::draft::references::{drafts_after, one};
use crate::harness::{Bucket, Kind, World, run_test_on};

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];
const PICTURE: RenderId = RenderId::new(7);

fn pairs<K: AsRef<str>>(all: &[(K, String)]) -> Vec<(&str, &str)> {
    all.iter()
        .map(|(name, value)| (name.as_ref(), value.as_str()))
        .collect()
}

/// Runs a story whose bot keeps its pictures in a bucket.
async fn in_a_bucket(kind: Kind, bucket: &Bucket, story: impl AsyncFnOnce(&mut World)) {
    run_test_on(kind, &pairs(&bucket.settings()), story).await;
}

/// Returns bytes of which no two parts are alike.
fn bytes(count: usize) -> Vec<u8> {
    let turns = (0_u64..).flat_map(|turn| turn.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    turns.take(count).collect()
}

async fn stored(bucket: &Bucket, picture: Vec<u8>) -> Blobs {
    let blobs = bucket.open(false).await.expect("a bucket");
    blobs.put(PICTURE, picture).await.expect("a picture");
    blobs
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_with_a_reference_is_posted_approved_and_handed_out_from_a_bucket() {
    for kind in BOTH {
        let bucket = Bucket::new();
        in_a_bucket(kind, &bucket, async |w| {
            let reference = crate::harness::flat(96, 64, 7);
            drafts_after(w, one(), &[("fox.png", reference)]).await;
            w.run_jobs().await;
            let thread = w.last_thread();
            w.starter(&thread);
            let image = w.image_at(&thread, "explore");
            w.restart().await;
            let [_, last] = w.approved_to_4k(&thread, &image).await;
            let blobs = w.app().services.blobs.clone();
            assert_eq!(blobs.pictures().await.expect("a list").len(), 3);
            let original = blobs.get(last.render()).await.expect("the bucket");
            let size = blobs.size(last.render()).await.expect("the bucket");
            assert_eq!(size, original.map(|file| file.len()));
            assert_eq!(blobs.all().await.expect("a list").len(), 4, "and its reference");
            assert!(!w.blobs().exists(), "nothing is kept in the folder");
            let told = w.bo().says_in(thread.id, "image original", json!({})).await;
            assert!(told.contains("**Image 1** · 4K final"), "{told}");

            let said = greenlight(w, &["doctor"], &pairs(&bucket.variables())).await;
            assert_eq!(said.code, 0, "{}{}", said.out, said.err);
            for told in [
                format!("A file was written to {}, read and removed.", bucket.url()),
                "Pictures that were looked for: 3, found: 3.".to_owned(),
            ] {
                assert!(said.out.contains(&told), "“{told}” is not in\n{}", said.out);
            }
            assert_eq!(
                blobs.all().await.expect("a list").len(),
                4,
                "the doctor leaves nothing"
            );

            w.ana_is_forgotten().await;
            assert_eq!(
                blobs.all().await.expect("a list").len(),
                3,
                "her reference is removed"
            );
        })
        .await;
    }
}

/// An upload in parts is one file in the end.
#[tokio::test(flavor = "multi_thread")]
async fn small_and_large_pictures_are_stored_once_and_stay_as_they_are() {
    for count in [1, 16 << 20, (16 << 20) + 1, (24 << 20) + 5] {
        let (bucket, picture) = (Bucket::new(), bytes(count));
        let blobs = stored(&bucket, picture.clone()).await;
        blobs.put(PICTURE, picture.clone()).await.expect("the same again");
        blobs.put(PICTURE, vec![1, 2]).await.expect("another");
        let other = bucket.open(true).await.expect("the bucket of another process");
        assert!(
            other.get(PICTURE).await.expect("a picture") == Some(picture.clone()),
            "{count}"
        );
        let middle = count as u64 / 2..count as u64 + 9;
        let piece = other.piece(PICTURE, middle).await.expect("a piece");
        assert!(piece.as_deref() == Some(&picture[count / 2..]), "{count}");
        assert_eq!(other.get(RenderId::new(8)).await.expect("no picture"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_put_a_picture_at_once_one_wins_and_nobody_fails() {
    let bucket = Bucket::new();
    let blobs = bucket.open(false).await.expect("a bucket");
    let puts = (0..8_u8).map(|turn| blobs.put(PICTURE, vec![turn; 1000]));
    for put in join_all(puts).await {
        put.expect("it is stored, or another is");
    }
    let won = blobs.get(PICTURE).await.expect("the bucket").expect("a picture");
    assert_eq!(won, vec![won[0]; 1000], "it is whole");
    blobs.put(PICTURE, vec![9; 1000]).await.expect("a late one");
    assert_eq!(blobs.get(PICTURE).await.expect("the bucket"), Some(won));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_original_and_a_reference_are_removed_from_a_bucket_as_often_as_one_asks() {
    let (bucket, draft) = (Bucket::new(), DraftId::new(7));
    let blobs = stored(&bucket, vec![1]).await;
    for file in [vec![1], vec![2]] {
        blobs
            .put_reference(draft, 1, file.clone())
            .await
            .expect("a reference");
        assert_eq!(blobs.reference(draft, 1).await.expect("the bucket"), Some(file));
    }
    for _ in 0..2 {
        blobs.remove_reference(draft, 1).await.expect("the bucket");
        assert_eq!(blobs.reference(draft, 1).await.expect("the bucket"), None);
        blobs.remove(PICTURE).await.expect("the bucket");
        assert_eq!(blobs.get(PICTURE).await.expect("the bucket"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_leads_to_the_original_byte_for_byte_and_to_nothing_else() {
    let (bucket, picture) = (Bucket::new(), bytes(100_000));
    let blobs = stored(&bucket, picture.clone()).await;
    let link = blobs.link(PICTURE, Duration::from_mins(5), "fox-4K.png").await;
    let link = link.expect("a link").expect("people reach this bucket");
    let client = reqwest::Client::new();
    let got = client.get(link.clone()).send().await.expect("an answer");
    assert_eq!(got.status(), StatusCode::OK);
    assert_eq!(
        got.headers()[CONTENT_DISPOSITION],
        "attachment; filename=\"fox-4K.png\""
    );
    assert!(got.bytes().await.expect("a file") == picture);

    let part = client.get(link.clone()).header(RANGE, "bytes=10-19");
    let part = part.send().await.expect("an answer");
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.bytes().await.expect("a part"), picture[10..20]);

    let other = RenderId::new(8);
    blobs.put(other, vec![1]).await.expect("another picture");
    let other = link.path().replace(&PICTURE.to_string(), &other.to_string());
    let (mut elsewhere, mut longer) = (link.clone(), link.clone());
    elsewhere.set_path(&other);
    longer.set_query(Some(
        &link
            .query()
            .expect("a signature")
            .replace("Expires=300", "Expires=3000"),
    ));
    assert!(longer != link && elsewhere != link);
    for wrong in [elsewhere, longer] {
        let got = client.get(wrong.clone()).send().await.expect("an answer");
        assert_eq!(got.status(), StatusCode::FORBIDDEN, "{wrong}");
    }
    let put = client.put(link).body("mine").send().await.expect("an answer");
    assert_eq!(put.status(), StatusCode::FORBIDDEN, "it is for reading");
}

/// It would lead to a machine that they cannot reach, and show a signature on the way.
#[tokio::test(flavor = "multi_thread")]
async fn there_are_no_links_to_a_bucket_that_people_cannot_reach_safely() {
    let bucket = Bucket::new();
    let mut settings = bucket.variables();
    settings.retain(|(name, _)| !name.ends_with("PUBLIC_ENDPOINT"));
    let config = greenlight::config::Config::load(None, settings).expect("settings");
    let blobs = Blobs::open(&config.blobs.place, false).await.expect("a bucket");
    let link = blobs.link(PICTURE, Duration::from_mins(5), "fox.png").await;
    assert_eq!(link.expect("an answer"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_an_emptied_and_a_missing_bucket_are_told_apart_and_nothing_is_put_there() {
    let bucket = Bucket::new();
    stored(&bucket, vec![1]).await;
    let empty = Bucket::new();
    assert!(matches!(empty.open(true).await, Err(Error::Emptied)));
    assert!(Blobs::look(&empty.place()).await.expect("an answer").is_none());

    // One that is being filled has no marker yet.
    let filling = Blobs::to_be_filled(&empty.place()).await.expect("a bucket");
    assert!(matches!(filling.put(PICTURE, vec![1]).await, Err(Error::Lost)));
    assert!(matches!(filling.get(PICTURE).await, Err(Error::Lost)));
    assert!(matches!(filling.size(PICTURE).await, Err(Error::Lost)));
    assert!(matches!(empty.open(false).await, Err(Error::Half)));

    let with = |key: &str, value: &str| {
        let mut settings = bucket.variables();
        settings.push((format!("GREENLIGHT_BLOBS__{key}"), value.to_owned()));
        let config = greenlight::config::Config::load(None, settings).expect("settings");
        config.blobs.place
    };
    let missing = Blobs::open(&with("URL", "s3://nobody-has-this/bot"), false).await;
    assert!(matches!(missing, Err(Error::NoBucket(_))), "{missing:?}");
    let wrong = Blobs::open(&with("SECRET_ACCESS_KEY", "wrong"), true).await;
    assert!(matches!(wrong, Err(Error::Refused(_))), "{wrong:?}");
    let away = Blobs::open(&with("ENDPOINT", "http://127.0.0.1:1"), true).await;
    assert!(matches!(away, Err(Error::Away(_))), "{away:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_of_a_bucket_is_shown_and_a_wrong_bucket_is_said_in_one_sentence() {
    let bucket = Bucket::new();
    in_a_bucket(Kind::Sqlite, &bucket, async |w| {
        w.drafted_one().await;
        let secret = bucket.secret();
        let elsewhere = Bucket::new();
        let variables = elsewhere.variables();
        for command in [["config"], ["doctor"]] {
            let said = greenlight(w, &command, &pairs(&variables)).await;
            let all = format!("{}{}", said.out, said.err);
            assert!(!all.contains(&secret), "{all}");
            assert!(all.contains(&elsewhere.url()), "{all}");
        }
        let said = greenlight(w, &["run"], &pairs(&variables)).await;
        assert_eq!(said.code, 1, "{}", said.err);
        let told = format!(
            "blobs.url = {}: pictures cannot be kept there: it has no pictures, but",
            elsewhere.url()
        );
        assert!(said.err.contains(&told), "{}", said.err);
    })
    .await;
}
