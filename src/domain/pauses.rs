//! The pauses between tries at something that fails for now.

use std::time::Duration;

/// Pauses that double from the first to the longest, and then stay.
#[derive(Clone, Copy, Debug)]
pub struct Pauses {
    /// The first pause.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
}

impl Default for Pauses {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_mins(1),
        }
    }
}

impl Pauses {
    /// Returns the pause after so many tries that failed: the first pause after one.
    #[must_use]
    pub fn after(self, tries: u32) -> Duration {
        let doublings = tries.saturating_sub(1).min(20);
        (self.first * (1 << doublings)).min(self.longest)
    }

    /// Returns the pauses, one after the other. They never end.
    pub fn all(self) -> impl Iterator<Item = Duration> {
        (1..).map(move |tries| self.after(tries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_never_end() {
        let pauses = Pauses::default().all();
        let seconds: Vec<u64> = pauses.take(9).map(|pause| pause.as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
