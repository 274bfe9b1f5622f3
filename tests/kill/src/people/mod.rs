//! The members: what they do by a seed, and what they keep of it.

mod acts;
mod look;
mod members;
mod record;

use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use self::acts::ACTS;
pub use self::look::{answer_to, files, id_of};
pub use self::members::{APPROVE, People, VETO};
pub use self::record::{Promise, Record, What};

/// How fast members act.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// As much as can be done in a short life.
    Hasty,
    /// So that a bot can keep up with them for hours.
    Steady,
}

impl People {
    /// Acts by a seed until this is dropped.
    pub async fn act(self: Arc<Self>, seed: u64, pace: Pace) {
        let mut dice = StdRng::seed_from_u64(seed ^ 0x9e09);
        let pauses_ms = match pace {
            Pace::Hasty => 5..60,
            Pace::Steady => 100..400,
        };
        loop {
            let pause = dice.random_range(pauses_ms.clone());
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let Ok(act) = ACTS.choose_weighted(&mut dice, |act| act.weight) else {
                return;
            };
            // What cannot be done now, because no bot is there or nothing is to be done, is left.
            if let Some(()) = (act.run)(&self, &mut dice).await {
                *self.record().acts.entry(act.name).or_default() += 1;
            }
        }
    }

    /// Has the operator grant credits, so that nothing waits for them. Returns whether she could ask.
    pub async fn be_generous(&self) -> bool {
        acts::grant_of(self, 100_000).await.is_some()
    }
}
