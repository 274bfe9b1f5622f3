//! Lays out the contact sheet of a draft: its images as one picture, numbered and marked.

use std::cmp::Reverse;

use crate::domain::geometry::Pixels;

/// The largest contact sheet. Discord shows an attached picture about as wide as it is high.
const LARGEST: Pixels = Pixels {
    width: 1_200,
    height: 900,
};

/// The space between two images, in pixels.
const GAP: u32 = 8;

/// Where one image stands on a sheet, in pixels from the top left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// The distance from the left edge.
    pub x: u32,
    /// The distance from the upper edge.
    pub y: u32,
    /// The size of the tile.
    pub size: Pixels,
}

/// A contact sheet, laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The size of the sheet.
    pub size: Pixels,
    /// The tiles of the images, in their order.
    pub tiles: Vec<Tile>,
}

/// Lays out so many images of one size in rows, as large as the sheet allows and never larger than
/// they are. A last row that is not full stands in the middle.
#[must_use]
pub fn layout(image: Pixels, count: u32) -> Layout {
    let count = count.max(1);
    let best = (1..=count)
        .map(|columns| {
            let rows = count.div_ceil(columns);
            (tile(image, columns, rows), columns, rows)
        })
        .max_by_key(|(tile, columns, rows)| (tile.count(), Reverse(columns * rows)));
    let (room, columns, rows) = best.unwrap_or((image, 1, 1));
    let fits = room.width >= image.width && room.height >= image.height;
    let tile = if fits { image } else { room };
    let side = |length: u32, n: u32| length * n + GAP * (n - 1);
    let width = side(tile.width, columns);
    let tiles = (0..count).map(|nth| {
        let (row, column) = (nth / columns, nth % columns);
        let in_row = columns.min(count - row * columns);
        let indent = (width - side(tile.width, in_row)) / 2;
        Tile {
            x: indent + column * (tile.width + GAP),
            y: row * (tile.height + GAP),
            size: tile,
        }
    });
    Layout {
        size: Pixels {
            width,
            height: side(tile.height, rows),
        },
        tiles: tiles.collect(),
    }
}

/// The space between two images of a strip, in pixels: there is room for an arrow.
const ARROW: u32 = 36;
/// The height of a strip, in pixels, where its width allows it.
const STRIP: u32 = 400;

/// Lays out images in one row of one height, as large as a sheet allows and none larger than it is.
#[must_use]
pub fn strip(images: &[Pixels]) -> Layout {
    let count = u32::try_from(images.len()).unwrap_or(u32::MAX).max(1);
    let room = LARGEST.width.saturating_sub(ARROW * (count - 1)).max(1);
    // The widths of the images at a height of a thousand.
    let wide = |image: &Pixels| u64::from(image.width.max(1)) * 1_000 / u64::from(image.height.max(1));
    let all: u64 = images.iter().map(wide).sum::<u64>().max(1);
    let fits = u64::from(room) * 1_000 / all;
    let lowest = images.iter().map(|image| image.height).min().unwrap_or(1);
    let fits = u32::try_from(fits).unwrap_or(u32::MAX);
    let height = fits.min(STRIP).min(lowest).max(1);
    let (mut tiles, mut x) = (Vec::new(), 0);
    for image in images {
        let width = (wide(image) * u64::from(height) / 1_000)
            .clamp(1, u64::from(room + 1).saturating_sub(u64::from(count)).max(1));
        let width = u32::try_from(width).unwrap_or(1);
        tiles.push(Tile {
            x,
            y: 0,
            size: Pixels { width, height },
        });
        x += width + ARROW;
    }
    Layout {
        size: Pixels {
            width: x.saturating_sub(ARROW).max(1),
            height,
        },
        tiles,
    }
}

/// Returns the size that a tile of an image's shape can have in a grid.
fn tile(image: Pixels, columns: u32, rows: u32) -> Pixels {
    let room = |length: u32, n: u32| u64::from((length - GAP * (n - 1)) / n);
    let (width, height) = (u64::from(image.width.max(1)), u64::from(image.height.max(1)));
    let (most_wide, most_high) = (room(LARGEST.width, columns), room(LARGEST.height, rows));
    let wide = most_wide.min(most_high * width / height).max(1);
    let high = (wide * height / width).clamp(1, most_high);
    let pixels = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Pixels {
        width: pixels(wide),
        height: pixels(high),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grid(width: u32, height: u32, count: u32) -> (usize, String) {
        let laid = layout(Pixels { width, height }, count);
        let columns = laid.tiles.iter().filter(|tile| tile.y == 0).count();
        (columns, laid.size.to_string())
    }

    #[test]
    fn images_stand_so_that_each_is_as_large_as_can_be() {
        assert_eq!(grid(1280, 720, 1), (1, "1200×675".to_owned()));
        assert_eq!(grid(1280, 720, 2), (1, "792×898".to_owned()));
        assert_eq!(grid(1280, 720, 3), (2, "1200×678".to_owned()));
        assert_eq!(grid(1280, 720, 4), (2, "1200×678".to_owned()));
        assert_eq!(grid(1024, 1024, 2), (2, "1200×596".to_owned()));
        assert_eq!(grid(1024, 1024, 4), (2, "900×900".to_owned()));
        assert_eq!(grid(720, 1280, 4), (4, "1200×522".to_owned()));
        assert_eq!(
            grid(80, 45, 4),
            (2, "168×98".to_owned()),
            "never larger than they are"
        );
    }

    #[test]
    fn a_strip_is_one_row_of_one_height_and_fits() {
        let size = |width, height| Pixels { width, height };
        let told = |images: &[Pixels]| {
            let laid = strip(images);
            let widths: Vec<u32> = laid.tiles.iter().map(|tile| tile.size.width).collect();
            (laid.size.to_string(), widths)
        };
        let wide = [size(1280, 720), size(2560, 1440), size(3840, 2160)];
        assert_eq!(told(&wide), ("1194×211".to_owned(), vec![374, 374, 374]));
        assert_eq!(told(&wide[..1]), ("710×400".to_owned(), vec![710]));
        assert_eq!(told(&[size(80, 45), size(1280, 720)]).0, "194×45");
        assert_eq!(told(&[size(1, 9_000), size(9_000, 1)]).0, "1200×1");
        assert_eq!(told(&[]).1, Vec::<u32>::new());
    }

    #[test]
    fn a_last_row_that_is_not_full_stands_in_the_middle() {
        let laid = layout(
            Pixels {
                width: 1280,
                height: 720,
            },
            3,
        );
        let last = laid.tiles[2];
        assert_eq!(last.x, laid.size.width - last.x - last.size.width);
    }

    proptest! {
        #[test]
        fn tiles_are_inside_and_apart(width in 1_u32..20_000, height in 1_u32..20_000, count in 1_u32..=12) {
            let laid = layout(Pixels { width, height }, count);
            prop_assert_eq!(laid.tiles.len(), count as usize);
            prop_assert!(laid.size.width <= LARGEST.width && laid.size.height <= LARGEST.height);
            for (nth, one) in laid.tiles.iter().enumerate() {
                prop_assert!(one.size.count() > 0);
                prop_assert!(one.x + one.size.width <= laid.size.width);
                prop_assert!(one.y + one.size.height <= laid.size.height);
                for other in &laid.tiles[nth + 1..] {
                    let beside = one.x + one.size.width < other.x || other.x + other.size.width < one.x;
                    let below = one.y + one.size.height < other.y;
                    prop_assert!(beside || below);
                }
            }
        }
    }
}
