//! Channels, threads, and the bot's permissions in them, managed by an all-powerful admin.

use serde_json::Value;

use crate::handle::sandbox::Sandbox;
use crate::state::model::ActError;

impl Sandbox {
    /// Returns a channel or thread, in REST shape.
    #[must_use]
    pub fn channel(&self, id: u64) -> Option<Value> {
        self.core.read(|state| {
            state
                .channels()
                .get(id)
                .map(|channel| state.channel_json(channel))
        })
    }

    /// Returns the channels without threads, in the order of the list, in REST shape.
    #[must_use]
    pub fn channels(&self) -> Vec<Value> {
        self.core.read(|state| {
            state
                .text_channels()
                .into_iter()
                .map(|channel| state.channel_json(channel))
                .collect()
        })
    }

    /// Returns the threads of a channel, oldest first, archived ones included, in REST shape.
    #[must_use]
    pub fn threads(&self, parent: u64) -> Vec<Value> {
        self.core.read(|state| {
            let threads = state.channels().threads_of(parent);
            threads.map(|channel| state.channel_json(channel)).collect()
        })
    }

    /// Adds a forum, which takes posts (see [`Member::open_thread`](crate::Member::open_thread))
    /// but no messages. Returns its id.
    #[must_use]
    pub fn add_forum(&self, name: &str) -> u64 {
        self.core.change(|state| state.add_forum(name))
    }

    /// Edits a channel or thread with Discord's fields (`archived`, `locked`, `name`), as a
    /// moderator would.
    ///
    /// # Errors
    /// If there is no such channel or a field does not fit.
    #[expect(clippy::needless_pass_by_value, reason = "reads well with json!")]
    pub fn edit_channel(&self, channel: u64, fields: Value) -> Result<(), ActError> {
        self.core
            .change(|state| state.edit_channel(state.owner(), channel, &fields).map(|_| ()))?;
        Ok(())
    }

    /// Deletes a channel or thread, as a moderator would.
    ///
    /// # Errors
    /// If there is no such channel.
    pub fn delete_channel(&self, channel: u64) -> Result<(), ActError> {
        self.core
            .change(|state| state.delete_channel(state.owner(), channel).map(|_| ()))?;
        Ok(())
    }

    /// Denies the bot these [`permissions`](crate::permissions) in a channel and its threads.
    pub fn deny_bot(&self, channel: u64, permissions: u64) {
        self.core
            .change(|state| state.set_bot_denied(channel, permissions, true));
    }

    /// Lifts what [`Sandbox::deny_bot`] denied.
    pub fn allow_bot(&self, channel: u64, permissions: u64) {
        self.core
            .change(|state| state.set_bot_denied(channel, permissions, false));
    }

    /// Allows the bot permissions in a channel that its role does not have.
    pub fn grant_bot(&self, channel: u64, permissions: u64) {
        self.core.change(|state| state.grant_bot(channel, permissions));
    }
}
