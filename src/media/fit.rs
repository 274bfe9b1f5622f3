//! Fits a picture under an upload limit.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Rgb, RgbImage};

use super::marks::{has_credentials, marked, room};
use super::outline::{Format, NotAPicture, outline};
use super::read::read;
use super::resize::{at_most, png, resize};
use crate::domain::image::mark::{Contents, Mark};

/// The least quality of a JPEG, of 100. Before it is less, the picture is made smaller.
const LEAST_QUALITY: u8 = 60;
/// The highest quality of a JPEG. Above it a file only grows.
const HIGHEST_QUALITY: u8 = 98;
/// The height of a band of a picture, in pixels, and which of them say how large its file is: every so
/// many-th.
const BAND: usize = 16;
const ONE_OF: usize = 8;
/// The least height of a picture whose bands are asked first, in pixels.
const LARGE: u32 = 1024;
/// How much of the limit a smaller PNG aims at: how well it packs is not known before.
const AIM: f64 = 0.95;

/// A picture in a form that fits.
#[derive(Debug)]
pub struct Fitted {
    /// The contents of the file: the original, or what carries a mark.
    pub contents: Contents,
    /// The extension of its format, without a dot.
    pub extension: &'static str,
    /// Whether it was made smaller: it is then not the original.
    pub reduced: bool,
    /// Whether it was made smaller and the original has content credentials, which it cannot carry.
    pub lost_credentials: bool,
}

/// Returns the picture as it is if it has at most `limit_bytes`. Else returns the best form that
/// has: of an opaque picture a JPEG, of one with transparent parts a smaller PNG, so that they stay
/// transparent. Either stands upright, is in sRGB and carries the mark.
///
/// A picture of one pixel is returned even if it is over the limit.
///
/// # Errors
/// [`NotAPicture`] when the format is unknown, or when the picture must be made smaller and cannot
/// be read.
pub fn fit(bytes: Vec<u8>, limit_bytes: usize, mark: &Mark) -> Result<Fitted, NotAPicture> {
    if bytes.len() <= limit_bytes {
        let extension = Format::of(&bytes).ok_or(NotAPicture::Format(None))?.extension();
        return Ok(Fitted {
            contents: Contents::Original(bytes),
            extension,
            reduced: false,
            lost_credentials: false,
        });
    }
    let lost_credentials = has_credentials(&bytes);
    let picture = read(&bytes)?;
    drop(bytes);
    let (bytes, extension) = within(picture, room_beside(mark, limit_bytes))?;
    Ok(Fitted {
        contents: Contents::Marked(marked(bytes, mark)?),
        extension,
        reduced: true,
        lost_credentials,
    })
}

/// Returns a picture that the bot wrote, with its mark: as it is if it then has at most `limit_bytes`, or
/// else in the best form that has, as [`fit`] chooses it.
///
/// # Errors
/// [`NotAPicture`] when it cannot be read.
pub fn fit_own(bytes: Vec<u8>, limit_bytes: usize, mark: &Mark) -> Result<Fitted, NotAPicture> {
    let extension = Format::of(&bytes).ok_or(NotAPicture::Format(None))?.extension();
    let room = room_beside(mark, limit_bytes);
    if bytes.len() > room {
        return fit(bytes, limit_bytes.min(room), mark);
    }
    Ok(Fitted {
        contents: Contents::Marked(marked(bytes, mark)?),
        extension,
        reduced: false,
        lost_credentials: false,
    })
}

/// Returns how many bytes a picture that the bot wrote has with its mark, at most.
#[must_use]
pub fn size_with(mark: &Mark, bytes: &[u8]) -> usize {
    bytes.len() + room(mark)
}

/// Returns what a mark leaves of a limit. It leaves half at least: no limit of Discord's is so small that
/// a mark would take more.
fn room_beside(mark: &Mark, limit_bytes: usize) -> usize {
    limit_bytes.saturating_sub(room(mark)).max(limit_bytes / 2)
}

/// Returns a picture in a form that means the same to everybody: upright and in sRGB. An engine
/// that is sent a picture looks at its pixels, and often neither at its orientation nor at its
/// profile. What is so already and has at most `limit_bytes` is returned as it is.
///
/// # Errors
/// [`NotAPicture`] when the picture cannot be read.
pub fn as_seen(bytes: Vec<u8>, limit_bytes: usize) -> Result<Vec<u8>, NotAPicture> {
    if outline(&bytes)?.as_seen && bytes.len() <= limit_bytes {
        return Ok(bytes);
    }
    let picture = read(&bytes)?;
    drop(bytes);
    let exact = png(&picture)?;
    if exact.len() <= limit_bytes {
        return Ok(exact);
    }
    Ok(within(picture, limit_bytes)?.0)
}

/// Writes a picture that was [read](read) as the best file that has at most `limit_bytes`.
pub(super) fn within(
    picture: DynamicImage,
    limit_bytes: usize,
) -> Result<(Vec<u8>, &'static str), NotAPicture> {
    if is_transparent(&picture) {
        Ok((png_within(picture, limit_bytes)?, "png"))
    } else {
        Ok((jpeg_within(on_white(picture), limit_bytes)?, "jpg"))
    }
}

/// Returns whether any pixel of a picture is not opaque. Many engines draw a channel for that and
/// leave it full.
pub(super) fn is_transparent(picture: &DynamicImage) -> bool {
    let pixels = picture.as_rgba8();
    pixels.is_some_and(|pixels| pixels.pixels().any(|pixel| pixel.0[3] != u8::MAX))
}

/// Lays a picture on white, for a format or a comparison that knows no transparency. What is hidden
/// below transparent pixels does not show.
pub(super) fn on_white(picture: DynamicImage) -> DynamicImage {
    let Some(pixels) = picture.as_rgba8() else {
        return picture;
    };
    let mut laid = RgbImage::new(pixels.width(), pixels.height());
    for (pixel, into) in pixels.pixels().zip(laid.pixels_mut()) {
        let alpha = u32::from(pixel.0[3]);
        let mix = |colour: u8| (u32::from(colour) * alpha + 255 * (255 - alpha) + 127) / 255;
        let [red, green, blue, _] = pixel.0;
        *into = Rgb([red, green, blue].map(|colour| u8::try_from(mix(colour)).unwrap_or(u8::MAX)));
    }
    laid.into()
}

/// Makes white what is wholly transparent: whoever ignores transparency sees neither what was
/// hidden nor black.
pub(super) fn bared(mut picture: DynamicImage) -> DynamicImage {
    if let Some(pixels) = picture.as_mut_rgba8() {
        for pixel in pixels.pixels_mut().filter(|pixel| pixel.0[3] == 0) {
            pixel.0 = [u8::MAX, u8::MAX, u8::MAX, 0];
        }
    }
    picture
}

/// Returns the JPEG of the highest quality that fits: of the whole size, or else of half the width
/// and height, again and again.
pub(super) fn jpeg_within(mut picture: DynamicImage, limit_bytes: usize) -> Result<Vec<u8>, NotAPicture> {
    loop {
        if let Some(best) = best_jpeg(&picture, limit_bytes)? {
            return Ok(best);
        }
        // A picture of one pixel ends the search, whether it fits or not.
        if picture.width().max(picture.height()) == 1 {
            return jpeg(&picture, LEAST_QUALITY);
        }
        let (width, height) = ((picture.width() / 2).max(1), (picture.height() / 2).max(1));
        picture = picture.thumbnail_exact(width, height);
    }
}

/// Searches the highest quality whose file fits. Returns nothing if not even that of the least does.
///
/// Writing all of a large picture is what takes long. So a part of it says where to look first, and the
/// search goes on from there in growing steps, and between two bounds by halves.
fn best_jpeg(picture: &DynamicImage, limit_bytes: usize) -> Result<Option<Vec<u8>>, NotAPicture> {
    let (mut fits, mut too_high, mut best) = (LEAST_QUALITY - 1, HIGHEST_QUALITY + 1, None);
    let (mut next, mut step) = (likely_quality(picture, limit_bytes)?, 1_u8);
    while fits + 1 < too_high {
        let bytes = jpeg(picture, next)?;
        if bytes.len() <= limit_bytes {
            (fits, best) = (next, Some(bytes));
        } else {
            too_high = next;
        }
        next = match (fits >= LEAST_QUALITY, too_high <= HIGHEST_QUALITY) {
            (true, false) => fits.saturating_add(step).min(HIGHEST_QUALITY),
            (false, true) => too_high.saturating_sub(step).max(LEAST_QUALITY),
            _ => fits + (too_high - fits) / 2,
        };
        step = step.saturating_mul(2);
    }
    Ok(best)
}

/// Returns the quality at which the file of a picture likely has just `limit_bytes`, by bands of it.
fn likely_quality(picture: &DynamicImage, limit_bytes: usize) -> Result<u8, NotAPicture> {
    let (mut least, mut highest) = (LEAST_QUALITY, HIGHEST_QUALITY);
    let Some(bands) = picture.as_rgb8().and_then(bands) else {
        return Ok(least.midpoint(highest));
    };
    let share = f64::from(bands.height()) / f64::from(picture.height());
    while least < highest {
        let between = least + (highest - least).div_ceil(2);
        #[expect(clippy::cast_precision_loss, reason = "a guess at a size")]
        let fits = jpeg(&bands, between)?.len() as f64 <= limit_bytes as f64 * share;
        if fits {
            least = between;
        } else {
            highest = between - 1;
        }
    }
    Ok(least)
}

/// Returns every eighth band of a picture, each of the height of a block of a JPEG. A small picture has
/// none: all of it is written as fast.
fn bands(picture: &RgbImage) -> Option<DynamicImage> {
    if picture.height() < LARGE {
        return None;
    }
    let row = usize::try_from(picture.width()).ok()? * 3;
    let chosen = picture.as_raw().chunks_exact(row * BAND).step_by(ONE_OF);
    let pixels: Vec<u8> = chosen.flatten().copied().collect();
    let height = u32::try_from(pixels.len() / row.max(1)).ok()?;
    RgbImage::from_raw(picture.width(), height, pixels).map(Into::into)
}

pub(super) fn jpeg(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, NotAPicture> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    picture.write_with_encoder(encoder)?;
    Ok(bytes)
}

/// Returns the PNG of the largest size that fits.
fn png_within(mut picture: DynamicImage, limit_bytes: usize) -> Result<Vec<u8>, NotAPicture> {
    loop {
        picture = bared(picture);
        let bytes = png(&picture)?;
        let longest = picture.width().max(picture.height());
        // A picture of one pixel ends the search, whether it fits or not.
        if bytes.len() <= limit_bytes || longest == 1 {
            return Ok(bytes);
        }
        let smaller = smaller(longest, bytes.len(), limit_bytes);
        let size = at_most(&picture, smaller);
        picture = resize(&picture, size).map_err(|error| NotAPicture::Broken(error.to_string()))?;
    }
}

/// Returns the longest side at which a file of `bytes` should fit.
fn smaller(longest: u32, bytes: usize, limit_bytes: usize) -> u32 {
    #[expect(clippy::cast_precision_loss, reason = "a guess at a size")]
    let factor = (limit_bytes as f64 / bytes as f64).sqrt() * AIM;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is smaller than the side"
    )]
    let guess = (f64::from(longest) * factor) as u32;
    guess.clamp(1, longest - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::geometry::Pixels;
    use crate::media::probe::probe;
    use crate::media::tests::{mark, noise};

    #[test]
    fn a_picture_that_fits_is_left_alone_and_a_larger_one_becomes_the_best_jpeg_that_does() {
        let original = noise(200, 100);
        let same = fit(original.clone(), original.len(), &mark()).unwrap();
        assert_eq!(
            (same.contents.into_bytes(), same.extension, same.reduced),
            (original.clone(), "png", false)
        );

        let smaller = fit(original.clone(), original.len() - 1, &mark()).unwrap();
        assert_eq!((smaller.extension, smaller.reduced), ("jpg", true));
        assert_eq!(
            probe(&smaller.contents.clone().into_bytes()).unwrap().pixels,
            Pixels {
                width: 200,
                height: 100
            }
        );

        let tiny = fit(original, 9_000, &mark()).unwrap();
        assert!(tiny.contents.len() <= 9_000);
        assert!(probe(&tiny.contents.into_bytes()).is_ok());
        assert!(
            fit(noise(200, 100), 1, &mark()).unwrap().reduced,
            "and it ends where nothing fits"
        );
    }

    #[test]
    fn a_picture_that_is_not_opaque_keeps_what_is_transparent_when_it_is_made_smaller() {
        let mut loud = image::load_from_memory(&noise(300, 200)).unwrap().to_rgba8();
        for (x, _, pixel) in loud.enumerate_pixels_mut() {
            pixel.0[3] = if x < 150 { 0 } else { 255 };
        }
        let original = png(&loud.into()).unwrap();
        let smaller = fit(original.clone(), original.len() / 3, &mark()).unwrap();
        assert_eq!((smaller.extension, smaller.reduced), ("png", true));
        assert!(smaller.contents.clone().into_bytes().len() <= original.len() / 3);
        let smaller = read(&smaller.contents.clone().into_bytes()).unwrap().into_rgba8();
        assert_eq!(smaller.get_pixel(2, 2).0[3], 0);
        assert_eq!(smaller.get_pixel(smaller.width() - 2, 2).0[3], 255);
        // A full channel for it is none.
        let opaque = image::load_from_memory(&noise(300, 200)).unwrap().to_rgba8();
        let opaque = png(&opaque.into()).unwrap();
        let smaller = fit(opaque.clone(), opaque.len() / 3, &mark()).unwrap();
        assert_eq!(smaller.extension, "jpg");
    }

    #[test]
    fn what_lies_on_white_shows_nothing_of_what_was_hidden() {
        let half = image::RgbaImage::from_pixel(2, 1, image::Rgba([200, 0, 0, 128]));
        let clear = image::RgbaImage::from_pixel(2, 1, image::Rgba([200, 0, 0, 0]));
        let laid = |picture: image::RgbaImage| on_white(picture.into()).to_rgb8().get_pixel(0, 0).0;
        assert_eq!(laid(half), [227, 127, 127]);
        assert_eq!(laid(clear), [255, 255, 255]);
    }

    #[test]
    fn the_best_jpeg_is_found_whatever_its_bands_say() {
        // The first band of eight is noise, and is all that is asked; and then the others.
        for noisy in [0..16, 16..128] {
            let loud = image::load_from_memory(&noise(64, 1_100)).unwrap().to_rgb8();
            let picture = RgbImage::from_fn(64, 1_100, |x, y| {
                if noisy.contains(&(y % 128)) {
                    *loud.get_pixel(x, y)
                } else {
                    Rgb([90, 120, 150])
                }
            });
            let picture = DynamicImage::from(picture);
            for wanted in [60, 61, 80, 97, 98] {
                let best = jpeg(&picture, wanted).unwrap();
                assert!(best_jpeg(&picture, best.len()).unwrap() == Some(best), "{wanted}");
            }
            let least = jpeg(&picture, LEAST_QUALITY).unwrap();
            assert!(best_jpeg(&picture, least.len() - 1).unwrap().is_none());
        }
    }

    #[test]
    fn the_jpeg_that_fits_is_the_best_that_fits() {
        let original = noise(200, 100);
        let picture = read(&original).unwrap();
        for wanted in [62, 77, 90] {
            let best = jpeg(&picture, wanted).unwrap();
            let limit = best.len() + room(&mark());
            assert!(limit < original.len(), "{wanted}");
            let fitted = fit(original.clone(), limit, &mark()).unwrap();
            let best = Contents::Marked(marked(best, &mark()).unwrap());
            assert!(fitted.contents == best && best.len() <= limit, "{wanted}");
        }
    }
}
