//! The guild's own emoji: created, deleted, and required where a message names one.

use serde_json::{Value, json};

use crate::permissions::{CREATE_GUILD_EXPRESSIONS, MANAGE_GUILD_EXPRESSIONS};
use crate::snowflake::Id;
use crate::state::State;
use crate::state::messages::form::MessageForm;
use crate::state::messages::layout;
use crate::state::model::errors::{ApiError, ApiResult, FormErrors};
use crate::state::model::wire::{id_of, list};
use crate::state::model::{CustomEmoji, Emoji, wire};
use crate::state::sessions::intent;

/// The shortest and the longest name, in characters.
const NAME: (usize, usize) = (2, 32);

impl State {
    /// Creates an emoji of the guild (50013, 50035, 30008). Returns its id.
    pub(crate) fn create_emoji(&mut self, actor: Id, name: &str) -> ApiResult<Id> {
        self.require_in_guild(actor, CREATE_GUILD_EXPRESSIONS)?;
        require_name(name)?;
        if self.messages.emojis.len() >= self.guild.emoji_limit() {
            return Err(ApiError::too_many_emoji(self.guild.emoji_limit()));
        }
        let id = self.next_id();
        self.messages.emojis.insert(
            id,
            CustomEmoji {
                name: name.to_owned(),
                creator: actor,
            },
        );
        self.tell_emojis();
        Ok(id)
    }

    /// Deletes an emoji of the guild (10014). Reactions with it stay, and others can still join
    /// them.
    pub(crate) fn delete_emoji(&mut self, emoji: Id) -> ApiResult<()> {
        self.messages
            .emojis
            .remove(&emoji)
            .ok_or_else(ApiError::no_such_emoji)?;
        self.tell_emojis();
        Ok(())
    }

    /// Returns an emoji with the name that the guild gave it. Of a custom one only the id counts
    /// (10014).
    pub(in crate::state) fn guild_emoji(&self, emoji: &Emoji) -> ApiResult<Emoji> {
        let Some(id) = emoji.id else {
            return Ok(emoji.clone());
        };
        let known = self
            .messages
            .emojis
            .get(&id)
            .ok_or_else(ApiError::unknown_emoji)?;
        Ok(Emoji {
            id: Some(id),
            name: known.name.clone(),
        })
    }

    /// Refuses a message with a button or a select option whose emoji is unknown (50035). Of a
    /// custom emoji only the id counts. Discord's error code speaks of buttons for both.
    pub(in crate::state) fn require_emojis(&self, form: &MessageForm) -> ApiResult<()> {
        let mut errors = FormErrors::default();
        let parts = form.components.as_deref().unwrap_or_default();
        layout::each(parts, "components", &mut |part, path| {
            self.check_emoji(&part["emoji"], path, &mut errors);
            for (option, nth) in list(&part["options"]).iter().zip(0..) {
                self.check_emoji(&option["emoji"], &format!("{path}.options.{nth}"), &mut errors);
            }
        });
        errors.check()
    }

    fn check_emoji(&self, emoji: &Value, path: &str, errors: &mut FormErrors) {
        if emoji.is_null() {
            return;
        }
        let (field, known) = if emoji["id"].is_null() {
            let name = emoji["name"].as_str().unwrap_or_default();
            let unicode = Emoji::parse(name).is_ok_and(|emoji| emoji.id.is_none());
            ("name", unicode)
        } else {
            let id = id_of(&emoji["id"]);
            ("id", id.is_some_and(|id| self.messages.emojis.contains_key(&id)))
        };
        if !known {
            let path = format!("{path}.emoji.{field}");
            errors.add(&path, "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji");
        }
    }

    /// Formats the guild's emoji, oldest first, without their creators.
    pub(crate) fn emojis_json(&self) -> Vec<Value> {
        self.messages
            .emojis
            .iter()
            .map(|(id, emoji)| emoji_json(*id, emoji))
            .collect()
    }

    /// Formats one emoji for a reader (10014).
    pub(crate) fn emoji_seen_by(&self, reader: Id, emoji: Id) -> ApiResult<Value> {
        let found = self
            .messages
            .emojis
            .get(&emoji)
            .ok_or_else(ApiError::no_such_emoji)?;
        Ok(self.with_creator(reader, emoji_json(emoji, found), found))
    }

    /// Formats the guild's emoji for a reader, oldest first.
    pub(crate) fn emojis_seen_by(&self, reader: Id) -> Vec<Value> {
        let all = self.messages.emojis.iter();
        all.map(|(id, emoji)| self.with_creator(reader, emoji_json(*id, emoji), emoji))
            .collect()
    }

    /// Adds the creator, whom only readers see that may create or manage emoji.
    fn with_creator(&self, reader: Id, mut json: Value, emoji: &CustomEmoji) -> Value {
        let either = CREATE_GUILD_EXPRESSIONS | MANAGE_GUILD_EXPRESSIONS;
        if self.guild_permissions(reader) & either != 0 {
            json["user"] = self.user_json(emoji.creator);
        }
        json
    }

    fn tell_emojis(&mut self) {
        let emojis = self.emojis_json();
        self.pages.tell(None, "EMOJIS", &json!({ "emojis": emojis }));
        let body = json!({ "guild_id": wire::id(self.guild.id), "emojis": emojis });
        self.dispatch(intent::GUILD_EXPRESSIONS, "GUILD_EMOJIS_UPDATE", &body);
    }
}

fn emoji_json(id: Id, emoji: &CustomEmoji) -> Value {
    json!({
        "id": id.to_string(), "name": emoji.name, "roles": [], "require_colons": true, "managed": false,
        "animated": false, "available": true,
    })
}

fn require_name(name: &str) -> ApiResult<()> {
    let mut errors = FormErrors::default();
    let (min, max) = NAME;
    errors.length("name", name, min, max);
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.chars().all(fits) {
        let message = "String value did not match validation regex.";
        errors.add("name", "STRING_TYPE_REGEX", message);
    }
    errors.check()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_of_two_to_thirty_two_characters() {
        for name in ["ok", "fox_2", &"x".repeat(32)] {
            assert!(require_name(name).is_ok(), "{name}");
        }
        for name in ["", "x", "a fox", "füchse", "a:b", &"x".repeat(33)] {
            assert_eq!(require_name(name).unwrap_err().code, 50035, "{name}");
        }
    }
}
