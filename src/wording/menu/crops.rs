//! Crops: the sheet with their frames, and the files that are cut.

use crate::domain::geometry::{Pixels, Way};
use crate::domain::image::crop::{Crop, Finder, Planned};
use crate::domain::image::number::Number;
use crate::wording::plain;

/// The label of the button that has the frames stand around the subject again.
pub const AROUND_SUBJECT_LABEL: &str = "Around the subject";
/// What the list of sizes is for.
pub const CUT_SOME: &str = "Cut some of them";

/// What a sheet of crops tells.
#[derive(Clone, Copy, Debug)]
pub struct CropSheet<'a> {
    /// Which image of its draft it is.
    pub number: Number,
    /// The size of its picture.
    pub pixels: Pixels,
    /// The crops, in the order of their numbers.
    pub planned: &'a [Planned],
    /// Who said where the subject stands. `None` if nobody could.
    pub finder: Option<Finder>,
    /// Whether somebody chose the place that the frames stand around.
    pub chosen: bool,
}

/// Answers privately: how an image would be cut, and what is wrong with that, before it is.
#[must_use]
pub fn crops(sheet: &CropSheet<'_>) -> String {
    let first = format!(
        "Crops of **Image {}** ({}), for nothing and for you alone. Nothing is cut yet.",
        sheet.number, sheet.pixels
    );
    let lines = (1..).zip(sheet.planned);
    let lines = lines.map(|(number, planned)| format!("`{number}` {}", line(planned)));
    let around = match (sheet.chosen, sheet.finder) {
        (true, _) => "The frames stand around the place that you chose: the cross.",
        (false, Some(Finder::Engine)) => {
            "The frames stand around the subject, where the engine that drew it says that it is."
        }
        (false, Some(Finder::Contrast)) => {
            "The frames stand around the subject: what contrasts with the edges of the picture (minimum barrier \
             distance). Move them if it is elsewhere."
        }
        (false, None) => {
            "Nothing stands out of this picture, so the frames stand in its middle. Move them as you like."
        }
    };
    let all: Vec<String> = std::iter::once(first).chain(lines).collect();
    format!("{}\n-# {around}", all.join("\n"))
}

fn line(planned: &Planned) -> String {
    let mut parts = vec![plain(&planned.crop.name), planned.crop.size.to_string()];
    if let Some(times) = planned.enlarged() {
        // Rounded up, so that what is larger never reads as the same.
        parts.push(format!(
            "⚠️ would be made larger ({:.1}×)",
            (times * 10.0).ceil() / 10.0
        ));
    }
    if planned.cuts_subject {
        parts.push("⚠️ cuts through the subject".to_owned());
    }
    parts.join(" · ")
}

/// Labels a frame on the sheet, in letters of ASCII.
#[must_use]
pub fn frame_label(number: usize, crop: &Crop) -> String {
    let name: String = crop.name.chars().filter(|c| matches!(c, ' '..='~')).collect();
    format!("{number} {}", name.trim()).trim_end().to_owned()
}

/// Returns the label of the button that cuts to all sizes.
#[must_use]
pub fn cut_all_label(n: usize) -> String {
    format!("Cut all {n}")
}

/// Returns what the list of sizes says of one.
#[must_use]
pub fn crop_offered(number: usize, crop: &Crop) -> String {
    format!("{number} {} · {}", crop.name, crop.size)
}

/// Returns the label of the button that moves the frames.
#[must_use]
pub const fn move_label(way: Way) -> &'static str {
    match way {
        Way::Left => "← Left",
        Way::Up => "↑ Up",
        Way::Down => "↓ Down",
        Way::Right => "→ Right",
    }
}

/// Answers privately: an image that was cut, attached.
#[must_use]
pub fn cropped(number: Number, planned: &[Planned]) -> String {
    let lines = planned.iter().map(|planned| {
        let times = planned.enlarged();
        let larger = times.map_or_else(String::new, |times| {
            format!(" · made larger ({:.1}×)", (times * 10.0).ceil() / 10.0)
        });
        let through = if planned.cuts_subject {
            " · cut through the subject"
        } else {
            ""
        };
        let crop = &planned.crop;
        format!(
            "**Image {number}** for {} · {}{larger}{through}",
            plain(&crop.name),
            crop.size
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A private answer: a size that is not offered any more.
pub const NO_SUCH_CROP: &str =
    "This picture cannot be cut to that size. `/image crops` shows what it can be.";

/// A private answer: no sizes are offered.
pub const NO_CROPS: &str = "No sizes are set to cut pictures to; the bot's operator can set some (`crops`).";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::geometry::Focus;
    use crate::domain::image::crop::{Aim, Area, Subject};

    fn crop(name: &str, size: &str) -> Crop {
        Crop {
            name: name.to_owned(),
            size: size.parse().unwrap(),
        }
    }

    fn planned(crops: &[Crop], finder: Option<Finder>) -> Vec<Planned> {
        let pixels = Pixels {
            width: 2560,
            height: 1440,
        };
        let subject = finder.map(|by| Subject {
            area: Area {
                x: 200,
                y: 400,
                size: Pixels {
                    width: 1000,
                    height: 700,
                },
            },
            focus: Focus::at(700, 750, pixels),
            by,
        });
        let aim = Aim::of(subject, None);
        let all = crops.iter().map(|crop| Planned::new(crop, pixels, aim, subject));
        all.collect()
    }

    #[test]
    fn what_is_wrong_with_a_crop_is_said_before_it_is_cut() {
        let sizes = [
            crop("Feed, square", "1080x1080"),
            crop("Story", "1080x1920"),
            crop("*Wall*", "3840x2160"),
        ];
        let told = |finder, chosen| {
            crops(&CropSheet {
                number: Number::first(2),
                pixels: Pixels {
                    width: 2560,
                    height: 1440,
                },
                planned: &planned(&sizes, finder),
                finder,
                chosen,
            })
        };
        insta::assert_snapshot!(told(Some(Finder::Contrast), false), @r"
        Crops of **Image 2** (2560×1440), for nothing and for you alone. Nothing is cut yet.
        `1` Feed, square · 1080×1080
        `2` Story · 1080×1920 · ⚠️ would be made larger (1.4×) · ⚠️ cuts through the subject
        `3` \*Wall\* · 3840×2160 · ⚠️ would be made larger (1.5×)
        -# The frames stand around the subject: what contrasts with the edges of the picture (minimum barrier distance). Move them if it is elsewhere.
        ");
        let last = |told: String| told.lines().last().unwrap_or_default().to_owned();
        insta::assert_snapshot!(last(told(Some(Finder::Engine), false)), @"-# The frames stand around the subject, where the engine that drew it says that it is.");
        insta::assert_snapshot!(last(told(None, false)), @"-# Nothing stands out of this picture, so the frames stand in its middle. Move them as you like.");
        insta::assert_snapshot!(last(told(None, true)), @"-# The frames stand around the place that you chose: the cross.");
        insta::assert_snapshot!(cropped(Number::first(2), &planned(&sizes, Some(Finder::Engine))), @r"
        **Image 2** for Feed, square · 1080×1080
        **Image 2** for Story · 1080×1920 · made larger (1.4×) · cut through the subject
        **Image 2** for \*Wall\* · 3840×2160 · made larger (1.5×)
        ");
    }

    #[test]
    fn a_frame_is_named_in_letters_that_the_sheet_has() {
        assert_eq!(frame_label(1, &crop("Feed, square", "1x1")), "1 Feed, square");
        assert_eq!(frame_label(2, &crop("Größe", "1x1")), "2 Gre");
        assert_eq!(frame_label(3, &crop("看板", "1x1")), "3");
    }
}
