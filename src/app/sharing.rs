//! Shares what Discord allows the bot with its other processes, through PostgreSQL.
//!
//! A process that is alone asks nobody for a turn. It only says every two seconds that it lives, and so
//! learns of another. One that starts waits until those that are there have heard of it, before it asks
//! Discord for anything.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::discord::{Budget, Sharing, TOGETHER};
use crate::random;
use crate::store::Store;
use crate::store::processes::{Beat, Others, Processes, Taken};

/// How often a process says that it lives.
pub(super) const BEAT_EVERY: Duration = Duration::from_secs(2);
/// The longest that a process waits for an answer of the others. Then it goes by itself, at a part of
/// the pace.
const ANSWER: Duration = Duration::from_millis(1_500);
/// How often a process that starts looks whether the others have heard of it.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The most turns that a process takes at once, so that no other waits long behind it.
const CHUNK: u32 = 8;
/// How long before its last turn a process asks for more. A statement takes less.
const LEAD: Duration = Duration::from_millis(100);

/// What speaks with the other processes.
#[derive(Debug)]
pub(super) struct Shared {
    stop: CancellationToken,
    task: AbortOnDropHandle<()>,
}

impl Shared {
    /// Begins to share. Waits until the other processes have heard of this one, but not for long.
    /// `None`: the database serves one process.
    pub(super) async fn begin(store: &Store, budget: &Budget, beat_every: Duration) -> Option<Self> {
        let mut speaker = Speaker {
            processes: store.processes()?.clone(),
            budget: budget.clone(),
            id: random::bits(),
            beat_every,
            others: 0,
            ask_at: Instant::now(),
        };
        speaker.join().await;
        let stop = CancellationToken::new();
        let task = AbortOnDropHandle::new(tokio::spawn(speaker.run(stop.clone())));
        Some(Self { stop, task })
    }

    /// Says that the process ends. What it still asks of Discord, it asks as if it were alone.
    pub(super) async fn end(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::error!("the part that speaks with the other processes ended badly: {error}");
        }
    }
}

/// Speaks with the other processes.
struct Speaker {
    processes: Processes,
    budget: Budget,
    id: i64,
    beat_every: Duration,
    /// How many others were alive when they were heard of last.
    others: u32,
    /// When more turns may be taken.
    ask_at: Instant,
}

impl Speaker {
    /// Says that this process is there, and waits until all others know. One that ended a moment ago
    /// without a word is not waited for much longer than it takes to say one.
    async fn join(&mut self) {
        if let Some(Err(error)) = in_time(self.processes.forget()).await {
            tracing::warn!("what processes of before have left is not removed: {error}");
        }
        // Who looks after the end of this statement sees this process.
        let Some(first) = self.beat(0).await else { return };
        if first.alive == 0 {
            return;
        }
        tracing::info!(others = first.alive, "other processes of the bot share its work");
        let until = Instant::now() + self.beat_every * 2;
        let mut since_ms = None;
        while Instant::now() < until {
            let Some(heard) = self.beat(since_ms.unwrap_or(0)).await else {
                return;
            };
            if since_ms.is_some() && heard.unheard == 0 {
                return;
            }
            since_ms.get_or_insert(heard.now_ms);
            sleep(LOOK_EVERY).await;
        }
    }

    async fn run(mut self, stop: CancellationToken) {
        let mut beats = interval(self.beat_every);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !stop.is_cancelled() {
            let budget = self.budget.clone();
            let asked = async {
                sleep_until(self.ask_at).await;
                budget.wanted().await;
            };
            tokio::select! {
                () = stop.cancelled() => {}
                _ = beats.tick() => drop(self.beat(0).await),
                () = asked => self.answer().await,
            }
        }
        self.budget.share(Sharing::Alone, Duration::ZERO);
        if !matches!(in_time(self.processes.leave(self.id)).await, Some(Ok(()))) {
            tracing::warn!("the other processes are not told that this one ends, and find out");
        }
    }

    /// Says that this process lives, and goes by what the others say.
    async fn beat(&mut self, since_ms: i64) -> Option<Others> {
        let was = self.budget.sharing();
        let beat = Beat {
            id: self.id,
            invalid: i64::try_from(self.budget.invalid()).unwrap_or(i64::MAX),
            ahead_ms: milliseconds(self.budget.ahead()),
        };
        let lately_ms = milliseconds(self.beat_every * 3 / 2);
        let heard = match in_time(self.processes.beat(beat, (since_ms, lately_ms))).await {
            Some(Ok(heard)) => heard,
            Some(Err(error)) => {
                self.cut_off(&error.to_string());
                return None;
            }
            None => {
                self.cut_off("the database does not answer in time");
                return None;
            }
        };
        self.others = heard.alive;
        self.budget.invalid_elsewhere(heard.invalid);
        let (now, ahead) = match heard.alive {
            0 if was == Sharing::Alone => (Sharing::Alone, Duration::ZERO),
            0 => (Sharing::Alone, duration(heard.ahead_ms)),
            _ => (Sharing::Together, Duration::ZERO),
        };
        if was != now {
            tracing::info!(others = heard.alive, "what Discord allows is shared anew");
        }
        self.budget.share(now, ahead);
        Some(heard)
    }

    /// Tells the others of a global 429, and takes turns for the requests that wait.
    async fn answer(&mut self) {
        if let Some(wait_ms) = self.budget.global_wait_ms()
            && !matches!(in_time(self.processes.hold(wait_ms)).await, Some(Ok(())))
        {
            tracing::warn!("the other processes are not told that Discord wants no request for now");
        }
        let count = self.budget.waiting().min(CHUNK);
        if count == 0 {
            return;
        }
        let apart_ms = milliseconds(TOGETHER.interval);
        let ahead_ms = milliseconds(self.budget.ahead());
        match in_time(self.processes.take(count, apart_ms, ahead_ms)).await {
            Some(Ok(Taken::Turns { first_ms })) => {
                let first = Instant::now() + duration(first_ms);
                let last = self.budget.give(first, count);
                self.ask_at = last.checked_sub(LEAD).unwrap_or(last);
            }
            Some(Ok(Taken::Held { for_ms })) => self.budget.hold(for_ms),
            Some(Err(error)) => self.cut_off(&error.to_string()),
            None => self.cut_off("the database does not answer in time"),
        }
    }

    /// Goes by itself until the others can be asked again: at its part of the pace, if there are any.
    fn cut_off(&self, why: &str) {
        let sharing = match self.others {
            0 => Sharing::Alone,
            others => Sharing::Apart(others.saturating_add(1)),
        };
        if self.budget.sharing() != sharing {
            tracing::warn!(
                others = self.others,
                "the other processes cannot be asked, so this one keeps to its part of the pace: {why}"
            );
        }
        self.budget.share(sharing, Duration::ZERO);
    }
}

/// Whatever ends the speaker, nobody waits for it.
impl Drop for Speaker {
    fn drop(&mut self) {
        self.budget.share(Sharing::Alone, Duration::ZERO);
    }
}

async fn in_time<T>(answer: impl Future<Output = T>) -> Option<T> {
    timeout(ANSWER, answer).await.ok()
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

fn duration(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::processes::ALIVE_MS;

    #[test]
    fn a_process_says_many_times_that_it_lives_before_it_counts_as_dead() {
        assert!(10 * milliseconds(BEAT_EVERY) < ALIVE_MS);
    }
}
