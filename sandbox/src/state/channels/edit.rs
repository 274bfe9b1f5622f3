//! Channels: created, edited and deleted.

use serde_json::{Value, json};

use crate::permissions::{MANAGE_CHANNELS, MANAGE_THREADS};
use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::errors::{ApiError, ApiResult, FormErrors};
use crate::state::model::{Channel, ChannelKind};
use crate::state::sessions::intent;
use crate::world::ChannelSpec;

/// The longest name of a channel or thread, in characters.
pub(crate) const NAME_MAX: usize = 100;
/// The longest topic of a text channel, in characters.
const TOPIC_MAX: usize = 1_024;
/// The longest time between two messages of a person, in seconds.
const SLOWMODE_MAX_S: u64 = 21_600;

impl State {
    pub(in crate::state) fn add_channels(&mut self, channels: Vec<ChannelSpec>) {
        for (spec, position) in channels.into_iter().zip(0..) {
            let channel = Channel {
                id: spec.id,
                guild: Some(self.guild.id),
                kind: ChannelKind::Text,
                name: spec.name,
                topic: Some(spec.topic),
                position,
                parent: None,
                last_message: None,
                overwrites: Vec::new(),
                thread: None,
                slowmode_s: 0,
            };
            self.channels.insert(channel);
        }
    }

    /// Adds a forum below all channels. Returns its id.
    pub(crate) fn add_forum(&mut self, name: &str) -> Id {
        let id = self.next_id();
        let below = self.text_channels();
        let forum = Channel {
            id,
            guild: Some(self.guild.id),
            kind: ChannelKind::Forum,
            name: name.to_owned(),
            topic: None,
            position: u16::try_from(below.len()).unwrap_or(u16::MAX),
            parent: None,
            last_message: None,
            overwrites: Vec::new(),
            thread: None,
            slowmode_s: 0,
        };
        self.channels.insert(forum);
        self.tell_channel(id, "CHANNEL_CREATE");
        id
    }

    /// Sends an event with the channel or thread as it is now to the bot and the pages.
    pub(crate) fn tell_channel(&mut self, channel: Id, event: &str) {
        let Some(found) = self.channels.get(channel) else {
            return;
        };
        let body = self.channel_json(found);
        self.pages.tell(None, event, &body);
        if self.sees(self.guild.bot, channel) {
            self.tell_bot_of_channel(channel, event);
        }
    }

    /// Sends an event with the channel as it is now to the bot, whether it sees it or not.
    pub(super) fn tell_bot_of_channel(&mut self, channel: Id, event: &str) {
        if let Some(found) = self.channels.get(channel) {
            let body = self.channel_json(found);
            self.dispatch(intent::GUILDS, event, &body);
        }
    }

    /// Tells the pages alone of a thread as it is now.
    pub(super) fn tell_pages_of_thread(&self, channel: Id) {
        if let Some(found) = self.channels.get(channel) {
            self.pages.tell(None, "THREAD_UPDATE", &self.channel_json(found));
        }
    }

    /// Returns the guild's channels without threads, in the order of the list.
    pub(crate) fn text_channels(&self) -> Vec<&Channel> {
        let ours = |channel: &&Channel| channel.thread.is_none() && self.is_here(channel.id);
        let mut channels: Vec<&Channel> = self.channels.all().filter(ours).collect();
        channels.sort_by_key(|channel| (channel.position, channel.id));
        channels
    }

    /// Edits a channel or a thread (`PATCH /channels/{id}`).
    pub(crate) fn edit_channel(&mut self, actor: Id, channel: Id, form: &Value) -> ApiResult<Value> {
        if self.visible(actor, channel)?.thread.is_some() {
            self.edit_thread(actor, channel, form)?;
        } else {
            self.require(actor, channel, MANAGE_CHANNELS)?;
            self.edit_text_channel(channel, form)?;
        }
        Ok(self
            .channels
            .get(channel)
            .map(|found| self.channel_json(found))
            .unwrap_or_default())
    }

    fn edit_text_channel(&mut self, channel: Id, form: &Value) -> ApiResult<()> {
        let mut errors = FormErrors::default();
        let name = form["name"].as_str();
        let topic = form["topic"].as_str();
        if let Some(name) = name {
            errors.length("name", name, 1, NAME_MAX);
        }
        errors.max_length("topic", topic.unwrap_or_default(), TOPIC_MAX);
        let slowmode_s = slowmode(form, &mut errors);
        errors.check()?;
        let found = self
            .channels
            .get_mut(channel)
            .ok_or_else(ApiError::unknown_channel)?;
        if let Some(name) = name {
            found.name = name.to_lowercase().replace(' ', "-");
        }
        if form.get("topic").is_some() {
            found.topic = topic.map(str::to_owned);
        }
        found.slowmode_s = slowmode_s.unwrap_or(found.slowmode_s);
        self.tell_channel(channel, "CHANNEL_UPDATE");
        Ok(())
    }

    /// Deletes a channel with its threads, or one thread (`DELETE /channels/{id}`).
    pub(crate) fn delete_channel(&mut self, actor: Id, channel: Id) -> ApiResult<Value> {
        let thread = self.visible(actor, channel)?.thread.is_some();
        self.require(
            actor,
            channel,
            if thread { MANAGE_THREADS } else { MANAGE_CHANNELS },
        )?;
        let children: Vec<Id> = self
            .channels
            .all()
            .filter(|c| c.parent == Some(channel))
            .map(|c| c.id)
            .collect();
        for child in children {
            self.remove_channel(child);
        }
        Ok(self.remove_channel(channel))
    }

    fn remove_channel(&mut self, channel: Id) -> Value {
        let visible = self.sees(self.guild.bot, channel);
        let Some(removed) = self.channels.remove(channel) else {
            return Value::Null;
        };
        self.messages.forget_channel(channel);
        let body = self.channel_json(&removed);
        let (event, told) = if removed.thread.is_some() {
            ("THREAD_DELETE", thread_delete_json(&body))
        } else {
            ("CHANNEL_DELETE", body.clone())
        };
        self.pages.tell(None, event, &told);
        if visible {
            self.dispatch(intent::GUILDS, event, &told);
        }
        body
    }
}

/// Parses `rate_limit_per_user`; null sets none.
pub(super) fn slowmode(form: &Value, errors: &mut FormErrors) -> Option<u64> {
    let given = form.get("rate_limit_per_user")?;
    let seconds = given.as_u64().or(given.is_null().then_some(0));
    if seconds.is_none_or(|seconds| seconds > SLOWMODE_MAX_S) {
        let message = format!("int value should be between 0 and {SLOWMODE_MAX_S}.");
        errors.add("rate_limit_per_user", "NUMBER_TYPE_MAX", message);
    }
    seconds
}

fn thread_delete_json(thread: &Value) -> Value {
    json!({
        "id": thread["id"], "guild_id": thread["guild_id"],
        "parent_id": thread["parent_id"], "type": thread["type"],
    })
}
