//! What people do besides using commands: they post, react and dismiss.

use serde_json::json;

use crate::snowflake::Id;
use crate::state::State;
use crate::state::messages::form::MessageForm;
use crate::state::model::errors::{ApiError, ApiResult};
use crate::state::model::{ActError, Emoji, Message};

impl State {
    /// Posts a message with files as a user.
    pub(crate) fn say(&mut self, user: Id, channel: Id, form: MessageForm) -> Result<Id, ActError> {
        let limit = self.attachment_limit(user);
        let size = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
        if form.files.iter().any(|(file, _)| size(file.bytes.len()) > limit) {
            return Err(ApiError::too_large().into());
        }
        Ok(self.post(user, channel, form)?)
    }

    /// Gives a user's own message another text.
    pub(crate) fn reword(&mut self, user: Id, channel: Id, message: Id, text: &str) -> Result<(), ActError> {
        let form = MessageForm::parse(&json!({ "content": text }), vec![])?;
        Ok(self.edit(user, channel, message, form)?)
    }

    /// Deletes a message as a user.
    pub(crate) fn erase(&mut self, user: Id, channel: Id, message: Id) -> Result<(), ActError> {
        Ok(self.delete_message(user, channel, message)?)
    }

    /// Adds a reaction as a user.
    pub(crate) fn add_reaction(
        &mut self,
        user: Id,
        channel: Id,
        message: Id,
        emoji: &str,
        burst: bool,
    ) -> Result<(), ActError> {
        let emoji = Emoji::parse(emoji)?;
        Ok(self.react(user, channel, message, &emoji, burst)?)
    }

    /// Removes a user's own reaction.
    pub(crate) fn remove_reaction(
        &mut self,
        user: Id,
        channel: Id,
        message: Id,
        emoji: &str,
    ) -> Result<(), ActError> {
        let emoji = Emoji::parse(emoji)?;
        Ok(self.unreact(user, user, channel, message, &emoji)?)
    }

    /// Dismisses an ephemeral message of a user. The bot is not told.
    pub(crate) fn dismiss(&mut self, user: Id, message: Id) -> ApiResult<()> {
        let meant = |found: &&Message| found.id == message && found.only_for == Some(user);
        let channel = self.messages.all().find(meant).map(|found| found.channel);
        let channel = channel.ok_or_else(ApiError::unknown_message)?;
        self.remove_message(channel, message);
        Ok(())
    }
}
