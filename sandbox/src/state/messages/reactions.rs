//! Reactions: added, taken away, listed.

use serde_json::{Value, json};

use crate::permissions::{ADD_REACTIONS, MANAGE_MESSAGES, READ_MESSAGE_HISTORY};
use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::errors::{ApiError, ApiResult};
use crate::state::model::{Emoji, Message, Reaction};
use crate::state::people::json;
use crate::state::sessions::intent;

/// Different emoji on a message.
const EMOJI_MAX: usize = 20;
/// Letters by Unicode's account that are emoji all the same.
const EMOJI_LETTERS: [char; 6] = ['ℹ', 'Ⓜ', '🅰', '🅱', '🅾', '🅿'];

/// Whether a character is none to be seen, but turns the text around it.
const fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl Emoji {
    /// Reads `✅` or `name:id` as it stands in a path. Whether there is such a custom one is the guild's matter.
    pub(crate) fn parse(text: &str) -> ApiResult<Self> {
        if let Some((name, id)) = text.split_once(':') {
            let id = id.parse().map_err(|_| ApiError::unknown_emoji())?;
            return Ok(Self {
                id: Some(id),
                name: name.to_owned(),
            });
        }
        // Every Unicode emoji has a character beyond ASCII (keycaps a combining one), and few are letters.
        let word = |c: char| c.is_alphabetic() && !EMOJI_LETTERS.contains(&c);
        let plausible = !text.is_ascii() && text.chars().count() <= 16;
        let plausible = plausible && !text.chars().any(|c| word(c) || turns(c) || c.is_control());
        if plausible {
            Ok(Self {
                id: None,
                name: text.to_owned(),
            })
        } else {
            Err(ApiError::unknown_emoji())
        }
    }

    /// Whether both are the same emoji: custom ones by their id, whatever they are called.
    fn is(&self, other: &Self) -> bool {
        match (self.id, other.id) {
            (None, None) => self.name == other.name,
            (one, another) => one == another,
        }
    }
}

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
        if self.is_archived(channel) {
            return Err(ApiError::thread_archived());
        }
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
        event["message_author_id"] = json::id(author);
        if burst {
            event["burst_colors"] = json!([]);
        }
        self.tell_reaction(channel, message, "MESSAGE_REACTION_ADD", &event);
        Ok(())
    }

    /// Takes somebody's reaction away: one's own, or with Manage Messages another's.
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
        if self.is_archived(channel) {
            return Err(ApiError::thread_archived());
        }
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

    /// Takes all reactions away, or all with one emoji.
    pub(crate) fn clear_reactions(
        &mut self,
        actor: Id,
        channel: Id,
        message: Id,
        emoji: Option<&Emoji>,
    ) -> ApiResult<()> {
        self.require(actor, channel, MANAGE_MESSAGES)?;
        let found = self.public_message(channel, message)?;
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
            event["emoji"] = json::emoji(emoji);
            "MESSAGE_REACTION_REMOVE_EMOJI"
        } else {
            "MESSAGE_REACTION_REMOVE_ALL"
        };
        self.tell_reaction(channel, message, name, &event);
        Ok(())
    }

    /// Who reacted, by ascending user id (`GET …/reactions/{emoji}`).
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

    /// The emoji that is meant, as it is called on the message, else in the guild (10014). One that was taken from the
    /// guild since is still known where it stands.
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
            "emoji": json::emoji(emoji),
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
            self.hub.page(None, "REACTIONS", &body);
        }
        if self.sees(self.guild.bot, channel) {
            self.hub
                .dispatch(intent::GUILD_MESSAGE_REACTIONS, Some(self.guild.id), name, event);
        }
    }
}

/// Reactions for the page: with everybody who reacted.
pub(crate) fn page_reactions_json(message: &Message, viewer: Id) -> Value {
    let shown = message.reactions.iter().map(|reaction| {
        let users: Vec<String> = reaction
            .users
            .iter()
            .chain(&reaction.burst)
            .map(u64::to_string)
            .collect();
        json!({
            "emoji": json::emoji(&reaction.emoji),
            "count": users.len(),
            "me": reaction.has(viewer),
            "users": users,
        })
    });
    shown.collect()
}

/// Which of those who reacted are listed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReactorPage {
    pub(crate) after: Option<Id>,
    pub(crate) limit: usize,
    /// Super reactions instead of usual ones.
    pub(crate) burst: bool,
}

impl Reaction {
    fn has(&self, user: Id) -> bool {
        self.users.contains(&user) || self.burst.contains(&user)
    }
}

impl Message {
    fn reaction(&self, emoji: &Emoji) -> Option<&Reaction> {
        self.reactions.iter().find(|reaction| reaction.emoji.is(emoji))
    }

    fn add_reaction(&mut self, user: Id, emoji: &Emoji, burst: bool) {
        let at = self
            .reactions
            .iter()
            .position(|reaction| reaction.emoji.is(emoji))
            .unwrap_or_else(|| {
                self.reactions.push(Reaction {
                    emoji: emoji.clone(),
                    users: vec![],
                    burst: vec![],
                });
                self.reactions.len() - 1
            });
        let reaction = &mut self.reactions[at];
        if burst {
            reaction.burst.push(user);
        } else {
            reaction.users.push(user);
        }
    }

    /// Whether it was a super reaction, if there was one.
    fn remove_reaction(&mut self, user: Id, emoji: &Emoji) -> Option<bool> {
        let at = self
            .reactions
            .iter()
            .position(|reaction| reaction.emoji.is(emoji))?;
        let reaction = &mut self.reactions[at];
        if !reaction.has(user) {
            return None;
        }
        let burst = reaction.burst.contains(&user);
        reaction.users.retain(|other| *other != user);
        reaction.burst.retain(|other| *other != user);
        if reaction.users.is_empty() && reaction.burst.is_empty() {
            self.reactions.remove(at);
        }
        Some(burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unicode_emoji_are_taken_and_words_are_not() {
        assert!(Emoji::parse("✅").is_ok());
        assert!(Emoji::parse("1️⃣").is_ok());
        assert!(Emoji::parse("👩‍🚀").is_ok());
        assert!(Emoji::parse("ℹ️").is_ok());
        assert_eq!(Emoji::parse("yes").unwrap_err().code, 10014);
        assert_eq!(Emoji::parse("ja_für").unwrap_err().code, 10014);
    }

    #[test]
    fn custom_emoji_have_an_id() {
        assert_eq!(
            Emoji::parse("fox:42").unwrap(),
            Emoji {
                id: Some(42),
                name: "fox".into()
            }
        );
    }
}
