//! The query that lets a file be fetched, for as long as its URL lives.

use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};

use serde::{Deserialize, Serialize};

use crate::snowflake::{self, Id};

/// Signs URLs. What it signed still holds after a restart.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct UrlSigner {
    key: u64,
}

impl Default for UrlSigner {
    fn default() -> Self {
        Self {
            key: RandomState::new().build_hasher().finish(),
        }
    }
}

impl UrlSigner {
    /// The query for a path: `ex` and `is` are the seconds when it ends and began, in hex, `hm` vouches for them. It
    /// changes every half of a URL's life.
    pub(crate) fn sign(&self, path: &str, attachment: Id, life_ms: u64, now: u64) -> String {
        let uploaded = snowflake::ms(attachment);
        let step = (life_ms / 2).max(1_000);
        let issued = uploaded + now.saturating_sub(uploaded) / step * step;
        let (issued, expires) = (issued / 1_000, (issued + life_ms) / 1_000);
        let vouched = self.vouch(path, issued, expires);
        format!("ex={expires:x}&is={issued:x}&hm={vouched}")
    }

    /// Whether a file may be fetched with this query now.
    pub(crate) fn is_signed(&self, path: &str, query: &str, now: u64) -> bool {
        let value = |key: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(name, _)| *name == key).map(|(_, value)| value)
        };
        let seconds = |key: &str| u64::from_str_radix(value(key)?, 16).ok();
        let (Some(expires), Some(issued)) = (seconds("ex"), seconds("is")) else {
            return false;
        };
        value("hm") == Some(&self.vouch(path, issued, expires)) && now / 1_000 < expires
    }

    /// 64 hex digits that only this sandbox can make. They keep honest bots honest; nothing secret hangs on them.
    fn vouch(&self, path: &str, issued: u64, expires: u64) -> String {
        let part = |nth: u64| {
            let mut hasher = DefaultHasher::new();
            (self.key, nth, path, issued, expires).hash(&mut hasher);
            format!("{:016x}", hasher.finish())
        };
        (0..4).map(part).collect()
    }
}
