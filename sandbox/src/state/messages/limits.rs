//! How large files and requests may be, which nonces stand for a message, and which edits and URLs count.

use crate::snowflake::Id;
use crate::state::State;
use crate::state::messages::rules::Nonce;
use crate::state::model::Nitro;
use crate::state::model::errors::ApiResult;

const MEBIBYTE: u64 = 1 << 20;
/// The smallest limit of a whole request. Discord tells none; people have seen 25 MiB.
const REQUEST_BYTES: u64 = 25 * MEBIBYTE;
/// What a request carries besides its file.
const BESIDES: u64 = MEBIBYTE;

impl State {
    /// The largest file that the bot may post, in bytes.
    pub(crate) fn upload_limit(&self) -> u64 {
        let limits = self.messages.limits();
        limits.file_bytes.unwrap_or_else(|| self.guild.upload_limit())
    }

    /// The largest file that a user may upload here, in bytes; answers to their interactions may be as large.
    pub(crate) fn attachment_limit(&self, user: Id) -> u64 {
        let nitro = self.people.user(user).map_or(Nitro::None, |user| user.nitro);
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
        let asked = token.and_then(|token| self.interactions.by_token(token));
        let file = asked.map_or_else(|| self.upload_limit(), |asked| self.attachment_limit(asked.user));
        let whole = self.messages.limits().request_bytes;
        (file, whole.unwrap_or(REQUEST_BYTES.max(file + BESIDES)))
    }

    /// The message that a nonce stands for, even if it was deleted since: then it is unknown (10008), and nothing is
    /// posted in its place.
    pub(super) fn first_with_nonce(&mut self, author: Id, channel: Id, nonce: &str) -> ApiResult<Option<Id>> {
        let now = self.now();
        let rules = &mut self.messages.content.rules;
        let Some(first) = rules.message_of(author, channel, nonce, now) else {
            return Ok(None);
        };
        self.public_message(channel, first)
            .map(|message| Some(message.id))
    }

    /// Remembers the nonce of a message.
    pub(super) fn note_nonce(&mut self, author: Id, channel: Id, value: String, message: Id) {
        let sent_ms = self.now();
        self.messages.content.rules.note(Nonce {
            author,
            channel,
            value,
            message,
            sent_ms,
        });
    }

    /// Counts an edit of a message that is older than an hour (30046).
    pub(super) fn count_old_edit(&mut self, channel: Id, sent_ms: u64) -> ApiResult<()> {
        let now = self.now();
        let rules = &mut self.messages.content.rules;
        rules.count_old_edit(channel, sent_ms, now)
    }

    /// The query that lets a file be fetched.
    pub(super) fn signature(&self, path: &str, attachment: Id) -> String {
        let life_ms = self.messages.limits().url_ms;
        let signer = &self.messages.content.signer;
        signer.sign(path, attachment, life_ms, self.now())
    }

    /// Whether a file may be fetched with this query now.
    pub(crate) fn is_signed(&self, path: &str, query: &str) -> bool {
        self.messages.content.signer.is_signed(path, query, self.now())
    }
}
