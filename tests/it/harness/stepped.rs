//! The bot's clock in a story. It stands still until the story moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use greenlight::clock::Clock;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

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

/// Returns how long it is until noon, in UTC, of the tenth of the next month. Stories begin there, so
/// that no midnight and no end of a month comes in the middle of one that did not ask for it.
pub fn until_noon(now_ms: i64) -> Duration {
    let now = Timestamp::from_millisecond(now_ms).expect("a time on the calendar");
    let first = now.to_zoned_datetime(TimeZone::UTC).first_of_month();
    let noon = first
        .and_then(|first| first.checked_add(1.month().days(9)))
        .and_then(|tenth| tenth.start_of_day()?.checked_add(12.hours()))
        .expect("a time on the calendar");
    (noon.timestamp() - now).try_into().expect("a time to come")
}
