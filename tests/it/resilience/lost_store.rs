//! Tests a picture store that fails or is gone: a picture that is not stored is not paid, and none is
//! given up for a folder that is away.

use std::fs;

use crate::harness::painting::ended;
use crate::harness::process::{Program, eventually};
use crate::harness::{IMAGES, Kind, Painting, run_test_on};
use crate::store::db::Somewhere;

const NOT_STORED: &str = "the picture cannot be stored yet";

/// Keeps every picture from being stored: a file is where their folder should be.
fn break_store(painting: &Painting) {
    fs::write(painting.pictures().join("renders"), "in the way").expect("a file");
}

fn mend_store(painting: &Painting) {
    fs::remove_file(painting.pictures().join("renders")).expect("it was broken");
}

/// Has every image drawn whose picture cannot be stored.
async fn drawn_for_nothing(database: &Somewhere) -> (Painting, Program) {
    let painting = Painting::new(database.url()).await;
    let bot = painting.drawing().await;
    break_store(&painting);
    painting.answer();
    (painting, bot)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_could_not_be_stored_is_not_paid_and_is_kept_until_it_can_be() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let database = Somewhere::new(kind).await;
        let (painting, mut bot) = drawn_for_nothing(&database).await;
        // Each has been tried twice at least when the last one is tried so often.
        bot.says(NOT_STORED, 3 * IMAGES).await;
        assert_eq!(painting.sums().await, (40, 0), "on {kind:?}: nothing is settled");
        mend_store(&painting);
        painting.all_posted().await;
        ended(bot).await;
        assert_eq!(
            (painting.asked(), painting.sums().await),
            (IMAGES, (0, 40)),
            "{kind:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_was_never_stored_leaves_its_hold_to_a_person() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let database = Somewhere::new(kind).await;
        let (painting, mut bot) = drawn_for_nothing(&database).await;
        bot.says(NOT_STORED, IMAGES).await;
        ended(bot).await;

        mend_store(&painting);
        painting.let_leases_end().await;
        let bot = painting.start();
        eventually("all are told of", async || painting.shown() == (0, IMAGES)).await;
        ended(bot).await;
        assert_eq!(
            (painting.asked(), painting.sums().await),
            (IMAGES, (40, 0)),
            "{kind:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_without_the_pictures_that_the_database_knows_of_is_refused_with_what_to_do() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let database = Somewhere::new(kind).await;
        let painting = Painting::new(database.url()).await;
        let bot = painting.drawing().await;
        painting.answer();
        painting.all_posted().await;
        ended(bot).await;
        let (pictures, away) = (painting.pictures(), painting.pictures().with_extension("away"));
        fs::rename(&pictures, &away).expect("the folder is moved away");

        let (status, said) = painting.start().ended().await;
        assert_eq!(status.code(), Some(1), "{said}");
        assert!(
            said.contains("blobs.folder") && said.contains("greenlight-pictures"),
            "{said}"
        );

        fs::rename(&away, &pictures).expect("the folder is put back");
        let bot = painting.start();
        painting.discord.wait_online().await;
        ended(bot).await;
    }
}

/// An image whose parent cannot be read waits. It is not broken.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_given_up_because_the_folder_of_the_pictures_is_away() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            let (thread, image) = w.drafted_one().await;
            let (pictures, away) = (w.blobs(), w.blobs().with_extension("away"));
            fs::rename(&pictures, &away).expect("the folder is moved away");
            fs::create_dir(&pictures).expect("an empty folder");
            w.bo().approves(&image).await;
            w.minutes(3).await;
            assert_eq!(w.sums().await, (20, 10, 970), "it waits");
            assert_eq!(w.notices(&thread), Vec::<String>::new());

            fs::remove_dir(&pictures).expect("it is still empty");
            fs::rename(&away, &pictures).expect("the folder is put back");
            w.work_it_out().await;
            w.image_at(&thread, "review");
            assert_eq!(w.sums().await, (0, 30, 970));
        })
        .await;
    }
}
