//! Spreads requests. Discord allows a bot 50 requests a second in all, and serenity does not hold
//! the others back after a global 429.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The time between two requests: 40 a second. Together with [`BURST`] they stay below 50 in any
/// second.
const INTERVAL: Duration = Duration::from_millis(25);
/// How many requests may go at once after a rest.
const BURST: u32 = 8;

/// Gives each request its turn.
#[derive(Debug, Default)]
pub(super) struct RateLimiter {
    /// When the next request would go if all were spread evenly.
    even: Mutex<Option<Instant>>,
}

impl RateLimiter {
    /// Waits until the next request may go.
    pub(super) async fn turn(&self) {
        tokio::time::sleep_until(self.next(Instant::now())).await;
    }

    fn next(&self, now: Instant) -> Instant {
        let mut even = self.even.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = even.map_or(now, |even| even.max(now));
        *even = Some(mine + INTERVAL);
        mine.checked_sub(INTERVAL * (BURST - 1))
            .map_or(now, |early| early.max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn no_second_sees_more_than_a_burst_and_what_flows_after_it() {
        let (rate_limiter, now) = (RateLimiter::default(), Instant::now() + Duration::from_hours(1));
        let waits: Vec<Duration> = (0..200).map(|_| rate_limiter.next(now) - now).collect();
        assert_eq!(waits.iter().filter(|wait| wait.is_zero()).count(), 8);
        let within_a_second = |from: &Duration| {
            waits
                .iter()
                .filter(|wait| (*from..*from + SECOND).contains(*wait))
                .count()
        };
        assert!(waits.iter().map(within_a_second).max() < Some(50));
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!(waits[199], INTERVAL * 192);
        assert_eq!(
            rate_limiter.next(now + Duration::from_mins(1)),
            now + Duration::from_mins(1),
            "a rest refills it"
        );
    }
}
