//! Cleans and shortens text that people type.

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
