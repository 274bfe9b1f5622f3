//! Changes the files of messages that are posted already.

use serenity::all::{CreateAttachment, LightMethod, Route};

use super::{ButtonView, Discord, Error, File, message};
use crate::domain::ids::{ChannelId, MessageId};

impl Discord {
    /// Replaces the text and the buttons of a message of the bot, and removes the message's files.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn strip(
        &self,
        channel: ChannelId,
        message: MessageId,
        content: &str,
        buttons: &[ButtonView],
    ) -> Result<(), Error> {
        self.patch(channel, message, &message::strip(content, buttons))
            .await
    }

    /// Replaces the files of a message of the bot by one file. The text and the buttons stay.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn attach(&self, channel: ChannelId, message: MessageId, file: File) -> Result<(), Error> {
        let route = Route::ChannelMessage {
            channel_id: channel.get().into(),
            message_id: message.get().into(),
        };
        let payload = message::replace_files(&file.name);
        let file = CreateAttachment::bytes(file.bytes, file.name);
        let request = self.request(route, LightMethod::Patch, Some(&payload), vec![file]);
        self.send(request).await.map(drop)
    }
}
