//! The main job as a whole, for stories that disturb it: its course, and what must be true at its
//! end.

use discord_sandbox::{Call, world};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use super::{Image, Thread, World};

/// Far more steps than the main job has of any kind.
const STEPS: usize = 200;
/// How many stories run at once. They spend most of their time waiting.
const AT_ONCE: usize = 4;

/// Returns whether the long form of a test was asked for, with `TEST_LONG=1`.
pub fn long() -> bool {
    std::env::var("TEST_LONG").is_ok_and(|long| long == "1")
}

/// Runs a story for each step of something, some at once, until one returns that there is no such
/// step.
pub async fn each_step<F: Future<Output = bool>>(story: impl Fn(usize) -> F) {
    let mut told = stream::iter(0..STEPS).map(story).buffered(AT_ONCE);
    while told.next().await == Some(true) {}
}

impl World {
    /// Plays the main job with so many first images. `work` runs the jobs after each act of a
    /// person.
    pub async fn main_job(&mut self, images: u32, mut work: impl AsyncFnMut(&mut World)) {
        let w = self;
        w.asks_whatever_happens(json!({ "prompt": "a red fox in the snow", "images": images }))
            .await;
        work(w).await;
        let thread = w.last_thread();
        let image = w.images(&thread, "explore").pop().expect("a first image");
        w.bo().approves(&image).await;
        work(w).await;
        let review = w.image_at(&thread, "review");
        w.bo().approves(&review).await;
        w.cem().approves(&review).await;
        work(w).await;
    }

    /// Has Ana type `/draft`, and waits until the bot has tried to give its first answer, which may
    /// have been lost.
    async fn asks_whatever_happens(&mut self, options: Value) {
        let ana = self.discord().member(world::ANA);
        let asked = ana
            .command(world::CAMPAIGN, "draft", options)
            .await
            .expect("a command");
        let answers =
            |call: &Call| call.method == "PATCH" && call.path.contains(&format!("interaction-{asked}/"));
        self.discord()
            .until(|discord| discord.calls().iter().any(answers))
            .await;
    }

    /// Asserts what must be true whatever happened on the way: one starter, one thread, each image
    /// once, the right sums, and no job left.
    pub async fn assert_main_job_is_done(&mut self, images: usize) {
        let w = self;
        w.work_it_out().await;
        let threads = w.discord().threads(world::CAMPAIGN);
        assert_eq!(threads.len(), 1, "one thread");
        let thread = w.last_thread();
        let starters = w.said_in(world::CAMPAIGN);
        assert_eq!(starters.len(), 1, "one starter in {starters:#?}");
        assert!(starters[0].contains(&format!("{images} drawn")), "{starters:#?}");
        let first = w.images(&thread, "explore");
        assert_eq!(positions(&first), (1..=images).collect::<Vec<_>>());
        let (review, last) = (w.image_at(&thread, "review"), w.image_at(&thread, "final"));
        assert_eq!(
            (review.reply_to, last.reply_to),
            (Some(first[images - 1].message), Some(review.message))
        );
        assert!(
            w.look_at(&review).contains("Approved for 4K"),
            "{}",
            w.look_at(&review)
        );
        assert_eq!(w.notices(&thread), Vec::<String>::new());
        let pool = w.pool().await;
        let paid = 10 * i64::try_from(images).expect("a few") + 20 + 40;
        assert_eq!(
            (pool.settled.get(), pool.held.get(), pool.available.get()),
            (paid, 0, 1000 - paid)
        );
        assert_told_where(w, &thread);
    }
}

/// Asserts that the private answer links to the thread in the end.
fn assert_told_where(w: &World, thread: &Thread) {
    let private = w.discord().ephemerals(world::CAMPAIGN, world::ANA);
    let last = private.last().map(|message| message["content"].to_string());
    assert!(
        last.as_ref()
            .is_some_and(|text| text.contains(&format!("<#{}>", thread.id))),
        "{last:?}"
    );
}

fn positions(images: &[Image]) -> Vec<usize> {
    images.iter().map(|image| image.position as usize).collect()
}
