//! Signatures of file URLs.

use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};

use serde::{Deserialize, Serialize};

use crate::snowflake::{self, Id};

/// Signs URLs. Its signatures stay valid after a restart.
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
    /// Returns the query that makes a path fetchable. `ex` and `is` are when it expires and was
    /// issued, in hex seconds; `hm` is the signature. The query changes every half of a URL's life.
    pub(crate) fn sign(&self, path: &str, attachment: Id, life_ms: u64, now: u64) -> String {
        let uploaded = snowflake::ms(attachment);
        let step = (life_ms / 2).max(1_000);
        let issued = uploaded + now.saturating_sub(uploaded) / step * step;
        let (issued, expires) = (issued / 1_000, (issued + life_ms) / 1_000);
        let vouched = self.vouch(path, issued, expires);
        format!("ex={expires:x}&is={issued:x}&hm={vouched}")
    }

    /// Returns whether a file may be fetched with this query now.
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

    /// Makes the signature: 64 hex digits. It shows a bot that made up or kept a URL; it protects
    /// no secret.
    fn vouch(&self, path: &str, issued: u64, expires: u64) -> String {
        let part = |nth: u64| {
            let mut hasher = DefaultHasher::new();
            (self.key, nth, path, issued, expires).hash(&mut hasher);
            format!("{:016x}", hasher.finish())
        };
        (0..4).map(part).collect()
    }
}
