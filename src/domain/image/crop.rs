//! The sizes that publishing channels want. A picture is cut to them without a charge.

use serde::Deserialize;

use crate::domain::geometry::Pixels;

/// A size that a publishing channel wants.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crop {
    /// The channel or the use, 1 to 30 characters.
    pub name: String,
    /// The size to which a picture is cut, in pixels.
    pub size: Pixels,
}

/// The most crop sizes that the operator can set. A message has one row of five buttons for them.
pub const MOST: usize = 5;

/// Longest name of a size, in characters.
const NAME_CHARS: usize = 30;

/// Returns why the operator's list of crop sizes is refused: more than [`MOST`] sizes, or a name
/// that is not 1 to 30 characters long. Returns `None` for a list that is fine.
#[must_use]
pub fn fault(crops: &[Crop]) -> Option<String> {
    if crops.len() > MOST {
        return Some(format!("at most {MOST} sizes"));
    }
    let named = |crop: &Crop| (1..=NAME_CHARS).contains(&crop.name.chars().count());
    crops
        .iter()
        .find(|crop| !named(crop))
        .map(|crop| format!("a name has 1 to {NAME_CHARS} characters, not “{}”", crop.name))
}

/// Returns whether a picture can be cut to a size without being made larger.
#[must_use]
pub fn can_cut(from: Pixels, to: Pixels) -> bool {
    from.width >= to.width && from.height >= to.height
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn size(width: u32, height: u32) -> Pixels {
        Pixels { width, height }
    }

    #[test]
    fn a_picture_is_never_made_larger_to_be_cut() {
        for (from, to, can) in [
            (size(2560, 1440), size(1080, 1350), true),
            (size(1280, 720), size(1080, 1350), false),
            (size(1080, 1350), size(1080, 1350), true),
            (size(1079, 4000), size(1080, 1080), false),
        ] {
            assert_eq!(can_cut(from, to), can, "{from} to {to}");
        }
    }

    #[test]
    fn a_list_that_no_message_could_show_is_refused() {
        let crop = |name: &str| Crop {
            name: name.to_owned(),
            size: size(1, 1),
        };
        assert_eq!(fault(&vec![crop("Story"); MOST]), None);
        assert!(fault(&vec![crop("Story"); MOST + 1]).is_some());
        assert!(fault(&[crop("")]).is_some() && fault(&[crop(&"x".repeat(31))]).is_some());
    }
}
