//! What sheets and charts are drawn on: plates with round corners, and letters of a small font.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places on a picture of some hundred pixels, and colours"
)]

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Glyph, ScaleFont, point};
use image::{Rgb, RgbImage};

/// Letters, digits and signs of ASCII, and a tick.
static LETTERS: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(include_bytes!("sheet/DejaVuSans-Bold-ASCII.ttf"))
        .expect("the font is compiled in and a test reads it")
});

/// The dark ground, which can be read in both of Discord's themes.
pub(super) const GROUND: Rgb<u8> = Rgb([30, 31, 34]);
/// The colour of what is said quietly.
pub(super) const QUIET: Rgb<u8> = Rgb([181, 186, 193]);
pub(super) const WHITE: Rgb<u8> = Rgb([255, 255, 255]);

/// A picture that is being drawn.
#[derive(Debug)]
pub(super) struct Canvas(pub RgbImage);

/// A rectangle with round corners, by its middle and half of its sides.
#[derive(Clone, Copy)]
pub(super) struct Plate {
    pub middle: (f32, f32),
    pub half: (f32, f32),
    pub radius: f32,
}

impl Canvas {
    /// Makes an empty canvas.
    pub(super) fn new(width: u32, height: u32) -> Self {
        Self(RgbImage::from_pixel(width, height, GROUND))
    }

    /// Fills a plate with a colour, as far as it is opaque: 0 to 1.
    pub(super) fn fill(&mut self, plate: Plate, colour: Rgb<u8>, opaque: f32) {
        let (x, y) = plate.middle;
        let reach = |at: f32, half: f32, end: u32| {
            let from = (at - half - 1.0).max(0.0) as u32;
            from..((at + half + 1.0).max(0.0) as u32).min(end)
        };
        for row in reach(y, plate.half.1, self.0.height()) {
            for column in reach(x, plate.half.0, self.0.width()) {
                let covered = plate.covers(column as f32 + 0.5, row as f32 + 0.5);
                self.blend((column, row), colour, covered * opaque);
            }
        }
    }

    /// Writes a line around a point. `tall` is the height of a capital, in pixels.
    pub(super) fn write(&mut self, text: &str, middle: (f32, f32), tall: f32, colour: Rgb<u8>) {
        let (glyphs, wide) = line(text, tall);
        let (left, foot) = (middle.0 - wide / 2.0, middle.1 + tall / 2.0);
        for mut glyph in glyphs {
            glyph.position = point(glyph.position.x + left, foot);
            let Some(outlined) = LETTERS.outline_glyph(glyph) else {
                continue;
            };
            let corner = outlined.px_bounds().min;
            outlined.draw(|column, row, covered| {
                let at = (corner.x + column as f32, corner.y + row as f32);
                if at.0 >= 0.0 && at.1 >= 0.0 {
                    self.blend((at.0 as u32, at.1 as u32), colour, covered);
                }
            });
        }
    }

    fn blend(&mut self, (x, y): (u32, u32), colour: Rgb<u8>, share: f32) {
        if share <= 0.0 || x >= self.0.width() || y >= self.0.height() {
            return;
        }
        let pixel = self.0.get_pixel_mut(x, y);
        for (old, new) in pixel.0.iter_mut().zip(colour.0) {
            let mixed = f32::from(*old) + (f32::from(new) - f32::from(*old)) * share.min(1.0);
            *old = mixed.round() as u8;
        }
    }
}

impl Plate {
    /// Returns how much of the pixel around a point is covered, from 0 to 1.
    fn covers(self, x: f32, y: f32) -> f32 {
        let across = (x - self.middle.0).abs() - self.half.0 + self.radius;
        let down = (y - self.middle.1).abs() - self.half.1 + self.radius;
        let outside = across.max(0.0).hypot(down.max(0.0)) + across.max(down).min(0.0);
        (0.5 - (outside - self.radius)).clamp(0.0, 1.0)
    }
}

/// Returns how wide a line is whose capitals are so high, in pixels.
pub(super) fn width_of(text: &str, tall: f32) -> f32 {
    line(text, tall).1
}

/// Returns the glyphs of a line whose capitals are so high, from its left end, and its width.
fn line(text: &str, tall: f32) -> (Vec<Glyph>, f32) {
    // A capital of this font is 0.626 of the height that a scale is given by.
    let font = LETTERS.as_scaled(tall / 0.626);
    let (mut glyphs, mut at) = (Vec::new(), 0.0);
    for letter in text.chars() {
        let mut glyph = font.scaled_glyph(letter);
        if let Some(before) = glyphs.last().map(|before: &Glyph| before.id) {
            at += font.kern(before, glyph.id);
        }
        glyph.position = point(at, 0.0);
        at += font.h_advance(glyph.id);
        glyphs.push(glyph);
    }
    (glyphs, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_every_letter_that_a_sheet_can_say() {
        for letter in ('!'..='~').chain(['✓']) {
            assert!(LETTERS.glyph_id(letter).0 != 0, "{letter}");
        }
    }
}
