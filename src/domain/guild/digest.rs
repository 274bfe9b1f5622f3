//! Decides when the daily digest of what waits for votes is posted.

use crate::domain::ids::{ChannelId, MessageId};
use crate::domain::money::period::Slot;

/// What is recorded of a guild's digests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DigestRecord {
    /// The last day that is done, by the number of days since 1970. `None` before the first.
    pub day: Option<i64>,
    /// The digest that is shown. `None` if none is.
    pub message: Option<(ChannelId, MessageId)>,
    /// Whether the digest that is shown must go, because it may name a member who is forgotten.
    pub withdrawn: bool,
}

/// What is to be done about the digest now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Post it for this day.
    Post(Slot),
    /// Wait for a time, in milliseconds since 1970.
    Wait(i64),
    /// Record this day as done, and post nothing: the record is ahead of the calendar. The clock was
    /// wrong, or the time zone was another.
    Skip(i64),
}

/// Decides what is to be done now, by the hour of today and of tomorrow and the last day that is done.
#[must_use]
pub fn turn([today, tomorrow]: [Slot; 2], done: Option<i64>, now_ms: i64) -> Turn {
    match done {
        Some(day) if day > today.day => Turn::Skip(today.day),
        Some(day) if day == today.day => Turn::Wait(tomorrow.due_ms),
        _ if now_ms < today.due_ms => Turn::Wait(today.due_ms),
        _ => Turn::Post(today),
    }
}

/// Returns when the next digest comes for which somebody asks now, and the day that counts as done
/// because its hour is over.
#[must_use]
pub const fn first([today, tomorrow]: [Slot; 2], done: Option<i64>, now_ms: i64) -> (i64, Option<i64>) {
    let is_done = matches!(done, Some(day) if day >= today.day);
    if now_ms >= today.due_ms {
        (tomorrow.due_ms, Some(today.day))
    } else if is_done {
        (tomorrow.due_ms, None)
    } else {
        (today.due_ms, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Slot = Slot { day: 10, due_ms: 100 };
    const TOMORROW: Slot = Slot { day: 11, due_ms: 200 };

    #[test]
    fn a_day_has_one_digest_whatever_the_clock_does() {
        let turn = |done, now_ms| turn([TODAY, TOMORROW], done, now_ms);
        for (done, now_ms, told) in [
            (None, 99, Turn::Wait(100)),
            (None, 100, Turn::Post(TODAY)),
            (Some(9), 99, Turn::Wait(100)),
            // The bot was away at the hour, and for days.
            (Some(9), 199, Turn::Post(TODAY)),
            (Some(3), 100, Turn::Post(TODAY)),
            (Some(10), 100, Turn::Wait(200)),
            // The clock went back within the day, by a day, and by years.
            (Some(10), 50, Turn::Wait(200)),
            (Some(11), 50, Turn::Skip(10)),
            (Some(11), 150, Turn::Skip(10)),
            (Some(9_999), 150, Turn::Skip(10)),
        ] {
            assert_eq!(turn(done, now_ms), told, "{done:?} at {now_ms}");
        }
    }

    #[test]
    fn who_asks_after_the_hour_has_the_first_digest_tomorrow() {
        let first = |done, now_ms| first([TODAY, TOMORROW], done, now_ms);
        assert_eq!(first(None, 99), (100, None));
        assert_eq!(first(None, 100), (200, Some(10)));
        assert_eq!(first(Some(9), 150), (200, Some(10)));
        assert_eq!(first(Some(10), 99), (200, None), "it was told at an earlier hour");
    }
}
