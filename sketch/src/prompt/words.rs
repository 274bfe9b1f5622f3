//! Reads what a prompt says. Untrusted text ends here: what leaves is enums, numbers and a hash.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::lexicon::rows;
use super::title;
use super::vocabulary::{Air, Board, Form, Hour, Hue, Look, Meaning, Mood, Setting, Side, Subject};
use crate::paint::letters::Line;
use crate::paint::rng::fnv1a;

/// Tokens that are read at most: 4,000 characters of one-letter words.
const TOKENS: usize = 2_000;
/// Characters that are read at most.
const CHARACTERS: usize = 4_000;
/// Subjects that fit into one picture.
const SUBJECTS: usize = 3;
/// Words after "no" that are taken back.
const NEGATED: usize = 2;

/// What the words of a prompt say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Settings in the order of the prompt.
    pub settings: Vec<Setting>,
    /// The first light that was named.
    pub hour: Option<Hour>,
    /// Everything in the air.
    pub air: Vec<Air>,
    /// Subjects, the hero first, each with its own colour.
    pub subjects: Vec<(Subject, Option<Hue>)>,
    /// Colours of the whole picture.
    pub hues: Vec<Hue>,
    /// Every mood.
    pub moods: Vec<Mood>,
    /// Where the hero should stand.
    pub side: Option<Side>,
    /// What a person wears or looks like.
    pub looks: Vec<Look>,
    /// The colour of a person's hair.
    pub hair: Option<Hue>,
    /// What a board of screens shows.
    pub board: Option<Board>,
    /// What an abstract picture is made of.
    pub form: Option<Form>,
    /// Whether the picture is a sheet with words.
    pub poster: bool,
    /// Whether a mark is the icon of a program.
    pub icon: bool,
    /// What is lettered on a poster, a page or under a mark, as numbers of glyphs.
    pub title: Line,
    /// A stable hash of all the words, known or not.
    pub hash: u64,
}

impl Reading {
    /// Returns whether this mood was asked for.
    pub fn feels(&self, mood: Mood) -> bool {
        self.moods.contains(&mood)
    }

    /// Returns whether this was named for the air.
    pub fn airs(&self, air: Air) -> bool {
        self.air.contains(&air)
    }

    /// Returns whether this setting was named, as the main one or not.
    pub fn at(&self, setting: Setting) -> bool {
        self.settings.contains(&setting)
    }

    /// Returns whether a person looks so.
    pub fn looks(&self, look: Look) -> bool {
        self.looks.contains(&look)
    }

    /// Returns whether this subject was named.
    pub fn shows(&self, subject: Subject) -> bool {
        self.subjects.iter().any(|(it, _)| *it == subject)
    }
}

fn tokens(prompt: &str) -> Vec<String> {
    let text: String = prompt
        .chars()
        .take(CHARACTERS)
        .flat_map(char::to_lowercase)
        .collect();
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(TOKENS)
        .map(str::to_owned)
        .collect()
}

fn push<T: PartialEq>(list: &mut Vec<T>, item: T, limit: usize) {
    if list.len() < limit && !list.contains(&item) {
        list.push(item);
    }
}

/// Reads a prompt. It never fails: a word that it does not know goes into the hash alone.
pub fn read(prompt: &str) -> Reading {
    let words = tokens(prompt);
    let mut reading = Reading {
        hash: fnv1a(words.join(" ").as_bytes()),
        title: title::find(prompt),
        ..Reading::default()
    };
    let mut colour: Option<(Hue, usize)> = None;
    let mut negated_until = 0;
    let mut index = 0;
    while index < words.len() {
        if matches!(
            words[index].as_str(),
            "no" | "without" | "not" | "ohne" | "kein" | "keine" | "sans" | "sin" | "senza"
        ) {
            negated_until = index + 1 + NEGATED;
            index += 1;
            continue;
        }
        if let Some((side, used)) = free_space(&words[index..]) {
            reading.side = Some(side);
            index += used;
            continue;
        }
        let (meaning, used) = phrase(&words[index..]);
        // "Without a fox": the small word between takes nothing back.
        if let Some(meaning) = meaning.filter(|meaning| *meaning != Meaning::Nothing) {
            if index < negated_until {
                negated_until = 0;
            } else {
                note(&mut reading, meaning, index, &mut colour);
            }
        }
        index += used;
    }
    if let Some((hue, _)) = colour {
        push(&mut reading.hues, hue, 3);
    }
    reading.poster |= title::is_quoted(prompt) && reading.board.is_none() && !reading.at(Setting::Mark);
    reading
}

/// Returns the words of a prompt that say nothing to this program, as they were typed, at most
/// `limit`. Words in quotes are lettered. Mentions, addresses and what begins with `#` are no words.
pub fn unknown(prompt: &str, limit: usize) -> Vec<String> {
    let prompt: String = prompt.chars().take(CHARACTERS).collect();
    let prompt = title::without_quote(&prompt);
    let spoken: Vec<&str> = prompt
        .split_whitespace()
        .filter(|word| !word.starts_with(['#', '@', '<']) && !word.contains("://"))
        .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .take(TOKENS)
        .collect();
    let words: Vec<String> = spoken.iter().map(|word| word.to_lowercase()).collect();
    let mut unknown: Vec<String> = Vec::new();
    let mut index = 0;
    while index < words.len() && unknown.len() < limit {
        let (meaning, used) = phrase(&words[index..]);
        let word = spoken[index];
        let named = index > 0 && word.chars().next().is_some_and(char::is_uppercase);
        let says_something = word.chars().count() > 2 && !word.chars().all(char::is_numeric);
        let told = unknown.iter().any(|it| it.to_lowercase() == words[index]);
        if meaning.is_none() && says_something && !named && !told && !is_common(&words[index]) {
            unknown.push(word.to_owned());
        }
        index += used;
    }
    unknown
}

/// Returns whether a word only says how or what happens: a picture without it is not missed.
fn is_common(word: &str) -> bool {
    word.ends_with("ly") || word.len() > 4 && (word.ends_with("ing") || word.ends_with("ed"))
}

/// Finds the longest phrase that is known: three words, then two, then one. Returns how many it
/// took.
fn phrase(words: &[String]) -> (Option<Meaning>, usize) {
    for count in [3, 2] {
        if let Some(several) = words.get(..count) {
            let found = lookup(&several.join(" "));
            if found.is_some() {
                return (found, count);
            }
        }
    }
    (words.first().and_then(|word| lookup(word)), 1)
}

/// Reads "free space on the left", which asks for the hero on the right and says nothing about
/// outer space.
fn free_space(words: &[String]) -> Option<(Side, usize)> {
    let free = |word: &str| {
        matches!(
            word,
            "free" | "empty" | "negative" | "copy" | "open" | "white" | "blank"
        )
    };
    if !(words.len() >= 2 && free(&words[0]) && matches!(words[1].as_str(), "space" | "room" | "area")) {
        return None;
    }
    for (offset, word) in words.iter().enumerate().skip(2).take(5) {
        if let Some(Meaning::Side(side)) = lookup(word) {
            let other = match side {
                Side::Left => Side::Right,
                Side::Right => Side::Left,
                Side::Centre => Side::Right,
            };
            return Some((other, offset + 1));
        }
    }
    Some((Side::Centre, 2))
}

static INDEX: LazyLock<HashMap<&'static str, Meaning>> = LazyLock::new(|| {
    let mut index = HashMap::new();
    for (words, meaning) in rows() {
        for word in words.split(',') {
            index.entry(word).or_insert(*meaning);
        }
    }
    index
});

/// Looks up what a lower-case word or phrase means, also in its plural.
fn lookup(word: &str) -> Option<Meaning> {
    let known = |word: &str| INDEX.get(word).copied();
    known(word)
        .or_else(|| word.strip_suffix('s').and_then(known))
        .or_else(|| word.strip_suffix("es").and_then(known))
}

/// Adds a meaning to the reading. A colour straight before a subject, or one word away, is the
/// subject's; any other is the picture's.
fn note(reading: &mut Reading, meaning: Meaning, index: usize, colour: &mut Option<(Hue, usize)>) {
    if let Meaning::Thing(subject) = meaning {
        let own = colour
            .take_if(|(_, place)| index - *place <= 2)
            .map(|(hue, _)| hue);
        if !reading.shows(subject) {
            push(&mut reading.subjects, (subject, own), SUBJECTS);
        }
        return;
    }
    match meaning {
        Meaning::Place(setting) => push(&mut reading.settings, setting, 4),
        Meaning::Light(hour) => reading.hour = reading.hour.or(Some(hour)),
        Meaning::Air(air) => push(&mut reading.air, air, 8),
        Meaning::Mood(mood) => push(&mut reading.moods, mood, 11),
        Meaning::Side(side) => reading.side = reading.side.or(Some(side)),
        Meaning::Hue(hue) => {
            if let Some((earlier, _)) = colour.replace((hue, index)) {
                push(&mut reading.hues, earlier, 3);
            }
        }
        Meaning::Look(look) => {
            push(&mut reading.looks, look, 10);
            let only_worn = matches!(look, Look::Old | Look::Beard | Look::Glasses | Look::Sunglasses);
            if !only_worn && !reading.shows(Subject::Person) {
                push(&mut reading.subjects, (Subject::Person, None), SUBJECTS);
            }
        }
        Meaning::Hair => {
            reading.hair = colour
                .take_if(|(_, place)| index - *place <= 2)
                .map(|(hue, _)| hue);
        }
        Meaning::Board(board) => {
            reading.board = reading.board.or(Some(board));
            push(&mut reading.settings, Setting::Screens, 4);
        }
        Meaning::Form(form) => reading.form = reading.form.or(Some(form)),
        Meaning::Cafe => {
            push(&mut reading.settings, Setting::Interior, 4);
            push(&mut reading.subjects, (Subject::Cup, None), SUBJECTS);
        }
        Meaning::Poster => reading.poster = true,
        Meaning::Icon => {
            reading.icon = true;
            push(&mut reading.settings, Setting::Mark, 4);
        }
        Meaning::Thing(_) | Meaning::Nothing => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_vocabulary_says_something() {
        let silent = Reading::default();
        for (words, meaning) in rows() {
            if *meaning == Meaning::Nothing {
                continue;
            }
            for word in words.split(',') {
                let said = Reading {
                    hash: 0,
                    hair: (*meaning == Meaning::Hair).then_some(Hue {
                        hue: 0.0,
                        chroma: 0.0,
                        light: 0.0,
                    }),
                    ..read(word)
                };
                assert_ne!(said, silent, "{word} ({meaning:?}) is not heard");
            }
        }
    }

    #[test]
    fn a_colour_belongs_to_the_subject_it_stands_before() {
        let reading = read("a red balloon over a blue sea");
        assert_eq!(reading.subjects.len(), 1);
        assert!(reading.subjects[0].1.is_some_and(|hue| hue.hue < 0.1));
        assert_eq!(reading.hues.len(), 1);
        assert!(reading.hues[0].hue > 0.6);
    }

    #[test]
    fn what_is_not_wanted_is_not_read() {
        let reading = read("forest at night, no people, without a fox");
        assert_eq!(reading.settings, [Setting::Forest]);
        assert_eq!(reading.hour, Some(Hour::Night));
        assert_eq!(reading.subjects, []);
    }

    #[test]
    fn free_space_moves_the_hero_and_is_not_outer_space() {
        let reading = read("perfume bottle, free space on the left");
        assert_eq!(reading.side, Some(Side::Right));
        assert_eq!(reading.settings, []);
    }

    #[test]
    fn plurals_phrases_and_other_languages_are_found() {
        assert_eq!(read("Füchse? zwei FOXES").subjects[0].0, Subject::Fox);
        assert_eq!(read("northern lights").air, [Air::Aurora]);
        assert_eq!(read("un faro en la noche").subjects[0].0, Subject::Lighthouse);
        assert_eq!(read("un faro en la noche").hour, Some(Hour::Night));
    }

    #[test]
    fn what_is_not_known_is_named_once_as_it_was_typed() {
        for (prompt, unknown) in [
            ("a bowl of kimchi", vec!["kimchi"]),
            (
                "a dragon and a Zeppelin over a quiet lake, highly detailed, 8k",
                vec!["dragon"],
            ),
            ("Xylophon xylophon", vec!["Xylophon"]),
            ("a fox in a misty forest at dawn", vec![]),
            ("a poster that says \"Kimchi Festival\"", vec![]),
            ("a fox #sketch:slow=5000", vec![]),
            ("@everyone see [a link](https://example.com)", vec![]),
            ("one two yak emu gnu kiwi", vec!["yak", "emu", "gnu"]),
        ] {
            assert_eq!(super::unknown(prompt, 3), unknown, "{prompt}");
        }
    }

    #[test]
    fn a_person_who_is_described_is_looked_at_and_hair_has_its_colour() {
        let woman = read("a portrait of a young woman with red hair");
        assert_eq!(woman.looks, [Look::Long]);
        assert!(woman.hair.is_some_and(|hue| hue.hue < 0.1));
        assert_eq!(woman.hues, []);
        assert!(read("a poster that says \"Jazz\"").poster);
        assert_eq!(read("a dashboard with charts").board, Some(Board::Dashboard));
    }

    #[test]
    fn other_words_give_another_hash_and_the_same_words_the_same() {
        assert_ne!(read("qua").hash, read("quo").hash);
        assert_eq!(read("Qua,  QUO!").hash, read("qua quo").hash);
        assert_eq!(read(&"a".repeat(100_000)).hash, read(&"a".repeat(4_000)).hash);
    }
}
