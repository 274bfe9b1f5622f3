//! What Discord limits about messages and files: sizes, nonces, the life of URLs, edits of old messages.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};

use serde::{Deserialize, Serialize};

use crate::snowflake::{self, Id};
use crate::state::State;
use crate::state::model::Nitro;
use crate::state::model::errors::{ApiError, ApiResult};

const MEBIBYTE: u64 = 1 << 20;
/// The smallest limit of a whole request. Discord tells none; people have seen 25 MiB.
const REQUEST_BYTES: u64 = 25 * MEBIBYTE;
/// What a request carries besides its file.
const BESIDES: u64 = MEBIBYTE;
/// A message is old after this many milliseconds: then its edits are limited.
const OLD_MS: u64 = 60 * 60 * 1_000;

/// What may be posted, for how long it can be fetched, and what may be edited.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct MessageLimits {
    /// The largest file that the bot may post, in bytes. Unset: 10, 10, 50 or 100 MiB by the guild's boosts.
    pub file_bytes: Option<u64>,
    /// The largest request, in bytes. Unset: 25 MiB, or the largest file and 1 MiB. Discord does not tell.
    pub request_bytes: Option<u64>,
    /// How long an enforced nonce stands for its message, in milliseconds. Discord says "the past few minutes"; five
    /// here.
    pub nonce_ms: u64,
    /// How long the URL of a file works after it was read, in milliseconds: a day, at least half of it.
    pub url_ms: u64,
    /// How many edits of messages older than an hour a channel takes. Unset: as many as one likes.
    pub old_edits: Option<OldEdits>,
}

/// So many edits in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OldEdits {
    /// How many.
    pub edits: u32,
    /// In how many milliseconds.
    pub per_ms: u64,
}

impl OldEdits {
    /// What people have seen; Discord does not tell: 3 every 20 seconds.
    #[must_use]
    pub const fn discord() -> Self {
        Self {
            edits: 3,
            per_ms: 20_000,
        }
    }
}

impl Default for MessageLimits {
    /// As on Discord, but for the edits of old messages, because a story should not wait for them.
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

/// The limits, and what counts against them. What stood when the sandbox stopped still stands: nonces and URLs.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Content {
    #[serde(skip)]
    pub(crate) limits: MessageLimits,
    /// The nonces that still stand for a message, oldest first.
    nonces: VecDeque<Nonce>,
    /// When old messages were edited, by channel, oldest first.
    #[serde(skip)]
    edits: HashMap<Id, VecDeque<u64>>,
    /// The key of the URLs' signatures.
    key: u64,
}

#[derive(Debug, Deserialize, Serialize)]
struct Nonce {
    author: Id,
    channel: Id,
    value: String,
    message: Id,
    sent_ms: u64,
}

impl Default for Content {
    fn default() -> Self {
        Self {
            limits: MessageLimits::default(),
            nonces: VecDeque::new(),
            edits: HashMap::new(),
            key: RandomState::new().build_hasher().finish(),
        }
    }
}

impl State {
    /// The largest file that the bot may post, in bytes.
    pub(crate) fn upload_limit(&self) -> u64 {
        let limits = &self.content.limits;
        limits.file_bytes.unwrap_or_else(|| self.guild.upload_limit())
    }

    /// The largest file that a user may upload here, in bytes; answers to their interactions may be as large.
    pub(crate) fn attachment_limit(&self, user: Id) -> u64 {
        let nitro = self.users.get(&user).map_or(Nitro::None, |user| user.nitro);
        match nitro {
            Nitro::None => self.upload_limit(),
            Nitro::Basic | Nitro::Full => self.upload_limit().max(nitro.upload_limit()),
        }
    }

    /// The largest file and the largest body of a request to this path, in bytes. The bot posts as the guild allows, and
    /// answers an interaction as who started it may upload; what people send through the page is checked when it is known
    /// who they are.
    pub(crate) fn body_limits(&self, path: &str) -> (u64, u64) {
        let mut parts = path.trim_start_matches('/').split('/');
        let token = match parts.next() {
            Some("sandbox") => {
                let file = Nitro::Full.upload_limit();
                return (file, file + BESIDES);
            }
            Some("webhooks" | "interactions") => parts.nth(1),
            _ => None,
        };
        let asked = token.and_then(|token| self.interactions.values().rev().find(|i| i.token == token));
        let file = asked.map_or_else(|| self.upload_limit(), |asked| self.attachment_limit(asked.user));
        let whole = self.content.limits.request_bytes;
        (file, whole.unwrap_or(REQUEST_BYTES.max(file + BESIDES)))
    }

    /// The message that a nonce stands for, even if it was deleted since: then it is unknown (10008), and nothing is
    /// posted in its place.
    pub(in crate::state) fn first_with_nonce(
        &mut self,
        author: Id,
        channel: Id,
        nonce: &str,
    ) -> ApiResult<Option<Id>> {
        let since = self.now().saturating_sub(self.content.limits.nonce_ms);
        self.content.nonces.retain(|known| known.sent_ms >= since);
        let mut known = self.content.nonces.iter();
        let first =
            known.find(|known| known.value == nonce && known.author == author && known.channel == channel);
        let Some(first) = first.map(|first| first.message) else {
            return Ok(None);
        };
        self.public_message(channel, first)
            .map(|message| Some(message.id))
    }

    /// Remembers the nonce of a message.
    pub(in crate::state) fn note_nonce(&mut self, author: Id, channel: Id, nonce: String, message: Id) {
        let sent_ms = self.now();
        self.content.nonces.push_back(Nonce {
            author,
            channel,
            value: nonce,
            message,
            sent_ms,
        });
    }

    /// Counts an edit of a message that is older than an hour (30046).
    pub(in crate::state) fn count_old_edit(&mut self, channel: Id, sent_ms: u64) -> ApiResult<()> {
        let now = self.now();
        let Some(limit) = self.content.limits.old_edits.filter(|_| now >= sent_ms + OLD_MS) else {
            return Ok(());
        };
        let edits = self.content.edits.entry(channel).or_default();
        edits.retain(|at| now < at + limit.per_ms);
        if edits.len() >= limit.edits as usize {
            let first = edits.front().map_or(now, |at| at + limit.per_ms);
            return Err(ApiError::too_many_old_edits(first - now));
        }
        edits.push_back(now);
        Ok(())
    }

    /// The query that lets a file be fetched: `ex` and `is` are the seconds when it ends and began, in hex, `hm` vouches
    /// for them. It changes every half of a URL's life.
    pub(in crate::state) fn signature(&self, path: &str, attachment: Id) -> String {
        let life = self.content.limits.url_ms;
        let uploaded = snowflake::ms(attachment);
        let step = (life / 2).max(1_000);
        let issued = uploaded + self.now().saturating_sub(uploaded) / step * step;
        let (issued, expires) = (issued / 1_000, (issued + life) / 1_000);
        let vouched = self.vouch(path, issued, expires);
        format!("ex={expires:x}&is={issued:x}&hm={vouched}")
    }

    /// Whether a file may be fetched with this query now.
    pub(crate) fn is_signed(&self, path: &str, query: &str) -> bool {
        let value = |key: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(name, _)| *name == key).map(|(_, value)| value)
        };
        let seconds = |key: &str| u64::from_str_radix(value(key)?, 16).ok();
        let (Some(expires), Some(issued)) = (seconds("ex"), seconds("is")) else {
            return false;
        };
        value("hm") == Some(&self.vouch(path, issued, expires)) && self.now() / 1_000 < expires
    }

    /// 64 hex digits that only this sandbox can make. They keep honest bots honest; nothing secret hangs on them.
    fn vouch(&self, path: &str, issued: u64, expires: u64) -> String {
        let part = |nth: u64| {
            let mut hasher = DefaultHasher::new();
            (self.content.key, nth, path, issued, expires).hash(&mut hasher);
            format!("{:016x}", hasher.finish())
        };
        (0..4).map(part).collect()
    }
}
