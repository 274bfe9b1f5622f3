//! Reads who reacted with what.

use std::collections::BTreeSet;

use serde::Deserialize;
use serenity::all::{LightMethod, Route};

use super::{Discord, Error, PAGE, User};
use crate::domain::emoji::Emoji;
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    reactions: Vec<Shown>,
}

/// One emoji under a message, and how many put it there.
#[derive(Deserialize)]
struct Shown {
    emoji: serenity::all::ReactionType,
    count_details: Counts,
    #[serde(default)]
    me: bool,
    #[serde(default)]
    me_burst: bool,
}

#[derive(Deserialize)]
struct Counts {
    normal: u64,
    burst: u64,
}

/// The emoji under one message and their counts, as a page of the channel's messages shows them, and
/// what it says if it is a reply.
#[derive(Deserialize)]
pub struct Counted {
    id: serenity::all::MessageId,
    #[serde(default)]
    reactions: Vec<Shown>,
    author: User,
    #[serde(default)]
    content: String,
    #[serde(default)]
    mentions: Vec<User>,
    message_reference: Option<Reference>,
}

#[derive(Deserialize)]
struct Reference {
    message_id: Option<serenity::all::MessageId>,
}

impl Counted {
    /// Returns the id of the message.
    #[must_use]
    pub const fn message(&self) -> MessageId {
        MessageId::new(self.id.get())
    }

    /// Returns what a person says in a reply which mentions the bot: to which message, who, and the
    /// text. Discord withholds the text of any other message.
    #[must_use]
    pub fn reply(&self, me: UserId) -> Option<(MessageId, UserId, &str)> {
        let to = self.message_reference.as_ref()?.message_id?;
        let is_for_us = self.mentions.iter().any(|user| user.id.get() == me.get());
        (is_for_us && !self.author.bot).then(|| {
            let (to, by) = (MessageId::new(to.get()), UserId::new(self.author.id.get()));
            (to, by, self.content.as_str())
        })
    }

    /// Returns how many others put an emoji there; the bot is left out. A member who gave a
    /// reaction and a burst counts twice.
    #[must_use]
    pub fn of(&self, wanted: &Emoji) -> u64 {
        let found = |shown: &&Shown| emoji(&shown.emoji).is_some_and(|shown| shown == *wanted);
        self.reactions.iter().find(found).map_or(0, |shown| {
            let (normal, burst) = (shown.count_details.normal, shown.count_details.burst);
            normal.saturating_sub(u64::from(shown.me)) + burst.saturating_sub(u64::from(shown.me_burst))
        })
    }
}

/// Converts a reaction's emoji. Returns nothing for a kind that we do not know.
#[must_use]
pub fn emoji(reaction: &serenity::all::ReactionType) -> Option<Emoji> {
    match reaction {
        serenity::all::ReactionType::Unicode(emoji) => Some(Emoji::Unicode(emoji.clone())),
        serenity::all::ReactionType::Custom { animated, id, name } => Some(Emoji::Custom {
            id: id.get(),
            // A deleted emoji has no name.
            name: name.clone().unwrap_or_else(|| "_".to_owned()),
            animated: *animated,
        }),
        _ => None,
    }
}

impl Discord {
    /// Adds the bot's own reaction to a message. Changes nothing if the reaction is there already.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn seed(&self, channel: ChannelId, message: MessageId, emoji: &Emoji) -> Result<(), Error> {
        let (channel_id, message_id) = (channel.get().into(), message.get().into());
        let key = emoji.key();
        let route = || Route::ChannelMessageReactionMe {
            channel_id,
            message_id,
            reaction: &key,
        };
        let seed = || self.send(self.request(route(), LightMethod::Put, None, Vec::new()));
        self.in_open_thread(channel, seed).await.map(drop)
    }

    /// Returns, for each of these emoji, who put it under a message, normally or as a burst. Bots
    /// are left out. The message's counts come first, so that nobody is asked for where only the
    /// bot has reacted.
    ///
    /// # Errors
    /// [`Error::Gone`] when the message is gone; else [`Error`] when Discord refuses or cannot be
    /// reached.
    pub async fn reactions<const N: usize>(
        &self,
        channel: ChannelId,
        message: MessageId,
        wanted: [&Emoji; N],
    ) -> Result<[BTreeSet<UserId>; N], Error> {
        let route = Route::ChannelMessage {
            channel_id: channel.get().into(),
            message_id: message.get().into(),
        };
        let shown: Message = self
            .json(self.request(route, LightMethod::Get, None, Vec::new()))
            .await?;
        let mut all = [const { BTreeSet::new() }; N];
        for (users, wanted) in all.iter_mut().zip(wanted) {
            let found = |shown: &&Shown| emoji(&shown.emoji).is_some_and(|shown| shown == *wanted);
            let Some(shown) = shown.reactions.iter().find(found) else {
                continue;
            };
            let key = wanted.key();
            if shown.count_details.normal > u64::from(shown.me) {
                users.append(&mut self.reactors(channel, message, &key, "0").await?);
            }
            if shown.count_details.burst > u64::from(shown.me_burst) {
                users.append(&mut self.reactors(channel, message, &key, "1").await?);
            }
        }
        Ok(all)
    }

    /// Returns the emoji counts of up to 100 messages of a channel, from `message` on, oldest
    /// first. Also returns whether the channel has no later messages.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn counts_from(
        &self,
        channel: ChannelId,
        message: MessageId,
    ) -> Result<(Vec<Counted>, bool), Error> {
        let before = message.get().saturating_sub(1);
        let mut page: Vec<Counted> = self.page(channel, Some(("after", before))).await?;
        page.sort_unstable_by_key(Counted::message);
        let last = page.len() < PAGE;
        Ok((page, last))
    }

    async fn reactors(
        &self,
        channel: ChannelId,
        message: MessageId,
        reaction: &str,
        kind: &str,
    ) -> Result<BTreeSet<UserId>, Error> {
        let (mut all, mut after) = (BTreeSet::new(), 0);
        loop {
            let (channel_id, message_id) = (channel.get().into(), message.get().into());
            let route = Route::ChannelMessageReactionEmoji {
                channel_id,
                message_id,
                reaction,
            };
            let params = vec![
                ("limit", PAGE.to_string()),
                ("after", after.to_string()),
                ("type", kind.to_owned()),
            ];
            let request = self
                .request(route, LightMethod::Get, None, Vec::new())
                .params(Some(params));
            let page: Vec<User> = match self.json(request).await {
                Err(error) if error.is_no_emoji() => Vec::new(),
                page => page?,
            };
            let full = page.len() == PAGE;
            after = page.iter().map(|user| user.id.get()).max().unwrap_or(after);
            let people = page.into_iter().filter(|user| !user.bot);
            all.extend(people.map(|user| UserId::new(user.id.get())));
            if !full {
                return Ok(all);
            }
        }
    }

    /// Returns whether a guild has a custom emoji.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn has_emoji(&self, guild: GuildId, emoji: u64) -> Result<bool, Error> {
        let route = Route::GuildEmoji {
            guild_id: guild.get().into(),
            emoji_id: emoji.into(),
        };
        match self
            .send(self.request(route, LightMethod::Get, None, Vec::new()))
            .await
        {
            Ok(_) => Ok(true),
            Err(error) if error.is_no_emoji() => Ok(false),
            Err(error) => Err(error),
        }
    }
}
