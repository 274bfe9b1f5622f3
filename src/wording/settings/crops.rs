//! The sizes that a server has its pictures cut to.

use crate::domain::image::crop::{BadCrop, Crop, LONGEST_SIDE, MOST_OWN, NAME_CHARS};
use crate::wording::plain;

/// A private answer: a size has a name, and a name has a size.
pub const CROP_NEEDS_BOTH: &str = "A size to cut to needs both: `name` and `size`. Nothing was changed.";

/// Answers privately: the sizes that pictures are cut to.
#[must_use]
pub fn crop_sizes(operators: &[Crop], own: &[Crop]) -> String {
    let list = |crops: &[Crop]| -> String {
        if crops.is_empty() {
            return "none".to_owned();
        }
        let each = crops
            .iter()
            .map(|crop| format!("{} ({})", plain(&crop.name), crop.size));
        each.collect::<Vec<_>>().join(" · ")
    };
    format!(
        "`/image crops` cuts to these sizes\nOf the bot's operator: {}\nOf this server: **{}**\n-# At most {MOST_OWN} of \
         its own. `remove` takes one away by its name.",
        list(operators),
        list(own)
    )
}

/// Answers privately: a size that cannot be kept, and why.
#[must_use]
pub fn bad_crop(why: &BadCrop) -> String {
    let why = match why {
        BadCrop::Name => format!("A size to cut to has a name of 1 to {NAME_CHARS} characters."),
        BadCrop::NoSize(typed) => format!("“{}” is no size. Write it as `1080x1350`.", plain(typed)),
        BadCrop::TooLarge(size) => format!("{size} is too large: a side has at most {LONGEST_SIDE} pixels."),
    };
    format!("{why} Nothing was changed.")
}

/// Answers privately: the server has no size of that name.
#[must_use]
pub fn no_crop_named(name: &str) -> String {
    format!(
        "This server has no size of its own that is called “{}”. Nothing was changed.",
        plain(name)
    )
}

/// Answers privately: the server has as many sizes as it can have.
#[must_use]
pub fn too_many_crops() -> String {
    format!("A server has at most {MOST_OWN} sizes of its own. Remove one first. Nothing was changed.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_sizes_are_told_and_names_are_shown_as_text() {
        let crop = |name: &str, size: &str| Crop {
            name: name.to_owned(),
            size: size.parse().unwrap(),
        };
        insta::assert_snapshot!(crop_sizes(&[crop("Wide", "1920x1080")], &[crop("*Wall*", "970x250")]), @r"
        `/image crops` cuts to these sizes
        Of the bot's operator: Wide (1920×1080)
        Of this server: **\*Wall\* (970×250)**
        -# At most 5 of its own. `remove` takes one away by its name.
        ");
        assert!(crop_sizes(&[], &[]).contains("Of this server: **none**"));
        insta::assert_snapshot!(bad_crop(&BadCrop::NoSize("wide".to_owned())), @"“wide” is no size. Write it as `1080x1350`. Nothing was changed.");
        let huge = "9000x10".parse().unwrap();
        insta::assert_snapshot!(bad_crop(&BadCrop::TooLarge(huge)), @"9000×10 is too large: a side has at most 4096 pixels. Nothing was changed.");
    }
}
