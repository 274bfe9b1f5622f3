//! Messages and files, read, deleted and limited.

use serde_json::Value;

use crate::handle::sandbox::Sandbox;
use crate::state::messages::rules::MessageLimits;

impl Sandbox {
    /// Returns the messages of a channel, oldest first, as the bot gets them from REST. Leaves out
    /// ephemeral ones.
    #[must_use]
    pub fn messages(&self, channel: u64) -> Vec<Value> {
        self.core.read(|state| {
            let all = state.messages().in_channel(channel);
            let public = all.filter(|message| message.only_for.is_none());
            public
                .map(|message| state.message_json(message, state.bot()))
                .collect()
        })
    }

    /// Returns the messages of a channel that only `user` sees, oldest first.
    #[must_use]
    pub fn ephemerals(&self, channel: u64, user: u64) -> Vec<Value> {
        self.core.read(|state| {
            let all = state.messages().in_channel(channel);
            let private = all.filter(|message| message.only_for == Some(user));
            private.map(|message| state.message_json(message, user)).collect()
        })
    }

    /// Returns the bytes behind an attachment's URL.
    #[must_use]
    pub fn file(&self, url: &str) -> Option<Vec<u8>> {
        let blob = self.core.read(|state| state.blob_at(url))?;
        blob.read().ok().map(|bytes| bytes.to_vec())
    }

    /// Deletes a message, as a moderator would.
    pub fn delete_message(&self, channel: u64, message: u64) {
        self.core.change(|state| state.remove_message(channel, message));
    }

    /// Sets what may be posted and edited.
    pub fn set_message_limits(&self, limits: MessageLimits) {
        self.core.change(|state| state.set_message_limits(limits));
    }

    /// Sets the guild's boost tier, 0 to 3, and with it how large files may be (10, 10, 50, 100
    /// MiB). Tells the bot.
    pub fn set_premium_tier(&self, tier: u8) {
        self.core.change(|state| state.set_premium_tier(tier));
    }
}
