//! Fits a picture under an upload limit.

use image::DynamicImage;
use image::codecs::jpeg::JpegEncoder;

use super::probe::{NotAPicture, decode, extension};

/// A picture in a form that fits.
#[derive(Debug)]
pub struct Fitted {
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// The extension of its format, without a dot.
    pub extension: &'static str,
    /// Whether it was made smaller: it is then not the original.
    pub reduced: bool,
}

/// Returns the picture as it is if it has at most `limit_bytes`. Else returns the best JPEG that
/// has: first of less quality, then of half the width and height, again and again.
///
/// A picture of one pixel is returned even if it is over the limit.
///
/// # Errors
/// [`NotAPicture`] when the format is unknown, or when the picture must be made smaller and cannot
/// be read.
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
            // A picture of one pixel ends the search, whether it fits or not.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::geometry::Pixels;
    use crate::media::probe::probe;
    use crate::media::tests::noise;

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
