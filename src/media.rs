//! Bytes in, bytes out: what a picture file is, and how it fits under an upload limit.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
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

/// A picture in a form that fits.
#[derive(Debug)]
pub struct Fitted {
    /// The file.
    pub bytes: Vec<u8>,
    /// The extension of its format, without a dot.
    pub extension: &'static str,
    /// Whether this is not the original.
    pub reduced: bool,
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

/// The picture as it is, if it has at most so many bytes; else the best JPEG that has.
///
/// # Errors
/// [`NotAPicture`] when it has to be made smaller and cannot be read.
pub fn fit(bytes: Vec<u8>, limit_bytes: usize) -> Result<Fitted, NotAPicture> {
    if bytes.len() <= limit_bytes {
        let extension = extension(image::guess_format(&bytes)?);
        return Ok(Fitted {
            bytes,
            extension,
            reduced: false,
        });
    }
    let mut picture = decode(&bytes)?.0;
    loop {
        for quality in [95, 90, 80, 60] {
            let bytes = jpeg(&picture, quality)?;
            // One pixel is the end of it, whether it fits or not.
            if bytes.len() <= limit_bytes || picture.width().max(picture.height()) == 1 {
                return Ok(Fitted {
                    bytes,
                    extension: "jpg",
                    reduced: true,
                });
            }
        }
        let (width, height) = ((picture.width() / 2).max(1), (picture.height() / 2).max(1));
        picture = picture.thumbnail_exact(width, height);
    }
}

fn jpeg(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, NotAPicture> {
    let mut bytes = Vec::new();
    picture
        .to_rgb8()
        .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality))?;
    Ok(bytes)
}

fn decode(bytes: &[u8]) -> Result<(DynamicImage, &'static str), NotAPicture> {
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

const fn extension(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "png",
        ImageFormat::Jpeg => "jpg",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(width: u32, height: u32) -> Vec<u8> {
        let mut state = 1_u32;
        let picture = image::RgbImage::from_fn(width, height, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [red, green, blue, _] = state.to_be_bytes();
            image::Rgb([red, green, blue])
        });
        let mut bytes = Vec::new();
        picture
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .unwrap();
        bytes
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

    #[test]
    fn a_picture_that_fits_is_left_alone_and_a_larger_one_becomes_the_best_jpeg_that_does() {
        let original = noise(200, 100);
        let same = fit(original.clone(), original.len()).unwrap();
        assert_eq!(
            (same.bytes, same.extension, same.reduced),
            (original.clone(), "png", false)
        );

        let smaller = fit(original.clone(), original.len() - 1).unwrap();
        assert_eq!((smaller.extension, smaller.reduced), ("jpg", true));
        assert_eq!(
            probe(&smaller.bytes).unwrap().pixels,
            Pixels {
                width: 200,
                height: 100
            }
        );

        let tiny = fit(original, 1_500).unwrap();
        assert!(tiny.bytes.len() <= 1_500);
        assert!(probe(&tiny.bytes).is_ok());
        assert!(
            fit(noise(200, 100), 1).unwrap().reduced,
            "and it ends where nothing fits"
        );
    }
}
