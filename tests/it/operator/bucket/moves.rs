//! Tests the move of the pictures from a folder to a bucket and back, while people work with them.

use std::fs;
use std::time::Duration;

use greenlight::blobs::{Blobs, Error, Picture};
use greenlight::domain::image::place::Place;
use greenlight::flow::draft::retention;

use super::{BOTH, bytes, pairs};
use crate::draft::references::{drafts_after, one};
use crate::harness::{Bucket, Kind, World, flat, run_test, run_test_on};
use crate::operator::{Said, files_below, greenlight};

/// Moves a story's pictures to a bucket.
async fn move_to(w: &World, bucket: &Bucket) -> Said {
    let access = bucket.variables();
    let access = access.iter().filter(|(name, _)| !name.ends_with("BLOBS__URL"));
    let access: Vec<(&str, &str)> = access
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    greenlight(w, &["blobs", "move", "--to", &bucket.url()], &access).await
}

fn told(said: &Said, sums: &str) {
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains(sums), "“{sums}” is not in\n{}", said.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_move_to_a_bucket_and_back_while_people_work_with_them() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            let (thread, image) = w.drafted_one().await;
            let (bucket, before) = (Bucket::new(), files_below(&w.blobs()));
            let said = move_to(w, &bucket).await;
            told(&said, "read back: 1. There already: 0.");
            assert!(
                said.out
                    .contains(&format!("Set blobs.url = \"{}\"", bucket.url())),
                "{}",
                said.out
            );
            assert!(files_below(&w.blobs()) == before, "the old ones stay as they are");

            // People go on with the old ones, and what comes of it is caught by the next run.
            w.bo().approves(&image).await;
            w.run_jobs().await;
            let review = w.image_at(&thread, "review");
            w.stop().await;
            told(&move_to(w, &bucket).await, "read back: 1. There already: 1.");
            told(&move_to(w, &bucket).await, "read back: 0. There already: 2.");

            for (key, value) in bucket.settings() {
                w.set(key, &value);
            }
            let (old, away) = (w.blobs(), w.blobs().with_extension("away"));
            fs::rename(&old, &away).expect("the old folder");
            w.start().await;
            w.bo().approves(&review).await;
            w.cem().approves(&review).await;
            w.run_jobs().await;
            w.image_at(&thread, "final");
            w.stop().await;

            let back = old.display().to_string();
            let said = greenlight(w, &["blobs", "move", "--to", &back], &pairs(&bucket.variables())).await;
            told(&said, "read back: 3. There already: 0.");
            for (key, _) in bucket.settings() {
                w.unset(key);
            }
            let both =
                [files_below(&away), files_below(&old)].map(|all| all.into_values().collect::<Vec<_>>());
            assert!(both[0].iter().all(|file| both[1].contains(file)), "byte for byte");
            w.start().await;
            let said = greenlight(w, &["doctor"], &[]).await;
            told(&said, "Pictures that were looked for: 3, found: 3.");
        })
        .await;
    }
}

/// A bot that started on it would take what is not there yet for gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_was_cut_leaves_no_store_and_goes_on_where_it_was() {
    run_test(async |w| {
        let (_, images) = w.drafted(3).await;
        let to = w.blobs().with_extension("new");
        let target = to.display().to_string();
        let in_the_way = to.join("renders").join(images[1].render().to_string());
        fs::create_dir_all(&in_the_way).expect("something in the way");
        fs::write(to.join("greenlight-pictures-moving"), "").expect("a move has begun");
        let to_folder = async |w: &World| greenlight(w, &["blobs", "move", "--to", &target], &[]).await;
        let said = to_folder(w).await;
        assert_eq!(said.code, 1, "{}", said.out);
        assert!(said.err.contains("nothing is lost: run it again"), "{}", said.err);
        let place = Place::Folder(to.clone());
        assert!(matches!(Blobs::open(&place, true).await, Err(Error::Half)));
        let elsewhere = [("GREENLIGHT_BLOBS__URL", target.as_str())];
        let said = greenlight(w, &["doctor"], &elsewhere).await;
        assert!(said.out.contains("only a part of the pictures"), "{}", said.out);

        fs::remove_dir(&in_the_way).expect("it goes away");
        told(&to_folder(w).await, "There already: ");
        let blobs = Blobs::open(&place, true).await.expect("the store");
        assert_eq!(blobs.pictures().await.expect("a list").len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_the_same_name_is_not_overwritten_and_what_nobody_has_is_named() {
    run_test(async |w| {
        let (_, images) = w.drafted(2).await;
        let bucket = Bucket::new();
        let blobs = Blobs::to_be_filled(&bucket.place()).await.expect("a bucket");
        let other = Picture::Render(images[0].render());
        blobs.fill(other, bytes(9)).await.expect("another file");
        let said = move_to(w, &bucket).await;
        assert_eq!(said.code, 1, "{}", said.out);
        assert!(
            said.err
                .contains(&format!("such as {other}, and are not overwritten")),
            "{}",
            said.err
        );
        assert!(matches!(bucket.open(true).await, Err(Error::Half)));

        let (clean, lost) = (Bucket::new(), Picture::Render(images[1].render()));
        fs::remove_file(w.blobs().join(lost.to_string())).expect("it was there");
        let said = move_to(w, &clean).await;
        assert_eq!(said.code, 4, "{}", said.out);
        assert!(
            said.err.contains(&format!("at neither place, such as {lost}")),
            "{}",
            said.err
        );
        clean.open(true).await.expect("it has all that there is");
    })
    .await;
}

/// What a member asked to be forgotten by must not come back with the other pictures.
#[tokio::test(flavor = "multi_thread")]
async fn a_reference_that_is_forgotten_between_two_runs_is_forgotten_at_both_places() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            drafts_after(w, one(), &[("fox.png", flat(96, 64, 7))]).await;
            w.run_jobs().await;
            let thread = w.last_thread();
            w.starter(&thread);
            w.image_at(&thread, "explore");
            let bucket = Bucket::new();
            told(&move_to(w, &bucket).await, "read back: 2. There already: 0.");
            w.ana_is_forgotten().await;
            told(
                &move_to(w, &bucket).await,
                "There already: 1. Forgotten meanwhile, and removed there: 1.",
            );
            let there = bucket
                .open(true)
                .await
                .expect("the bucket")
                .all()
                .await
                .expect("a list");
            assert!(
                there.keys().all(|picture| matches!(picture, Picture::Render(_))),
                "{there:?}"
            );
            let home = tempfile::tempdir().expect("a folder");
            let copy = home.path().join("copy").display().to_string();
            let said = greenlight(w, &["backup", &copy], &[]).await;
            assert_eq!(said.code, 0, "it misses nothing: {}", said.err);
        })
        .await;
    }
}

/// What was kept long enough must not come back with the other pictures either.
#[tokio::test(flavor = "multi_thread")]
async fn an_original_that_is_removed_between_two_runs_is_gone_at_both_places() {
    for kind in BOTH {
        run_test_on(kind, &[("RETENTION__ORIGINALS_DAYS", "30")], async |w| {
            let (_, image) = w.drafted_one().await;
            let bucket = Bucket::new();
            told(&move_to(w, &bucket).await, "read back: 1. There already: 0.");
            w.advance(Duration::from_hours(40 * 24));
            w.run_jobs().await;
            // Edits of old messages are gathered.
            w.advance(Duration::from_mins(1));
            w.run_jobs().await;
            w.drafted_one().await;
            let removed = retention::run(&w.app().services, || false).await;
            assert_eq!(removed.expect("a run").originals, 1);
            // Once while its file is still there, and once when it is not.
            for (files, removed) in [(2, 1), (1, 0)] {
                let sums = format!("and removed there: {removed}.");
                told(&move_to(w, &bucket).await, &sums);
                assert_eq!(files_below(&w.blobs().join("renders")).len(), files);
                let there = bucket.open(true).await.expect("the bucket").all().await;
                let there = there.expect("a list");
                let gone = Picture::Render(image.render());
                assert!(there.len() == 1 && !there.contains_key(&gone), "{there:?}");
                w.run_jobs().await;
            }
            w.read_all();
        })
        .await;
    }
}
