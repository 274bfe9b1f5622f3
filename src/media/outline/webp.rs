//! The outline of a WebP file.

use super::shape::{Format, NotAPicture, Outline, Parts, broken, little_endian, part, size};
use crate::domain::geometry::Pixels;

/// The bytes of memory that a pixel of a single picture takes: its channels, and what it is decoded
/// from.
const STILL: u64 = 8;
/// The bytes of memory that a pixel of an animation takes: also the canvas below the frame.
const ANIMATED: u64 = 13;
/// Where the first chunk begins.
const FIRST: usize = 12;

pub(super) fn outline(bytes: &[u8]) -> Result<Outline, NotAPicture> {
    let end = little_endian(bytes, 4, 4)? as usize + 8;
    let mut found = Found::default();
    walk(bytes, FIRST..end, &mut Parts::default(), &mut found)?;
    let canvas = found
        .canvas
        .or(found.largest)
        .ok_or_else(|| broken("it has no picture"))?;
    let largest = found.largest.ok_or_else(|| broken("it has no picture"))?;
    let bytes_a_pixel = if found.frames > 0 { ANIMATED } else { STILL };
    Ok(Outline {
        format: Format::WebP,
        pixels: canvas,
        memory: canvas.count().max(largest.count()) * bytes_a_pixel,
        animated: found.frames > 1,
        plain: found.plain && found.frames == 0 && end >= bytes.len(),
        as_seen: found.as_seen,
        packed_profile: false,
    })
}

struct Found {
    canvas: Option<Pixels>,
    /// The largest picture: what a frame holds need not have the frame's size.
    largest: Option<Pixels>,
    frames: usize,
    plain: bool,
    as_seen: bool,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            canvas: None,
            largest: None,
            frames: 0,
            plain: true,
            as_seen: true,
        }
    }
}

impl Found {
    fn picture(&mut self, pixels: Pixels) {
        if self
            .largest
            .is_none_or(|largest| pixels.count() > largest.count())
        {
            self.largest = Some(pixels);
        }
    }
}

/// Goes through the chunks in a range of the file.
fn walk(
    bytes: &[u8],
    range: std::ops::Range<usize>,
    parts: &mut Parts,
    found: &mut Found,
) -> Result<(), NotAPicture> {
    let mut at = range.start;
    while at < range.end {
        parts.count()?;
        let kind = part(bytes, at, 4)?;
        let length = little_endian(bytes, at + 4, 4)? as usize;
        let data = part(bytes, at + 8, length)?;
        match kind {
            b"VP8X" => {
                let side = |at| Ok::<_, NotAPicture>(little_endian(data, at, 3)? + 1);
                found.canvas = Some(size(side(4)?, side(7)?)?);
            }
            b"VP8 " => {
                let side = |at| Ok::<_, NotAPicture>(little_endian(data, at, 2)? & 0x3fff);
                found.picture(size(side(6)?, side(8)?)?);
            }
            b"VP8L" => {
                let sides = little_endian(data, 1, 4)?;
                found.picture(size((sides & 0x3fff) + 1, (sides >> 14 & 0x3fff) + 1)?);
            }
            b"ANMF" => {
                found.frames += 1;
                part(data, 0, 16)?;
                walk(bytes, at + 24..at + 8 + length, parts, found)?;
            }
            b"ALPH" => {}
            _ => {
                found.as_seen &= !matches!(kind, b"ICCP" | b"EXIF");
                found.plain = false;
            }
        }
        // A chunk of an odd length is followed by a byte that says nothing.
        at += 8 + length + length % 2;
    }
    Ok(())
}
