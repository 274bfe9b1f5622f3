//! Reactions: added, removed, listed.

use serde_json::{Value, json};

use crate::permissions::{ADD_REACTIONS, MANAGE_MESSAGES, READ_MESSAGE_HISTORY};
use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::errors::{ApiError, ApiResult};
use crate::state::model::{Emoji, Message, Reaction, wire};
use crate::state::sessions::intent;

/// How many different emoji a message may have.
const EMOJI_MAX: usize = 20;
impl State {
    /// Adds a reaction. Adding it twice changes nothing.
    pub(crate) fn react(
        &mut self,
        user: Id,
        channel: Id,
        message: Id,
        emoji: &Emoji,
        burst: bool,
    ) -> ApiResult<()> {
        self.require(user, channel, READ_MESSAGE_HISTORY)?;
        let found = self.public_message(channel, message)?;
        self.require_not_archived(channel)?;
        let author = found.author;
        let emoji = &self.emoji_on(found, emoji)?;
        match found.reaction(emoji) {
            Some(reaction) if reaction.has(user) => return Ok(()),
            Some(_) => {}
            None => {
                self.require(user, channel, ADD_REACTIONS)?;
                if found.reactions.len() >= EMOJI_MAX {
                    return Err(ApiError::too_many_reactions());
                }
            }
        }
        if let Some(found) = self.message_mut(channel, message) {
            found.add_reaction(user, emoji, burst);
        }
        let mut event = self.reaction_event(user, channel, message, emoji, burst);
        event["member"] = self.member_json(user).unwrap_or_default();
        event["message_author_id"] = wire::id(author);
        if burst {
            event["burst_colors"] = json!([]);
        }
        self.tell_reaction(channel, message, "MESSAGE_REACTION_ADD", &event);
        Ok(())
    }

    /// Removes the actor's own reaction, or with Manage Messages another's.
    pub(crate) fn unreact(
        &mut self,
        actor: Id,
        user: Id,
        channel: Id,
        message: Id,
        emoji: &Emoji,
    ) -> ApiResult<()> {
        let needed = if actor == user { 0 } else { MANAGE_MESSAGES };
        self.require(actor, channel, needed)?;
        let emoji = &self.emoji_on(self.public_message(channel, message)?, emoji)?;
        self.require_not_archived(channel)?;
        let removed = self
            .message_mut(channel, message)
            .and_then(|found| found.remove_reaction(user, emoji));
        // Taking away what is not there succeeds on Discord, silently.
        if let Some(burst) = removed {
            let event = self.reaction_event(user, channel, message, emoji, burst);
            self.tell_reaction(channel, message, "MESSAGE_REACTION_REMOVE", &event);
        }
        Ok(())
    }

    /// Removes all reactions, or all with one emoji.
    pub(crate) fn clear_reactions(
        &mut self,
        actor: Id,
        channel: Id,
        message: Id,
        emoji: Option<&Emoji>,
    ) -> ApiResult<()> {
        self.require(actor, channel, MANAGE_MESSAGES)?;
        let found = self.public_message(channel, message)?;
        self.require_not_archived(channel)?;
        let emoji = emoji.map(|emoji| self.emoji_on(found, emoji)).transpose()?;
        if let Some(found) = self.message_mut(channel, message) {
            let stays = |reaction: &Reaction| emoji.as_ref().is_some_and(|emoji| !reaction.emoji.is(emoji));
            found.reactions.retain(stays);
        }
        let mut event = json!({
            "channel_id": channel.to_string(),
            "message_id": message.to_string(),
            "guild_id": self.guild.id.to_string(),
        });
        let name = if let Some(emoji) = &emoji {
            event["emoji"] = wire::emoji(emoji);
            "MESSAGE_REACTION_REMOVE_EMOJI"
        } else {
            "MESSAGE_REACTION_REMOVE_ALL"
        };
        self.tell_reaction(channel, message, name, &event);
        Ok(())
    }

    /// Formats who reacted, by ascending user id (`GET …/reactions/{emoji}`).
    pub(crate) fn reactors(
        &self,
        reader: Id,
        channel: Id,
        message: Id,
        emoji: &Emoji,
        page: ReactorPage,
    ) -> ApiResult<Vec<Value>> {
        self.require(reader, channel, READ_MESSAGE_HISTORY)?;
        let found = self.public_message(channel, message)?;
        let Some(reaction) = found.reaction(&self.emoji_on(found, emoji)?) else {
            return Ok(vec![]);
        };
        let mut users = if page.burst {
            reaction.burst.clone()
        } else {
            reaction.users.clone()
        };
        users.sort_unstable();
        let after = page.after.unwrap_or(0);
        let listed = users.into_iter().filter(|user| *user > after).take(page.limit);
        Ok(listed.map(|user| self.user_json(user)).collect())
    }

    /// Returns an emoji with the name that it has on the message, else in the guild (10014). A
    /// deleted emoji is still known on messages that have it.
    fn emoji_on(&self, message: &Message, emoji: &Emoji) -> ApiResult<Emoji> {
        match message.reaction(emoji) {
            Some(there) => Ok(there.emoji.clone()),
            None => self.guild_emoji(emoji),
        }
    }

    fn reaction_event(&self, user: Id, channel: Id, message: Id, emoji: &Emoji, burst: bool) -> Value {
        json!({
            "user_id": user.to_string(),
            "channel_id": channel.to_string(),
            "message_id": message.to_string(),
            "guild_id": self.guild.id.to_string(),
            "emoji": wire::emoji(emoji),
            "burst": burst,
            "type": u8::from(burst),
        })
    }

    fn tell_reaction(&mut self, channel: Id, message: Id, name: &str, event: &Value) {
        if let Some(found) = self.message(channel, message) {
            let body = json!({
                "channel_id": channel.to_string(),
                "message_id": message.to_string(),
                "reactions": page_reactions_json(found, 0),
            });
            self.pages.tell(None, "REACTIONS", &body);
        }
        if self.sees(self.guild.bot, channel) {
            self.dispatch(intent::GUILD_MESSAGE_REACTIONS, name, event);
        }
    }
}

/// Formats reactions for the page, with everybody who reacted.
pub(crate) fn page_reactions_json(message: &Message, viewer: Id) -> Value {
    let shown = message.reactions.iter().map(|reaction| {
        let users: Vec<String> = reaction
            .users
            .iter()
            .chain(&reaction.burst)
            .map(u64::to_string)
            .collect();
        json!({
            "emoji": wire::emoji(&reaction.emoji),
            "count": users.len(),
            "me": reaction.has(viewer),
            "users": users,
        })
    });
    shown.collect()
}

/// Which of those who reacted to list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReactorPage {
    pub(crate) after: Option<Id>,
    pub(crate) limit: usize,
    /// Super reactions instead of usual ones.
    pub(crate) burst: bool,
}
