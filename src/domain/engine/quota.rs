//! How much of an engine may be used, and how long a queued image will wait for it.

use serde::Deserialize;

use crate::domain::stage::Stage;

/// An engine, as the queue of renders sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineQuota {
    /// The name of the engine in the catalog.
    pub name: String,
    /// The stages that the engine draws.
    pub stages: Vec<Stage>,
    /// How much of the engine may be used.
    pub quota: Quota,
}

/// The time over which [`Quota::a_minute`] is counted, in milliseconds.
pub const MINUTE_MS: i64 = 60_000;

/// How much of an engine may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// How many images one process has drawn at the same time.
    pub at_once: u32,
    /// How many images all processes together ask for within a minute; 0: any number.
    #[serde(default)]
    pub a_minute: u32,
}

impl Quota {
    /// Returns how many more images may be asked for after so many within the last minute.
    #[must_use]
    pub const fn left(self, last_minute: u32) -> u32 {
        if self.a_minute == 0 {
            u32::MAX
        } else {
            self.a_minute.saturating_sub(last_minute)
        }
    }

    /// Estimates how long an image waits behind `ahead` others that take `each_ms` each, in
    /// milliseconds. The result is the longer of two times: what drawing them takes, several at
    /// once, and what the limit a minute makes them wait. Returns `None` if neither is known.
    #[must_use]
    pub fn wait_ms(self, ahead: u32, each_ms: Option<i64>) -> Option<i64> {
        let rounds = ahead.saturating_add(1).div_ceil(self.at_once.max(1));
        let drawn = each_ms.map(|each| each.saturating_mul(i64::from(rounds)));
        let limited = (self.a_minute > 0).then(|| i64::from(ahead) * MINUTE_MS / i64::from(self.a_minute));
        drawn.max(limited)
    }
}

/// Updates the measured time of an image with a new measurement, in milliseconds. Newer ones count
/// more, so that within a few images it follows a service that grows slower or faster.
#[must_use]
pub const fn smoothed(before: Option<i64>, took_ms: i64) -> i64 {
    match before {
        None => took_ms,
        Some(before) => before + (took_ms - before) / 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quota(at_once: u32, a_minute: u32) -> Quota {
        Quota { at_once, a_minute }
    }

    #[test]
    fn a_limit_of_a_minute_is_kept_and_none_is_none() {
        assert_eq!([4, 5, 6].map(|asked| quota(1, 5).left(asked)), [1, 0, 0]);
        assert_eq!(quota(1, 0).left(1_000), u32::MAX);
    }

    #[test]
    fn the_wait_is_the_longer_of_the_two_that_are_known() {
        for ((at_once, a_minute), ahead, each_ms, wait) in [
            ((2, 0), 0, None, None),
            ((2, 0), 4, Some(10_000), Some(30_000)),
            ((1, 0), 4, Some(10_000), Some(50_000)),
            ((4, 5), 10, None, Some(120_000)),
            ((4, 5), 10, Some(120_000), Some(360_000)),
            ((4, 5), 0, None, Some(0)),
            ((0, 0), 3, Some(i64::MAX), Some(i64::MAX)),
        ] {
            let quota = quota(at_once, a_minute);
            assert_eq!(
                quota.wait_ms(ahead, each_ms),
                wait,
                "{quota:?}, {ahead} ahead, {each_ms:?}"
            );
        }
    }

    #[test]
    fn a_measurement_moves_what_is_known_by_a_quarter() {
        assert_eq!(smoothed(None, 8_000), 8_000);
        assert_eq!(smoothed(Some(8_000), 12_000), 9_000);
        assert_eq!(smoothed(Some(8_000), 0), 6_000);
    }
}
