//! Draws a contact sheet: pictures made small, numbers, frames and labels.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places on a sheet of some hundred pixels, and colours"
)]

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Glyph, ScaleFont, point};
use image::{DynamicImage, Rgb, RgbImage, imageops};

use super::fit::{jpeg, on_white};
use super::outline::NotAPicture;
use super::read::read;
use super::resize::{ResizeError, cover};
use crate::domain::image::sheet::{Layout, Tile};

/// Letters, digits and signs of ASCII, and a tick.
static LETTERS: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(include_bytes!("sheet/DejaVuSans-Bold-ASCII.ttf"))
        .expect("the font is compiled in and a test reads it")
});

/// How high a badge is, of the shorter side of its tile. A sheet is a third as wide on a phone.
const BADGE: f32 = 0.19;
/// The quality of the file, of 100.
const QUALITY: u8 = 90;

const GROUND: Rgb<u8> = Rgb([30, 31, 34]);
const EMPTY: Rgb<u8> = Rgb([49, 51, 56]);
const QUIET: Rgb<u8> = Rgb([181, 186, 193]);
const WHITE: Rgb<u8> = Rgb([255, 255, 255]);

/// The colour of a stage that an image has earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medal {
    /// A stage on the way.
    Green,
    /// The last stage.
    Gold,
}

impl Medal {
    /// Returns the colours of the frame, the label and the letters on it.
    const fn colours(self) -> [Rgb<u8>; 3] {
        match self {
            Self::Green => [Rgb([46, 204, 113]), Rgb([24, 112, 66]), WHITE],
            Self::Gold => [Rgb([245, 190, 66]), Rgb([245, 190, 66]), GROUND],
        }
    }
}

/// A contact sheet that is being drawn. It takes one picture after the other.
#[derive(Debug)]
pub struct Sheet {
    canvas: RgbImage,
    tiles: Vec<Tile>,
}

/// A rectangle with round corners, by its middle and half of its sides.
#[derive(Clone, Copy)]
struct Plate {
    middle: (f32, f32),
    half: (f32, f32),
    radius: f32,
}

impl Sheet {
    /// Makes an empty sheet.
    #[must_use]
    pub fn new(layout: &Layout) -> Self {
        Self {
            canvas: RgbImage::from_pixel(layout.size.width, layout.size.height, GROUND),
            tiles: layout.tiles.clone(),
        }
    }

    /// Draws a picture into its tile and fills it. What is over the edge is cut off on both sides.
    ///
    /// # Errors
    /// [`ResizeError`] when the picture cannot be read. The sheet is as it was.
    pub fn picture(&mut self, nth: usize, file: &[u8]) -> Result<(), ResizeError> {
        let tile = self.tiles[nth];
        let small = on_white(cover(&read(file)?, tile.size)?).to_rgb8();
        imageops::replace(&mut self.canvas, &small, tile.x.into(), tile.y.into());
        Ok(())
    }

    /// Writes into a tile why it has no picture.
    pub fn empty(&mut self, nth: usize, why: &str) {
        let tile = self.tiles[nth];
        let (width, height) = (tile.size.width as f32, tile.size.height as f32);
        self.fill(whole(tile), EMPTY, 1.0);
        let tall = (badge(tile) * 0.5).min(height / 4.0);
        let fits = width * 0.86 / width_of(why, tall).max(1.0);
        self.write(why, whole(tile).middle, tall * fits.min(1.0), QUIET);
    }

    /// Frames a tile and labels it with the stage that its image has earned.
    pub fn earned(&mut self, nth: usize, label: &str, medal: Medal) {
        let tile = self.tiles[nth];
        let [frame, plate, letters] = medal.colours();
        let thick = (badge(tile) * 0.14).max(1.0);
        self.frame(tile, thick * 1.4, GROUND);
        self.frame(tile, thick, frame);
        let tall = badge(tile);
        let wide = width_of(label, tall * 0.5) + tall * 0.7;
        let margin = thick + tall * 0.2;
        let middle = (
            (tile.x + tile.size.width) as f32 - margin - wide / 2.0,
            tile.y as f32 + margin + tall / 2.0,
        );
        self.plate(middle, (wide, tall), plate);
        self.write(label, middle, tall * 0.5, letters);
    }

    /// Marks a tile in its upper left corner, with a number or some letters.
    pub fn mark(&mut self, nth: usize, mark: &str) {
        let tile = self.tiles[nth];
        let tall = badge(tile);
        let margin = tall * (0.2 + 0.14);
        let wide = (width_of(mark, tall * 0.56) + tall * 0.5).max(tall);
        let middle = (
            tile.x as f32 + margin + wide / 2.0,
            tile.y as f32 + margin + tall / 2.0,
        );
        self.plate(middle, (wide, tall), Rgb([0, 0, 0]));
        self.write(mark, middle, tall * 0.56, WHITE);
    }

    /// Writes the sheet as a JPEG file.
    ///
    /// # Errors
    /// [`NotAPicture`] when it cannot be written.
    pub fn into_jpeg(self) -> Result<Vec<u8>, NotAPicture> {
        jpeg(&DynamicImage::from(self.canvas), QUALITY)
    }

    /// Draws a plate with a thin light edge, which parts it from a dark picture.
    fn plate(&mut self, middle: (f32, f32), (wide, tall): (f32, f32), colour: Rgb<u8>) {
        let edge = (tall * 0.04).max(1.0);
        let plate = |grow: f32| Plate {
            middle,
            half: (wide / 2.0 + grow, tall / 2.0 + grow),
            radius: tall * 0.22 + grow,
        };
        self.fill(plate(edge), WHITE, 0.45);
        self.fill(plate(0.0), colour, 1.0);
    }

    fn fill(&mut self, plate: Plate, colour: Rgb<u8>, opaque: f32) {
        let (x, y) = plate.middle;
        let reach = |at: f32, half: f32, end: u32| {
            let from = (at - half - 1.0).max(0.0) as u32;
            from..((at + half + 1.0).max(0.0) as u32).min(end)
        };
        for row in reach(y, plate.half.1, self.canvas.height()) {
            for column in reach(x, plate.half.0, self.canvas.width()) {
                let covered = plate.covers(column as f32 + 0.5, row as f32 + 0.5);
                self.blend((column, row), colour, covered * opaque);
            }
        }
    }

    /// Draws a frame inside the edges of a tile.
    fn frame(&mut self, tile: Tile, thick: f32, colour: Rgb<u8>) {
        let thick = (thick.round() as u32).max(1);
        let Tile { x, y, size } = tile;
        for row in 0..size.height {
            let whole = row < thick || row + thick >= size.height;
            for column in 0..size.width {
                if whole || column < thick || column + thick >= size.width {
                    self.canvas.put_pixel(x + column, y + row, colour);
                }
            }
        }
    }

    /// Writes a line around a point. `tall` is the height of a capital, in pixels.
    fn write(&mut self, text: &str, middle: (f32, f32), tall: f32, colour: Rgb<u8>) {
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
        if share <= 0.0 || x >= self.canvas.width() || y >= self.canvas.height() {
            return;
        }
        let pixel = self.canvas.get_pixel_mut(x, y);
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

fn whole(tile: Tile) -> Plate {
    let (width, height) = (tile.size.width as f32, tile.size.height as f32);
    Plate {
        middle: (tile.x as f32 + width / 2.0, tile.y as f32 + height / 2.0),
        half: (width / 2.0, height / 2.0),
        radius: 0.0,
    }
}

/// Returns the height of the badges of a tile, in pixels.
fn badge(tile: Tile) -> f32 {
    tile.size.width.min(tile.size.height) as f32 * BADGE
}

fn width_of(text: &str, tall: f32) -> f32 {
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
    use crate::domain::geometry::Pixels;
    use crate::domain::image::sheet::layout;
    use crate::media::probe::probe;
    use crate::media::tests::png;

    const IMAGE: Pixels = Pixels {
        width: 320,
        height: 180,
    };

    fn at(sheet: &Sheet, nth: usize, across: f32, down: f32) -> [u8; 3] {
        let Tile { x, y, size } = sheet.tiles[nth];
        let (column, row) = (size.width as f32 * across, size.height as f32 * down);
        sheet.canvas.get_pixel(x + column as u32, y + row as u32).0
    }

    #[test]
    fn the_font_has_every_letter_that_a_sheet_can_say() {
        for letter in ('!'..='~').chain(['✓']) {
            assert!(LETTERS.glyph_id(letter).0 != 0, "{letter}");
        }
    }

    #[test]
    fn pictures_fill_their_tiles_and_marks_lie_on_them() {
        let red = png(RgbImage::from_pixel(320, 180, Rgb([200, 0, 0])));
        let tall = png(RgbImage::from_pixel(90, 180, Rgb([0, 0, 200])));
        let mut sheet = Sheet::new(&layout(IMAGE, 4));
        sheet.picture(0, &red).unwrap();
        sheet.picture(1, &tall).unwrap();
        assert!(sheet.picture(2, b"no picture").is_err());
        sheet.empty(2, "file lost");
        assert_eq!(at(&sheet, 0, 0.5, 0.5), [200, 0, 0]);
        assert_eq!(
            at(&sheet, 1, 0.02, 0.5),
            [0, 0, 200],
            "no stripes beside a picture of another shape"
        );
        assert_eq!(at(&sheet, 2, 0.5, 0.9), EMPTY.0);
        assert_eq!(at(&sheet, 3, 0.5, 0.5), GROUND.0);
        sheet.earned(1, "4K ✓", Medal::Gold);
        sheet.mark(0, "1");
        assert_eq!(at(&sheet, 1, 0.0, 0.5), Medal::Gold.colours()[0].0);
        assert_eq!(at(&sheet, 1, 0.5, 0.5), [0, 0, 200]);
        assert!(
            at(&sheet, 0, 0.05, 0.09).iter().all(|colour| *colour < 40),
            "a dark plate"
        );
        let file = sheet.into_jpeg().unwrap();
        assert_eq!(
            probe(&file).unwrap().pixels,
            Pixels {
                width: 648,
                height: 368
            }
        );
    }

    #[test]
    fn the_smallest_tiles_take_marks_too() {
        for (width, height) in [(1, 1), (16, 2), (3, 40)] {
            let mut sheet = Sheet::new(&layout(Pixels { width, height }, 4));
            for nth in 0..4 {
                sheet.empty(nth, "outcome unknown");
                sheet.earned(nth, "2K ✓", Medal::Green);
                sheet.mark(nth, "C4");
            }
            sheet.into_jpeg().unwrap();
        }
    }
}
