//! Gives a picture the colours of another.

use image::{DynamicImage, RgbImage};

use super::fit::on_white;
use super::read::read;
use super::resize::{ResizeError, png};

/// How far the spread of a colour may be changed, as a factor. A grey reference must not make a
/// picture flat, and a loud one must not make it glow.
const SPREAD: std::ops::RangeInclusive<f32> = 0.4..=2.5;
/// The part of the difference in lightness that is applied. It is small because lightness shows the
/// shapes.
const LIGHT: f32 = 0.4;
/// The longest side at which colours are measured, in pixels.
const LOOK: u32 = 64;

/// Gives the picture the colours of another, as PNG: their mean and their spread, in lightness and
/// in two opponent colours. Its shapes stay.
///
/// # Errors
/// [`ResizeError`] when one of the two cannot be read.
pub fn in_colours_of(bytes: &[u8], like: &[u8]) -> Result<Vec<u8>, ResizeError> {
    let mut picture = on_white(read(bytes)?).into_rgb8();
    let wanted = palette(&on_white(read(like)?).thumbnail(LOOK, LOOK).into_rgb8());
    let found = palette(
        &DynamicImage::ImageRgb8(picture.clone())
            .thumbnail(LOOK, LOOK)
            .to_rgb8(),
    );
    let moves: [(f32, f32, f32); 3] = std::array::from_fn(|i| {
        let ((from, spread), (to, wanted)) = (found[i], wanted[i]);
        let factor = (wanted / spread.max(1.0)).clamp(*SPREAD.start(), *SPREAD.end());
        let part = if i == 0 { LIGHT } else { 1.0 };
        (from, 1.0 + (factor - 1.0) * part, from + (to - from) * part)
    });
    for pixel in picture.pixels_mut() {
        let mut colour = opponent(pixel.0);
        for (value, (from, factor, to)) in colour.iter_mut().zip(moves) {
            *value = (*value - from) * factor + to;
        }
        pixel.0 = rgb(colour);
    }
    Ok(png(&DynamicImage::ImageRgb8(picture))?)
}

/// Returns the mean and the spread of lightness and of both opponent colours.
fn palette(picture: &RgbImage) -> [(f32, f32); 3] {
    let colours: Vec<[f32; 3]> = picture.pixels().map(|pixel| opponent(pixel.0)).collect();
    #[expect(clippy::cast_precision_loss, reason = "at most 4,096 pixels")]
    let n = colours.len().max(1) as f32;
    std::array::from_fn(|i| {
        let mean = colours.iter().map(|colour| colour[i]).sum::<f32>() / n;
        let square = colours
            .iter()
            .map(|colour| (colour[i] - mean).powi(2))
            .sum::<f32>()
            / n;
        (mean, square.sqrt())
    })
}

/// Returns lightness, red against green, and yellow against blue.
pub(super) fn opponent([red, green, blue]: [u8; 3]) -> [f32; 3] {
    let [red, green, blue] = [red, green, blue].map(f32::from);
    [
        (red + green + blue) / 3.0,
        red - green,
        f32::midpoint(red, green) - blue,
    ]
}

/// Undoes [`opponent`]. What is out of range is clamped.
fn rgb([light, red_green, yellow_blue]: [f32; 3]) -> [u8; 3] {
    let blue = light - yellow_blue * 2.0 / 3.0;
    let yellow = blue + yellow_blue;
    let all = [yellow + red_green / 2.0, yellow - red_green / 2.0, blue];
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is clamped to a byte"
    )]
    all.map(|value| value.round().clamp(0.0, 255.0) as u8)
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;
    use crate::media::read::read;
    use crate::media::tests::{noise, png};

    fn flat(colour: [u8; 3]) -> Vec<u8> {
        png(RgbImage::from_pixel(40, 20, Rgb(colour)))
    }

    #[test]
    fn colours_go_there_and_back() {
        for colour in [[0, 0, 0], [255, 255, 255], [200, 30, 90], [1, 254, 127]] {
            assert_eq!(rgb(opponent(colour)), colour);
        }
    }

    #[test]
    fn a_picture_takes_the_hue_of_another_and_keeps_its_size_and_its_shapes() {
        let picture = noise(60, 30);
        let warm = in_colours_of(&picture, &flat([220, 120, 40])).unwrap();
        let warm = read(&warm).unwrap().to_rgb8();
        assert_eq!(warm.dimensions(), (60, 30));
        let mean = |picture: &RgbImage| palette(picture).map(|(mean, _)| mean);
        let [_, red, yellow] = mean(&warm);
        assert!(red > 40.0 && yellow > 40.0, "{red} {yellow}");
        let before = read(&picture).unwrap().to_rgb8();
        let light = |picture: &RgbImage, (x, y)| opponent(picture.get_pixel(x, y).0)[0];
        let places = || (0..30).flat_map(|y| (0..60).map(move |x| (x, y)));
        let order = |a: &(u32, u32), b: &(u32, u32)| light(&before, *a).total_cmp(&light(&before, *b));
        let (darkest, lightest) = (places().min_by(order).unwrap(), places().max_by(order).unwrap());
        assert!(
            light(&warm, lightest) > light(&warm, darkest) + 30.0,
            "what was light is light"
        );
        assert!(palette(&warm)[0].1 > 10.0, "it is not flat");
    }

    #[test]
    fn what_is_no_picture_is_an_error() {
        assert!(in_colours_of(&flat([1, 2, 3]), b"no picture").is_err());
        assert!(in_colours_of(b"no picture", &flat([1, 2, 3])).is_err());
    }
}
