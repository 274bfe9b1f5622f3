//! What a file is.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, ImageReader, Limits};

use crate::domain::limits;
use crate::domain::picture::Pixels;

/// Bytes that are no usable picture.
#[derive(Debug, thiserror::Error)]
pub enum NotAPicture {
    /// More bytes than are read.
    #[error("it has {0} bytes")]
    TooLarge(usize),
    /// Not a format that is known, or broken.
    #[error("it cannot be read")]
    Unreadable(#[from] image::ImageError),
}

/// A picture that was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Its real size.
    pub pixels: Pixels,
    /// The extension of its format, without a dot.
    pub extension: &'static str,
}

/// Decodes a picture to the end, so that a truncated one is noticed before it is paid for.
///
/// # Errors
/// [`NotAPicture`].
pub fn probe(bytes: &[u8]) -> Result<Probe, NotAPicture> {
    if bytes.len() > limits::PICTURE_BYTES {
        return Err(NotAPicture::TooLarge(bytes.len()));
    }
    let (picture, extension) = decode(bytes)?;
    Ok(Probe {
        pixels: Pixels {
            width: picture.width(),
            height: picture.height(),
        },
        extension,
    })
}

pub(super) fn decode(bytes: &[u8]) -> Result<(DynamicImage, &'static str), NotAPicture> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(image::ImageError::IoError)?;
    let extension = reader.format().map_or("bin", extension);
    reader.limits(bounds());
    Ok((reader.decode()?, extension))
}

/// A small file can claim a huge picture. 16,384 a side and 512 MiB are more than any engine draws.
fn bounds() -> Limits {
    let mut bounds = Limits::default();
    bounds.max_image_width = Some(16_384);
    bounds.max_image_height = Some(16_384);
    bounds.max_alloc = Some(512 * 1024 * 1024);
    bounds
}

/// What a file says that it is, by its first bytes: `image/png` or `image/jpeg`.
#[must_use]
pub fn mime(bytes: &[u8]) -> Option<&'static str> {
    match image::guess_format(bytes) {
        Ok(ImageFormat::Png) => Some("image/png"),
        Ok(ImageFormat::Jpeg) => Some("image/jpeg"),
        Ok(_) | Err(_) => None,
    }
}

pub(super) const fn extension(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "png",
        ImageFormat::Jpeg => "jpg",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::noise;
    use super::*;

    #[test]
    fn a_picture_is_read_to_its_end() {
        let whole = noise(64, 36);
        let size = Pixels {
            width: 64,
            height: 36,
        };
        assert_eq!(
            probe(&whole).unwrap(),
            Probe {
                pixels: size,
                extension: "png"
            }
        );
        assert!(probe(&whole[..whole.len() / 2]).is_err(), "truncated");
        assert!(probe(b"<html>busy</html>").is_err(), "not a picture");
        assert!(probe(&[]).is_err(), "empty");
        assert!(matches!(
            probe(&vec![0; limits::PICTURE_BYTES + 1]),
            Err(NotAPicture::TooLarge(_))
        ));
    }

    #[test]
    fn a_small_file_that_claims_a_huge_picture_is_refused() {
        let mut bomb = noise(16, 16);
        bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        assert!(probe(&bomb).is_err());
    }
}
