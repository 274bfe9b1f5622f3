//! Versions: an image drawn again at its own stage, by its notes.

use crate::domain::credits::Credits;
use crate::domain::image::number::Number;
use crate::domain::image::version::NoVersion;
use crate::domain::limits;
use crate::wording::NOTES_LABEL;

/// Returns the label of the button that draws another version of an image by its notes.
#[must_use]
pub fn version_label(price: Credits) -> String {
    format!("New version · {price}")
}

/// Answers privately: a version is paid and queued.
#[must_use]
pub fn version_drawn(number: Number, price: Credits) -> String {
    format!(
        "**Image {number}** is drawn for {price}: the picture again, changed as its notes say. It comes here, with a vote \
         of its own."
    )
}

/// Answers privately: a version costs something else than its button showed.
#[must_use]
pub fn version_costs_now(now: Credits, shown: Credits) -> String {
    format!(
        "A new version costs {now} now, not {}. Nothing was spent: press the button here to have it drawn at this price.",
        shown.number()
    )
}

/// Answers privately: why no version of an image is drawn.
#[must_use]
pub fn no_version(of: Number, why: NoVersion) -> String {
    match why {
        NoVersion::NoPicture => format!("**Image {of}** has no picture that another could be drawn after."),
        NoVersion::Removed => {
            format!("The original of **Image {of}** is not kept any more, so it has no more versions.")
        }
        NoVersion::NoNotes => format!(
            "No note stands on **Image {of}** any more. Say first what is to change: *Add a note*, or a reply to the picture."
        ),
        NoVersion::Engine => {
            format!(
                "The engine of this stage cannot draw after a picture, so **Image {of}** has no versions."
            )
        }
        NoVersion::Enough => format!(
            "**Image {of}** has {} versions, as many as an image may have. Go on from one of them, or draft anew.",
            limits::VERSIONS
        ),
        NoVersion::Begun => format!(
            "This version of **Image {of}** was asked for already, and is drawn once. Nothing more was spent. In a moment \
             the button under the picture draws another."
        ),
        NoVersion::Clash(first, second) => format!(
            "Notes {first} and {second} on **Image {of}** seem to contradict each other. Nothing was spent. Strike one \
             first: Apps → Greenlight → *{NOTES_LABEL}*."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_presses_is_told_what_is_drawn_and_what_not() {
        let (price, of) = (Credits::new(11).expect("credits"), Number::first(2));
        let second = Number { version: 2, ..of };
        assert_eq!(version_label(price), "New version · 11 credits");
        insta::assert_snapshot!(version_drawn(second, price), @"**Image 2, version 2** is drawn for 11 credits: the picture again, changed as its notes say. It comes here, with a vote of its own.");
        for why in [
            NoVersion::NoPicture,
            NoVersion::NoNotes,
            NoVersion::Engine,
            NoVersion::Enough,
            NoVersion::Begun,
            NoVersion::Clash(1, 3),
        ] {
            let told = no_version(of, why);
            assert!(told.chars().count() < 250, "{told}");
        }
    }
}
