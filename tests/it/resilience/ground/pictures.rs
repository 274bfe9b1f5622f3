//! Tests a disk of the pictures that is full, or lets nobody write, for a while: no picture that was paid
//! is lost, the program says so, and goes on by itself.

use serde_json::Value;

use crate::harness::painting::ended;
use crate::harness::process::{Program, eventually};
use crate::harness::small_disk::SmallDisk;
use crate::harness::{IMAGES, Kind, Painting};
use crate::resilience::watch::ANYWHERE;
use crate::store::db::Somewhere;

/// Returns what the bot says of the store of the pictures to those who ask whether it is ready.
async fn told(bot: &Program) -> String {
    let said = bot.said();
    let line = said.lines().find(|line| line.contains("are told over HTTP"));
    let line: Value = serde_json::from_str(line.expect("a line")).expect("JSON");
    let address = line["fields"]["address"].as_str().expect("an address");
    let answer = reqwest::get(format!("http://{address}/readyz")).await;
    let parts = answer.expect("an answer").text().await.expect("a text");
    let parts: Value = serde_json::from_str(&parts).expect("the parts");
    parts["pictures"].as_str().expect("a text").to_owned()
}

/// Draws while nothing can be written to the disk of the pictures.
async fn draws_while_it_is(disk: &SmallDisk, spoil: impl Fn(&SmallDisk), mend: impl Fn(&SmallDisk)) {
    let database = Somewhere::new(Kind::Sqlite).await;
    let mut painting = Painting::new(database.url()).await;
    let pictures = disk.folder().join("pictures").display().to_string();
    painting.set("GREENLIGHT_BLOBS__FOLDER", &pictures);
    painting.set("GREENLIGHT_WATCH__LISTEN", ANYWHERE);
    painting.set("GREENLIGHT_LOG__FORMAT", "json");
    let mut bot = painting.drawing().await;
    assert_eq!(told(&bot).await, "ok");
    spoil(disk);
    painting.answer();
    // Each has been tried twice at least when the last one is tried so often.
    bot.says("the picture cannot be stored yet", 3 * IMAGES).await;
    assert_eq!(told(&bot).await, "the store of the pictures takes no file");
    assert_eq!(painting.sums().await, (40, 0), "nothing is settled");

    mend(disk);
    painting.all_posted().await;
    eventually("it is ready", async || told(&bot).await == "ok").await;
    ended(bot).await;
    assert_eq!((painting.asked(), painting.sums().await), (IMAGES, (0, 40)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_a_full_disk_does_not_take_is_kept_until_there_is_room() {
    let test = "a_picture_that_a_full_disk_does_not_take_is_kept_until_there_is_room";
    if let Some(disk) = SmallDisk::for_test(&format!("resilience::ground::pictures::{test}")) {
        draws_while_it_is(&disk, SmallDisk::fill, SmallDisk::empty).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_a_disk_which_only_reads_does_not_take_is_kept_until_it_writes() {
    let test = "a_picture_that_a_disk_which_only_reads_does_not_take_is_kept_until_it_writes";
    if let Some(disk) = SmallDisk::for_test(&format!("resilience::ground::pictures::{test}")) {
        draws_while_it_is(&disk, SmallDisk::set_read_only, SmallDisk::set_writable).await;
    }
}
