//! The rules of posting: sizes, nonces, the life of URLs, edits of old messages.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::snowflake::Id;
use crate::state::model::errors::{ApiError, ApiResult};

/// The age from which on edits of a message are limited, in milliseconds.
const OLD_MS: u64 = 60 * 60 * 1_000;

/// What may be posted and edited, and how long files can be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct MessageLimits {
    /// The largest file that the bot may post, in bytes. Unset: 10, 10, 50 or 100 MiB by the
    /// guild's boosts.
    pub file_bytes: Option<u64>,
    /// The largest request, in bytes. Unset: 25 MiB, or the largest file and 1 MiB. Discord
    /// documents none.
    pub request_bytes: Option<u64>,
    /// How long an enforced nonce stands for its message, in milliseconds. Discord says "the past
    /// few minutes"; five here.
    pub nonce_ms: u64,
    /// How long the URL of a file works after it was read, in milliseconds: a day, at least half of
    /// it.
    pub url_ms: u64,
    /// How many edits of messages older than an hour a channel takes. Unset: any number.
    pub old_edits: Option<OldEdits>,
}

/// A limit of edits in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OldEdits {
    /// How many.
    pub edits: u32,
    /// In how many milliseconds.
    pub per_ms: u64,
}

impl OldEdits {
    /// Returns what people have seen: 3 every 20 seconds. Discord documents none.
    #[must_use]
    pub const fn discord() -> Self {
        Self {
            edits: 3,
            per_ms: 20_000,
        }
    }
}

impl Default for MessageLimits {
    /// Returns Discord's limits without that of old edits, because a story should not wait for it.
    fn default() -> Self {
        Self {
            file_bytes: None,
            request_bytes: None,
            nonce_ms: 5 * 60 * 1_000,
            url_ms: 24 * 60 * 60 * 1_000,
            old_edits: None,
        }
    }
}

/// The limits, and what counts against them. Nonces are saved.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct PostingRules {
    #[serde(skip)]
    limits: MessageLimits,
    /// The nonces that still stand for a message, oldest first.
    nonces: VecDeque<Nonce>,
    /// When old messages were edited, by channel, oldest first.
    #[serde(skip)]
    edits: HashMap<Id, VecDeque<u64>>,
}

/// A nonce, and the message that it stands for.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Nonce {
    pub(crate) author: Id,
    pub(crate) channel: Id,
    pub(crate) value: String,
    pub(crate) message: Id,
    pub(crate) sent_ms: u64,
}

impl PostingRules {
    /// Returns what may be posted and edited.
    pub(crate) const fn limits(&self) -> &MessageLimits {
        &self.limits
    }

    /// Sets what may be posted and edited.
    pub(crate) fn set_limits(&mut self, limits: MessageLimits) {
        self.limits = limits;
    }

    /// Returns the message that a nonce of an author stands for in a channel.
    pub(crate) fn message_of(&mut self, author: Id, channel: Id, nonce: &str, now: u64) -> Option<Id> {
        let since = now.saturating_sub(self.limits.nonce_ms);
        self.nonces.retain(|known| known.sent_ms >= since);
        let mut known = self.nonces.iter();
        let first =
            known.find(|known| known.value == nonce && known.author == author && known.channel == channel);
        first.map(|first| first.message)
    }

    /// Remembers the nonce of a message.
    pub(crate) fn note(&mut self, nonce: Nonce) {
        self.nonces.push_back(nonce);
    }

    /// Counts an edit of a message that was sent at `sent_ms`, if it is older than an hour (30046).
    pub(crate) fn count_old_edit(&mut self, channel: Id, sent_ms: u64, now: u64) -> ApiResult<()> {
        let Some(limit) = self.limits.old_edits.filter(|_| now >= sent_ms + OLD_MS) else {
            return Ok(());
        };
        let edits = self.edits.entry(channel).or_default();
        edits.retain(|at| now < at + limit.per_ms);
        if edits.len() >= limit.edits as usize {
            let first = edits.front().map_or(now, |at| at + limit.per_ms);
            return Err(ApiError::too_many_old_edits(first - now));
        }
        edits.push_back(now);
        Ok(())
    }
}
