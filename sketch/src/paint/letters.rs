//! Letters as strokes: capitals, digits and a few signs of one pen, drawn for this program.
//!
//! Text of a prompt becomes numbers of glyphs here, and only those are drawn.

use super::canvas::{Canvas, Paint, Point};

/// The height of a capital in units of the glyphs.
const TALL: f64 = 14.0;
/// The white between two letters, with the pen's own width in it.
const GAP: f64 = 4.6;
/// The white between two words.
const WORD: f64 = 7.0;

/// What is written, how wide it is, and its strokes from the top left corner.
const GLYPHS: &[(char, f64, &str)] = &[
    ('A', 10.0, "M0 14L5 0L10 14M1.9 9.2H8.1"),
    (
        'B',
        8.9,
        "M0 6.5H5.1A3.75 3.75 0 0 1 5.1 14H0V0H4.7A3.25 3.25 0 0 1 4.7 6.5",
    ),
    ('C', 10.8, "M10.8 2.7A6.4 7 0 1 0 10.8 11.3"),
    ('D', 10.4, "M0 0V14H3.4A7 7 0 0 0 3.4 0Z"),
    ('E', 7.8, "M7.8 0H0V14H7.8M0 6.8H6.4"),
    ('F', 7.4, "M7.4 0H0V14M0 7H6.2"),
    ('G', 12.0, "M10.8 2.7A6.4 7 0 1 0 12 7.8H7.2"),
    ('H', 9.8, "M0 0V14M9.8 0V14M0 6.8H9.8"),
    ('I', 0.0, "M0 0V14"),
    ('J', 6.0, "M6 0V9.8C6 12.6 4.6 14 2.6 14C1.4 14 0.6 13.6 0 13"),
    ('K', 9.2, "M0 0V14M8.8 0L0 8.6M3.2 5.8L9.2 14"),
    ('L', 7.2, "M0 0V14H7.2"),
    ('M', 12.0, "M0 14V0L6 9.6L12 0V14"),
    ('N', 10.0, "M0 14V0L10 14V0"),
    ('O', 13.0, "M6.5 0A6.5 7 0 1 0 6.5 14A6.5 7 0 1 0 6.5 0Z"),
    ('P', 8.8, "M0 14V0H4.9A3.9 3.9 0 0 1 4.9 7.8H0"),
    (
        'Q',
        13.0,
        "M6.5 0A6.5 7 0 1 0 6.5 14A6.5 7 0 1 0 6.5 0ZM8.4 10.6L12.2 14.6",
    ),
    ('R', 9.2, "M0 14V0H4.9A3.8 3.8 0 0 1 4.9 7.6H0M4.9 7.6L9.2 14"),
    (
        'S',
        8.7,
        "M8.3 2.3C7.4 0.8 6 0 4.4 0C2 0 0.4 1.5 0.4 3.5C0.4 8.3 8.7 5.7 8.7 10.4C8.7 12.6 6.9 14 4.5 14C2.6 14 1 13.1 0 11.5",
    ),
    ('T', 9.6, "M0 0H9.6M4.8 0V14"),
    ('U', 9.8, "M0 0V9.1A4.9 4.9 0 0 0 9.8 9.1V0"),
    ('V', 10.0, "M0 0L5 14L10 0"),
    ('W', 15.0, "M0 0L3.8 14L7.5 2.4L11.2 14L15 0"),
    ('X', 9.4, "M0 0L9.4 14M9.4 0L0 14"),
    ('Y', 9.6, "M0 0L4.8 7.2L9.6 0M4.8 7.2V14"),
    ('Z', 9.2, "M0.4 0H8.9L0 14H9.2"),
    ('0', 9.6, "M4.8 0A4.8 7 0 1 0 4.8 14A4.8 7 0 1 0 4.8 0Z"),
    ('1', 3.6, "M0 2.6L3.6 0V14"),
    (
        '2',
        8.8,
        "M0.4 3.4C0.8 1.2 2.4 0 4.4 0C6.8 0 8.4 1.6 8.4 3.9C8.4 7.4 2.6 9.6 0 14H8.8",
    ),
    (
        '3',
        8.6,
        "M0.4 1.8C1.4 0.6 2.6 0 4.2 0C6.4 0 8 1.3 8 3.3C8 5.4 6.4 6.6 3.8 6.6C6.8 6.6 8.6 8 8.6 10.2C8.6 12.6 6.8 14 4.2 14C2.4 14 1 13.4 0 12.2",
    ),
    ('4', 9.4, "M7 14V0L0 9.8H9.4"),
    (
        '5',
        8.6,
        "M8 0H1.4L0.8 6.4C1.8 5.6 3 5.2 4.2 5.2C6.8 5.2 8.6 7 8.6 9.6C8.6 12.2 6.8 14 4.2 14C2.4 14 1 13.3 0 12",
    ),
    (
        '6',
        8.8,
        "M7.6 1.2C6.8 0.4 5.8 0 4.8 0C1.6 0 0 3.4 0 8.4C0 12 1.8 14 4.5 14C7 14 8.8 12.2 8.8 9.7C8.8 7.2 7 5.6 4.6 5.6C2.2 5.6 0.4 7.2 0.1 9.4",
    ),
    ('7', 9.0, "M0 0H9L3.2 14"),
    (
        '8',
        8.4,
        "M4.2 6.5A3.25 3.25 0 1 0 4.2 0A3.25 3.25 0 1 0 4.2 6.5A3.75 3.75 0 1 0 4.2 14A3.75 3.75 0 1 0 4.2 6.5Z",
    ),
    (
        '9',
        8.8,
        "M1.2 12.8C2 13.6 3 14 4 14C7.2 14 8.8 10.6 8.8 5.6C8.8 2 7 0 4.3 0C1.8 0 0 1.8 0 4.3C0 6.8 1.8 8.4 4.2 8.4C6.6 8.4 8.4 6.8 8.7 4.6",
    ),
    (
        '%',
        12.0,
        "M2.4 0A2.4 3 0 1 0 2.4 6A2.4 3 0 1 0 2.4 0ZM9.6 8A2.4 3 0 1 0 9.6 14A2.4 3 0 1 0 9.6 8ZM9.8 0L2.2 14",
    ),
    (
        '&',
        9.8,
        "M9.6 14L2.6 4.6C1.4 2.8 2.2 0 4.8 0C7.2 0 8 2.4 6.6 4.2C5 6 0 7 0 10.4C0 12.6 1.8 14 4 14C7 14 8.8 11.6 9 8",
    ),
    ('!', 0.0, "M0 0V9M0 13.8V14"),
    (
        '?',
        7.6,
        "M0.3 3.2C0.6 1.2 2 0 3.9 0C6.1 0 7.6 1.4 7.6 3.4C7.6 6.2 4 6.4 4 9.4M4 13.8V14",
    ),
    ('.', 0.0, "M0 13.8V14"),
    (',', 1.0, "M1 13.6L0 16.4"),
    (':', 0.0, "M0 5V5.2M0 13.8V14"),
    ('\'', 0.0, "M0 0V3.4"),
    ('-', 5.0, "M0 7.6H5"),
    ('+', 8.0, "M0 7.6H8M4 3.6V11.6"),
    ('/', 6.0, "M6 0L0 14"),
    ('#', 9.0, "M3 1L2 13M7 1L6 13M0 4.8H9M0 9.2H9"),
    (
        '$',
        8.7,
        "M8.3 2.9C7.4 1.6 6 1 4.4 1C2 1 0.4 2.3 0.4 4C0.4 8.1 8.7 5.9 8.7 10C8.7 11.8 6.9 13 4.5 13C2.6 13 1 12.3 0 11M4.5 -1V15",
    ),
];

/// One line of glyphs; `None` is the white between two words.
pub type Line = Vec<Option<u8>>;

/// Returns the glyphs of a text in capitals, at most `limit`. Accents are left out, and so is what
/// has no glyph.
pub fn spell(text: &str, limit: usize) -> Line {
    let mut line = Line::new();
    for letter in text.chars().flat_map(char::to_uppercase) {
        if line.len() >= limit {
            break;
        }
        if letter.is_whitespace() {
            if line.last().is_some_and(Option::is_some) {
                line.push(None);
            }
            continue;
        }
        let plain = plain(letter);
        let found = GLYPHS.iter().position(|(glyph, _, _)| *glyph == plain);
        line.extend(found.map(|index| Some(index as u8)));
    }
    while line.last().is_some_and(Option::is_none) {
        line.pop();
    }
    line
}

fn plain(letter: char) -> char {
    match letter {
        'À'..='Å' => 'A',
        'Ç' => 'C',
        'È'..='Ë' => 'E',
        'Ì'..='Ï' => 'I',
        'Ñ' => 'N',
        'Ò'..='Ö' | 'Ø' => 'O',
        'Ù'..='Ü' => 'U',
        '’' | '‘' | '`' => '\'',
        '–' | '—' => '-',
        other => other,
    }
}

fn advance(glyph: Option<u8>) -> f64 {
    glyph.map_or(WORD, |index| GLYPHS[usize::from(index)].1) + GAP
}

/// Returns the width of a line whose capitals are one unit tall.
fn width(line: &[Option<u8>]) -> f64 {
    (line.iter().map(|glyph| advance(*glyph)).sum::<f64>() - GAP).max(1.0) / TALL
}

/// Breaks a text into lines that fill a box best. Returns the lines and the height of a capital.
pub fn fit(text: &[Option<u8>], wide: f64, tall: f64) -> (Vec<Line>, f64) {
    let words: Vec<&[Option<u8>]> = text
        .split(Option::is_none)
        .filter(|word| !word.is_empty())
        .collect();
    let mut best = (Vec::new(), 0.0);
    for count in 1..=words.len().min(5) {
        let lines = broken(&words, count);
        let widest = lines.iter().map(|line| width(line)).fold(0.1, f64::max);
        let size = (wide / widest).min(tall / (lines.len() as f64 * 1.5 - 0.5));
        if size > best.1 {
            best = (lines, size);
        }
    }
    best
}

/// Puts words into at most `count` lines of about the same width.
fn broken(words: &[&[Option<u8>]], count: usize) -> Vec<Line> {
    let whole: f64 = words.iter().map(|word| width(word) + WORD / TALL).sum();
    let (mut lines, mut used) = (vec![Line::new()], 0.0);
    for word in words {
        let wide = width(word) + WORD / TALL;
        let place = ((used + wide * 0.5) / whole * count as f64) as usize;
        if place >= lines.len() && lines.last().is_some_and(|line| !line.is_empty()) {
            lines.push(Line::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(None);
            }
            line.extend_from_slice(word);
        }
        used += wide;
    }
    lines
}

/// Where a line begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At the place.
    Left,
    /// Its middle is at the place.
    Middle,
}

/// Writes lines below each other from `at`, the top of the first. `size` is the height of a
/// capital, and `weight` the width of the pen over it: 0.08 is light, 0.2 bold.
pub fn write(
    c: &mut Canvas,
    lines: &[Line],
    at: Point,
    (size, weight): (f64, f64),
    align: Align,
    paint: Paint,
) {
    let unit = size / TALL;
    for (row, line) in lines.iter().enumerate() {
        let mut x = at.0
            - match align {
                Align::Left => 0.0,
                Align::Middle => width(line) * size / 2.0,
            };
        let y = at.1 + row as f64 * size * 1.5;
        for glyph in line {
            if let Some(index) = glyph {
                c.open((x, y), (unit, unit), 0.0);
                c.line(GLYPHS[usize::from(*index)].2, paint, weight * TALL);
                c.close();
            }
            x += advance(*glyph) * unit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_spelled_in_glyphs_and_fits_its_box() {
        assert_eq!(spell("Café  Über", 40), spell("CAFE UBER", 40));
        assert_eq!(spell("夜", 40), Line::new());
        assert_eq!(spell(&"a ".repeat(100), 11).len(), 11);
        let (lines, size) = fit(&spell("keep going on and on", 40), 100.0, 100.0);
        assert!((2..=5).contains(&lines.len()), "{}", lines.len());
        assert!(lines.iter().all(|line| width(line) * size <= 100.001));
    }
}
