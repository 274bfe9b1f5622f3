//! Discord's ids: 42 bits of milliseconds since 2015, then a sequence.

use serde::{Deserialize, Serialize};

/// A snowflake. On the wire it is a decimal string, in here a number.
pub(crate) type Id = u64;

/// The first millisecond of 2015, where snowflakes begin.
const EPOCH_MS: u64 = 1_420_070_400_000;

/// Makes ids that only grow, even when the clock is read twice in a millisecond.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Snowflakes {
    last: Id,
}

/// Returns when an id was made, in milliseconds since 1970.
pub(crate) const fn ms(id: Id) -> u64 {
    (id >> 22) + EPOCH_MS
}

impl Snowflakes {
    /// Makes the next id at an instant, in milliseconds since 1970.
    pub(crate) fn next(&mut self, now_ms: u64) -> Id {
        let fresh = now_ms.saturating_sub(EPOCH_MS) << 22;
        self.last = fresh.max(self.last + 1);
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_millisecond_still_grow() {
        let mut ids = Snowflakes::default();
        let first = ids.next(EPOCH_MS + 5);
        let second = ids.next(EPOCH_MS + 5);
        assert!(second > first);
        assert_eq!(ms(second), EPOCH_MS + 5);
    }
}
