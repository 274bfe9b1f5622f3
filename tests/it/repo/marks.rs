//! Tests who may send a file without a mark: a picture that the bot wrote says what it is.

use super::greenlight;

/// Who hands out a file as it is, and why that is right.
const UNMARKED: [(&str, &str); 9] = [
    // A prompt and the references of members.
    ("flow/draft/starter.rs", "Contents::Other("),
    // The engine's own file, and a pack of it with crops that are marked.
    ("flow/image/hand_out.rs", "Contents::Original("),
    ("flow/image/hand_out.rs", "Contents::Other("),
    // The words that were sent.
    ("flow/image/panel.rs", "Contents::Other("),
    // What the engine itself shows while it draws.
    ("flow/image/preview.rs", "Contents::Original("),
    // Tables and charts.
    ("flow/money/export.rs", "Contents::Other("),
    ("flow/money/report.rs", "Contents::Other("),
    // The engine's own file, where it fits.
    ("media/fit.rs", "Contents::Original("),
    // The only code that makes a marked file.
    ("media/marks.rs", "Marked::new("),
];

#[test]
fn only_listed_code_sends_a_file_without_a_mark() {
    let mut found = Vec::new();
    for file in greenlight().files.iter().filter(|file| !file.test) {
        let own = file.text.split("#[cfg(test)]").next().unwrap_or_default();
        for way in ["Contents::Other(", "Contents::Original(", "Marked::new("] {
            if own.contains(way) {
                found.push((file.path.clone(), way));
            }
        }
    }
    found.sort();
    let listed: Vec<_> = UNMARKED
        .iter()
        .map(|(path, way)| ((*path).to_owned(), *way))
        .collect();
    assert_eq!(found, listed);
}
