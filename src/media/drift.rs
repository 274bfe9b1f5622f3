//! Measures how far a picture is from the one that it was made of.

use image::{DynamicImage, GrayImage};

use super::probe::decode;
use super::resize::{ResizeError, resize};
use crate::domain::geometry::Pixels;

/// The side of the squares that are compared with each other, in pixels.
const SQUARE: u32 = 8;
/// Keeps dark squares from a division by zero: (0.01 · 255)², the usual constant of SSIM.
const DARK: f64 = 6.502_5;
/// Keeps flat squares from a division by zero: (0.03 · 255)², the usual constant of SSIM.
const FLAT: f64 = 58.522_5;

/// Returns how alike a picture is to its parent: the mean structural similarity (SSIM) of their
/// brightness, at the parent's size. 1 is the same picture. Pictures that have nothing in common
/// are near 0, and can be a little below.
///
/// # Errors
/// [`ResizeError`] when one of the two cannot be read.
pub fn likeness(parent: &[u8], child: &[u8]) -> Result<f64, ResizeError> {
    let (parent, child) = (decode(parent)?.0, decode(child)?.0);
    let size = Pixels {
        width: parent.width(),
        height: parent.height(),
    };
    let child = if (child.width(), child.height()) == (size.width, size.height) {
        child
    } else {
        resize(&DynamicImage::from(child.to_rgb8()), size)?
    };
    Ok(similarity(&parent.to_luma8(), &child.to_luma8()))
}

/// Returns the mean similarity of all squares of two pictures of one size. A square counts by its
/// pixels, because those at an edge may have fewer.
fn similarity(one: &GrayImage, other: &GrayImage) -> f64 {
    let (mut sum, mut pixels) = (0.0, 0.0);
    for top in (0..one.height()).step_by(SQUARE as usize) {
        for left in (0..one.width()).step_by(SQUARE as usize) {
            let (score, count) = square(one, other, left, top);
            sum += score * count;
            pixels += count;
        }
    }
    sum / pixels
}

/// Returns the similarity of one square, and how many pixels it has.
fn square(one: &GrayImage, other: &GrayImage, left: u32, top: u32) -> (f64, f64) {
    let (right, bottom) = (one.width().min(left + SQUARE), one.height().min(top + SQUARE));
    let [
        mut first,
        mut second,
        mut first_squared,
        mut second_squared,
        mut product,
    ] = [0_u32; 5];
    for y in top..bottom {
        for x in left..right {
            let (a, b) = (
                u32::from(one.get_pixel(x, y)[0]),
                u32::from(other.get_pixel(x, y)[0]),
            );
            first += a;
            second += b;
            first_squared += a * a;
            second_squared += b * b;
            product += a * b;
        }
    }
    let count = f64::from((right - left) * (bottom - top));
    let mean = |sum: u32| f64::from(sum) / count;
    let (a, b) = (mean(first), mean(second));
    let spread = mean(first_squared) - a * a + mean(second_squared) - b * b;
    let together = mean(product) - a * b;
    let score = (2.0 * a * b + DARK) * (2.0 * together + FLAT) / ((a * a + b * b + DARK) * (spread + FLAT));
    (score, count)
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
        assert!(same > 0.98, "{same}");
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
