//! Makes a picture of another size, by a Lanczos filter.

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::png::{CompressionType, FilterType as RowFilter, PngEncoder};
use image::{ColorType, DynamicImage, ImageEncoder};

use super::outline::NotAPicture;
use super::read::read;
use crate::domain::geometry::Pixels;

/// Why there is no picture of another size.
#[derive(Debug, thiserror::Error)]
pub enum ResizeError {
    /// The bytes are no picture.
    #[error(transparent)]
    Picture(#[from] NotAPicture),
    /// No picture can have the size that was asked for.
    #[error("no picture can have that size")]
    Size(#[from] fast_image_resize::ResizeError),
    /// The new picture could not be written as a file.
    #[error("it could not be written as a file")]
    Unwritten(#[from] image::ImageError),
}

/// Returns the picture at another size, as PNG. Nothing is cut off: a size of another ratio
/// stretches it.
///
/// # Errors
/// [`ResizeError`] when the picture cannot be read, or no picture can have the size.
pub fn enlarge(bytes: &[u8], to: Pixels) -> Result<Vec<u8>, ResizeError> {
    Ok(png(&resize(&read(bytes)?, to)?)?)
}

/// Cuts out the middle of a picture that was [read](read) at the ratio of a size, and resizes it to
/// exactly that size.
pub(super) fn cover(picture: &DynamicImage, to: Pixels) -> Result<DynamicImage, ResizeError> {
    resize_by(picture, to, &lanczos().fit_into_destination(None))
}

/// Returns the size of the same ratio whose longer side is `longest` pixels.
pub(super) fn at_most(picture: &DynamicImage, longest: u32) -> Pixels {
    let edge = u64::from(picture.width().max(picture.height()));
    let side = |n: u32| {
        let scaled = (u64::from(n) * u64::from(longest)).div_ceil(edge);
        u32::try_from(scaled).unwrap_or(longest)
    };
    Pixels {
        width: side(picture.width()),
        height: side(picture.height()),
    }
}

fn lanczos() -> ResizeOptions {
    ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
}

/// Makes a picture that was [read](read) smaller: every pixel becomes the mean of those that it stands
/// for.
pub(super) fn average(picture: &DynamicImage, to: Pixels) -> Result<DynamicImage, ResizeError> {
    let mean = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Box));
    resize_by(picture, to, &mean)
}

/// Resizes a picture that was [read](read), so that it has 8 bits a channel.
pub(super) fn resize(picture: &DynamicImage, to: Pixels) -> Result<DynamicImage, ResizeError> {
    resize_by(picture, to, &lanczos())
}

fn resize_by(
    picture: &DynamicImage,
    to: Pixels,
    options: &ResizeOptions,
) -> Result<DynamicImage, ResizeError> {
    let mut into = DynamicImage::new_rgba8(to.width, to.height);
    // The resizer is built for pixels of four bytes alone.
    if picture.color() == ColorType::Rgba8 {
        Resizer::new().resize(picture, &mut into, options)?;
        return Ok(into);
    }
    let (clear, four) = (
        picture.color().has_alpha(),
        DynamicImage::from(picture.to_rgba8()),
    );
    Resizer::new().resize(&four, &mut into, &options.use_alpha(clear))?;
    drop(four);
    Ok(if clear { into } else { into.into_rgb8().into() })
}

/// Writes a picture as a PNG file.
pub(super) fn png(picture: &DynamicImage) -> Result<Vec<u8>, image::ImageError> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, RowFilter::Adaptive);
    encoder.write_image(
        picture.as_bytes(),
        picture.width(),
        picture.height(),
        picture.color().into(),
    )?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;
    use crate::media::probe::probe;
    use crate::media::tests::{noise, png as file};

    const fn size(width: u32, height: u32) -> Pixels {
        Pixels { width, height }
    }

    #[test]
    fn a_larger_picture_has_the_size_that_was_asked_for() {
        let larger = enlarge(&noise(64, 36), size(128, 72)).unwrap();
        assert_eq!(probe(&larger).unwrap().pixels, size(128, 72));
        assert!(enlarge(&noise(64, 36), size(0, 72)).is_err());
        assert!(enlarge(b"no picture", size(128, 72)).is_err());
    }

    #[test]
    fn the_middle_covers_a_size_and_nothing_is_stretched() {
        // A third each is red, green and blue.
        let bands = image::RgbImage::from_fn(300, 100, |x, _| {
            let mut colour = [0, 0, 0];
            colour[(x / 100) as usize] = 255;
            image::Rgb(colour)
        });
        let middle = cover(&bands.into(), size(50, 50)).unwrap().to_rgb8();
        assert_eq!(middle.dimensions(), (50, 50));
        let inner = |x: u32| middle.get_pixel(x, 25).0;
        assert!(
            [5, 25, 45].map(inner).iter().all(|pixel| pixel[1] > 200),
            "all of it is green"
        );
    }

    #[test]
    fn what_was_transparent_stays_so() {
        let clear = RgbaImage::from_pixel(8, 8, Rgba([200, 10, 10, 0]));
        let larger = enlarge(&file(clear), size(16, 16)).unwrap();
        let larger = image::load_from_memory(&larger).unwrap().to_rgba8();
        assert!(larger.pixels().all(|pixel| pixel.0[3] == 0));
    }
}
