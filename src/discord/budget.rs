//! What this process may ask of Discord, and what it has to know of the other processes for that.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Discord;
use super::circuit_breaker::CircuitBreaker;
use super::rate_limiter::RateLimiter;
pub use super::rate_limiter::{Sharing, TOGETHER};
use crate::clock::Clock;
use crate::telemetry::metrics::Metrics;

/// What this process may ask of Discord. Whoever speaks with the other processes gives it its share.
/// Cheap to clone; a copy is the same budget.
#[derive(Clone, Debug)]
pub struct Budget {
    pub(super) rate_limiter: Arc<RateLimiter>,
    pub(super) circuit_breaker: Arc<CircuitBreaker>,
    pub(super) metrics: Metrics,
}

impl Budget {
    /// Makes the budget of a process that is alone.
    #[must_use]
    pub fn new(clock: Clock, metrics: Metrics) -> Self {
        Self {
            rate_limiter: Arc::default(),
            circuit_breaker: Arc::new(CircuitBreaker::new(clock, metrics.clone())),
            metrics,
        }
    }

    /// Completes when requests wait to be given turns, or the others are to hear of a global 429.
    pub async fn wanted(&self) {
        tokio::select! {
            () = self.rate_limiter.wanted() => {}
            () = self.circuit_breaker.stopped() => {}
        }
    }

    /// Returns how many requests wait to be given turns.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        u32::try_from(self.rate_limiter.waiting()).unwrap_or(u32::MAX)
    }

    /// Gives out so many turns, [`TOGETHER`]'s interval apart, the first of them due at `first` if all
    /// are spread evenly. Returns when the last of them is due.
    #[must_use]
    pub fn give(&self, first: Instant, count: u32) -> Instant {
        self.rate_limiter.give(first, count, Instant::now())
    }

    /// Sends nothing for so many milliseconds but answers to interactions, because Discord has told
    /// another process so. Refuses what waits for a turn.
    pub fn hold(&self, wait_ms: i64) {
        self.circuit_breaker.hold(wait_ms);
        self.rate_limiter.send_away();
    }

    /// Notes who gives out turns from now on, and that none is due within `ahead` if all are spread
    /// evenly.
    pub fn share(&self, sharing: Sharing, ahead: Duration) {
        self.rate_limiter.share(sharing, Instant::now() + ahead);
    }

    /// Returns who gives out turns.
    #[must_use]
    pub fn sharing(&self) -> Sharing {
        self.rate_limiter.sharing()
    }

    /// Returns for how long requests of this process have turns already, if all are spread evenly.
    #[must_use]
    pub fn ahead(&self) -> Duration {
        self.rate_limiter.ahead(Instant::now())
    }

    /// Returns the wait of a global 429, in milliseconds, of which the others have to hear.
    #[must_use]
    pub fn global_wait_ms(&self) -> Option<i64> {
        self.circuit_breaker.global_wait_ms()
    }

    /// Returns how many of this process's requests Discord has called invalid within ten minutes.
    #[must_use]
    pub fn invalid(&self) -> usize {
        self.circuit_breaker.invalid()
    }

    /// Notes how many of the other processes' requests Discord has called invalid within ten minutes.
    pub fn invalid_elsewhere(&self, count: usize) {
        self.circuit_breaker.invalid_elsewhere(count);
    }
}

impl Discord {
    /// Returns whether other processes of the bot share its work, by what was heard last.
    #[must_use]
    pub fn shares_work(&self) -> bool {
        self.rate_limiter.sharing() != Sharing::Alone
    }
}
