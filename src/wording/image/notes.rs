//! Notes: what members want changed about an image.

use crate::domain::credits::Credits;
use crate::domain::geometry::Tier;
use crate::domain::ids::{ChannelId, GuildId, MessageId};
use crate::domain::image::note::{NoNote, Note};
use crate::domain::image::number::Number;
use crate::domain::limits;
use crate::domain::stage::Mode;
use crate::domain::text::shorten;
use crate::wording::{mention, message_link, plain};

/// The label of the button that opens the form for a note.
pub const ADD_NOTE_LABEL: &str = "Add a note";
/// The label of the button that lists the notes on an image.
pub const NOTES_LABEL: &str = "Notes";
/// The label of the button that shows what an image was drawn from.
pub const PROMPT_LABEL: &str = "Prompt";
/// What the field of a note shows while it is empty.
pub const NOTE_EXAMPLE: &str = "For example: warmer light, keep the logo";

/// Returns the label of the button that approves with a note.
#[must_use]
pub fn approve_noted_label(price: Credits) -> String {
    format!("Approve with a note · {price}")
}

/// Returns the title of the form that approves with a note.
#[must_use]
pub fn approve_noted_title(tier: Tier, price: Credits) -> String {
    format!("Approve {tier} with a note · {price}")
}

/// Returns the label of the field of a note, which says what becomes of it at the next stage.
#[must_use]
pub fn note_field(tier: Tier, mode: Mode) -> String {
    match mode {
        Mode::Exact => format!("{tier} is exact: a remark, changes nothing"),
        Mode::Draw | Mode::Remaster => format!("What to change in the {tier}"),
    }
}

/// Returns the label of the button that strikes a note.
#[must_use]
pub fn strike_label(number: u32) -> String {
    format!("Strike {number}")
}

/// The notes on an image, as its message lists them.
#[derive(Clone, Copy, Debug)]
pub struct Noted<'a> {
    /// The notes that stand.
    pub notes: &'a [Note],
    /// The next stage's tier and mode, while its vote goes on. `None`: nothing is decided any more.
    pub next: Option<(Tier, Mode)>,
}

/// Writes the lines of an image's message about its notes: as many as there is room for.
pub(super) fn noted(noted: &Noted<'_>) -> Vec<String> {
    let mut lines = list(noted.notes, limits::NOTES_SHOWN_CHARS);
    if let (false, Some((tier, Mode::Exact))) = (lines.is_empty(), noted.next) {
        lines.push(format!(
            "-# The {tier} is drawn exactly, so that notes change nothing in it."
        ));
    }
    lines
}

/// Writes a line for each note, in at most so many characters, and says how many are left out.
fn list(notes: &[Note], room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0;
    for (n, note) in notes.iter().enumerate() {
        let line = note_line(note, limits::NOTE_CHARS);
        used += line.chars().count();
        if used > room {
            lines.push(format!(
                "-# and {} more: Apps → Greenlight → {NOTES_LABEL}",
                notes.len() - n
            ));
            break;
        }
        lines.push(line);
    }
    lines
}

fn note_line(note: &Note, max_chars: usize) -> String {
    let words = plain(&shorten(note.text.as_str(), max_chars));
    format!("📝 {}. {}: {words}", note.number, mention(note.by))
}

/// Answers privately: a note was taken. `mode` is how the next stage is made.
#[must_use]
pub fn note_taken(number: u32, tier: Tier, mode: Mode) -> String {
    let what = match mode {
        Mode::Exact => {
            format!("It is a remark: the {tier} is drawn exactly, so that nothing can be changed in it.")
        }
        Mode::Draw | Mode::Remaster => format!("It changes the {tier} when that is drawn."),
    };
    format!("Your note is number {number} under the picture. {what}")
}

/// Says why a note is not taken.
#[must_use]
pub fn no_note(why: NoNote) -> String {
    match why {
        NoNote::Empty => "A note needs words.".to_owned(),
        NoNote::TooLong(chars) => format!(
            "A note has at most {} characters, and this one has {chars}.",
            limits::NOTE_CHARS
        ),
        NoNote::Member => format!(
            "You have {} notes on this image, which is as many as one member may have. Strike one first.",
            limits::NOTES_A_MEMBER
        ),
        NoNote::Image => format!(
            "This image has {} notes, which is as many as it may have. The requester or a lead can strike some.",
            limits::NOTES_AN_IMAGE
        ),
    }
}

/// Says that a note comes too late: the next stage is paid.
pub const NOTE_TOO_LATE: &str = "The next size of this image is paid already, so a note changes nothing here. Note it on the newer picture.";

/// Says that a note has no place: nothing is drawn after this image now.
pub const NOTE_WITHOUT_VOTE: &str =
    "Nothing is voted on for this image now, so a note would change nothing. Reopen the vote first.";

/// Answers privately: why nothing of a form was taken, with the words of the note, so that they are
/// not lost.
#[must_use]
pub fn note_refused(why: &str, words: &str) -> String {
    let words = plain(&shorten(words, limits::NOTE_CHARS));
    if words.is_empty() {
        return why.to_owned();
    }
    format!("{why} Nothing was recorded.\n-# Your note: {words}")
}

/// Answers a reply that is no note, where everybody can read it.
#[must_use]
pub fn reply_refused(why: &str) -> String {
    format!("-# 📝 This reply was not taken as a note. {why}")
}

/// Answers privately: the notes on an image, all of them.
#[must_use]
pub fn notes(
    number: Number,
    notes: &[Note],
    (guild, channel, message): (GuildId, ChannelId, MessageId),
) -> String {
    let link = message_link(guild, channel, message);
    if notes.is_empty() {
        return format!(
            "**Image {number}** has no notes. Whoever may vote gives one: *{ADD_NOTE_LABEL}* under [the picture]({link}), \
             or a reply to it."
        );
    }
    let room = 1_700;
    let mut lines = vec![format!("**Notes on Image {number}** · [the picture]({link})")];
    let all: usize = notes
        .iter()
        .map(|note| note_line(note, limits::NOTE_CHARS).chars().count() + 1)
        .sum();
    let each = if all > room {
        room / notes.len() / 2
    } else {
        limits::NOTE_CHARS
    };
    lines.extend(notes.iter().map(|note| note_line(note, each)));
    lines.join("\n")
}

/// A private answer: the note does not stand any more, or cannot be struck any more.
pub const NO_SUCH_NOTE: &str = "This note does not stand any more, or the next size is paid already.";

/// A private answer: somebody else's note.
pub const MAY_NOT_STRIKE: &str =
    "A note is struck by whoever gave it, by the requester of the draft, or by a lead.";

/// Answers privately: the whole text that an engine was sent for an image. `None`: it is not kept any
/// more.
#[must_use]
pub fn sent_prompt(number: Number, tier: Tier, mode: Mode, words: Option<&str>) -> String {
    let Some(words) = words else {
        return "The words of this picture are not kept: somebody asked to be forgotten, or it was drawn before I kept them.".to_owned();
    };
    let exact = if mode == Mode::Exact {
        "\n-# This stage is exact: it was made from the approved picture, and the words changed nothing in it."
    } else {
        ""
    };
    format!(
        "**Image {number}** at {tier} was drawn from these words:{exact}\n{}",
        quoted(words)
    )
}

/// Shows a text as a quotation.
fn quoted(words: &str) -> String {
    let lines: Vec<String> = words.lines().map(|line| format!("> {}", plain(line))).collect();
    lines.join("\n")
}

/// Answers privately: the words that an engine was sent stand in the file, because they are too long
/// for a message.
#[must_use]
pub fn sent_prompt_in_file(number: Number, tier: Tier) -> String {
    format!("**Image {number}** at {tier} was drawn from the words in this file.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::UserId;
    use crate::domain::image::note::NoteText;

    fn note(number: u32, text: &str) -> Note {
        Note {
            number,
            by: UserId::new(2),
            text: NoteText::parse(text).unwrap(),
            reply: None,
        }
    }

    const PLACE: (GuildId, ChannelId, MessageId) = (GuildId::new(1), ChannelId::new(2), MessageId::new(3));

    #[test]
    fn notes_are_listed_as_text_and_with_who_gave_them() {
        let notes = [note(1, "warmer light"), note(3, "**no** <@1> @everyone\n📝 4. x")];
        let of = |next| {
            noted(&Noted { notes: &notes, next })
                .join("\n")
                .replace('\u{200b}', "")
        };
        insta::assert_snapshot!(of(Some((Tier::K2, Mode::Exact))), @r"
        📝 1. <@2>: warmer light
        📝 3. <@2>: \*\*no\*\* \<@1\> @everyone 📝 4. x
        -# The 2K is drawn exactly, so that notes change nothing in it.
        ");
        assert_eq!(of(Some((Tier::K2, Mode::Remaster))).lines().count(), 2);
        assert_eq!(of(None).lines().count(), 2);
    }

    #[test]
    fn twenty_long_notes_fit_into_every_message() {
        let long = "*".repeat(limits::NOTE_CHARS);
        let all: Vec<Note> = (1..=20).map(|n| note(n, &long)).collect();
        let lines = noted(&Noted {
            notes: &all,
            next: None,
        });
        assert!(lines.join("\n").chars().count() < limits::NOTES_SHOWN_CHARS + 100);
        insta::assert_snapshot!(lines.last().unwrap(), @"-# and 19 more: Apps → Greenlight → Notes");
        let listed = super::notes(Number::first(1), &all, PLACE);
        assert!(
            listed.chars().count() <= limits::MESSAGE_CHARS,
            "{}",
            listed.chars().count()
        );
        assert_eq!(listed.lines().count(), 21);
    }

    #[test]
    fn titles_and_labels_fit_into_a_form() {
        for tier in [Tier::K1, Tier::K2, Tier::K4] {
            for mode in [Mode::Exact, Mode::Remaster] {
                assert!(note_field(tier, mode).chars().count() <= 45);
            }
            let dear = Credits::new(9_999_999).unwrap();
            assert!(approve_noted_title(tier, dear).chars().count() <= 45);
        }
        insta::assert_snapshot!(note_field(Tier::K2, Mode::Exact), @"2K is exact: a remark, changes nothing");
    }
}
