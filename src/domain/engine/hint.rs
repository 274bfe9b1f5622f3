//! Says what a vague prompt leaves to chance, by rules that are data.

use serde::Deserialize;

/// The rules of `config/hints.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hints {
    /// A prompt with as many words says enough.
    enough_words: usize,
    /// A prompt that leaves out as many parts is vague.
    missing: usize,
    /// Quoted text longer than this often comes out misspelt, in characters.
    lettered_chars: usize,
    /// The parts that a prompt should have.
    part: Vec<Part>,
    /// What the rules say of some prompts.
    #[serde(default)]
    example: Vec<Example>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    asks: String,
    words: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    prompt: String,
    missing: Vec<usize>,
}

/// What can be said of a prompt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hint<'a> {
    /// What a vague prompt leaves out, as people are asked for it. Empty for a prompt that is not
    /// vague.
    pub asks: Vec<&'a str>,
    /// Whether the prompt has long text that is to be lettered.
    pub lettered: bool,
}

impl Hint<'_> {
    /// Returns whether there is nothing to say.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.asks.is_empty() && !self.lettered
    }
}

impl Hints {
    /// Returns what can be said of a prompt. The words are English: of a prompt in another script
    /// nothing is said.
    #[must_use]
    pub fn of(&self, prompt: &str) -> Hint<'_> {
        let asks = self.missing_in(prompt);
        let asks = asks.into_iter().map(|nth| self.part[nth].asks.as_str());
        Hint {
            asks: asks.collect(),
            lettered: quoted(prompt).any(|text| text.chars().count() > self.lettered_chars),
        }
    }

    /// Returns the parts that a vague prompt leaves out, from 0.
    fn missing_in(&self, prompt: &str) -> Vec<usize> {
        let prompt = prompt.to_lowercase();
        let words: Vec<&str> = prompt
            .split(|c: char| !(c.is_alphanumeric() || c == '-'))
            .filter(|word| !word.is_empty())
            .collect();
        if words.len() >= self.enough_words || !prompt.is_ascii() {
            return Vec::new();
        }
        let says = |known: &String| {
            if known.contains(' ') {
                return prompt.contains(known.as_str());
            }
            // A short word is no beginning of others: "in" is not "ink".
            let begins =
                |word: &&str| *word == known || (known.len() > 2 && word.starts_with(known.as_str()));
            words.iter().any(begins)
        };
        let parts = self.part.iter().enumerate();
        let missing: Vec<usize> = parts
            .filter(|(_, part)| !part.words.iter().any(says))
            .map(|(nth, _)| nth)
            .collect();
        if missing.len() < self.missing {
            return Vec::new();
        }
        missing
    }
}

/// Returns what stands in quotes.
fn quoted(prompt: &str) -> impl Iterator<Item = &str> {
    // Every second piece stands between two quotes; the last one may have no end.
    let pieces: Vec<&str> = prompt.split(['"', '“', '”', '„']).collect();
    let closed = pieces.len().saturating_sub(1);
    pieces.into_iter().take(closed).skip(1).step_by(2)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Returns the rules as they are shipped.
    pub fn shipped() -> Hints {
        toml::from_str(include_str!("../../../config/hints.toml")).unwrap()
    }

    #[test]
    fn each_example_of_the_rules_is_what_they_say() {
        let hints = shipped();
        assert!(hints.example.len() > 5);
        for example in &hints.example {
            let found: Vec<usize> = hints
                .missing_in(&example.prompt)
                .iter()
                .map(|nth| nth + 1)
                .collect();
            assert_eq!(found, example.missing, "{}", example.prompt);
        }
    }

    #[test]
    fn only_long_text_in_quotes_is_told() {
        let hints = shipped();
        let lettered = |prompt: &str| hints.of(prompt).lettered;
        let long = "FRESH BREAD EVERY MORNING FROM SEVEN O'CLOCK";
        assert!(lettered(&format!("a sign that says \"{long}\"")));
        assert!(lettered(&format!("a sign that says “{long}” in chalk")));
        assert!(!lettered("a sign that says \"BREAD\""));
        assert!(!lettered(&format!("a sign that says {long}")));
        assert!(
            !lettered(&format!("12\" of rain, {long}")),
            "a quote without an end"
        );
        assert_eq!(hints.of("a fox").asks.len(), 4);
        assert!(hints.of("watercolour of a lighthouse in fog").is_empty());
    }
}
