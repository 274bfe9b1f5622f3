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

impl IntoIterator for Pauses {
    type Item = Duration;
    type IntoIter = Doubling;

    fn into_iter(self) -> Doubling {
        Doubling(self)
    }
}

/// The pauses, one after the other.
#[derive(Debug)]
pub struct Doubling(Pauses);

impl Iterator for Doubling {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let pause = self.0.first;
        self.0.first = (pause * 2).min(self.0.longest);
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_never_end() {
        let seconds: Vec<u64> = Pauses::default()
            .into_iter()
            .take(9)
            .map(|pause| pause.as_secs())
            .collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
