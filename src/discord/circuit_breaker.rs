//! Holds requests back after a global 429, and long before Discord bans this address.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use super::Error;
use crate::clock::Clock;
use crate::telemetry::metrics::Metrics;

/// The invalid answers within [`INVALID_WINDOW_MS`] after which requests stop. Discord bans an
/// address for 10,000 answers of 401, 403 or 429 within ten minutes. We stop at a quarter of them,
/// for half of that time: even if every later request is refused too, any ten minutes see at most
/// half of what leads to a ban.
const INVALID_MOST: usize = 2_500;
const INVALID_WINDOW_MS: i64 = 10 * 60 * 1_000;
const INVALID_PAUSE_MS: i64 = INVALID_WINDOW_MS / 2;
/// How long requests stop when something in front of Discord refuses us and does not say for how
/// long.
const BANNED_PAUSE_MS: i64 = 60_000;

/// Whether a request counts towards the bot's limit of 50 requests a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// A request that counts.
    Usual,
    /// A request that answers an interaction, and does not count.
    Answer,
}

/// What a refusal means for the circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The bot's limit for all requests is reached.
    Global,
    /// A limit that the bot shares with others is reached. Discord does not count it towards a ban.
    Shared,
    /// 401, 403, or the limit of one route. Discord counts it towards a ban.
    Invalid,
    /// A 401, 403 or 429 without Discord's own JSON. It comes from something in front of Discord:
    /// the address is banned.
    Banned,
}

impl Refusal {
    /// Returns the name by which it is counted.
    const fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Shared => "shared",
            Self::Invalid => "invalid",
            Self::Banned => "banned",
        }
    }
}

/// Decides whether a request may be sent now.
#[derive(Debug)]
pub(super) struct CircuitBreaker {
    clock: Clock,
    metrics: Metrics,
    inside: Mutex<Inside>,
    /// Told of a global 429.
    told: Notify,
}

#[derive(Debug, Default)]
struct Inside {
    /// Until when nothing is sent, and until when only answers are, in milliseconds since 1970.
    all_until_ms: i64,
    usual_until_ms: i64,
    /// When invalid answers came, in milliseconds since 1970, oldest first.
    invalid: VecDeque<i64>,
    /// How many came to other processes in that time, by what was heard last.
    elsewhere: usize,
    /// The wait of a global 429 of which the other processes were not told.
    global_wait_ms: Option<i64>,
}

impl CircuitBreaker {
    pub(super) fn new(clock: Clock, metrics: Metrics) -> Self {
        let inside = Mutex::default();
        Self {
            clock,
            metrics,
            inside,
            told: Notify::new(),
        }
    }

    /// Lets a request of this sort go, or refuses it.
    ///
    /// # Errors
    /// [`Error::Busy`] with the wait in milliseconds, when it must not be sent now.
    pub(super) fn pass(&self, sort: Sort) -> Result<(), Error> {
        let wait_ms = self.with(|inside, now_ms| inside.wait_ms(sort, now_ms));
        if wait_ms > 0 {
            Err(Error::Busy(Some(wait_ms)))
        } else {
            Ok(())
        }
    }

    /// Notes a refusal, and the wait in milliseconds that came with it.
    pub(super) fn refused(&self, refusal: Refusal, wait_ms: Option<i64>) {
        self.metrics.discord_refused(refusal.name());
        let stops_all = self.with(|inside, now_ms| inside.refused(refusal, wait_ms, now_ms));
        if refusal == Refusal::Global {
            self.told.notify_one();
        }
        if stops_all {
            tracing::error!(
                pause_ms = self.with(|inside, now_ms| inside.wait_ms(Sort::Answer, now_ms)),
                "Discord is left alone for a while: it has refused too many requests, and would ban this address, \
                 or has done so"
            );
        }
    }

    /// Sends nothing for so many milliseconds but answers, because Discord has told another process so.
    pub(super) fn hold(&self, wait_ms: i64) {
        self.with(|inside, now_ms| inside.usual_until_ms = inside.usual_until_ms.max(now_ms + wait_ms));
    }

    /// Completes when there is a global 429 of which the other processes were not told.
    pub(super) async fn stopped(&self) {
        while self.with(|inside, _| inside.global_wait_ms.is_none()) {
            self.told.notified().await;
        }
    }

    /// Returns the wait of that 429 in milliseconds, once.
    pub(super) fn global_wait_ms(&self) -> Option<i64> {
        self.with(|inside, _| inside.global_wait_ms.take())
    }

    /// Returns how many invalid answers came within ten minutes.
    pub(super) fn invalid(&self) -> usize {
        self.with(|inside, now_ms| {
            inside.forget(now_ms);
            inside.invalid.len()
        })
    }

    /// Notes how many invalid answers came to other processes within ten minutes.
    pub(super) fn invalid_elsewhere(&self, count: usize) {
        self.with(|inside, _| inside.elsewhere = count);
    }

    fn with<R>(&self, act: impl FnOnce(&mut Inside, i64) -> R) -> R {
        let now_ms = self.clock.now_ms();
        act(
            &mut self.inside.lock().unwrap_or_else(PoisonError::into_inner),
            now_ms,
        )
    }
}

impl Inside {
    fn wait_ms(&self, sort: Sort, now_ms: i64) -> i64 {
        let until_ms = match sort {
            Sort::Usual => self.all_until_ms.max(self.usual_until_ms),
            Sort::Answer => self.all_until_ms,
        };
        (until_ms - now_ms).max(0)
    }

    /// Notes a refusal. Returns whether it stops all requests and they went before.
    fn refused(&mut self, refusal: Refusal, wait_ms: Option<i64>, now_ms: i64) -> bool {
        let went = self.all_until_ms <= now_ms;
        match refusal {
            Refusal::Shared => return false,
            Refusal::Invalid => self.count(now_ms),
            Refusal::Global => {
                let until_ms = now_ms + wait_ms.unwrap_or(1_000);
                self.usual_until_ms = self.usual_until_ms.max(until_ms);
                self.global_wait_ms = Some(until_ms - now_ms);
                self.count(now_ms);
            }
            Refusal::Banned => {
                let until_ms = now_ms + wait_ms.unwrap_or(BANNED_PAUSE_MS);
                self.all_until_ms = self.all_until_ms.max(until_ms);
            }
        }
        went && self.all_until_ms > now_ms
    }

    fn forget(&mut self, now_ms: i64) {
        self.invalid.retain(|at_ms| at_ms + INVALID_WINDOW_MS > now_ms);
    }

    fn count(&mut self, now_ms: i64) {
        self.invalid.push_back(now_ms);
        self.forget(now_ms);
        if self.invalid.len().saturating_add(self.elsewhere) >= INVALID_MOST {
            self.invalid.clear();
            self.all_until_ms = self.all_until_ms.max(now_ms + INVALID_PAUSE_MS);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    fn waits(circuit_breaker: &CircuitBreaker) -> [Option<i64>; 2] {
        [Sort::Usual, Sort::Answer].map(|sort| match circuit_breaker.pass(sort) {
            Err(Error::Busy(wait)) => wait,
            _ => None,
        })
    }

    fn circuit_breaker() -> (CircuitBreaker, Arc<AtomicI64>) {
        let now = Arc::new(AtomicI64::new(1_000_000_000));
        let told = now.clone();
        let clock = Clock::new(move || told.load(Ordering::SeqCst));
        (CircuitBreaker::new(clock, Metrics::default()), now)
    }

    #[test]
    fn a_global_limit_holds_all_back_but_answers_to_interactions() {
        let (circuit_breaker, now) = circuit_breaker();
        circuit_breaker.refused(Refusal::Global, Some(2_500));
        circuit_breaker.refused(Refusal::Global, Some(100));
        assert_eq!(waits(&circuit_breaker), [Some(2_500), None]);
        now.fetch_add(2_500, Ordering::SeqCst);
        assert_eq!(waits(&circuit_breaker), [None, None]);
    }

    #[test]
    fn a_ban_stops_everything_for_as_long_as_it_says_or_a_minute() {
        let (circuit_breaker, now) = circuit_breaker();
        for (said, wait) in [(Some(90_000), 90_000), (None, 60_000)] {
            circuit_breaker.refused(Refusal::Banned, said);
            assert_eq!(waits(&circuit_breaker), [Some(wait), Some(wait)]);
            now.fetch_add(wait, Ordering::SeqCst);
            assert_eq!(waits(&circuit_breaker), [None, None]);
        }
    }

    /// Discord bans an address for 10,000 in ten minutes.
    #[test]
    fn what_is_refused_after_a_pause_does_not_make_a_ban_of_what_was_refused_before() {
        let rounds = INVALID_WINDOW_MS / INVALID_PAUSE_MS;
        let refused = INVALID_MOST * usize::try_from(rounds).expect("a few");
        assert!(refused <= 10_000 / 2, "{refused} in ten minutes");
    }

    #[test]
    fn a_quarter_of_a_ban_stops_everything_and_one_less_does_not() {
        let (circuit_breaker, now) = circuit_breaker();
        for _ in 0..INVALID_MOST - 1 {
            circuit_breaker.refused(Refusal::Invalid, None);
            circuit_breaker.refused(Refusal::Shared, None);
        }
        assert_eq!(waits(&circuit_breaker), [None, None]);
        circuit_breaker.refused(Refusal::Invalid, None);
        assert_eq!(waits(&circuit_breaker), [Some(300_000), Some(300_000)]);
        now.fetch_add(300_000, Ordering::SeqCst);
        assert_eq!(waits(&circuit_breaker), [None, None]);
        circuit_breaker.refused(Refusal::Invalid, None);
        assert_eq!(waits(&circuit_breaker), [None, None], "it is counted anew");
    }

    #[test]
    fn what_comes_to_other_processes_counts_with_what_comes_here() {
        let (circuit_breaker, now) = circuit_breaker();
        circuit_breaker.invalid_elsewhere(INVALID_MOST - 2);
        circuit_breaker.refused(Refusal::Invalid, None);
        assert_eq!(
            (waits(&circuit_breaker), circuit_breaker.invalid()),
            ([None, None], 1)
        );
        now.fetch_add(INVALID_WINDOW_MS, Ordering::SeqCst);
        assert_eq!(circuit_breaker.invalid(), 0);
        circuit_breaker.refused(Refusal::Invalid, None);
        circuit_breaker.refused(Refusal::Invalid, None);
        assert_eq!(
            waits(&circuit_breaker),
            [Some(INVALID_PAUSE_MS), Some(INVALID_PAUSE_MS)]
        );
    }

    #[test]
    fn a_global_limit_that_another_process_met_holds_here_too_and_is_told_once() {
        let (circuit_breaker, now) = circuit_breaker();
        circuit_breaker.hold(700);
        assert_eq!(waits(&circuit_breaker), [Some(700), None]);
        assert_eq!(circuit_breaker.global_wait_ms(), None, "the other has told of it");
        now.fetch_add(700, Ordering::SeqCst);
        circuit_breaker.refused(Refusal::Global, Some(900));
        assert_eq!(circuit_breaker.global_wait_ms(), Some(900));
        assert_eq!(circuit_breaker.global_wait_ms(), None);
    }

    #[test]
    fn what_is_older_than_ten_minutes_does_not_count() {
        let (circuit_breaker, now) = circuit_breaker();
        for _ in 0..3 * INVALID_MOST {
            circuit_breaker.refused(Refusal::Invalid, None);
            now.fetch_add(
                INVALID_WINDOW_MS / i64::try_from(INVALID_MOST).expect("a few") + 1,
                Ordering::SeqCst,
            );
        }
        assert_eq!(waits(&circuit_breaker), [None, None]);
    }

    #[test]
    fn whatever_happens_ten_minutes_see_at_most_half_of_a_ban() {
        let (circuit_breaker, now) = circuit_breaker();
        let mut sent = VecDeque::new();
        for second in 0..3_600_i64 {
            for _ in 0..50 {
                if circuit_breaker.pass(Sort::Usual).is_ok() {
                    circuit_breaker.refused(Refusal::Invalid, None);
                    sent.push_back(second);
                }
            }
            now.fetch_add(1_000, Ordering::SeqCst);
            sent.retain(|at| at + 600 > second);
            assert!(sent.len() <= 5_000, "{} at second {second}", sent.len());
        }
    }
}
