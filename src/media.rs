//! Reads and changes the bytes of a picture. It says what a file is, fits it under a limit, makes
//! it larger or smaller, finds its subject and cuts it, draws several on one sheet, says how far it is
//! from another, and gives it the colours of another. It draws charts, too.

mod canvas;
mod chart;
mod cut;
mod drift;
mod fit;
mod gate;
mod marks;
mod outline;
mod probe;
mod read;
mod reference;
mod resize;
mod saliency;
mod sheet;
mod tint;

pub use self::chart::draw;
pub use self::cut::Uncut;
pub use self::drift::{Moved, likeness, moved};
pub use self::fit::{Fitted, as_seen, fit, fit_own, size_with};
pub use self::gate::{Load, load, load_of_fit, load_of_resizing, work};
pub use self::marks::has_credentials;
pub use self::outline::NotAPicture;
pub use self::probe::{Probe, extension, mime, probe};
pub use self::reference::{CleanPicture, Unfit, clean};
pub use self::resize::{ResizeError, enlarge};
pub use self::sheet::{Medal, Sheet};
pub use self::tint::in_colours_of;

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat, RgbImage};

    use crate::domain::image::mark::{Mark, Source};

    /// Small files of other programs; `tests/data/README.md` says what is odd about each.
    pub(super) const DATA: [(&str, &[u8]); 10] = [
        ("animated.gif", include_bytes!("../tests/data/animated.gif")),
        ("animated.webp", include_bytes!("../tests/data/animated.webp")),
        ("baseline.jpg", include_bytes!("../tests/data/baseline.jpg")),
        (
            "cmyk-profile.jpg",
            include_bytes!("../tests/data/cmyk-profile.jpg"),
        ),
        ("cmyk.jpg", include_bytes!("../tests/data/cmyk.jpg")),
        (
            "lossy-alpha.webp",
            include_bytes!("../tests/data/lossy-alpha.webp"),
        ),
        ("one-bit.png", include_bytes!("../tests/data/one-bit.png")),
        (
            "palette-transparent.png",
            include_bytes!("../tests/data/palette-transparent.png"),
        ),
        ("progressive.jpg", include_bytes!("../tests/data/progressive.jpg")),
        (
            "progressive-large.jpg",
            include_bytes!("../tests/data/progressive-large.jpg"),
        ),
    ];

    /// Returns one of [`DATA`].
    pub(super) fn data(wanted: &str) -> Vec<u8> {
        let found = DATA.iter().find(|(name, _)| *name == wanted);
        found.expect("a file of that name").1.to_vec()
    }

    /// A mark of some picture.
    pub(super) const fn mark() -> Mark {
        Mark {
            source: Source::Trained,
            draft: None,
            image: None,
            prompt: None,
        }
    }

    /// Encodes a picture as a PNG file.
    pub(super) fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
        let mut bytes = Vec::new();
        picture
            .into()
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .unwrap();
        bytes
    }

    /// Makes a picture that no codec can make small.
    pub(super) fn noise(width: u32, height: u32) -> Vec<u8> {
        let mut state = 1_u32;
        png(RgbImage::from_fn(width, height, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [red, green, blue, _] = state.to_be_bytes();
            image::Rgb([red, green, blue])
        }))
    }
}
