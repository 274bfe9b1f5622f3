//! Reads and changes the bytes of a picture. It says what a file is, fits it under a limit, makes
//! it larger or smaller, says how far it is from another, and gives it the colours of another.

mod drift;
mod fit;
mod probe;
mod resize;
mod tint;

pub use self::drift::likeness;
pub use self::fit::{Fitted, fit};
pub use self::probe::{NotAPicture, Probe, mime, probe};
pub use self::resize::{ResizeError, cut, enlarge, shrink};
pub use self::tint::in_colours_of;

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat, RgbImage};

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
