//! Rate limits: how much a bot may ask for in which time, and the ban of one that does not listen.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

/// The time over which invalid answers are counted, in milliseconds.
const INVALID_WINDOW_MS: u64 = 10 * 60 * 1_000;
const GLOBAL_WINDOW_MS: u64 = 1_000;

/// Whom a limit concerns: `X-RateLimit-Scope`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// This bot, on one route.
    #[default]
    User,
    /// Everybody who uses the same resource. Such a 429 does not count towards a ban.
    Shared,
    /// This bot, on every route but those that answer interactions.
    Global,
}

impl Scope {
    /// Returns the word that the header has.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Shared => "shared",
            Self::Global => "global",
        }
    }
}

/// The rate limits that hold. By default there are none, and answers carry no rate limit headers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateLimits {
    /// Requests a second in all; answers to interactions are exempt. 0: no such limit.
    pub global: u32,
    /// Limits of routes, each for every channel, guild or webhook by itself. The first that matches
    /// counts. Callbacks of interactions match only a limit of their own.
    pub routes: Vec<RouteLimit>,
    /// How many answers of 401, 403 and 429 within ten minutes ban the bot. 0: no ban.
    pub invalid: u32,
    /// How long a ban lasts, in milliseconds.
    pub ban_ms: u64,
    /// The HTTP status of everything while banned: 429, or 403.
    pub ban_status: u16,
}

/// The limit of a route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteLimit {
    /// Only this method; without one all methods share the limit.
    #[serde(default)]
    pub method: Option<String>,
    /// The route with `{}` for its parameters, such as `/channels/{}/messages`. Empty: each route
    /// that no limit before matches, by itself.
    #[serde(default)]
    pub route: String,
    /// How many requests
    pub requests: u32,
    /// in this time, in milliseconds, from the first of them on.
    pub per_ms: u64,
    /// `user` or `shared`.
    #[serde(default)]
    pub scope: Scope,
}

impl RateLimits {
    /// Returns limits close to what bots see of Discord. It publishes only the global limit and
    /// that of invalid answers, and changes the others without notice.
    #[must_use]
    pub fn discord() -> Self {
        let of = |method: Option<&str>, route: &str, requests, per_ms| RouteLimit {
            method: method.map(str::to_owned),
            route: route.to_owned(),
            requests,
            per_ms,
            scope: Scope::User,
        };
        Self {
            global: 50,
            routes: vec![
                of(None, "/channels/{}/messages/{}/reactions/{}/@me", 1, 250),
                of(Some("POST"), "/channels/{}/messages", 5, 5_000),
                of(Some("PATCH"), "/channels/{}/messages/{}", 5, 5_000),
                of(None, "", 20, 1_000),
            ],
            invalid: 10_000,
            ban_ms: INVALID_WINDOW_MS,
            ban_status: 429,
        }
    }
}

/// A request as the rate limits see it.
#[derive(Clone, Debug)]
pub(crate) struct LimitedRequest<'a> {
    pub(crate) method: &'a str,
    /// The route with `{}` for its parameters.
    pub(crate) route: &'a str,
    /// The channel, guild or webhook in the path.
    pub(crate) major: &'a str,
}

impl LimitedRequest<'_> {
    /// Returns whether the token of an interaction is its credential. The global limit exempts
    /// these.
    fn answers_interaction(&self) -> bool {
        self.is_callback() || self.route.starts_with("/webhooks/")
    }

    /// Returns whether it is the first answer to an interaction. Its answers carry no rate limit
    /// headers, and no limit holds that is not of its very route.
    fn is_callback(&self) -> bool {
        self.route.starts_with("/interactions/")
    }
}

/// The state of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BucketState {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// When the window ends, in milliseconds since 1970, and how long that is from now.
    pub(crate) reset_ms: u64,
    pub(crate) after_ms: u64,
    /// The bucket's name, which is the same for every channel of a route.
    pub(crate) bucket: String,
}

/// What the rate limits decide about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It passes. Holds the state of its bucket after it.
    Pass(Option<BucketState>),
    /// It came too early.
    Wait {
        scope: Scope,
        after_ms: u64,
        bucket: Option<BucketState>,
    },
    /// The bot is banned for so long.
    Banned { status: u16, after_ms: u64 },
}

#[derive(Clone, Copy, Debug)]
struct Window {
    ends_ms: u64,
    used: u32,
}

impl Window {
    /// Returns the window that holds now: the old one, or a new one that begins.
    fn at(old: Option<&Self>, now: u64, per_ms: u64) -> Self {
        let ends_ms = now + per_ms;
        old.filter(|old| old.ends_ms > now)
            .copied()
            .unwrap_or(Self { ends_ms, used: 0 })
    }
}

/// The rate limits, and how much of them is used.
#[derive(Debug, Default)]
pub(crate) struct RateLimiter {
    limits: RateLimits,
    global: Option<Window>,
    buckets: HashMap<String, Window>,
    /// When invalid answers were given, oldest first.
    invalid: VecDeque<u64>,
    banned_until_ms: u64,
}

impl RateLimiter {
    pub(crate) fn new(limits: RateLimits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Returns the limits that hold.
    pub(crate) const fn limits(&self) -> &RateLimits {
        &self.limits
    }

    /// Decides whether a request passes, must wait, or comes from a banned bot. Counts a request
    /// that passes. A request that only its bucket refuses still counts towards the global limit.
    /// `now` is in milliseconds since 1970.
    pub(crate) fn check(&mut self, asked: &LimitedRequest, now: u64) -> Verdict {
        if self.banned_until_ms > now {
            let (status, after_ms) = (self.limits.ban_status, self.banned_until_ms - now);
            return Verdict::Banned { status, after_ms };
        }
        if self.limits.global > 0 && !asked.answers_interaction() {
            let mut window = Window::at(self.global.as_ref(), now, GLOBAL_WINDOW_MS);
            if window.used >= self.limits.global {
                let (scope, after_ms) = (Scope::Global, window.ends_ms - now);
                let bucket = None;
                return Verdict::Wait {
                    scope,
                    after_ms,
                    bucket,
                };
            }
            window.used += 1;
            self.global = Some(window);
        }
        let fits = |limit: &&RouteLimit| {
            (limit.route == asked.route || (limit.route.is_empty() && !asked.is_callback()))
                && limit
                    .method
                    .as_deref()
                    .is_none_or(|method| method.eq_ignore_ascii_case(asked.method))
        };
        let Some(limit) = self.limits.routes.iter().find(fits).cloned() else {
            return Verdict::Pass(None);
        };
        match self.check_bucket(&limit, asked, now) {
            // Discord tells nothing of the bucket of a callback.
            Verdict::Pass(_) if asked.is_callback() => Verdict::Pass(None),
            Verdict::Wait { scope, after_ms, .. } if asked.is_callback() => Verdict::Wait {
                scope,
                after_ms,
                bucket: None,
            },
            verdict => verdict,
        }
    }

    fn check_bucket(&mut self, limit: &RouteLimit, asked: &LimitedRequest, now: u64) -> Verdict {
        let method = match &limit.method {
            None if !limit.route.is_empty() => "*",
            _ => asked.method,
        };
        let route = format!("{method} {}", asked.route);
        let window = self
            .buckets
            .entry(format!("{route} {}", asked.major))
            .or_insert(Window { ends_ms: 0, used: 0 });
        *window = Window::at(Some(window), now, limit.per_ms);
        let full = window.used >= limit.requests;
        if !full {
            window.used += 1;
        }
        let after_ms = window.ends_ms - now;
        let standing = Some(BucketState {
            limit: limit.requests,
            remaining: limit.requests - window.used.min(limit.requests),
            reset_ms: window.ends_ms,
            after_ms,
            bucket: name_of(&route),
        });
        if full {
            let (scope, bucket) = (limit.scope, standing);
            Verdict::Wait {
                scope,
                after_ms,
                bucket,
            }
        } else {
            Verdict::Pass(standing)
        }
    }

    /// Counts an invalid answer. Too many of them ban the bot.
    pub(crate) fn count_answer(&mut self, status: u16, scope: Scope, now: u64) {
        let invalid = matches!(status, 401 | 403) || (status == 429 && scope != Scope::Shared);
        if !invalid || self.limits.invalid == 0 || self.banned_until_ms > now {
            return;
        }
        self.invalid.push_back(now);
        self.invalid.retain(|at| at + INVALID_WINDOW_MS > now);
        if self.invalid.len() >= self.limits.invalid as usize {
            self.invalid.clear();
            self.banned_until_ms = now + self.limits.ban_ms;
        }
    }
}

/// Makes a bucket name that reveals nothing, as Discord's do.
fn name_of(route: &str) -> String {
    // FNV-1a
    let hash = route.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &'static str, route: &'static str, major: &'static str) -> LimitedRequest<'static> {
        LimitedRequest { method, route, major }
    }

    const POST: &str = "/channels/{}/messages";
    const SEED: &str = "/channels/{}/messages/{}/reactions/{}/@me";

    fn wait(verdict: &Verdict) -> Option<(Scope, u64)> {
        match verdict {
            Verdict::Wait { scope, after_ms, .. } => Some((*scope, *after_ms)),
            Verdict::Pass(_) | Verdict::Banned { .. } => None,
        }
    }

    #[test]
    fn without_limits_everything_passes_untold() {
        let mut limiter = RateLimiter::default();
        for _ in 0..20_000 {
            assert_eq!(limiter.check(&asked("POST", POST, "1"), 5), Verdict::Pass(None));
            limiter.count_answer(403, Scope::User, 5);
        }
    }

    #[test]
    fn each_channel_has_its_own_bucket_and_both_methods_share_one() {
        let mut limiter = RateLimiter::new(RateLimits::discord());
        assert_eq!(wait(&limiter.check(&asked("PUT", SEED, "1"), 1_000)), None);
        assert_eq!(
            wait(&limiter.check(&asked("DELETE", SEED, "1"), 1_100)),
            Some((Scope::User, 150))
        );
        assert_eq!(wait(&limiter.check(&asked("PUT", SEED, "2"), 1_100)), None);
        assert_eq!(wait(&limiter.check(&asked("PUT", SEED, "1"), 1_250)), None);
    }

    #[test]
    fn a_bucket_counts_down_and_begins_again() {
        let mut limiter = RateLimiter::new(RateLimits::discord());
        let mut remaining = vec![];
        for now in [0, 1, 2, 3, 4, 5, 5_000] {
            match limiter.check(&asked("POST", POST, "1"), now) {
                Verdict::Pass(Some(standing)) => remaining.push(standing.remaining),
                other => assert_eq!((wait(&other), now), (Some((Scope::User, 4_995)), 5)),
            }
        }
        assert_eq!(remaining, [4, 3, 2, 1, 0, 4]);
    }

    #[test]
    fn the_fifty_first_of_a_second_waits_unless_it_answers_an_interaction() {
        let mut limiter = RateLimiter::new(RateLimits {
            global: 50,
            ..RateLimits::default()
        });
        let waits = (0..60)
            .filter(|now| wait(&limiter.check(&asked("GET", "/gateway", ""), *now)).is_some())
            .count();
        assert_eq!(waits, 10);
        let answer = asked("POST", "/interactions/{}/{}/callback", "1/x");
        assert_eq!(wait(&limiter.check(&answer, 60)), None);
        assert_eq!(wait(&limiter.check(&asked("GET", "/gateway", ""), 1_000)), None);
    }

    #[test]
    fn too_many_invalid_answers_are_a_ban_and_shared_limits_do_not_count() {
        let mut limiter = RateLimiter::new(RateLimits {
            invalid: 3,
            ban_ms: 60_000,
            ban_status: 429,
            ..RateLimits::default()
        });
        limiter.count_answer(429, Scope::Shared, 0);
        limiter.count_answer(404, Scope::User, 0);
        limiter.count_answer(403, Scope::User, 0);
        limiter.count_answer(401, Scope::User, INVALID_WINDOW_MS);
        limiter.count_answer(429, Scope::Global, INVALID_WINDOW_MS);
        let now = INVALID_WINDOW_MS + 1;
        assert_eq!(
            limiter.check(&asked("GET", "/gateway", ""), now),
            Verdict::Pass(None)
        );
        limiter.count_answer(403, Scope::User, now);
        assert_eq!(
            limiter.check(&asked("GET", "/gateway", ""), now + 1),
            Verdict::Banned {
                status: 429,
                after_ms: 59_999
            }
        );
        assert_eq!(
            limiter.check(&asked("GET", "/gateway", ""), now + 60_000),
            Verdict::Pass(None)
        );
    }
}
