//! Measures how far a picture is from the one that it was made of.
//!
//! Both are laid out in squares of eight pixels. A square is compared by its structure (SSIM) and
//! by its tone: SSIM alone takes a cloud in a smooth sky for the sky. Squares are gathered into
//! regions, and the regions that changed count more than those that did not, as they do for the eye.

use std::collections::BTreeSet;

use image::{DynamicImage, RgbImage};

use super::fit::on_white;
use super::read::read;
use super::resize::{ResizeError, average, resize};
use crate::domain::geometry::Pixels;

/// The side of the squares that are compared with each other, in pixels.
const SQUARE: u32 = 8;
/// How many regions fit along the shorter side. A region has about the size of a face in a group.
const REGIONS: u32 = 12;
/// Keeps dark squares from a division by zero: (0.01 · 255)², the usual constant of SSIM.
const DARK: f64 = 6.502_5;
/// Keeps flat squares from a division by zero: (0.03 · 255)², the usual constant of SSIM.
const FLAT: f64 = 58.522_5;
/// The change of a square's mean colour that halves its score, in steps of 255. A tenth of it is
/// hard to see.
const TONE: f64 = 24.0;
/// The mean score below which a region is one that moved. A picture that was only made larger has
/// none.
const SEEN: f64 = 0.8;

/// Returns how alike a picture is to its parent, at the parent's size: 1 is the same picture, and
/// pictures that have nothing in common are near 0.
///
/// It is one less the root mean square of what the regions lack. A change that is even all over
/// counts by its mean. The same change in a few places counts more: a region that is quite another,
/// of a hundred that are the same, takes a tenth.
///
/// # Errors
/// [`ResizeError`] when one of the two cannot be read.
pub fn likeness(parent: &[u8], child: &[u8]) -> Result<f64, ResizeError> {
    let (parent, child) = alike(parent, child)?;
    Ok(similarity(&parent, &child))
}

/// Where a picture is not the one that it was made of: regions in rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The size of both pictures, in pixels.
    pub size: Pixels,
    /// The side of a region, in pixels. Those at the right and lower edges may be smaller.
    pub side: u32,
    /// The regions that moved, each by its column and row.
    pub regions: BTreeSet<(u32, u32)>,
}

/// Returns which regions of a picture lack so much of their likeness with its parent's that a look
/// beside each other shows it.
///
/// # Errors
/// [`ResizeError`] when one of the two cannot be read.
pub fn moved(parent: &[u8], child: &[u8]) -> Result<Moved, ResizeError> {
    let (parent, child) = alike(parent, child)?;
    let size = Pixels {
        width: parent.width(),
        height: parent.height(),
    };
    let step = side(&parent);
    let mut regions = BTreeSet::new();
    for (row, top) in (0..).zip((0..size.height).step_by(step as usize)) {
        for (column, left) in (0..).zip((0..size.width).step_by(step as usize)) {
            let end = (size.width.min(left + step), size.height.min(top + step));
            if region(&parent, &child, (left, top), end).0 < SEEN {
                regions.insert((column, row));
            }
        }
    }
    Ok(Moved {
        size,
        side: step,
        regions,
    })
}

/// Returns both pictures at the parent's size.
fn alike(parent: &[u8], child: &[u8]) -> Result<(RgbImage, RgbImage), ResizeError> {
    let (parent, child) = (on_white(read(parent)?), on_white(read(child)?));
    let size = Pixels {
        width: parent.width(),
        height: parent.height(),
    };
    let child = child.to_rgb8();
    let child = if child.dimensions() == (size.width, size.height) {
        child
    } else if child.width() >= size.width && child.height() >= size.height {
        // Every pixel becomes the mean of those that it stands for. Sharper ways to make a picture
        // small add rings along its edges, which the parent has not.
        average(&DynamicImage::from(child), size)?.into_rgb8()
    } else {
        resize(&DynamicImage::from(child), size)?.to_rgb8()
    };
    Ok((parent.to_rgb8(), child))
}

/// Returns the side of a picture's regions, in pixels.
fn side(picture: &RgbImage) -> u32 {
    let (width, height) = picture.dimensions();
    (width.min(height) / REGIONS).next_multiple_of(SQUARE).max(SQUARE)
}

/// Returns the likeness of two pictures of one size.
fn similarity(one: &RgbImage, other: &RgbImage) -> f64 {
    let ((width, height), side) = (one.dimensions(), side(one));
    let (mut lacking, mut pixels) = (0.0, 0.0);
    for top in (0..height).step_by(side as usize) {
        for left in (0..width).step_by(side as usize) {
            let end = (width.min(left + side), height.min(top + side));
            let (score, count) = region(one, other, (left, top), end);
            lacking += (1.0 - score) * (1.0 - score) * count;
            pixels += count;
        }
    }
    1.0 - (lacking / pixels).sqrt()
}

/// Returns the mean score of a region's squares, and how many pixels it has. A square counts by its
/// pixels, because those at an edge may have fewer.
fn region(one: &RgbImage, other: &RgbImage, (left, top): (u32, u32), end: (u32, u32)) -> (f64, f64) {
    let (mut sum, mut pixels) = (0.0, 0.0);
    for y in (top..end.1).step_by(SQUARE as usize) {
        for x in (left..end.0).step_by(SQUARE as usize) {
            let (score, count) = square(one, other, (x, y), (end.0.min(x + SQUARE), end.1.min(y + SQUARE)));
            sum += score * count;
            pixels += count;
        }
    }
    (sum / pixels, pixels)
}

/// Returns the score of one square, and how many pixels it has.
fn square(one: &RgbImage, other: &RgbImage, (left, top): (u32, u32), end: (u32, u32)) -> (f64, f64) {
    let [mut first, mut second] = [[0.0; 3]; 2];
    let [mut first_squared, mut second_squared, mut product] = [0.0; 3];
    for y in top..end.1 {
        for x in left..end.0 {
            let (a, b) = (tone(one.get_pixel(x, y).0), tone(other.get_pixel(x, y).0));
            for channel in 0..3 {
                first[channel] += a[channel];
                second[channel] += b[channel];
            }
            first_squared += a[0] * a[0];
            second_squared += b[0] * b[0];
            product += a[0] * b[0];
        }
    }
    let count = f64::from((end.0 - left) * (end.1 - top));
    let (a, b) = (first[0] / count, second[0] / count);
    let spread = first_squared / count - a * a + second_squared / count - b * b;
    let together = product / count - a * b;
    let structure =
        (2.0 * a * b + DARK) * (2.0 * together + FLAT) / ((a * a + b * b + DARK) * (spread + FLAT));
    let apart = first.iter().zip(second).map(|(a, b)| (a - b) / count);
    let apart: f64 = apart.map(|by| by * by).sum();
    (structure / (1.0 + apart / (TONE * TONE)), count)
}

/// Returns brightness, and how far blue and red are from it, as in ITU-R BT.601.
fn tone([red, green, blue]: [u8; 3]) -> [f64; 3] {
    let [red, green, blue] = [red, green, blue].map(f64::from);
    let brightness = 0.299 * red + 0.587 * green + 0.114 * blue;
    [
        brightness,
        0.564 * (blue - brightness),
        0.713 * (red - brightness),
    ]
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;
    use crate::media::resize::enlarge;
    use crate::media::tests::{noise, png};

    /// Draws a white disc on a slope of light, moved to the right by some pixels.
    fn scene(moved: i64) -> Vec<u8> {
        png(RgbImage::from_fn(320, 180, |x, y| {
            let (dx, dy) = (i64::from(x) - 150 - moved, i64::from(y) - 90);
            if dx * dx + dy * dy < 50 * 50 {
                Rgb([255, 255, 255])
            } else {
                Rgb([40, u8::try_from(y).unwrap(), u8::try_from(x / 2).unwrap()])
            }
        }))
    }

    #[test]
    fn a_picture_is_like_itself_at_any_size() {
        let parent = scene(0);
        assert!((likeness(&parent, &parent).unwrap() - 1.0).abs() < 1e-9);
        let larger = enlarge(
            &parent,
            Pixels {
                width: 640,
                height: 360,
            },
        );
        let same = likeness(&parent, &larger.unwrap()).unwrap();
        assert!(same > 0.97, "{same}");
    }

    /// Draws soft clouds in a smooth sky, all moved to the right by some pixels.
    fn sky(moved: i32) -> RgbImage {
        RgbImage::from_fn(320, 180, |x, y| {
            let cloud = |at: (i32, i32)| {
                let (dx, dy) = (x.cast_signed() - at.0 - moved, y.cast_signed() - at.1);
                (1.0 - f64::from(dx * dx + dy * dy * 4) / 900.0).max(0.0)
            };
            let light = [(40, 30), (130, 60), (220, 25)].map(cloud).iter().sum::<f64>() * 26.0;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is 0 to 26"
            )]
            let light = light as u8;
            Rgb([150 + light, 180 + light, 220])
        })
    }

    /// Below the least likeness of an exact stage, people are told.
    const TOLD: f64 = 0.95;

    #[test]
    fn a_sky_whose_clouds_all_moved_is_told_and_so_is_another_colour() {
        let (parent, moved) = (png(sky(0)), png(sky(45)));
        let drifted = likeness(&parent, &moved).unwrap();
        assert!(drifted < TOLD, "{drifted}");
        let mut red = sky(0);
        for (x, y, pixel) in red.enumerate_pixels_mut() {
            if x > 250 && y > 120 {
                // As bright as before.
                *pixel = Rgb([225, 150, 175]);
            }
        }
        let coloured = likeness(&parent, &png(red)).unwrap();
        assert!(coloured < TOLD, "{coloured}");
    }

    #[test]
    fn one_place_that_is_quite_another_is_told_where_the_mean_would_hide_it() {
        let mut other = sky(0);
        let patch = image::load_from_memory(&noise(30, 30)).unwrap().to_rgb8();
        image::imageops::replace(&mut other, &patch, 200, 100);
        let score = likeness(&png(sky(0)), &png(other)).unwrap();
        assert!(score < TOLD, "{score}");
        let share = f64::from(30 * 30) / f64::from(320 * 180);
        assert!(1.0 - share > TOLD);
    }

    #[test]
    fn only_where_a_picture_moved_its_regions_are_named() {
        let parent = scene(0);
        assert!(moved(&parent, &parent).unwrap().regions.is_empty());
        let larger = enlarge(
            &parent,
            Pixels {
                width: 640,
                height: 360,
            },
        );
        assert!(moved(&parent, &larger.unwrap()).unwrap().regions.is_empty());
        let found = moved(&parent, &scene(40)).unwrap();
        assert_eq!(found.side, 16);
        // The disc was around (150, 90), and is around (190, 90).
        assert!(found.regions.contains(&(6, 5)) && found.regions.contains(&(14, 5)));
        assert!(
            found.regions.iter().all(|(column, _)| (6..=15).contains(column)),
            "{found:?}"
        );
        assert!(moved(&parent, b"no picture").is_err());
    }

    #[test]
    fn the_more_a_picture_moved_the_less_alike_it_is() {
        let parent = scene(0);
        let scores: Vec<f64> = [0, 4, 40]
            .iter()
            .map(|moved| likeness(&parent, &scene(*moved)).unwrap())
            .collect();
        assert!(scores.is_sorted_by(|a, b| a > b), "{scores:?}");
        assert!(scores[2] < 0.95, "{scores:?}");
        let other = likeness(&parent, &noise(320, 180)).unwrap();
        assert!(other < 0.3, "{other}");
        assert!(likeness(&parent, b"no picture").is_err());
    }
}
