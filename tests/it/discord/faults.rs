//! What Discord refuses or limits by its own rules, met by the bot in the middle of its work: it comes to its end all the
//! same, and nothing is lost, paid twice or told to the wrong people.
//!
//! `sandbox/FAULTS.md` says which story is told of which fault; those of the gateway and of rate limits have files of their
//! own.

mod answers;
mod content;
mod places;
mod threads;

use crate::harness::{Image, Thread, World};

/// A draft of so many images, its starter read.
async fn drafted(w: &mut World, images: u32) -> (Thread, Vec<Image>) {
    let thread = w.ana().draft("a red fox", images).await;
    w.starter(&thread);
    let images = w.images(&thread, "explore");
    (thread, images)
}

/// Held, settled, and left in the pool.
async fn sums(w: &World) -> (i64, i64, i64) {
    let pool = w.pool().await;
    (pool.held.get(), pool.settled.get(), pool.available.get())
}

/// How many requests of the bot with this method and this in their path were answered so.
fn answered(w: &World, method: &str, path: &str, status: u16) -> usize {
    let calls = w.discord().calls().into_iter();
    calls
        .filter(|call| call.method == method && call.path.contains(path) && call.status == status)
        .count()
}
