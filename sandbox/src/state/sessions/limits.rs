//! What the gateway allows: how many sessions a day, how fast, with which intents and shards.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

/// Privileged intents: members, presences, message content.
const PRIVILEGED: u64 = 1 << 1 | 1 << 8 | 1 << 15;
/// Every intent that there is: bits 0 to 16, 20, 21, 24 and 25.
const KNOWN: u64 = 0x1_ffff | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25;
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
const MINUTE_MS: u64 = 60 * 1_000;

/// What the gateway allows and expects. The default is what Discord does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GatewayLimits {
    /// What HELLO asks for between two heartbeats, in milliseconds.
    pub heartbeat_ms: u64,
    /// After how many milliseconds without a heartbeat a connection is closed with 4009.
    pub unheard_ms: u64,
    /// How long a session without a connection can be resumed, in milliseconds. Discord does not
    /// say.
    pub resumable_ms: u64,
    /// How many IDENTIFYs are allowed in 24 hours. One more resets the bot's token.
    pub starts_a_day: u64,
    /// How many shards may identify at once. `shard % max_concurrency` is a shard's bucket.
    pub max_concurrency: u64,
    /// The shortest time between two IDENTIFYs of a bucket, in milliseconds. One that comes earlier
    /// is answered with op 9.
    pub identify_every_ms: u64,
    /// How many payloads a connection may send in 60 seconds, heartbeats included.
    pub sends_a_minute: usize,
    /// How many shards `/gateway/bot` recommends. A bot with fewer is closed with 4011.
    pub shards: u64,
    /// The privileged intents that the bot's portal allows, as bits.
    pub privileged_intents: u64,
}

impl Default for GatewayLimits {
    fn default() -> Self {
        Self {
            heartbeat_ms: 41_250,
            unheard_ms: 61_875,
            resumable_ms: 5 * MINUTE_MS,
            starts_a_day: 1_000,
            max_concurrency: 1,
            identify_every_ms: 5_000,
            sends_a_minute: 120,
            shards: 1,
            privileged_intents: 0,
        }
    }
}

/// What is wrong with the intents that a bot asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadIntents {
    Unknown,
    Disallowed,
}

impl GatewayLimits {
    pub(crate) fn check_intents(&self, intents: u64) -> Result<(), BadIntents> {
        if intents & !KNOWN != 0 {
            return Err(BadIntents::Unknown);
        }
        if intents & PRIVILEGED & !self.privileged_intents != 0 {
            return Err(BadIntents::Disallowed);
        }
        Ok(())
    }
}

/// What is decided about an IDENTIFY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StartDecision {
    /// It begins a session.
    Begins,
    /// Another IDENTIFY of its bucket came just before.
    TooSoon,
    /// The day's IDENTIFYs are used up.
    Spent,
}

/// The IDENTIFYs of a day.
#[derive(Debug, Default)]
pub(crate) struct SessionStarts {
    used: u64,
    /// When the count restarts, in milliseconds since 1970.
    resets_ms: u64,
    /// When each bucket identified last, in milliseconds since 1970.
    last_ms: BTreeMap<u64, u64>,
}

impl SessionStarts {
    /// Counts an IDENTIFY. One that comes too soon is counted as well.
    pub(crate) fn begin(&mut self, limits: &GatewayLimits, shard: u64, now: u64) -> StartDecision {
        self.renew(now);
        if self.used >= limits.starts_a_day {
            return StartDecision::Spent;
        }
        self.used += 1;
        let bucket = shard % limits.max_concurrency.max(1);
        let soon = self
            .last_ms
            .get(&bucket)
            .is_some_and(|last| now < last + limits.identify_every_ms);
        if soon {
            return StartDecision::TooSoon;
        }
        self.last_ms.insert(bucket, now);
        StartDecision::Begins
    }

    /// Returns how many are left, and in how many milliseconds the count restarts.
    pub(crate) fn left(&self, limits: &GatewayLimits, now: u64) -> (u64, u64) {
        if now >= self.resets_ms {
            return (limits.starts_a_day, DAY_MS);
        }
        (
            limits.starts_a_day.saturating_sub(self.used),
            self.resets_ms - now,
        )
    }

    fn renew(&mut self, now: u64) {
        if now >= self.resets_ms {
            self.used = 0;
            self.resets_ms = now + DAY_MS;
        }
    }
}

/// When one connection sent payloads in the last minute.
#[derive(Debug, Default)]
pub(crate) struct Sends(VecDeque<u64>);

impl Sends {
    /// Counts a payload. Returns false if it is one too many.
    pub(crate) fn count(&mut self, limits: &GatewayLimits, now: u64) -> bool {
        while self.0.front().is_some_and(|sent| sent + MINUTE_MS <= now) {
            self.0.pop_front();
        }
        self.0.push_back(now);
        self.0.len() <= limits.sends_a_minute
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_identifies_once_in_five_seconds_and_a_bot_so_often_a_day() {
        let limits = GatewayLimits {
            starts_a_day: 5,
            max_concurrency: 2,
            ..GatewayLimits::default()
        };
        let mut starts = SessionStarts::default();
        assert_eq!(starts.left(&limits, 1_000), (5, DAY_MS));
        assert_eq!(starts.begin(&limits, 0, 1_000), StartDecision::Begins);
        assert_eq!(
            starts.begin(&limits, 1, 1_000),
            StartDecision::Begins,
            "another bucket"
        );
        assert_eq!(starts.begin(&limits, 2, 5_999), StartDecision::TooSoon);
        assert_eq!(starts.begin(&limits, 2, 6_000), StartDecision::Begins);
        assert_eq!(starts.left(&limits, 7_000), (1, DAY_MS - 6_000));
        assert_eq!(starts.begin(&limits, 1, 9_000), StartDecision::Begins);
        assert_eq!(starts.begin(&limits, 1, 99_000), StartDecision::Spent);
        assert_eq!(
            starts.begin(&limits, 1, DAY_MS + 1_000),
            StartDecision::Begins,
            "a new day"
        );
        assert_eq!(starts.left(&limits, DAY_MS + 1_000), (4, DAY_MS));
    }

    #[test]
    fn a_minute_takes_so_many_sends() {
        let limits = GatewayLimits::default();
        let mut sends = Sends::default();
        assert!((0..120).all(|_| sends.count(&limits, 1_000)));
        assert!(!sends.count(&limits, 60_999));
        assert!(sends.count(&limits, 61_000));
    }

    #[test]
    fn intents_are_known_and_allowed() {
        let mut limits = GatewayLimits::default();
        assert_eq!(limits.check_intents(1025), Ok(()));
        assert_eq!(limits.check_intents(1 << 17), Err(BadIntents::Unknown));
        assert_eq!(limits.check_intents(1 << 15), Err(BadIntents::Disallowed));
        limits.privileged_intents = 1 << 15;
        assert_eq!(limits.check_intents(1 << 15), Ok(()));
    }
}
