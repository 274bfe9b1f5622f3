//! Tests a disk under the database that is full for a moment, on a real file system that is filled
//! and emptied: SQLite then rolls back by itself, and the bot goes on as if nothing had been.

use crate::harness::painting::ended;
use crate::harness::small_disk::SmallDisk;
use crate::harness::{IMAGES, Painting};

const NOT_WRITTEN: &str = "how an attempt ended cannot be written down yet";

/// Returns a small disk for a test of this file, and the URL of a database on it.
fn small_disk(test: &str) -> Option<(SmallDisk, String)> {
    let disk = SmallDisk::for_test(&format!("resilience::full_disk::{test}"))?;
    let url = format!("sqlite:{}", disk.folder().join("greenlight.db").display());
    Some((disk, url))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_was_full_for_a_moment_breaks_nothing() {
    let Some((disk, url)) = small_disk("a_disk_that_was_full_for_a_moment_breaks_nothing") else {
        return;
    };
    let painting = Painting::new(&url).await;
    let mut bot = painting.drawing().await;
    disk.fill();
    painting.answer();
    bot.says(NOT_WRITTEN, IMAGES).await;
    disk.empty();
    painting.all_posted().await;
    let said = ended(bot).await;
    assert!(said.contains("is full"), "{said}");
    assert_eq!((painting.asked(), painting.sums().await), (IMAGES, (0, 40)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_whose_disk_is_full_ends_when_it_is_told_to_and_the_next_one_settles() {
    let test = "a_bot_whose_disk_is_full_ends_when_it_is_told_to_and_the_next_one_settles";
    let Some((disk, url)) = small_disk(test) else {
        return;
    };
    let painting = Painting::new(&url).await;
    let mut bot = painting.drawing().await;
    disk.fill();
    painting.answer();
    bot.says(NOT_WRITTEN, IMAGES).await;
    ended(bot).await;

    disk.empty();
    painting.let_leases_end().await;
    let bot = painting.start();
    painting.all_posted().await;
    ended(bot).await;
    assert_eq!((painting.asked(), painting.sums().await), (IMAGES, (0, 40)));
}
