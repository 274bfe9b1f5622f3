//! Finds notes that contradict each other, by rules that are data.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::note::Note;

/// The rules of `config/opposites.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opposites {
    pair: Vec<Pair>,
    filler: Filler,
    #[serde(default)]
    example: Vec<Example>,
}

/// Words that ask for the opposite of others.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    one: Vec<String>,
    other: Vec<String>,
}

/// Words that say nothing of what a note is about.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Filler {
    words: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    notes: [String; 2],
    clash: bool,
}

impl Opposites {
    /// Returns the numbers of the first two notes that seem to contradict each other, if any do.
    #[must_use]
    pub fn clash(&self, notes: &[Note]) -> Option<(u32, u32)> {
        let mut pairs = notes
            .iter()
            .enumerate()
            .flat_map(|(nth, first)| notes[nth + 1..].iter().map(move |second| (first, second)));
        pairs
            .find(|(first, second)| self.between(first.text.as_str(), second.text.as_str()))
            .map(|(first, second)| (first.number, second.number))
    }

    /// Returns whether two texts ask for opposite things of one subject. A text that names no subject
    /// is about everything.
    fn between(&self, first: &str, second: &str) -> bool {
        let (first, second) = (words(first), words(second));
        self.pair.iter().any(|pair| {
            let has =
                |text: &BTreeSet<String>, words: &[String]| words.iter().any(|word| text.contains(word));
            let opposed = (has(&first, &pair.one) && has(&second, &pair.other))
                || (has(&first, &pair.other) && has(&second, &pair.one));
            let subjects = |text: &BTreeSet<String>| -> BTreeSet<String> {
                let known = pair.one.iter().chain(&pair.other).chain(&self.filler.words);
                let known: BTreeSet<&String> = known.collect();
                text.iter()
                    .filter(|word| !known.contains(word))
                    .cloned()
                    .collect()
            };
            let (of_first, of_second) = (subjects(&first), subjects(&second));
            opposed && (of_first.is_empty() || of_second.is_empty() || !of_first.is_disjoint(&of_second))
        })
    }
}

fn words(text: &str) -> BTreeSet<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::ids::UserId;
    use crate::domain::image::note::NoteText;

    /// Returns the rules as they are shipped.
    pub fn shipped() -> Opposites {
        toml::from_str(include_str!("../../../config/opposites.toml")).unwrap()
    }

    #[test]
    fn each_example_of_the_rules_is_what_they_say_in_either_order() {
        let rules = shipped();
        assert!(rules.example.len() > 5);
        for Example {
            notes: [one, other],
            clash,
        } in &rules.example
        {
            assert_eq!(rules.between(one, other), *clash, "{one} / {other}");
            assert_eq!(rules.between(other, one), *clash, "{other} / {one}");
        }
    }

    #[test]
    fn the_first_two_that_clash_are_named() {
        let note = |number, text: &str| Note {
            number,
            by: UserId::new(1),
            text: NoteText::parse(text).unwrap(),
            reply: None,
        };
        let notes = [
            note(1, "larger logo"),
            note(3, "warmer"),
            note(4, "cooler"),
            note(5, "smaller logo"),
        ];
        assert_eq!(shipped().clash(&notes), Some((1, 5)));
        assert_eq!(shipped().clash(&notes[1..]), Some((3, 4)));
        assert_eq!(shipped().clash(&notes[..2]), None);
        assert_eq!(shipped().clash(&[]), None);
    }
}
