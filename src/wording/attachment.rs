//! Files that the bot sends: their names, and what a screen reader says of them.

use std::iter;

use super::{Step, images, rung, step_caption};
use crate::domain::draft::entity::Draft;
use crate::domain::geometry::{Pixels, Tier};
use crate::domain::ids::{GuildId, RenderId};
use crate::domain::image::crop::{Crop, Planned};
use crate::domain::image::number::Number;
use crate::domain::image::render::Render;
use crate::domain::limits;
use crate::domain::money::export::{Book, Format};
use crate::domain::stage::Stage;
use crate::domain::text::{AltText, file_words, in_words};

/// What a file shows of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The whole picture, at the tier of its stage.
    Whole(Tier),
    /// A part of it, cut to the size that the file has.
    Crop,
}

/// Names the file of an image, as people keep it: `alpine-landscape-2-4K-1a2b3c4d.png`. It ends
/// with [`file_marker`]. A draft that was forgotten gives no words.
#[must_use]
pub fn file_name(draft: &Draft, render: &Render, tier: Tier, extension: &str) -> String {
    let (words, number) = (words(draft), render.number.short());
    format!("{words}-{number}-{tier}-{}{extension}", file_marker(render.id))
}

/// Names the file of a crop by the project of its draft, or else by the words of its prompt:
/// `alps-campaign-2-instagram-story-1080x1920.jpg`.
#[must_use]
pub fn crop_name(
    draft: &Draft,
    project: Option<&str>,
    number: Number,
    crop: &Crop,
    extension: &str,
) -> String {
    let clean = |text: &str| file_words(text, limits::FILE_WORDS_CHARS);
    let project = project.map(clean).filter(|project| !project.is_empty());
    let project = project.unwrap_or_else(|| words(draft));
    let mut preset = clean(&crop.name);
    if !preset.is_empty() {
        preset.push('-');
    }
    let Pixels { width, height } = crop.size;
    format!(
        "{project}-{}-{preset}{width}x{height}.{extension}",
        number.short()
    )
}

/// Names the sheet of an image's crops.
#[must_use]
pub fn crops_name(draft: &Draft, number: Number) -> String {
    format!("{}-{}-crops.jpg", words(draft), number.short())
}

/// Describes the sheet of an image's crops: "Image 2 with the frames of its crops (1 Story; 2 Wide)".
#[must_use]
pub fn alt_of_crops(draft: &Draft, number: Number, planned: &[Planned]) -> AltText {
    let names = (1..).zip(planned);
    let names: Vec<String> = names
        .map(|(nth, one)| format!("{nth} {}", one.crop.name))
        .collect();
    let which = format!(
        "Image {number} with the frames of its crops ({})",
        names.join("; ")
    );
    described(&which, draft)
}

/// Returns the first words of a draft's prompt, as its files begin.
pub(super) fn words(draft: &Draft) -> String {
    let words = if draft.forgotten {
        String::new()
    } else {
        file_words(&in_words(draft.prompt.as_str()), limits::FILE_WORDS_CHARS)
    };
    if words.is_empty() {
        "image".to_owned()
    } else {
        words
    }
}

/// Returns what the name of each file of an image has just before its extension. It finds the
/// message of an image whose posting was cut short, also by names that held the whole id.
#[must_use]
pub fn file_marker(render: RenderId) -> String {
    format!("{}.", render.short())
}

/// Describes the picture of an image: "Draft 2 of 4, 1K, 1280×720: alpine landscape".
#[must_use]
pub fn alt_of_image(draft: &Draft, render: &Render, form: Form, pixels: Pixels) -> AltText {
    let stage = match render.stage {
        Stage::Explore => "Draft",
        Stage::Review => "Review",
        Stage::Final => "Final",
    };
    let size = match form {
        Form::Whole(tier) => format!("{tier}, {pixels}"),
        Form::Crop => format!("cut to {pixels}"),
    };
    let version = match render.number.version {
        1 => String::new(),
        n => format!(", version {n}"),
    };
    let position = render.number.position;
    let which = format!("{stage} {position} of {}{version}, {size}", draft.images);
    described(&which, draft)
}

/// What a contact sheet shows of one image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnSheet {
    /// Its picture, with the highest later tier that it has.
    Drawn(Option<Tier>),
    /// It failed.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// Nobody knows how it ended.
    Unknown,
    /// Its original was removed because it was kept long enough.
    Removed,
    /// Its file is gone or cannot be read.
    Lost,
}

/// Returns what a contact sheet says where it has no picture. The letters of the sheet are those of
/// ASCII.
#[must_use]
pub const fn empty_tile(shows: OnSheet) -> &'static str {
    match shows {
        OnSheet::Failed => "failed",
        OnSheet::Cancelled => "cancelled",
        OnSheet::Unknown => "outcome unknown",
        OnSheet::Removed => "not kept",
        OnSheet::Drawn(_) | OnSheet::Lost => "file lost",
    }
}

/// Labels an image on a contact sheet with a tier that it has.
#[must_use]
pub fn earned_label(tier: Tier) -> String {
    format!("{tier} ✓")
}

/// Names the file of a contact sheet.
#[must_use]
pub fn sheet_name(draft: &Draft) -> String {
    format!("{}-sheet.jpg", words(draft))
}

/// Describes a contact sheet: "Contact sheet of 4 images, 16:9, number 2 with its 4K, number 3
/// failed: alpine landscape".
#[must_use]
pub fn alt_of_sheet(draft: &Draft, tiles: &[(Number, OnSheet)]) -> AltText {
    let all = format!("Contact sheet of {}, {}", images(tiles.len()), draft.ratio);
    let marked = tiles.iter().filter_map(|(number, shows)| match shows {
        OnSheet::Drawn(None) => None,
        OnSheet::Drawn(Some(tier)) => Some(format!("number {number} with its {tier}")),
        OnSheet::Failed | OnSheet::Cancelled | OnSheet::Unknown | OnSheet::Removed | OnSheet::Lost => {
            Some(format!("number {number}: {}", empty_tile(*shows)))
        }
    });
    let which: Vec<String> = iter::once(all).chain(marked).collect();
    described(&which.join(", "), draft)
}

/// Names the file of a lineage.
#[must_use]
pub fn lineage_name(draft: &Draft, number: Number) -> String {
    format!("{}-{}-lineage.jpg", words(draft), number.short())
}

/// Describes a lineage: "Lineage of image 2: 1K for 10 credits, 2K for 20 credits, 2 votes".
#[must_use]
pub fn alt_of_lineage(draft: &Draft, number: Number, steps: &[Step]) -> AltText {
    let steps = steps
        .iter()
        .map(|step| format!("{} for {}", rung(step.tier, step.number), step_caption(step)));
    let steps: Vec<String> = steps.collect();
    described(&format!("Lineage of image {number}, {}", steps.join("; ")), draft)
}

/// Names the file of two stages beside each other.
#[must_use]
pub fn compare_name(draft: &Draft, number: Number, [before, after]: &[String; 2]) -> String {
    let [before, after] = [before, after].map(|rung| rung.replace(' ', ""));
    format!("{}-{}-{before}-{after}.jpg", words(draft), number.short())
}

/// Describes two stages of an image beside each other.
#[must_use]
pub fn alt_of_comparison(draft: &Draft, number: Number, [before, after]: &[String; 2]) -> AltText {
    described(
        &format!("Image {number} at {before} and at {after}, with lines around what differs"),
        draft,
    )
}

/// Describes a picture of an image that is still being drawn.
#[must_use]
pub fn alt_of_preview(draft: &Draft) -> AltText {
    described("An image that is still being drawn", draft)
}

/// Describes a picture that a draft is based on.
#[must_use]
pub fn alt_of_reference(draft: &Draft, number: u32) -> AltText {
    let which = format!(
        "Picture {number} of {} that the draft is based on",
        draft.references
    );
    described(&which, draft)
}

/// Describes the file of a prompt that is too long for a message.
#[must_use]
pub fn alt_of_prompt(draft: &Draft) -> AltText {
    described("The whole prompt", draft)
}

/// Describes the pack of an image.
#[must_use]
pub fn alt_of_pack(draft: &Draft, render: &Render) -> AltText {
    described(
        &format!("The pack of image {} of {}", render.number, draft.images),
        draft,
    )
}

/// Describes a book.
#[must_use]
pub fn alt_of_book(book: Book, format: Format, guild: GuildId) -> AltText {
    let what = match book {
        Book::Entries => "every movement of credits",
        Book::Lineage => "every image and what came of it",
    };
    AltText::new(&format!("A table in {} of server {guild}: {what}", format.name()))
}

/// Puts the words of a draft behind what a file is, unless they were forgotten.
fn described(what: &str, draft: &Draft) -> AltText {
    if draft.forgotten {
        return AltText::new(what);
    }
    AltText::new(&format!("{what}: {}", in_words(draft.prompt.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_found_by_new_names_and_by_old_ones() {
        let render = RenderId::fresh(1_700_000_000_000, 0x12_3456);
        let marker = file_marker(render);
        for name in [
            format!("final-1-3840x2160-{render}.png"),
            format!("a-fox-2-4K-{marker}png"),
        ] {
            assert!(name.contains(&marker), "{name}");
        }
        let other = file_marker(RenderId::fresh(1_700_000_000_000, 0x12_3457));
        assert_ne!(marker, other, "made in the same millisecond");
    }
}
