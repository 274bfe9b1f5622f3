//! Files that are handed out: where they are, what they are, and why they are withheld.

use crate::domain::draft::entity::Draft;
use crate::domain::geometry::{Pixels, Tier};
use crate::domain::ids::RenderId;
use crate::domain::image::number::Number;
use crate::domain::image::reduced::{FileForm, Forms, Reduced};
use crate::domain::image::render::Render;
use crate::domain::limits;
use crate::domain::stage::Stage;
use crate::domain::text::{file_words, in_words};
use crate::wording::attachment::words;
use crate::wording::{file_marker, stage_title};

/// A private answer: the original is not stored any more.
pub const NO_ORIGINAL: &str = "The original of this picture is not stored any more.";

/// A private answer: Discord does not take the file of an answer.
pub const FILE_TOO_LARGE: &str = "The file is too large for Discord here, so I cannot attach it.";

/// What a page says instead of a file: the address is no link of the bot.
pub const NO_SUCH_LINK: &str = "There is nothing here.\n";
/// What a page says instead of a file: the link was not made by the bot, or was changed.
pub const FORGED_LINK: &str = "This link is not whole. Copy it again from where it was given.\n";
/// What a page says instead of a file: the link's time is over.
pub const EXPIRED_LINK: &str = "This link has expired. Ask for a new one where it was given.\n";
/// What a page says instead of a file: the file is not there any more.
pub const GONE_FILE: &str = "This file is not there any more.\n";
/// What a page says instead of a file: it can be asked for again.
pub const FILES_BUSY: &str = "The file cannot be given just now. Try again in a moment.\n";
/// What a page says to whoever does not ask for a file.
pub const FILES_ARE_READ: &str = "Files can only be read here.\n";

/// Answers privately: the original of an image, attached.
#[must_use]
pub fn original(number: Number, stage: Stage, tier: Tier, pixels: Pixels) -> String {
    format!(
        "The original of **Image {number}** · {tier} {} · {pixels}",
        stage_title(stage)
    )
}

/// An original that is too large to be attached.
#[derive(Clone, Copy, Debug)]
pub struct TooLarge<'a> {
    /// Which image of the draft.
    pub number: Number,
    /// The stage of the image.
    pub stage: Stage,
    /// The tier of the stage.
    pub tier: Tier,
    /// What the original is.
    pub form: &'a FileForm,
    /// The most that may be uploaded, in bytes.
    pub limit: usize,
    /// By what the operator finds it.
    pub render: RenderId,
    /// Its address, the name of the file, and when the address expires, in seconds since 1970. `None`
    /// where nobody serves links.
    pub link: Option<(&'a str, &'a str, i64)>,
}

/// Answers privately: the original is larger than what can be uploaded here, and where it is.
#[must_use]
pub fn original_too_large(of: &TooLarge<'_>) -> String {
    let what = format!(
        "The original of **Image {}** · {} {} is a {}. I may attach {} here.",
        of.number,
        of.tier,
        stage_title(of.stage),
        form(of.form),
        size(of.limit as u64)
    );
    match of.link {
        Some(link) => format!("{what}\n{}", linked(link)),
        None => format!(
            "{what} The picture in the thread is the best form that fits. The bot's operator can hand out the \
             original (`{}`), or have me give links to such files (`links` in the settings).",
            of.render
        ),
    }
}

/// Shows a link to a file. Angle brackets keep Discord from looking at the address itself.
fn linked((url, name, expires_s): (&str, &str, i64)) -> String {
    format!("**[{name}](<{url}>)**\n-# Whoever has this link can load the file, until <t:{expires_s}:f>.")
}

/// A part of a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packed {
    /// The pack itself.
    All,
    /// The picture as it was drawn.
    Picture,
    /// What a screen reader says of it.
    Alt,
    /// Where it comes from.
    Lineage,
}

/// Names a part of a pack by its project, its prompt, its stage and its pixels:
/// `spring-a-red-fox-2-final-3840x2160-1a2b3c4d.png`. Whatever was typed, it is of ASCII letters,
/// digits and hyphens.
#[must_use]
pub fn packed_name(
    draft: &Draft,
    project: Option<&str>,
    render: &Render,
    (part, pixels): (Packed, Pixels),
    extension: &str,
) -> String {
    let project = project.map(|name| file_words(&in_words(name), limits::FILE_PROJECT_CHARS));
    let part = match part {
        Packed::All => "pack".to_owned(),
        Packed::Picture => stage_title(render.stage).to_owned(),
        Packed::Alt => "alt".to_owned(),
        Packed::Lineage => "lineage".to_owned(),
    };
    let number = render.number.short();
    let size = format!("{}x{}", pixels.width, pixels.height);
    let parts = [project.unwrap_or_default(), words(draft), number, part, size];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{}-{}{extension}", parts.join("-"), file_marker(render.id))
}

/// Answers privately: the pack of an image, attached.
#[must_use]
pub fn pack(number: Number, stage: Stage, tier: Tier, bytes: u64) -> String {
    format!(
        "Everything of **Image {number}** · {tier} {} in one ZIP of {}: the original, its crops, its description \
         and where it comes from.",
        stage_title(stage),
        size(bytes)
    )
}

/// A pack that is too large to be attached.
#[derive(Clone, Copy, Debug)]
pub struct TooLargePack<'a> {
    /// Which image of the draft.
    pub number: Number,
    /// The stage of the image.
    pub stage: Stage,
    /// The tier of the stage.
    pub tier: Tier,
    /// The most that may be uploaded, in bytes.
    pub limit: usize,
    /// Its address, the name of the file, and when the address expires, in seconds since 1970. `None`
    /// where nobody serves links.
    pub link: Option<(&'a str, &'a str, i64)>,
}

/// Answers privately: the pack is larger than what can be uploaded here, and where it is.
#[must_use]
pub fn pack_too_large(of: &TooLargePack<'_>) -> String {
    let what = format!(
        "The pack of **Image {}** · {} {} is larger than the {} that I may attach here.",
        of.number,
        of.tier,
        stage_title(of.stage),
        size(of.limit as u64)
    );
    match of.link {
        Some(link) => format!("{what}\n{}", linked(link)),
        None => format!(
            "{what} `/image original` and `/image crops` give its parts. The bot's operator can have me give links \
             to such files (`links` in the settings)."
        ),
    }
}

/// Says on a message that it shows a smaller form of a picture, and which.
#[must_use]
pub fn reduced_form(reduced: &Reduced) -> String {
    match &reduced.forms {
        Some(Forms {
            posted,
            original,
            lost_credentials,
        }) => {
            let lost = if *lost_credentials {
                " · only the original carries the engine's content credentials"
            } else {
                ""
            };
            format!(
                "-# Posted as {} to fit the upload limit · original: {}, `/image original`{lost}",
                form(posted),
                form(original)
            )
        }
        None => "-# Posted in a smaller form to fit the upload limit; the original file is kept: `/image original`."
            .to_owned(),
    }
}

fn form(form: &FileForm) -> String {
    let format = match form.extension.as_str() {
        "png" => "PNG",
        "jpg" => "JPEG",
        "webp" => "WebP",
        "gif" => "GIF",
        _ => "file",
    };
    format!("{format} of {}", size(form.bytes))
}

/// Writes a size with one digit behind the point, in the unit in which it has few before it.
fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "it is rounded anyway")]
    let bytes = bytes as f64;
    let (kib, mib) = (1024.0, 1024.0 * 1024.0);
    if bytes < mib {
        format!("{} KiB", (bytes / kib * 10.0).round() / 10.0)
    } else {
        format!("{} MiB", (bytes / mib * 10.0).round() / 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn too_large(link: Option<(&str, &str, i64)>) -> String {
        original_too_large(&TooLarge {
            number: Number::first(2),
            stage: Stage::Final,
            tier: Tier::K4,
            form: &FileForm {
                extension: "png".to_owned(),
                bytes: 26_214_400,
            },
            limit: 10 << 20,
            render: RenderId::new(255),
            link,
        })
    }

    #[test]
    fn an_original_that_does_not_fit_is_told_with_where_it_is() {
        insta::assert_snapshot!(too_large(Some(("https://p.example/x", "a-fox-2-4K-000000ff.png", 1_700_000_000))), @r"
        The original of **Image 2** · 4K final is a PNG of 25 MiB. I may attach 10 MiB here.
        **[a-fox-2-4K-000000ff.png](<https://p.example/x>)**
        -# Whoever has this link can load the file, until <t:1700000000:f>.
        ");
        insta::assert_snapshot!(too_large(None), @"The original of **Image 2** · 4K final is a PNG of 25 MiB. I may attach 10 MiB here. The picture in the thread is the best form that fits. The bot's operator can hand out the original (`00000000000000ff`), or have me give links to such files (`links` in the settings).");
    }

    #[test]
    fn a_smaller_form_is_told_with_its_original() {
        let forms = "jpg 9751234 png 32505856".parse().unwrap();
        insta::assert_snapshot!(reduced_form(&Reduced { forms: Some(forms) }), @"-# Posted as JPEG of 9.3 MiB to fit the upload limit · original: PNG of 31 MiB, `/image original`");
        let small = "jpg 1500 png 32505".parse().unwrap();
        insta::assert_snapshot!(reduced_form(&Reduced { forms: Some(small) }), @"-# Posted as JPEG of 1.5 KiB to fit the upload limit · original: PNG of 31.7 KiB, `/image original`");
        insta::assert_snapshot!(reduced_form(&Reduced { forms: None }), @"-# Posted in a smaller form to fit the upload limit; the original file is kept: `/image original`.");
    }
}
