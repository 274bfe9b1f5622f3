//! Unicode emoji, and custom ones with an id.

use serde::{Deserialize, Serialize};

use crate::snowflake::Id;
use crate::state::model::errors::{ApiError, ApiResult};

/// Emoji that Unicode classes as letters.
const EMOJI_LETTERS: [char; 6] = ['ℹ', 'Ⓜ', '🅰', '🅱', '🅾', '🅿'];

/// A Unicode emoji, or a custom one with an id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Emoji {
    pub(crate) id: Option<Id>,
    pub(crate) name: String,
}

impl Emoji {
    /// Parses `✅` or `name:id` as a path contains it (10014). Does not check that a custom emoji
    /// exists.
    pub(crate) fn parse(text: &str) -> ApiResult<Self> {
        if let Some((name, id)) = text.split_once(':') {
            let id = id.parse().map_err(|_| ApiError::unknown_emoji())?;
            return Ok(Self {
                id: Some(id),
                name: name.to_owned(),
            });
        }
        // Every Unicode emoji has a character beyond ASCII (keycaps a combining one), and few are
        // letters.
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

    /// Returns whether both are the same emoji. Custom ones are compared by id alone.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (self.id, other.id) {
            (None, None) => self.name == other.name,
            (one, another) => one == another,
        }
    }
}

/// Returns whether a character is an invisible mark that sets the direction of text.
const fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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
