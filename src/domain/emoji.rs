//! Reads and writes emoji as people type them, as reactions carry them and as messages show them.

use std::fmt;
use std::str::FromStr;

/// Unicode's sign that the character before it is drawn in colours. Some programs write it and some
/// do not.
const IN_COLOURS: char = '\u{fe0f}';
/// Longest name of a custom emoji, in characters.
const NAME_CHARS: usize = 32;

/// One emoji. Two are equal if people would say so. A custom one is compared by its id, whatever
/// its name. One of Unicode is compared without the sign that it is drawn in colours.
#[derive(Clone, Debug)]
pub enum Emoji {
    /// An emoji of Unicode.
    Unicode(String),
    /// An emoji that a server made.
    Custom {
        /// The id of the emoji.
        id: u64,
        /// The name of the emoji, without colons.
        name: String,
        /// Whether the emoji moves.
        animated: bool,
    },
}

/// A text that is no emoji.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an emoji")]
pub struct NoEmoji;

impl Emoji {
    /// Returns the emoji that approves by default.
    #[must_use]
    pub fn approve() -> Self {
        Self::Unicode("✅".to_owned())
    }

    /// Returns the emoji with which a lead stops a vote by default.
    #[must_use]
    pub fn veto() -> Self {
        Self::Unicode("🚫".to_owned())
    }

    /// Returns the name that a request about reactions uses.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Unicode(emoji) => emoji.clone(),
            Self::Custom { id, name, .. } => format!("{name}:{id}"),
        }
    }
}

impl PartialEq for Emoji {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unicode(a), Self::Unicode(b)) => {
                let bare = |text: &str| text.replace(IN_COLOURS, "");
                bare(a) == bare(b)
            }
            (Self::Custom { id: a, .. }, Self::Custom { id: b, .. }) => a == b,
            (Self::Unicode(_), Self::Custom { .. }) | (Self::Custom { .. }, Self::Unicode(_)) => false,
        }
    }
}

impl Eq for Emoji {}

impl fmt::Display for Emoji {
    /// Writes it as a message shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unicode(emoji) => f.write_str(emoji),
            Self::Custom { id, name, animated } => {
                write!(f, "<{}:{name}:{id}>", if *animated { "a" } else { "" })
            }
        }
    }
}

impl FromStr for Emoji {
    type Err = NoEmoji;

    /// Reads what a user typed. Discord's client has turned a custom emoji into `<:name:id>`.
    fn from_str(text: &str) -> Result<Self, NoEmoji> {
        let text = text.trim();
        if let Some(emoji) = emojis::get(text) {
            return Ok(Self::Unicode(emoji.as_str().to_owned()));
        }
        let inside = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
        let parts: Vec<&str> = inside.ok_or(NoEmoji)?.split(':').collect();
        let [kind @ ("" | "a"), name, id] = parts[..] else {
            return Err(NoEmoji);
        };
        let named = (1..=NAME_CHARS).contains(&name.len())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let id = id.parse().ok().filter(|id| *id > 0 && named).ok_or(NoEmoji)?;
        Ok(Self::Custom {
            id,
            name: name.to_owned(),
            animated: kind == "a",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_read_and_shown_again() {
        for typed in ["✅", "🚫", "👍🏽", "1️⃣", "🇩🇪", "<:ship_it:1234>", "<a:party:99>"] {
            let emoji: Emoji = typed.parse().unwrap();
            assert_eq!(emoji.to_string(), typed);
        }
        assert_eq!(" 🎨 ".parse(), Ok(Emoji::Unicode("🎨".to_owned())));
        assert_eq!("<a:party:99>".parse::<Emoji>().unwrap().key(), "party:99");
    }

    #[test]
    fn what_nobody_can_react_with_is_refused() {
        for typed in [
            "",
            "ok",
            "5",
            ":white_check_mark:",
            "✅✅",
            "→",
            "<:a b:1>",
            "<:ship:it>",
            "<:ship:0>",
            "<b:ship:1>",
            "<@1234>",
        ] {
            assert_eq!(typed.parse::<Emoji>(), Err(NoEmoji), "{typed}");
        }
    }

    #[test]
    fn two_ways_to_write_one_emoji_are_one() {
        let bare = Emoji::Unicode("❤".to_owned());
        assert_eq!("❤️".parse(), Ok(bare.clone()));
        assert_eq!("❤".parse(), Ok(bare));
        let custom = |text: &str| text.parse::<Emoji>().unwrap();
        assert_eq!(custom("<:old:7>"), custom("<a:new:7>"));
        assert_ne!(custom("<:same:7>"), custom("<:same:8>"));
        assert_ne!(Emoji::approve(), Emoji::veto());
        assert_ne!(custom("👍"), custom("👍🏽"), "people see two");
    }
}
