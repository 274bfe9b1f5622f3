//! The sandbox's clock: real time plus an offset that tests push forward.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::macros::format_description;

/// Real time plus an offset. Only ever moves forward.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Clock {
    offset_ms: u64,
}

impl Clock {
    /// Returns the sandbox's time, in milliseconds since 1970.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where the sandbox reads the clock"
    )]
    pub(crate) fn now_ms(&self) -> u64 {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        millis(real) + self.offset_ms
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.offset_ms += millis(by);
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 4)
}

/// Formats milliseconds since 1970 as Discord writes instants: `2026-11-23T08:26:00.123000+00:00`.
pub(crate) fn iso(ms: u64) -> String {
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]+00:00");
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000)
        .ok()
        .and_then(|instant| instant.format(&format).ok())
        .unwrap_or_default()
}

/// Parses an RFC 3339 instant to milliseconds since 1970.
pub(crate) fn parse_iso(text: &str) -> Option<u64> {
    let instant = OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()?;
    u64::try_from(instant.unix_timestamp_nanos() / 1_000_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_discord_writes_them() {
        assert_eq!(iso(1_420_070_400_123), "2015-01-01T00:00:00.123000+00:00");
        assert_eq!(parse_iso(&iso(1_420_070_400_123)), Some(1_420_070_400_123));
        assert_eq!(parse_iso("2015-01-01T01:00:00+01:00"), Some(1_420_070_400_000));
        assert_eq!(parse_iso("tomorrow"), None);
    }

    #[test]
    fn advancing_moves_the_clock_forward() {
        let mut clock = Clock::default();
        let before = clock.now_ms();
        clock.advance(Duration::from_hours(1));
        assert!(clock.now_ms() >= before + 3_600_000);
    }
}
