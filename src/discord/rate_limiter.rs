//! Spreads requests. Discord allows a bot 50 requests a second in all, and serenity does not hold
//! the others back after a global 429.
//!
//! A process that is alone gives out turns by itself. Where several share the work, each request asks,
//! and whoever speaks with the others gives the turns out in chunks.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

/// How fast turns follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The time between two requests.
    pub interval: Duration,
    /// How many requests may go at once after a rest.
    pub burst: u32,
}

/// The pace of a process that is alone: 40 a second and 8 at once stay below 50 in any second.
const ALONE: Pace = Pace {
    interval: Duration::from_millis(25),
    burst: 8,
};
/// The pace of all processes together. The time at which a turn is due travels from the database, which
/// may take a little longer for one than for another. So fewer go at once, and the others follow a little
/// faster: 43 a second and 4 at once leave room for that, and are never slower than one process.
pub const TOGETHER: Pace = Pace {
    interval: Duration::from_millis(23),
    burst: 4,
};

impl Pace {
    /// Returns the pace of each of so many processes that cannot ask each other. All together keep to
    /// that of one.
    fn among(processes: u32) -> Self {
        Self {
            interval: ALONE.interval * processes.max(1),
            burst: 1,
        }
    }

    /// Returns when a turn is due that would be due at `even` if all were spread evenly.
    fn due(self, even: Instant, now: Instant) -> Instant {
        even.checked_sub(self.interval * (self.burst - 1))
            .map_or(now, |early| early.max(now))
    }
}

/// Who gives out turns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// This process, because there is no other.
    #[default]
    Alone,
    /// Whoever speaks with the other processes.
    Together,
    /// This process, one of so many that cannot ask each other.
    Apart(u32),
}

/// Gives each request its turn.
#[derive(Debug, Default)]
pub(super) struct RateLimiter {
    inside: Mutex<Inside>,
    /// Told when a request waits to be given a turn.
    asked: Notify,
}

#[derive(Debug, Default)]
struct Inside {
    sharing: Sharing,
    /// When the next request would go if all were spread evenly.
    even: Option<Instant>,
    /// The requests that wait to be given a turn, first come first served.
    waiting: VecDeque<oneshot::Sender<Instant>>,
}

impl RateLimiter {
    /// Waits until the next request may go. Returns at once if no turn can be had now: the circuit
    /// breaker refuses the request then.
    pub(super) async fn turn(&self) {
        let at = match self.ask(Instant::now()) {
            Ok(at) => at,
            Err(given) => match given.await {
                Ok(at) => at,
                Err(_) => return,
            },
        };
        tokio::time::sleep_until(at).await;
    }

    fn ask(&self, now: Instant) -> Result<Instant, oneshot::Receiver<Instant>> {
        let mut inside = self.inside();
        match inside.sharing {
            Sharing::Alone => Ok(inside.next(ALONE, now)),
            Sharing::Apart(processes) => Ok(inside.next(Pace::among(processes), now)),
            Sharing::Together => {
                let (give, given) = oneshot::channel();
                inside.waiting.push_back(give);
                self.asked.notify_one();
                Err(given)
            }
        }
    }

    /// Completes when requests wait to be given turns.
    pub(super) async fn wanted(&self) {
        while self.waiting() == 0 {
            self.asked.notified().await;
        }
    }

    /// Returns how many requests wait to be given turns.
    pub(super) fn waiting(&self) -> usize {
        let mut inside = self.inside();
        // Some may have given up.
        inside.waiting.retain(|waiting| !waiting.is_closed());
        inside.waiting.len()
    }

    /// Gives out so many turns, of which the first is due at `first` if all are spread evenly. Returns
    /// when the last of them is due.
    pub(super) fn give(&self, first: Instant, count: u32, now: Instant) -> Instant {
        let mut inside = self.inside();
        let mut due = now;
        for turn in 0..count {
            due = TOGETHER.due(first + TOGETHER.interval * turn, now);
            while let Some(waiting) = inside.waiting.pop_front() {
                if waiting.send(due).is_ok() {
                    break;
                }
            }
        }
        inside.move_to(first + TOGETHER.interval * count);
        due
    }

    /// Lets those who wait for a turn go without one: the circuit breaker refuses them.
    pub(super) fn send_away(&self) {
        self.inside().waiting.clear();
    }

    /// Notes who gives out turns from now on, and that none is due before `even` if all are spread
    /// evenly.
    pub(super) fn share(&self, sharing: Sharing, even: Instant) {
        let mut inside = self.inside();
        inside.sharing = sharing;
        inside.move_to(even);
        let pace = match sharing {
            Sharing::Alone => ALONE,
            Sharing::Apart(processes) => Pace::among(processes),
            Sharing::Together => return,
        };
        while let Some(waiting) = inside.waiting.pop_front() {
            let now = Instant::now();
            // One that has given up leaves its turn unused.
            let _ = waiting.send(inside.next(pace, now));
        }
    }

    pub(super) fn sharing(&self) -> Sharing {
        self.inside().sharing
    }

    /// Returns how long from now the next request would go if all were spread evenly.
    pub(super) fn ahead(&self, now: Instant) -> Duration {
        let even = self.inside().even;
        even.map_or(Duration::ZERO, |even| even.saturating_duration_since(now))
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn next(&mut self, pace: Pace, now: Instant) -> Instant {
        let mine = self.even.map_or(now, |even| even.max(now));
        self.even = Some(mine + pace.interval);
        pace.due(mine, now)
    }

    fn move_to(&mut self, even: Instant) {
        self.even = Some(self.even.map_or(even, |before| before.max(even)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Returns the most that go within any second.
    fn most_in_a_second(times: &[Duration]) -> usize {
        let within = |from: &Duration| {
            let second = *from..*from + SECOND;
            times.iter().filter(|time| second.contains(*time)).count()
        };
        times.iter().map(within).max().unwrap_or_default()
    }

    #[test]
    fn no_second_sees_more_than_a_burst_and_what_flows_after_it() {
        let (rate_limiter, now) = (RateLimiter::default(), Instant::now() + Duration::from_hours(1));
        let next = |now| rate_limiter.ask(now).expect("a turn at once");
        let waits: Vec<Duration> = (0..200).map(|_| next(now) - now).collect();
        assert_eq!(waits.iter().filter(|wait| wait.is_zero()).count(), 8);
        assert!(most_in_a_second(&waits) < 50);
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!(waits[199], ALONE.interval * 192);
        assert_eq!(
            next(now + Duration::from_mins(1)),
            now + Duration::from_mins(1),
            "a rest refills it"
        );
    }

    /// The database's part: when the next turn would be due, as a statement moves it on.
    fn take(next: &mut Instant, now: Instant, ahead: Duration, count: u32) -> Instant {
        let first = (*next).max(now + ahead);
        *next = first + TOGETHER.interval * count;
        first
    }

    fn asked(of: &RateLimiter, now: Instant, count: usize) -> Vec<oneshot::Receiver<Instant>> {
        let ask = |_| of.ask(now).expect_err("nobody is alone");
        (0..count).map(ask).collect()
    }

    #[test]
    fn processes_that_take_turns_in_chunks_keep_to_one_pace_and_are_no_slower_than_one() {
        for (processes, each, chunk) in [(1, 240, 8), (2, 120, 8), (3, 80, 8), (3, 80, 1), (4, 60, 5)] {
            let start = Instant::now();
            let mut next = start;
            let limiters: Vec<RateLimiter> = (0..processes).map(|_| RateLimiter::default()).collect();
            let mut asked_for = Vec::new();
            for limiter in &limiters {
                limiter.share(Sharing::Together, start);
                asked_for.push(asked(limiter, start, each));
            }
            while limiters.iter().any(|limiter| limiter.waiting() > 0) {
                for limiter in &limiters {
                    let count = u32::try_from(limiter.waiting()).expect("a few").min(chunk);
                    let first = take(&mut next, start, Duration::ZERO, count);
                    limiter.give(first, count, start);
                }
            }
            let given = asked_for.iter_mut().flatten();
            let mut due: Vec<Duration> = given
                .map(|given| given.try_recv().expect("a turn") - start)
                .collect();
            due.sort();
            let case = format!("{processes} processes, {chunk} at once");
            assert_eq!(due.len(), 240, "{case}");
            assert!(most_in_a_second(&due) <= 48, "{case}");
            let alone = ALONE.interval * (240 - 8);
            assert!(due[239] <= alone, "{case}: {:?} and not {alone:?}", due[239]);
            let last = asked_for.len();
            assert_eq!(last, processes, "{case}");
        }
    }

    #[test]
    fn what_was_promised_alone_counts_among_others() {
        let (limiter, now) = (RateLimiter::default(), Instant::now());
        for _ in 0..100 {
            limiter.ask(now).expect("a turn at once");
        }
        let ahead = limiter.ahead(now);
        assert_eq!(ahead, ALONE.interval * 100);
        let mut next = now;
        take(&mut next, now, ahead, 0);
        assert_eq!(take(&mut next, now, Duration::ZERO, 1), now + ahead);
        limiter.share(Sharing::Together, now);
        let mut first = asked(&limiter, now, 1);
        limiter.give(next, 1, now);
        let due = first[0].try_recv().expect("a turn");
        assert!(due >= now + ahead - TOGETHER.interval * 3, "{:?}", due - now);
    }

    #[test]
    fn who_waits_is_served_when_the_others_cannot_be_asked() {
        let (limiter, now) = (RateLimiter::default(), Instant::now());
        limiter.share(Sharing::Together, now);
        let mut waiting = asked(&limiter, now, 3);
        drop(waiting.remove(1));
        assert_eq!(limiter.waiting(), 2);
        limiter.share(Sharing::Apart(3), now);
        let due: Vec<Instant> = waiting
            .iter_mut()
            .map(|given| given.try_recv().expect("a turn"))
            .collect();
        assert_eq!(due[1] - due[0], ALONE.interval * 3, "a third of the pace");
        limiter.share(Sharing::Together, now);
        let mut last = asked(&limiter, now, 1);
        limiter.send_away();
        assert!(last[0].try_recv().is_err(), "it goes without a turn");
        assert_eq!(limiter.waiting(), 0);
    }
}
