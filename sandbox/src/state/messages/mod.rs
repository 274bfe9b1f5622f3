//! Messages, their files and their reactions.

mod acts;
pub(crate) mod attachments;
pub(crate) mod content;
mod emojis;
pub(crate) mod form;
mod json;
pub(crate) mod layout;
mod limits;
mod posting;
pub(crate) mod reactions;
pub(crate) mod rules;
mod signed_urls;
pub(crate) mod timeline;
pub(crate) mod validate;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::snowflake::Id;
use crate::state::messages::rules::{MessageLimits, PostingRules};
use crate::state::messages::signed_urls::UrlSigner;
use crate::state::model::{Attachment, Blob, CustomEmoji, Message};

/// The messages of all channels, what belongs to them, and what limits them.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    /// By channel, then by message.
    by_channel: BTreeMap<Id, BTreeMap<Id, Message>>,
    /// The bytes of files, by attachment.
    files: HashMap<Id, Blob>,
    /// The guild's own emoji, which reactions and components may name.
    emojis: BTreeMap<Id, CustomEmoji>,
    content: Content,
}

/// The posting rules and the signer, which are saved as one object.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(in crate::state) struct Content {
    #[serde(flatten)]
    rules: PostingRules,
    #[serde(flatten)]
    signer: UrlSigner,
}

/// What is saved of messages.
pub(in crate::state) type Parts<'a> = (
    &'a BTreeMap<Id, BTreeMap<Id, Message>>,
    &'a HashMap<Id, Blob>,
    &'a BTreeMap<Id, CustomEmoji>,
    &'a Content,
);

impl Messages {
    /// Changes the emoji for those of another guild.
    pub(in crate::state) const fn swap_emojis(&mut self, emojis: &mut BTreeMap<Id, CustomEmoji>) {
        std::mem::swap(&mut self.emojis, emojis);
    }

    /// Builds messages from what was saved.
    pub(in crate::state) const fn new(
        by_channel: BTreeMap<Id, BTreeMap<Id, Message>>,
        files: HashMap<Id, Blob>,
        emojis: BTreeMap<Id, CustomEmoji>,
        content: Content,
    ) -> Self {
        Self {
            by_channel,
            files,
            emojis,
            content,
        }
    }

    /// Returns what is saved: messages, files, emoji, posting rules and signer.
    pub(in crate::state) const fn parts(&self) -> Parts<'_> {
        (&self.by_channel, &self.files, &self.emojis, &self.content)
    }

    /// Returns a message, ephemeral or not.
    pub(crate) fn get(&self, channel: Id, message: Id) -> Option<&Message> {
        self.by_channel.get(&channel)?.get(&message)
    }

    /// Returns the messages of a channel, ephemeral ones included, oldest first.
    pub(crate) fn in_channel(&self, channel: Id) -> impl DoubleEndedIterator<Item = &Message> {
        self.by_channel
            .get(&channel)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    /// Returns all messages, channel by channel.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Message> {
        self.by_channel.values().flat_map(BTreeMap::values)
    }

    /// Returns what may be posted and edited.
    pub(crate) const fn limits(&self) -> &MessageLimits {
        self.content.rules.limits()
    }

    /// Sets what may be posted and edited.
    pub(crate) fn set_limits(&mut self, limits: MessageLimits) {
        self.content.rules.set_limits(limits);
    }

    /// Returns where the bytes of a file are.
    pub(crate) fn file(&self, attachment: Id) -> Option<&Blob> {
        self.files.get(&attachment)
    }

    /// Returns the files whose bytes are in memory alone.
    pub(in crate::state) fn files_in_memory(&self) -> impl Iterator<Item = (Id, Bytes)> {
        self.files.iter().filter_map(|(id, blob)| match blob {
            Blob::Memory(bytes) => Some((*id, bytes.clone())),
            Blob::Disk(_) => None,
        })
    }

    /// Notes that the bytes of a file, if it still exists, are at this path.
    pub(in crate::state) fn move_file(&mut self, attachment: Id, path: PathBuf) {
        if let Some(blob) = self.files.get_mut(&attachment) {
            *blob = Blob::Disk(path);
        }
    }

    /// Keeps the bytes of a file.
    pub(in crate::state) fn keep_file(&mut self, attachment: Id, bytes: Bytes) {
        self.files.insert(attachment, Blob::Memory(bytes));
    }

    /// Forgets the bytes of a file.
    pub(in crate::state) fn forget_file(&mut self, attachment: Id) {
        self.files.remove(&attachment);
    }

    /// Removes the messages of a channel with their files.
    pub(in crate::state) fn forget_channel(&mut self, channel: Id) {
        let messages = self.by_channel.remove(&channel).unwrap_or_default();
        for message in messages.values() {
            self.forget_files(&message.attachments);
        }
    }

    /// Borrows a message to change it.
    pub(in crate::state) fn get_mut(&mut self, channel: Id, message: Id) -> Option<&mut Message> {
        self.by_channel.get_mut(&channel)?.get_mut(&message)
    }

    /// Inserts a message in its channel, or replaces the one with its id.
    fn insert(&mut self, message: Message) {
        let channel = self.by_channel.entry(message.channel).or_default();
        channel.insert(message.id, message);
    }

    /// Removes a message with its files.
    fn remove(&mut self, channel: Id, message: Id) -> Option<Message> {
        let removed = self.by_channel.get_mut(&channel)?.remove(&message)?;
        self.forget_files(&removed.attachments);
        Some(removed)
    }

    fn forget_files(&mut self, attachments: &[Attachment]) {
        for attachment in attachments {
            self.files.remove(&attachment.id);
        }
    }
}
