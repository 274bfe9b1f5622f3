//! Changes the files of messages that are posted already.

use serenity::all::{LightMethod, Route};

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
        let payload = message::replace_files(&file);
        let files = vec![file.into_attachment()];
        let request = self.request(route, LightMethod::Patch, Some(&payload), files);
        self.send(request).await.map(drop)
    }

    /// Replaces the text, the buttons and the files of a message of the bot.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn replace(
        &self,
        channel: ChannelId,
        message: MessageId,
        (content, buttons): (&str, &[ButtonView]),
        files: Vec<File>,
    ) -> Result<(), Error> {
        let route = Route::ChannelMessage {
            channel_id: channel.get().into(),
            message_id: message.get().into(),
        };
        let (payload, files) = message::replace(content, buttons, files);
        let edit = || self.upload(route, LightMethod::Patch, &payload, files.clone());
        self.in_open_thread(channel, edit).await.map(drop)
    }
}
