//! The bot's clock in a story. It stands still until the story moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use greenlight::clock::Clock;

/// A time that the story steps. A copy is the same clock.
#[derive(Clone, Debug)]
pub struct Stepped(Arc<AtomicI64>);

impl Stepped {
    /// Makes a clock that stands still at a time, in milliseconds since 1970.
    pub fn at(now_ms: i64) -> Self {
        Self(Arc::new(AtomicI64::new(now_ms)))
    }

    /// Returns the time in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Moves the time forward by `by_ms` milliseconds.
    pub fn advance(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }

    /// Returns the clock that a bot is started with.
    pub fn clock(&self) -> Clock {
        let told = self.clone();
        Clock::new(move || told.now_ms())
    }
}

/// Returns how long it is until the next noon in UTC. Stories begin there, so that no midnight comes in
/// the middle of one that did not ask for it. It is less than a day: the times of files are the machine's.
pub const fn until_noon(now_ms: i64) -> Duration {
    const DAY_MS: i64 = 24 * 60 * 60_000;
    let of_day_ms = (now_ms + DAY_MS / 2).rem_euclid(DAY_MS);
    Duration::from_millis((DAY_MS - of_day_ms).unsigned_abs())
}
