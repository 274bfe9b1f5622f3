//! Notes: what members want changed about an image, in their words.

use crate::domain::ids::{MessageId, UserId};
use crate::domain::limits;
use crate::domain::text::{clean, is_visible};

/// The words of a note: one line of 1 to [`limits::NOTE_CHARS`] characters, without control
/// characters and bidirectional overrides. One line, so that it cannot look like another note in a
/// list.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteText(String);

impl std::fmt::Debug for NoteText {
    /// Leaves out the words, because what `Debug` prints ends in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NoteText({} characters)", self.0.chars().count())
    }
}

/// Why a note is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoNote {
    /// After cleaning, nothing is left that can be seen.
    #[error("the note is empty")]
    Empty,
    /// The note has more than [`limits::NOTE_CHARS`] characters. Holds how many.
    #[error("the note has {0} characters")]
    TooLong(usize),
    /// As many notes of the member stand on the image as one may have.
    #[error("the member has enough notes on the image")]
    Member,
    /// As many notes stand on the image as it may have.
    #[error("the image has enough notes")]
    Image,
}

impl NoteText {
    /// Cleans and checks what a member wrote. Line breaks become spaces.
    ///
    /// # Errors
    /// [`NoNote::Empty`] or [`NoNote::TooLong`].
    pub fn parse(raw: &str) -> Result<Self, NoNote> {
        let line = clean(raw).split_whitespace().collect::<Vec<_>>().join(" ");
        let chars = line.chars().count();
        if !line.chars().any(is_visible) {
            Err(NoNote::Empty)
        } else if chars > limits::NOTE_CHARS {
            Err(NoNote::TooLong(chars))
        } else {
            Ok(Self(line))
        }
    }

    /// Wraps a note read from the database, which was parsed before.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A note that stands on an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The note's number on its image, from 1. It is never given again.
    pub number: u32,
    /// The member who gave it.
    pub by: UserId,
    /// The words.
    pub text: NoteText,
    /// The reply that it was read from. `None` for a note that was written into a form.
    pub reply: Option<MessageId>,
}

/// Says whether a member may give another note on an image, given those that stand on it.
///
/// # Errors
/// [`NoNote::Member`] or [`NoNote::Image`].
pub fn admit(standing: &[Note], by: UserId) -> Result<(), NoNote> {
    if standing.len() >= limits::NOTES_AN_IMAGE {
        return Err(NoNote::Image);
    }
    let own = standing.iter().filter(|note| note.by == by).count();
    if own >= limits::NOTES_A_MEMBER {
        return Err(NoNote::Member);
    }
    Ok(())
}

/// What is to be changed when the next picture is drawn after an image: its notes, as they stood when
/// that picture was paid. They never change afterwards.
#[derive(Clone, PartialEq, Eq)]
pub struct Changes(Vec<String>);

impl std::fmt::Debug for Changes {
    /// Leaves out the words, because what `Debug` prints ends in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Changes({})", self.0.len())
    }
}

impl Changes {
    /// Nothing is to be changed.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Takes the notes that stand, in their order.
    #[must_use]
    pub fn of(notes: &[Note]) -> Self {
        Self(notes.iter().map(|note| note.text.as_str().to_owned()).collect())
    }

    /// Reads [`Changes::lines`] back.
    #[must_use]
    pub fn from_lines(lines: &str) -> Self {
        Self(lines.lines().map(str::to_owned).collect())
    }

    /// Returns a line for each, or nothing if nothing is to be changed.
    #[must_use]
    pub fn lines(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join("\n"))
    }

    /// Returns what is to be changed, each in the words of its note.
    #[must_use]
    pub fn all(&self) -> &[String] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn note(number: u32, by: u64) -> Note {
        Note {
            number,
            by: UserId::new(by),
            text: NoteText(format!("note {number}")),
            reply: None,
        }
    }

    #[test]
    fn a_note_is_one_clean_line() {
        let parsed = |raw: &str| NoteText::parse(raw).map(|text| text.0);
        assert_eq!(
            parsed(" warmer\r\n2. @Bo: \u{202e}light\t"),
            Ok("warmer 2. @Bo: light".to_owned())
        );
        assert_eq!(parsed("\u{200b} \n"), Err(NoNote::Empty));
        assert_eq!(parsed(&"é".repeat(limits::NOTE_CHARS)).map(|_| ()), Ok(()));
        let long = limits::NOTE_CHARS + 1;
        assert_eq!(parsed(&"é".repeat(long)), Err(NoNote::TooLong(long)));
    }

    #[test]
    fn a_member_and_an_image_have_only_so_many_notes() {
        let mut notes: Vec<Note> = (1..=5).map(|n| note(n, 1)).collect();
        assert_eq!(admit(&notes[..4], UserId::new(1)), Ok(()));
        assert_eq!(admit(&notes, UserId::new(1)), Err(NoNote::Member));
        assert_eq!(admit(&notes, UserId::new(2)), Ok(()));
        notes.extend((6..=20).map(|n| note(n, u64::from(n))));
        assert_eq!(admit(&notes, UserId::new(99)), Err(NoNote::Image));
    }

    proptest! {
        #[test]
        fn changes_are_read_back_as_they_were_written(raw in prop::collection::vec(".{0,40}", 0..6)) {
            let notes: Vec<Note> = raw
                .iter()
                .filter_map(|raw| NoteText::parse(raw).ok())
                .zip(1..)
                .map(|(text, number)| Note { text, ..note(number, 1) })
                .collect();
            let changes = Changes::of(&notes);
            let read = changes.lines().map_or_else(Changes::none, |lines| Changes::from_lines(&lines));
            prop_assert_eq!(read, changes);
        }
    }
}
