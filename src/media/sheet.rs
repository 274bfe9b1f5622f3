//! Draws a contact sheet: pictures made small, numbers, frames and labels.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places on a sheet of some hundred pixels, and colours"
)]

mod frames;

use image::{DynamicImage, Rgb, imageops};

use super::canvas::{Canvas, GROUND, Plate, QUIET, WHITE, width_of};
use super::drift::Moved;
use super::fit::{jpeg, on_white};
use super::marks::marked;
use super::outline::NotAPicture;
use super::read::read;
use super::resize::{ResizeError, cover};
use crate::domain::image::mark::{Mark, Marked};
use crate::domain::image::sheet::{Layout, Tile};

/// How high a badge is, of the shorter side of its tile. A sheet is a third as wide on a phone.
const BADGE: f32 = 0.19;
/// The quality of the file, of 100.
const QUALITY: u8 = 90;

const EMPTY: Rgb<u8> = Rgb([49, 51, 56]);

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
    canvas: Canvas,
    tiles: Vec<Tile>,
}

impl Sheet {
    /// Makes an empty sheet.
    #[must_use]
    pub fn new(layout: &Layout) -> Self {
        Self {
            canvas: Canvas::new(layout.size.width, layout.size.height),
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
        imageops::replace(&mut self.canvas.0, &small, tile.x.into(), tile.y.into());
        Ok(())
    }

    /// Writes into a tile why it has no picture.
    pub fn empty(&mut self, nth: usize, why: &str) {
        let tile = self.tiles[nth];
        let (width, height) = (tile.size.width as f32, tile.size.height as f32);
        self.canvas.fill(whole(tile), EMPTY, 1.0);
        let tall = (badge(tile) * 0.5).min(height / 4.0);
        self.write_within(why, whole(tile).middle, tall, (width * 0.86, QUIET));
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
        self.canvas.write(label, middle, tall * 0.5, letters);
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
        self.canvas.write(mark, middle, tall * 0.56, WHITE);
    }

    /// Writes a line below a picture, on a dark bar at the lower edge of its tile.
    pub fn caption(&mut self, nth: usize, text: &str) {
        let tile = self.tiles[nth];
        let (width, tall) = (tile.size.width as f32, badge(tile) * 0.8);
        let middle = (
            tile.x as f32 + width / 2.0,
            (tile.y + tile.size.height) as f32 - tall / 2.0,
        );
        let bar = Plate {
            middle,
            half: (width / 2.0, tall / 2.0),
            radius: 0.0,
        };
        self.canvas.fill(bar, GROUND, 0.82);
        self.write_within(text, middle, tall * 0.5, (width * 0.94, WHITE));
    }

    /// Writes a line around a point, with smaller letters where it would be wider than there is room.
    fn write_within(&mut self, text: &str, middle: (f32, f32), tall: f32, (room, colour): (f32, Rgb<u8>)) {
        let fits = room / width_of(text, tall).max(1.0);
        self.canvas.write(text, middle, tall * fits.min(1.0), colour);
    }

    /// Points from a tile to the next one in its row.
    pub fn arrow(&mut self, nth: usize) {
        let (tile, Some(next)) = (self.tiles[nth], self.tiles.get(nth + 1)) else {
            return;
        };
        let from = (tile.x + tile.size.width) as f32;
        let middle = (
            f32::midpoint(from, next.x as f32),
            tile.y as f32 + tile.size.height as f32 / 2.0,
        );
        let tall = (next.x as f32 - from) * 0.5;
        self.canvas.write(">", middle, tall, QUIET);
    }

    /// Draws lines around the regions of a tile's picture that moved.
    pub fn outline(&mut self, nth: usize, moved: &Moved) {
        let tile = self.tiles[nth];
        let thick = (badge(tile) * 0.06).max(1.5);
        let scale = (
            tile.size.width as f32 / moved.size.width.max(1) as f32,
            tile.size.height as f32 / moved.size.height.max(1) as f32,
        );
        let edge = |n: u32, scale: f32, end: u32| (n * moved.side).min(end) as f32 * scale;
        for (column, row) in &moved.regions {
            let (column, row) = (*column, *row);
            let [left, right] = [column, column + 1].map(|n| edge(n, scale.0, moved.size.width));
            let [top, bottom] = [row, row + 1].map(|n| edge(n, scale.1, moved.size.height));
            let is_in = |across: i64, down: i64| {
                let at = (i64::from(column) + across, i64::from(row) + down);
                let at = (u32::try_from(at.0), u32::try_from(at.1));
                matches!(at, (Ok(column), Ok(row)) if moved.regions.contains(&(column, row)))
            };
            for (inside, (x, y), half) in [
                (
                    is_in(-1, 0),
                    (left, f32::midpoint(top, bottom)),
                    (thick, bottom - top),
                ),
                (
                    is_in(1, 0),
                    (right, f32::midpoint(top, bottom)),
                    (thick, bottom - top),
                ),
                (
                    is_in(0, -1),
                    (f32::midpoint(left, right), top),
                    (right - left, thick),
                ),
                (
                    is_in(0, 1),
                    (f32::midpoint(left, right), bottom),
                    (right - left, thick),
                ),
            ] {
                if !inside {
                    let line = Plate {
                        middle: (tile.x as f32 + x, tile.y as f32 + y),
                        half: (half.0 / 2.0 + thick / 2.0, half.1 / 2.0 + thick / 2.0),
                        radius: 0.0,
                    };
                    self.canvas.fill(line, Medal::Gold.colours()[0], 1.0);
                }
            }
        }
    }

    /// Writes the sheet as a JPEG file, with its mark.
    ///
    /// # Errors
    /// [`NotAPicture`] when it cannot be written.
    pub fn into_jpeg(self, mark: &Mark) -> Result<Marked, NotAPicture> {
        marked(jpeg(&DynamicImage::from(self.canvas.0), QUALITY)?, mark)
    }

    /// Draws a plate with a thin light edge, which parts it from a dark picture.
    fn plate(&mut self, middle: (f32, f32), (wide, tall): (f32, f32), colour: Rgb<u8>) {
        let edge = (tall * 0.04).max(1.0);
        let plate = |grow: f32| Plate {
            middle,
            half: (wide / 2.0 + grow, tall / 2.0 + grow),
            radius: tall * 0.22 + grow,
        };
        self.canvas.fill(plate(edge), WHITE, 0.45);
        self.canvas.fill(plate(0.0), colour, 1.0);
    }

    /// Draws a frame inside the edges of a tile.
    fn frame(&mut self, tile: Tile, thick: f32, colour: Rgb<u8>) {
        let thick = (thick.round() as u32).max(1);
        let Tile { x, y, size } = tile;
        for row in 0..size.height {
            let whole = row < thick || row + thick >= size.height;
            for column in 0..size.width {
                if whole || column < thick || column + thick >= size.width {
                    self.canvas.0.put_pixel(x + column, y + row, colour);
                }
            }
        }
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

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;
    use crate::domain::geometry::Pixels;
    use crate::domain::image::sheet::layout;
    use crate::media::probe::probe;
    use crate::media::tests::{mark, png};

    const IMAGE: Pixels = Pixels {
        width: 320,
        height: 180,
    };

    fn at(sheet: &Sheet, nth: usize, across: f32, down: f32) -> [u8; 3] {
        let Tile { x, y, size } = sheet.tiles[nth];
        let (column, row) = (size.width as f32 * across, size.height as f32 * down);
        sheet.canvas.0.get_pixel(x + column as u32, y + row as u32).0
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
        let file = sheet.into_jpeg(&mark()).unwrap().into_bytes();
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
            sheet.into_jpeg(&mark()).unwrap();
        }
    }
}
