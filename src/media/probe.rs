//! Says what a file is: its format, its size, and whether it can be read to the end.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, ImageReader, Limits};

use crate::domain::geometry::Pixels;
use crate::domain::limits;

/// Bytes that are no usable picture.
#[derive(Debug, thiserror::Error)]
pub enum NotAPicture {
    /// It has more than [`limits::PICTURE_BYTES`] bytes.
    #[error("it has {0} bytes")]
    TooLarge(usize),
    /// Its format is unknown, or the file is broken.
    #[error("it cannot be read")]
    Unreadable(#[from] image::ImageError),
}

/// A picture that was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Its size as it was decoded.
    pub pixels: Pixels,
    /// The extension of its format, without a dot.
    pub extension: &'static str,
}

/// Decodes a picture to the end, so that a truncated one is noticed before it is paid for.
///
/// # Errors
/// [`NotAPicture`] when it is too large or cannot be read.
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

/// Returns what may be decoded, because a small file can claim a huge picture. 16,384 pixels a side
/// and 512 MiB are more than any engine draws.
fn bounds() -> Limits {
    let mut bounds = Limits::default();
    bounds.max_image_width = Some(16_384);
    bounds.max_image_height = Some(16_384);
    bounds.max_alloc = Some(512 * 1024 * 1024);
    bounds
}

/// Returns what the first bytes of a file say that it is: `image/png`, `image/jpeg` or
/// `image/webp`. Returns nothing for any other format.
#[must_use]
pub fn mime(bytes: &[u8]) -> Option<&'static str> {
    match image::guess_format(bytes) {
        Ok(ImageFormat::Png) => Some("image/png"),
        Ok(ImageFormat::Jpeg) => Some("image/jpeg"),
        Ok(ImageFormat::WebP) => Some("image/webp"),
        Ok(_) | Err(_) => None,
    }
}

pub(super) const fn extension(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "png",
        ImageFormat::Jpeg => "jpg",
        ImageFormat::WebP => "webp",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use image::{ImageError, ImageFormat, RgbImage};

    use super::*;
    use crate::media::fit;
    use crate::media::tests::noise;

    /// Makes a picture as a WebP file, without loss.
    fn webp(width: u32, height: u32) -> Vec<u8> {
        let slope = RgbImage::from_fn(width, height, |x, y| {
            let [red, green] = [x, y].map(|n| u8::try_from(n % 256).unwrap());
            image::Rgb([red, green, 90])
        });
        let mut bytes = Cursor::new(Vec::new());
        slope.write_to(&mut bytes, ImageFormat::WebP).unwrap();
        bytes.into_inner()
    }

    /// One pixel as a WebP file with loss. The image library cannot write such a file.
    const LOSSY_WEBP: &[u8] = b"RIFF\x22\0\0\0WEBPVP8 \x16\0\0\0\x30\x01\0\x9d\x01\x2a\x01\0\x01\0\x0e\xc0\xfe\x25\xa4\0\x03\x70\0\0\0\0";

    #[test]
    fn a_webp_is_a_picture_like_any_other() {
        let whole = webp(64, 36);
        let found = probe(&whole).unwrap();
        assert_eq!(
            (found.pixels.to_string().as_str(), found.extension),
            ("64×36", "webp")
        );
        assert_eq!(mime(&whole), Some("image/webp"));
        assert!(probe(&whole[..whole.len() / 2]).is_err(), "truncated");
        assert_eq!(probe(LOSSY_WEBP).unwrap().pixels.count(), 1);

        let posted = fit(whole.clone(), whole.len()).unwrap();
        assert_eq!((posted.extension, posted.reduced), ("webp", false));
        let smaller = fit(whole.clone(), whole.len() - 1).unwrap();
        assert_eq!((smaller.extension, smaller.reduced), ("jpg", true));
        let larger = super::super::enlarge(&whole, "128x72".parse().unwrap()).unwrap();
        let alike = super::super::likeness(&whole, &larger).unwrap();
        assert!(alike > 0.95, "{alike}");
    }

    #[test]
    fn a_small_webp_that_claims_a_huge_picture_is_refused_by_its_header() {
        // VP8L: each side less one, in 14 bits, after the signature. 16,383 a side is 768 MiB.
        let mut plain = webp(64, 36);
        assert_eq!((&plain[12..16], plain[20]), (b"VP8L".as_slice(), 0x2f));
        plain[21..24].copy_from_slice(&[0xfe, 0xbf, 0xff]);
        plain[24] |= 0x0f;
        // VP8X: 24 bits a side. This one claims 60,000 a side.
        let side = 59_999_u32.to_le_bytes();
        let mut extended = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
        extended.extend([&side[..3], &side[..3]].concat());
        extended.extend_from_slice(&webp(64, 36)[12..]);
        let length = u32::try_from(extended.len() - 8).unwrap();
        extended[4..8].copy_from_slice(&length.to_le_bytes());
        for bomb in [plain, extended] {
            let refused = probe(&bomb);
            assert!(
                matches!(&refused, Err(NotAPicture::Unreadable(ImageError::Limits(_)))),
                "{refused:?}"
            );
        }
    }

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
