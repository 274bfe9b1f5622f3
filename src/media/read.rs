//! Decodes a picture to the end: upright, in sRGB, with 8 bits a channel.

mod colour;
mod decode;

use image::DynamicImage;

pub(super) use self::decode::{Decoded, OFFERED, PAID};
use super::outline::NotAPicture;

/// Decodes a picture: upright, in sRGB, as `Rgb8` or `Rgba8`.
///
/// # Errors
/// [`NotAPicture`].
pub(super) fn read(bytes: &[u8]) -> Result<DynamicImage, NotAPicture> {
    let outline = PAID.outline(bytes)?;
    let (mut picture, turn) = Decoded::of(bytes, &outline, PAID)?.into_srgb();
    picture.apply_orientation(turn);
    Ok(picture)
}
