//! The messages of a channel: inserted, found, listed and deleted.

use serde_json::{Value, json};

use crate::permissions::{MANAGE_MESSAGES, READ_MESSAGE_HISTORY};
use crate::snowflake::{self, Id};
use crate::state::State;
use crate::state::messages::content::withheld;
use crate::state::messages::reactions::page_reactions_json;
use crate::state::model::errors::{ApiError, ApiResult};
use crate::state::model::{Attachment, Message, Origin, Reference};
use crate::state::sessions::intent;

/// The age up to which messages can be deleted in bulk, in milliseconds: two weeks.
const BULK_AGE_MS: u64 = 14 * 24 * 60 * 60 * 1_000;

/// The type of a thread's first message, which points to the one that it was opened from.
const STARTER: u8 = 21;

/// A message before it is inserted. Only the first message of a forum post has an id yet.
pub(crate) struct NewMessage {
    pub(crate) id: Option<Id>,
    pub(crate) channel: Id,
    pub(crate) author: Id,
    pub(crate) kind: u8,
    pub(crate) content: String,
    pub(crate) flags: u64,
    pub(crate) mentions: Mentions,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) nonce: Option<String>,
    pub(crate) reference: Option<Reference>,
    pub(crate) interaction: Option<Origin>,
    pub(crate) only_for: Option<Id>,
}

/// Who a text mentions, as far as it is allowed to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mentions {
    pub(crate) users: Vec<Id>,
    pub(crate) roles: Vec<Id>,
    pub(crate) everyone: bool,
}

impl NewMessage {
    /// Makes an empty message.
    pub(crate) fn new(channel: Id, author: Id) -> Self {
        Self {
            id: None,
            channel,
            author,
            kind: 0,
            content: String::new(),
            flags: 0,
            mentions: Mentions::default(),
            attachments: vec![],
            embeds: vec![],
            components: vec![],
            nonce: None,
            reference: None,
            interaction: None,
            only_for: None,
        }
    }
}

/// Which messages of a channel to list.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MessagePage {
    pub(crate) before: Option<Id>,
    pub(crate) after: Option<Id>,
    pub(crate) around: Option<Id>,
    pub(crate) limit: usize,
}

impl State {
    /// Inserts a message in its channel, and tells bot and pages. Returns its id.
    pub(crate) fn insert_message(&mut self, new: NewMessage) -> Id {
        let id = new.id.unwrap_or_else(|| self.next_id());
        let (channel, author, public) = (new.channel, new.author, new.only_for.is_none());
        // Neither the message that a thread was opened from nor the first of a post is counted.
        let counted = new.kind != STARTER && id != channel;
        let message = Message {
            id,
            channel,
            author,
            kind: new.kind,
            content: new.content,
            sent_ms: self.now(),
            edited_ms: None,
            flags: new.flags,
            mentions: new.mentions.users,
            mention_roles: new.mentions.roles,
            mention_everyone: new.mentions.everyone,
            attachments: new.attachments,
            embeds: new.embeds,
            components: new.components,
            nonce: new.nonce,
            reference: new.reference,
            interaction: new.interaction,
            reactions: Vec::new(),
            only_for: new.only_for,
        };
        self.messages.insert(message);
        if public {
            if let Some(found) = self.channels.get_mut(channel) {
                found.last_message = Some(id);
            }
            self.count_in_thread(channel, author, counted);
        }
        self.tell_message(channel, id, "MESSAGE_CREATE");
        id
    }

    /// Sends an event with a message as it is now to the bot and the pages.
    pub(crate) fn tell_message(&mut self, channel: Id, message: Id, event: &str) {
        let Some(found) = self.message(channel, message) else {
            return;
        };
        let only_for = found.only_for;
        let author = found.author;
        let page = self.page_message_json(found, only_for.unwrap_or_default());
        let mut body = self.message_json(found, self.guild.bot);
        self.pages.tell(only_for, event, &page);
        if only_for.is_none() && self.sees(self.guild.bot, channel) {
            body["guild_id"] = json!(self.guild.id.to_string());
            body["member"] = self.partial_member_json(author).unwrap_or_default();
            self.dispatch(intent::GUILD_MESSAGES, event, &body);
        }
    }

    /// Formats a message for the page of `viewer`, with everybody who reacted.
    pub(crate) fn page_message_json(&self, message: &Message, viewer: Id) -> Value {
        let mut json = self.message_json(message, viewer);
        json["reactions"] = page_reactions_json(message, viewer);
        json
    }

    /// Returns a message, ephemeral or not.
    pub(crate) fn message(&self, channel: Id, message: Id) -> Option<&Message> {
        self.messages.get(channel, message)
    }

    pub(crate) fn message_mut(&mut self, channel: Id, message: Id) -> Option<&mut Message> {
        self.messages.get_mut(channel, message)
    }

    /// Returns a message that is not ephemeral (10008).
    pub(crate) fn public_message(&self, channel: Id, message: Id) -> ApiResult<&Message> {
        self.message(channel, message)
            .filter(|message| message.only_for.is_none())
            .ok_or_else(ApiError::unknown_message)
    }

    /// Returns a message that this user sees (10008).
    pub(crate) fn message_seen_by(&self, user: Id, channel: Id, message: Id) -> ApiResult<&Message> {
        self.visible(user, channel)?;
        self.message(channel, message)
            .filter(|message| message.only_for.is_none_or(|only| only == user))
            .ok_or_else(ApiError::unknown_message)
    }

    /// Formats one message for a reader (`GET /channels/{id}/messages/{message}`).
    pub(crate) fn get_message(&self, reader: Id, channel: Id, message: Id) -> ApiResult<Value> {
        self.require(reader, channel, READ_MESSAGE_HISTORY)?;
        Ok(self.message_read_by(self.public_message(channel, message)?, reader))
    }

    /// Formats a message as this reader may read it.
    fn message_read_by(&self, message: &Message, reader: Id) -> Value {
        let json = self.message_json(message, reader);
        let allowed = self.sessions.limits().privileged_intents & intent::MESSAGE_CONTENT != 0;
        if allowed || reader != self.bot() {
            return json;
        }
        withheld(&json, reader).unwrap_or(json)
    }

    /// Returns the messages of a channel that `take` accepts, newest first.
    pub(crate) fn list(
        &self,
        channel: Id,
        page: MessagePage,
        take: impl Fn(&Message) -> bool,
    ) -> Vec<&Message> {
        let listed = || self.messages.in_channel(channel).filter(|message| take(message));
        let limit = page.limit;
        let mut found: Vec<&Message> = if let Some(around) = page.around {
            let mut near: Vec<&Message> = listed()
                .filter(|m| m.id <= around)
                .rev()
                .take(limit / 2 + 1)
                .collect();
            near.extend(listed().filter(|m| m.id > around).take(limit - limit / 2 - 1));
            near
        } else if let Some(after) = page.after {
            listed()
                .filter(|message| message.id > after)
                .take(limit)
                .collect()
        } else {
            let before = page.before.unwrap_or(Id::MAX);
            listed()
                .filter(|message| message.id < before)
                .rev()
                .take(limit)
                .collect()
        };
        found.sort_by_key(|message| std::cmp::Reverse(message.id));
        found
    }

    /// Formats the messages of a channel for a reader. Without Read Message History there are none,
    /// as on Discord.
    pub(crate) fn list_messages(&self, reader: Id, channel: Id, page: MessagePage) -> ApiResult<Vec<Value>> {
        self.visible(reader, channel)?;
        if self.permissions_in(reader, channel) & READ_MESSAGE_HISTORY == 0 {
            return Ok(vec![]);
        }
        let found = self.list(channel, page, |message| message.only_for.is_none());
        Ok(found
            .into_iter()
            .map(|message| self.message_read_by(message, reader))
            .collect())
    }

    /// Deletes the actor's own message, or with Manage Messages anybody's.
    pub(crate) fn delete_message(&mut self, actor: Id, channel: Id, message: Id) -> ApiResult<()> {
        self.visible(actor, channel)?;
        let author = self.public_message(channel, message)?.author;
        if author != actor {
            self.require(actor, channel, MANAGE_MESSAGES)?;
        }
        self.require_deletable(actor, channel)?;
        self.remove_message(channel, message);
        Ok(())
    }

    /// Removes a message, whoever wrote it, and tells the bot.
    pub(crate) fn remove_message(&mut self, channel: Id, message: Id) {
        let Some((public, body)) = self.take_message(channel, message) else {
            return;
        };
        if public && self.sees(self.guild.bot, channel) {
            self.dispatch(intent::GUILD_MESSAGES, "MESSAGE_DELETE", &body);
        }
    }

    /// Deletes messages of a channel in bulk (50013, 50034). Skips those that do not exist.
    pub(crate) fn delete_many(&mut self, actor: Id, channel: Id, messages: &[Id]) -> ApiResult<()> {
        self.require(actor, channel, MANAGE_MESSAGES)?;
        self.require_deletable(actor, channel)?;
        let oldest = self.now().saturating_sub(BULK_AGE_MS);
        if messages.iter().any(|message| snowflake::ms(*message) < oldest) {
            return Err(ApiError::too_old_to_delete());
        }
        let there: Vec<Id> = messages
            .iter()
            .copied()
            .filter(|message| self.public_message(channel, *message).is_ok())
            .collect();
        for message in &there {
            self.take_message(channel, *message);
        }
        let body = json!({
            "ids": there.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "channel_id": channel.to_string(),
            "guild_id": self.guild.id.to_string(),
        });
        if !there.is_empty() && self.sees(self.guild.bot, channel) {
            let name = "MESSAGE_DELETE_BULK";
            self.dispatch(intent::GUILD_MESSAGES, name, &body);
        }
        Ok(())
    }

    /// Removes a message and tells the pages. Returns whether it was public, and what to tell the
    /// bot.
    fn take_message(&mut self, channel: Id, message: Id) -> Option<(bool, Value)> {
        let removed = self.messages.remove(channel, message)?;
        if let Some(thread) = self.channels.thread_mut(channel)
            && removed.only_for.is_none()
            && removed.kind != STARTER
            && message != channel
        {
            thread.message_count = thread.message_count.saturating_sub(1);
        }
        let body = json!({
            "id": message.to_string(),
            "channel_id": channel.to_string(),
            "guild_id": self.guild.id.to_string(),
        });
        self.pages.tell(removed.only_for, "MESSAGE_DELETE", &body);
        Some((removed.only_for.is_none(), body))
    }
}
