//! The limits of files and requests, and the moves that keep the posting rules.

use crate::snowflake::Id;
use crate::state::State;
use crate::state::messages::rules::Nonce;
use crate::state::model::Nitro;
use crate::state::model::errors::ApiResult;

const MEBIBYTE: u64 = 1 << 20;
/// The limit of a whole request, in bytes, unless a larger file is allowed. Discord documents none;
/// people have seen 25 MiB.
const REQUEST_BYTES: u64 = 25 * MEBIBYTE;
/// How many bytes a request may have besides its file.
const BESIDES: u64 = MEBIBYTE;

impl State {
    /// Returns the largest file that the bot may post, in bytes.
    pub(crate) fn upload_limit(&self) -> u64 {
        let limits = self.messages.limits();
        limits.file_bytes.unwrap_or_else(|| self.guild.upload_limit())
    }

    /// Returns the largest file that a user may upload here, in bytes. Answers to their
    /// interactions may be as large.
    pub(crate) fn attachment_limit(&self, user: Id) -> u64 {
        let nitro = self.people.user(user).map_or(Nitro::None, |user| user.nitro);
        match nitro {
            Nitro::None => self.upload_limit(),
            Nitro::Basic | Nitro::Full => self.upload_limit().max(nitro.upload_limit()),
        }
    }

    /// Returns the largest file and the largest body of a request to this path, in bytes. The bot
    /// posts what the guild allows, and answers an interaction with what its user may upload. What
    /// people send through the page is checked later, when the sender is known.
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

    /// Returns the message that a nonce stands for. One that was deleted since is refused (10008).
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

    /// Returns the query that makes a file's path fetchable.
    pub(super) fn signature(&self, path: &str, attachment: Id) -> String {
        let life_ms = self.messages.limits().url_ms;
        let signer = &self.messages.content.signer;
        signer.sign(path, attachment, life_ms, self.now())
    }

    /// Returns whether a file may be fetched with this query now.
    pub(crate) fn is_signed(&self, path: &str, query: &str) -> bool {
        self.messages.content.signer.is_signed(path, query, self.now())
    }
}
