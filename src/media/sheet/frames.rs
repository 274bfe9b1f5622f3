//! Draws the frames of crops over a picture, each with its name.

use image::{Rgb, imageops};

use super::{Sheet, whole};
use crate::domain::geometry::{Focus, Pixels};
use crate::domain::image::crop::Area;
use crate::domain::image::sheet::Tile;
use crate::media::canvas::{GROUND, Plate, WHITE, width_of};
use crate::media::cut::Uncut;
use crate::media::fit::on_white;
use crate::media::resize::{ResizeError, cover};

/// How high a label is, of the shorter side of its tile: it is read on a phone, a third as wide.
const LABEL: f32 = 0.075;
/// How thick a line is, of the shorter side of its tile.
const LINE: f32 = 0.007;

/// The colours of the frames, in turn. All are light, so that a dark edge parts them from any picture.
const COLOURS: [Rgb<u8>; 10] = [
    Rgb([245, 190, 66]),
    Rgb([80, 220, 140]),
    Rgb([100, 175, 255]),
    Rgb([255, 130, 195]),
    Rgb([255, 150, 80]),
    Rgb([90, 225, 235]),
    Rgb([190, 155, 255]),
    Rgb([255, 120, 110]),
    Rgb([200, 235, 90]),
    Rgb([235, 235, 235]),
];

/// A rectangle on the sheet: its left, upper, right and lower edge.
type Edges = [f32; 4];

impl Sheet {
    /// Draws a decoded picture into its tile and fills it.
    ///
    /// # Errors
    /// [`ResizeError`] when it cannot be made small. The sheet is as it was.
    pub fn lay(&mut self, nth: usize, uncut: &Uncut) -> Result<(), ResizeError> {
        let tile = self.tiles[nth];
        let small = on_white(cover(uncut.picture(), tile.size)?).to_rgb8();
        imageops::replace(&mut self.canvas.0, &small, tile.x.into(), tile.y.into());
        Ok(())
    }

    /// Draws frames over the picture of a tile, which has `size` pixels, each with a label of letters of
    /// ASCII. Labels do not cover each other while there is room. A cross marks the focus.
    pub fn frames(&mut self, nth: usize, size: Pixels, frames: &[(Area, String)], focus: Focus) {
        let tile = self.tiles[nth];
        let short = tile.size.width.min(tile.size.height) as f32;
        let thick = (short * LINE).max(1.0);
        let mut labels: Vec<Edges> = Vec::new();
        for (nth, (area, _)) in frames.iter().enumerate() {
            let edges = inset(edges(tile, size, *area), tile, thick * (0.5 + 1.5 * nth as f32));
            self.rectangle(edges, thick * 1.8, GROUND, 0.6);
            self.rectangle(edges, thick, COLOURS[nth % COLOURS.len()], 1.0);
        }
        for (nth, (area, label)) in frames.iter().enumerate() {
            let colour = COLOURS[nth % COLOURS.len()];
            let place = self.label(tile, edges(tile, size, *area), (label, colour), &labels);
            labels.push(place);
        }
        self.cross(tile, focus, short * LABEL);
    }

    /// Writes a label in the upper left corner of a frame, or below the labels that are there already.
    fn label(&mut self, tile: Tile, frame: Edges, (text, colour): (&str, Rgb<u8>), taken: &[Edges]) -> Edges {
        let (room, (right, bottom)) = (
            tile.size.width as f32,
            (
                (tile.x + tile.size.width) as f32,
                (tile.y + tile.size.height) as f32,
            ),
        );
        let mut tall = tile.size.width.min(tile.size.height) as f32 * LABEL;
        let wide = |tall: f32| width_of(text, tall * 0.56) + tall * 0.8;
        tall *= (room * 0.9 / wide(tall).max(1.0)).min(1.0);
        let (wide, gap) = (wide(tall), tall * 0.12);
        let left = (frame[0] + gap).min(right - wide - gap).max(tile.x as f32);
        let mut top = frame[1] + gap;
        let hits = |top: f32| {
            let place = [left, top, left + wide, top + tall];
            taken
                .iter()
                .filter(|one| {
                    one[0] < place[2] && place[0] < one[2] && one[1] < place[3] && place[1] < one[3]
                })
                .map(|one| one[3])
                .reduce(f32::max)
        };
        while let Some(below) = hits(top) {
            if below + gap + tall > bottom {
                break;
            }
            top = below + gap;
        }
        let middle = (left + wide / 2.0, top + tall / 2.0);
        self.plate(middle, (wide, tall), colour);
        self.canvas.write(text, middle, tall * 0.56, GROUND);
        [left, top, left + wide, top + tall]
    }

    /// Draws the lines of a rectangle, their middles along its edges.
    fn rectangle(&mut self, [left, top, right, bottom]: Edges, thick: f32, colour: Rgb<u8>, opaque: f32) {
        let middle = (f32::midpoint(left, right), f32::midpoint(top, bottom));
        let (wide, high) = (
            f32::midpoint(right - left, thick),
            f32::midpoint(bottom - top, thick),
        );
        for (middle, half) in [
            ((middle.0, top), (wide, thick / 2.0)),
            ((middle.0, bottom), (wide, thick / 2.0)),
            ((left, middle.1), (thick / 2.0, high)),
            ((right, middle.1), (thick / 2.0, high)),
        ] {
            let line = Plate {
                middle,
                half,
                radius: 0.0,
            };
            self.canvas.fill(line, colour, opaque);
        }
    }

    fn cross(&mut self, tile: Tile, focus: Focus, size: f32) {
        let part = |whole: u32, at: u32| whole as f32 * at as f32 / Focus::WHOLE as f32;
        let middle = (
            tile.x as f32 + part(tile.size.width, focus.across()),
            tile.y as f32 + part(tile.size.height, focus.down()),
        );
        let thick = (size * 0.1).max(1.0);
        for (grow, colour) in [(thick * 0.6, GROUND), (0.0, WHITE)] {
            for half in [(size / 2.0, thick / 2.0), (thick / 2.0, size / 2.0)] {
                let line = Plate {
                    middle,
                    half: (half.0 + grow, half.1 + grow),
                    radius: 0.0,
                };
                self.canvas.fill(line, colour, 1.0);
            }
        }
    }
}

/// Returns where a part of a picture is in its tile.
fn edges(tile: Tile, size: Pixels, area: Area) -> Edges {
    let place = |from: u32, side: u32, whole: u32, at: u32| {
        from as f32 + f64::from(side) as f32 * (at as f32 / whole.max(1) as f32)
    };
    let across = |at| place(tile.x, tile.size.width, size.width, at);
    let down = |at| place(tile.y, tile.size.height, size.height, at);
    [
        across(area.x),
        down(area.y),
        across(area.x + area.size.width),
        down(area.y + area.size.height),
    ]
}

/// Moves the edges that are those of the tile inwards, so that each frame's lines are seen.
fn inset(edges: Edges, tile: Tile, by: f32) -> Edges {
    let plate = whole(tile);
    let (left, top) = (plate.middle.0 - plate.half.0, plate.middle.1 - plate.half.1);
    let (right, bottom) = (plate.middle.0 + plate.half.0, plate.middle.1 + plate.half.1);
    let by = by.min(plate.half.0.min(plate.half.1) * 0.5);
    [
        edges[0].max(left + by),
        edges[1].max(top + by),
        edges[2].min(right - by),
        edges[3].min(bottom - by),
    ]
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;
    use crate::domain::image::crop::{Aim, frame};
    use crate::domain::image::sheet::layout;
    use crate::media::probe::probe;
    use crate::media::tests::{mark, png};

    #[test]
    fn frames_are_drawn_where_they_cut_and_labels_lie_beside_each_other() {
        let size = Pixels {
            width: 1600,
            height: 900,
        };
        let dark = png(RgbImage::from_pixel(160, 90, Rgb([10, 10, 10])));
        let mut sheet = Sheet::new(&layout(size, 1));
        sheet.lay(0, &Uncut::read(&dark).unwrap()).unwrap();
        let aim = Aim::of(None, None);
        let shapes = ["9x16", "4x5", "1x1", "16x9"].map(|shape| shape.parse().unwrap());
        let all: Vec<(Area, String)> = shapes
            .iter()
            .map(|shape| (frame(size, *shape, aim), format!("{shape} for tests")))
            .collect();
        sheet.frames(0, size, &all, Focus::MIDDLE);
        let at = |x: u32, y: u32| sheet.canvas.0.get_pixel(x, y).0;
        // 1200 pixels of the sheet are 1600 of the picture.
        for (nth, (area, _)) in all.iter().enumerate().take(3) {
            let (left, low) = (area.x * 3 / 4, 600);
            assert_eq!(at(left, low), COLOURS[nth].0, "the left edge of frame {nth}");
        }
        assert_eq!(at(600, 337), WHITE.0, "the cross");
        let mut taken = Vec::new();
        for (area, label) in &all {
            let place = sheet.label(
                sheet.tiles[0],
                edges(sheet.tiles[0], size, *area),
                (label, WHITE),
                &taken,
            );
            let apart = |one: &Edges| {
                one[2] <= place[0] || place[2] <= one[0] || one[3] <= place[1] || place[3] <= one[1]
            };
            assert!(taken.iter().all(apart), "{label}");
            taken.push(place);
        }
        assert_eq!(
            probe(&sheet.into_jpeg(&mark()).unwrap().into_bytes())
                .unwrap()
                .pixels
                .width,
            1200
        );
    }

    #[test]
    fn the_smallest_pictures_take_frames_too() {
        for (width, height) in [(1, 1), (2, 90), (64, 3)] {
            let size = Pixels { width, height };
            let mut sheet = Sheet::new(&layout(size, 1));
            let area = Area { x: 0, y: 0, size };
            let all = vec![(area, "A name of thirty characters".to_owned()); 10];
            sheet.frames(0, size, &all, Focus::at(width, height, size));
            sheet.into_jpeg(&mark()).unwrap();
        }
    }
}
