//! Finds the words that a poster or a mark shall bear: what stands in quotes, or after "called".

use crate::paint::letters::{Line, spell};

/// Glyphs that fit onto a poster.
const LONGEST: usize = 48;
/// Characters of a prompt that are looked at.
const CHARACTERS: usize = 4_000;
/// What opens a quotation, and what closes it.
const QUOTES: [(char, &[char]); 6] = [
    ('"', &['"']),
    ('“', &['”', '“', '"']),
    ('„', &['“', '”', '"']),
    ('«', &['»']),
    ('‘', &['’']),
    ('「', &['」']),
];

/// Returns what is to be lettered, as glyphs: what stands in quotes, else the name after a word such
/// as "called", else the names after "for".
pub fn find(prompt: &str) -> Line {
    let prompt: String = prompt.chars().take(CHARACTERS).collect();
    let text = quoted(&prompt).map(str::to_owned).or_else(|| named(&prompt));
    text.map(|text| spell(&text, LONGEST)).unwrap_or_default()
}

/// Returns whether something to be lettered stands in quotes.
pub fn is_quoted(prompt: &str) -> bool {
    quoted(prompt).is_some_and(|text| !spell(text, LONGEST).is_empty())
}

/// Returns a prompt without what stands in its quotes.
pub fn without_quote(prompt: &str) -> String {
    match quoted(prompt) {
        Some(text) => prompt.replacen(text, " ", 1),
        None => prompt.to_owned(),
    }
}

fn quoted(prompt: &str) -> Option<&str> {
    let (start, ends) = prompt.char_indices().find_map(|(at, letter)| {
        let (_, ends) = QUOTES.iter().find(|(open, _)| *open == letter)?;
        Some((at + letter.len_utf8(), *ends))
    })?;
    let rest = &prompt[start..];
    rest.find(ends).map(|end| &rest[..end])
}

fn named(prompt: &str) -> Option<String> {
    let words: Vec<&str> = prompt.split_whitespace().collect();
    let after = |keys: &[&str]| {
        words
            .iter()
            .position(|word| keys.contains(&word.to_lowercase().as_str()))
    };
    let capital = |word: &&&str| {
        word.chars()
            .next()
            .is_some_and(|c| c.is_uppercase() || c.is_numeric())
    };
    let name = |start: usize| {
        let mut name: Vec<&str> = words[start..]
            .iter()
            .take(5)
            .take_while(capital)
            .copied()
            .collect();
        // A comma ends the name.
        if let Some(last) = name.iter().position(|word| word.ends_with([',', '.', ';'])) {
            name.truncate(last + 1);
        }
        let name = name.join(" ");
        let name = name.trim_end_matches([',', '.', ';']);
        (!name.is_empty()).then(|| name.to_owned())
    };
    let called = after(&[
        "called", "named", "titled", "says", "saying", "reads", "namens", "nommé",
    ]);
    if let Some(at) = called {
        return name(at + 1).or_else(|| {
            let next = words.get(at + 1)?;
            Some(next.trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
        });
    }
    after(&["for", "für", "pour", "para", "per"]).and_then(|at| name(at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_come_before_names_and_names_end_where_small_letters_begin() {
        for (prompt, said) in [
            ("a poster that says \"Jazz Night\", blue", "jazz night"),
            ("ein Plakat „Sommer im Park“", "sommer im park"),
            (
                "a logo for a coffee shop called Bean There with a cup",
                "bean there",
            ),
            ("a badge named oak, old", "oak"),
            ("a travel poster for Japan with Mount Fuji", "japan"),
            ("a fox at dawn", ""),
            ("an open \"quote", ""),
        ] {
            assert_eq!(find(prompt), spell(said, 48), "{prompt}");
        }
    }
}
