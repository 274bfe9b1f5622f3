//! Prompts: cleaned once when they come in, and escaped whenever they are shown.

use crate::domain::limits;
use crate::domain::text::{clean, in_words, is_visible, shorten};

/// What to draw: 1 to [`limits::PROMPT_CHARS`] characters, without control characters and
/// bidirectional overrides.
#[derive(Clone, PartialEq, Eq)]
pub struct Prompt(String);

impl std::fmt::Debug for Prompt {
    /// Leaves out the words, because what `Debug` prints ends in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Prompt({} characters)", self.0.chars().count())
    }
}

/// A text that cannot be a prompt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPrompt {
    /// After cleaning, nothing is left that can be seen.
    #[error("the prompt is empty")]
    Empty,
    /// The prompt has more than [`limits::PROMPT_CHARS`] characters. Holds how many.
    #[error("the prompt has {0} characters")]
    TooLong(usize),
    /// The prompt has a flag that other tools read, and that the engine would take for a part of
    /// the prompt. Holds the flag.
    #[error("the prompt carries the flag {0}")]
    Flag(String),
}

impl Prompt {
    /// Cleans and checks what a member wrote.
    ///
    /// # Errors
    /// [`BadPrompt`] when it is empty, too long, or has a `--flag` for which a draft has an option.
    pub fn parse(raw: &str) -> Result<Self, BadPrompt> {
        let clean = clean(raw);
        let chars = clean.chars().count();
        if !clean.chars().any(is_visible) {
            Err(BadPrompt::Empty)
        } else if chars > limits::PROMPT_CHARS {
            Err(BadPrompt::TooLong(chars))
        } else if let Some(flag) = flag(&clean) {
            Err(BadPrompt::Flag(flag))
        } else {
            Ok(Self(clean))
        }
    }

    /// Wraps a prompt read from the database, which was parsed before.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// Returns the text that replaces the prompt of a member who asked to be forgotten.
    #[must_use]
    pub fn forgotten() -> Self {
        Self("The prompt was forgotten.".to_owned())
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the prompt as one line of at most `max_chars` characters, cut between words if
    /// possible. Emoji, members, roles and channels are words in it, because a title shows no
    /// markup.
    #[must_use]
    pub fn title(&self, max_chars: usize) -> String {
        let line = self.0.split_whitespace().collect::<Vec<_>>().join(" ");
        shorten(&in_words(&line), max_chars)
    }
}

/// Finds the flag of another tool for which a draft has an option, as in `--ar 16:9` or
/// `--ar=16:9`. Phones make one long dash of two short ones.
fn flag(text: &str) -> Option<String> {
    const FLAGS: [&str; 5] = ["ar", "aspect", "size", "n", "no"];
    const LONG_DASHES: [char; 6] = [
        '\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2212}', '\u{2e3a}',
    ];
    let flag = |word: &str| {
        let name = word
            .strip_prefix("--")
            .or_else(|| word.strip_prefix(LONG_DASHES))?
            .trim_start_matches(LONG_DASHES);
        let name = name.split_once('=').map_or(name, |(name, _)| name).to_lowercase();
        FLAGS.contains(&name.as_str()).then(|| format!("--{name}"))
    };
    text.split_whitespace().find_map(flag)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_prompt_is_cleaned_and_kept() {
        let parsed = |s| Prompt::parse(s).map(|p| p.0);
        assert_eq!(
            parsed("  a red fox\r\nat dawn\t "),
            Ok("a red fox\nat dawn".to_owned())
        );
        assert_eq!(parsed("a\u{202e}b\u{0}c\u{1b}[31m"), Ok("abc[31m".to_owned()));
        assert_eq!(
            parsed("@everyone **bold** <@1>"),
            Ok("@everyone **bold** <@1>".to_owned())
        );
        assert_eq!(parsed("狐狸 🦊"), Ok("狐狸 🦊".to_owned()));
    }

    #[test]
    fn what_cannot_be_a_prompt_says_why() {
        assert_eq!(Prompt::parse(" \u{202e}\n "), Err(BadPrompt::Empty));
        assert_eq!(Prompt::parse("\u{200b}\u{3164}"), Err(BadPrompt::Empty));
        assert_eq!(
            Prompt::parse(&"é".repeat(limits::PROMPT_CHARS)).map(|_| ()),
            Ok(())
        );
        assert_eq!(
            Prompt::parse(&"é".repeat(limits::PROMPT_CHARS + 1)),
            Err(BadPrompt::TooLong(4_001))
        );
        assert_eq!(
            Prompt::parse("a fox --AR 16:9"),
            Err(BadPrompt::Flag("--ar".to_owned()))
        );
        assert_eq!(
            Prompt::parse("a fox --ar=16:9"),
            Err(BadPrompt::Flag("--ar".to_owned()))
        );
        assert_eq!(Prompt::parse("a fox -- and a hare").map(|_| ()), Ok(()));
    }

    #[test]
    fn the_long_dash_of_a_phone_is_two_short_ones() {
        for typed in [
            "—ar 16:9",
            "–ar 16:9",
            "——ar=16:9",
            "a fox −N 4",
            "a fox ― \n—no text",
        ] {
            assert!(matches!(Prompt::parse(typed), Err(BadPrompt::Flag(_))), "{typed}");
        }
        for typed in [
            "a fox — no text",
            "a fox—no hare",
            "–5 degrees",
            "— northern lights",
            "-ar",
        ] {
            assert!(Prompt::parse(typed).is_ok(), "{typed}");
        }
    }

    #[test]
    fn a_title_is_cut_between_words() {
        let prompt = Prompt::parse("a red fox\non a hill at dawn").unwrap();
        assert_eq!(prompt.title(100), "a red fox on a hill at dawn");
        assert_eq!(prompt.title(15), "a red fox on a…");
        assert_eq!(Prompt::parse(&"x".repeat(200)).unwrap().title(10), "xxxxxxxxx…");
    }

    proptest! {
        #[test]
        fn a_title_never_passes_its_limit(text in "\\PC{1,200}", max in 1_usize..120) {
            if let Ok(prompt) = Prompt::parse(&text) {
                prop_assert!(prompt.title(max).chars().count() <= max);
                prop_assert!(!prompt.title(max).contains('\n'));
            }
        }

        #[test]
        fn a_parsed_prompt_parses_again_to_itself(text in "\\PC{1,200}") {
            if let Ok(prompt) = Prompt::parse(&text) {
                prop_assert_eq!(Prompt::parse(prompt.as_str()), Ok(prompt));
            }
        }
    }
}
