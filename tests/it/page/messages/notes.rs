//! What is to change about an image: notes, versions, and two stages beside each other.

use discord_sandbox::world;

use super::{Album, newest};
use crate::harness::{Image, World};

/// Gives notes in every way, and shows where they are listed.
pub(super) async fn has_notes(w: &mut World, album: &mut Album, image: &Image) {
    let place = (image.thread, image.message);
    w.bo().replies(image, "warmer light in the window").await;
    w.ana().notes(image, "keep the gulls").await;
    album
        .keep_private(w, world::ANA, image.thread, "noted", "A note is taken, privately")
        .await;
    w.run_jobs().await;
    album
        .keep(w, world::ANA, place, "notes", "An image with notes")
        .await;
    w.bo().opens(image, "notes:").await;
    album
        .keep_private(
            w,
            world::BO,
            image.thread,
            "strike",
            "The notes, with those that may be struck",
        )
        .await;
    w.bo().opens(image, "prompt:").await;
    album
        .keep_private(
            w,
            world::BO,
            image.thread,
            "prompt",
            "What an image was drawn from",
        )
        .await;
    w.bo().replies(image, &"long ".repeat(70)).await;
    let refused = newest(w, image.thread, "was not taken as a note");
    album
        .keep(w, world::BO, refused, "no-note", "A reply that is no note")
        .await;
}

pub(super) async fn compares(w: &mut World, album: &mut Album, image: &Image) {
    w.bo().opens(image, "compare:").await;
    let what = "Two stages beside each other";
    album
        .keep_private(w, world::BO, image.thread, "compare", what)
        .await;
}

/// Has an image drawn again by its notes.
pub(super) async fn has_a_version(w: &mut World, album: &mut Album, image: &Image) {
    w.bo().presses(image.thread, image.message, "version:").await;
    let asked = "A version is asked for, privately";
    album
        .keep_private(w, world::BO, image.thread, "version-asked", asked)
        .await;
    w.run_jobs().await;
    let version = newest(w, image.thread, "version 2** · 1K");
    album
        .keep(
            w,
            world::BO,
            version,
            "version",
            "A version, which answers its picture",
        )
        .await;
}
