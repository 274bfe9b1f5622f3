//! How far a picture is from the one that it was made of.

use image::DynamicImage;
use image_compare::{Algorithm, gray_similarity_structure};

use super::probe::decode;
use super::resize::{ResizeError, resize};
use crate::domain::picture::Pixels;

/// How alike a picture is to its parent: the mean structural similarity (SSIM) of their brightness, at the parent's size.
/// 1 is the same picture; pictures that have nothing in common are near 0, and it can be a little below.
///
/// # Errors
/// [`ResizeError`] when one of them cannot be read.
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
    let (parent, child) = (parent.to_luma8(), child.to_luma8());
    let compared = gray_similarity_structure(&Algorithm::MSSIMSimple, &parent, &child);
    // It fails only for pictures of two sizes, and these are of one.
    Ok(compared.map_or(0.0, |compared| compared.score))
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::super::resize::enlarge;
    use super::super::tests::{noise, png};
    use super::*;

    /// A disc on a slope of light, moved to the right by some pixels.
    fn scene(moved: i64) -> Vec<u8> {
        png(RgbImage::from_fn(320, 180, |x, y| {
            let (dx, dy) = (i64::from(x) - 150 - moved, i64::from(y) - 90);
            if dx * dx + dy * dy < 50 * 50 {
                Rgb([230, 60, 40])
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
        assert!(scores[2] < 0.9, "{scores:?}");
        let other = likeness(&parent, &noise(320, 180)).unwrap();
        assert!(other < 0.3, "{other}");
        assert!(likeness(&parent, b"no picture").is_err());
    }
}
