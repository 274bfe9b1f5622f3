//! Cleans and shortens text that people type.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::limits;

/// What a screen reader says of a file: one line of 1 to [`limits::ALT_TEXT_CHARS`] characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AltText(String);

impl AltText {
    /// Makes one line of a text, and cuts it between words if it is too long.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Self(shorten(&line, limits::ALT_TEXT_CHARS))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Writes a text as the part of a file's name that people read: its first words of ASCII letters
/// and digits, in lower case, between hyphens, of at most `max_chars` characters. Letters lose
/// their accents. Empty if nothing is left.
#[must_use]
pub fn file_words(text: &str, max_chars: usize) -> String {
    let plain: String = text
        .nfkd()
        .filter(|c| c.is_ascii() || !(c.is_alphanumeric() || is_combining_mark(*c)))
        .collect();
    let mut name = String::new();
    for word in plain.split(|c: char| !c.is_ascii_alphanumeric()) {
        let hyphen = usize::from(!name.is_empty());
        if word.is_empty() {
            continue;
        }
        if name.len() + hyphen + word.len() > max_chars {
            if name.is_empty() {
                name.push_str(&word[..max_chars]);
            }
            break;
        }
        if hyphen == 1 {
            name.push('-');
        }
        name.push_str(word);
    }
    name.to_ascii_lowercase()
}

/// Cleans a text: drops control characters but line breaks, and bidirectional overrides, which
/// cannot be seen but change what is shown. Makes a tab a space, and trims both ends.
#[must_use]
pub fn clean(raw: &str) -> String {
    let harmless = |c: &char| {
        let bidi = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        *c == '\n' || !(c.is_control() || bidi || *c == '\u{feff}')
    };
    raw.replace("\r\n", "\n")
        .replace('\t', " ")
        .chars()
        .filter(harmless)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// Returns whether a character can be seen. Joiners and fillers stay in a prompt, because scripts
/// and emoji need them. A prompt of nothing else looks empty, and Discord names no thread after it.
pub(in crate::domain) fn is_visible(c: char) -> bool {
    let invisible = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
    !(invisible || c.is_whitespace())
}

/// Writes what Discord shows in messages, and not in titles, as words: emoji of a server by their
/// names, and members, roles, channels and times as what they are.
#[must_use]
pub fn in_words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, markup) = rest.split_at(start);
        words.push_str(before);
        let end = markup.find('>').map(|end| end + 1);
        let word = end.and_then(|end| word(&markup[1..end - 1]));
        if let (Some(word), Some(end)) = (word, end) {
            words.push_str(word);
            rest = &markup[end..];
        } else {
            words.push('<');
            rest = &markup[1..];
        }
    }
    words + rest
}

/// Returns the word for what stands between `<` and `>` in a message, if Discord shows it as
/// something else.
fn word(inside: &str) -> Option<&str> {
    let id = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((name, number)) = inside
        .strip_prefix('a')
        .unwrap_or(inside)
        .strip_prefix(':')
        .and_then(|emoji| emoji.split_once(':'))
    {
        return id(number).then_some(name);
    }
    let (prefix, number) = inside.split_at(inside.find(|c: char| c.is_ascii_digit())?);
    let known = match prefix {
        "@" | "@!" => "@member",
        "@&" => "@role",
        "#" => "#channel",
        "t:" => return Some("a time"),
        _ => return None,
    };
    id(number).then_some(known)
}

/// Returns what a name looks like: without regard to case, to how its characters are put together,
/// and to what cannot be seen. Two names that look the same have the same.
#[must_use]
pub fn look(name: &str) -> String {
    let seen = |text: &str| {
        text.nfkc()
            .filter(|c| is_visible(*c) || c.is_whitespace())
            .collect::<String>()
    };
    // Two turns of case make one of letters that have two small forms, such as ς and σ.
    let folded = seen(name).to_uppercase().to_lowercase();
    seen(&folded).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Cuts a text to at most `max_chars` characters, an ellipsis included. Cuts between words if that
/// leaves more than half.
#[must_use]
pub fn shorten(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    // The last character kept shows whether the cut is between words.
    let cut: String = text.chars().take(max_chars).collect();
    let last = cut.char_indices().last().map_or(0, |(at, _)| at);
    let kept = match cut.rfind(char::is_whitespace) {
        Some(space) if space * 2 > cut.len() => &cut[..space],
        _ => &cut[..last],
    };
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_the_same_are_the_same() {
        for (one, other) in [
            ("Café", "Cafe\u{301}"),
            ("Spring", "ＳＰＲＩＮＧ"),
            ("Spring", "Spr\u{200b}ing\u{2060}"),
            ("STRASSE", "straße"),
            ("ΟΔΟΣ", "οδος"),
            ("ﬁnal", "Final"),
            ("a  b", "a\u{a0}b"),
            ("İstanbul", "i\u{307}stanbul"),
        ] {
            assert_eq!(look(one), look(other), "{one} and {other}");
        }
        assert_ne!(look("Spring"), look("Sprinɡ 2"));
        assert_ne!(look("狐"), look("犬"));
    }

    #[test]
    fn the_name_of_a_file_has_the_first_words_in_plain_letters() {
        for (text, name) in [
            ("Alpine landscape", "alpine-landscape"),
            ("a café — “naïve” crème\nbrûlée 2", "a-cafe-naive-creme-brulee-2"),
            ("狐狸 🦊 red", "red"),
            ("../../etc/passwd.exe", "etc-passwd-exe"),
            ("狐狸 🦊", ""),
            (
                "one two three four five six seven eight nine",
                "one-two-three-four-five-six-seven-eight",
            ),
        ] {
            assert_eq!(file_words(text, 40), name, "{text}");
        }
        assert_eq!(file_words(&"x".repeat(50), 40), "x".repeat(40));
    }

    #[test]
    fn alt_text_is_one_line_that_discord_takes() {
        assert_eq!(AltText::new(" a fox\n at  dawn ").as_str(), "a fox at dawn");
        let whole = "é".repeat(limits::ALT_TEXT_CHARS);
        assert_eq!(AltText::new(&whole).as_str(), whole);
        let cut = AltText::new(&format!("{whole}é"));
        assert_eq!(cut.as_str().chars().count(), limits::ALT_TEXT_CHARS);
        assert!(cut.as_str().ends_with('…'));
    }

    #[test]
    fn what_a_title_would_show_as_code_is_shown_as_words() {
        for (typed, shown) in [
            ("a <:fox:123> at <#45>", "a fox at #channel"),
            (
                "<a:wave:9> <@7> and <@!7> of <@&8>",
                "wave @member and @member of @role",
            ),
            ("at <t:1700000000:R>", "at a time"),
            ("a < b > c <3 <:no:> <@x>", "a < b > c <3 <:no:> <@x>"),
            ("<<:fox:1>>", "<fox>"),
            ("", ""),
        ] {
            assert_eq!(in_words(typed), shown);
        }
    }
}
