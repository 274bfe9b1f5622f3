//! The outline of a GIF file.

use super::shape::{Format, NotAPicture, Outline, Parts, broken, little_endian, part, size};
use crate::domain::geometry::Pixels;

/// The bytes of memory that a pixel takes: its channels on the canvas, those of the frame, and its
/// number in the palette.
const BYTES_A_PIXEL: u64 = 9;

pub(super) fn outline(bytes: &[u8]) -> Result<Outline, NotAPicture> {
    let canvas = sides(bytes, 6)?;
    let mut at = 13 + palette(little_endian(bytes, 10, 1)?);
    let (mut parts, mut frames, mut largest) = (Parts::default(), 0, canvas);
    loop {
        parts.count()?;
        match little_endian(bytes, at, 1)? {
            0x3b => break,
            0x21 => at = after_blocks(bytes, at + 2)?,
            0x2c => {
                frames += 1;
                let frame = sides(bytes, at + 5)?;
                if frame.count() > largest.count() {
                    largest = frame;
                }
                // The palette of the frame, and the length of its codes.
                let data = at + 10 + palette(little_endian(bytes, at + 9, 1)?) + 1;
                at = after_blocks(bytes, data)?;
            }
            _ => return Err(broken("a part of a GIF that is none")),
        }
    }
    if frames == 0 {
        return Err(broken("it has no picture"));
    }
    Ok(Outline {
        format: Format::Gif,
        pixels: canvas,
        memory: largest.count() * BYTES_A_PIXEL,
        animated: frames > 1,
        plain: false,
        as_seen: true,
        packed_profile: false,
    })
}

fn sides(bytes: &[u8], at: usize) -> Result<Pixels, NotAPicture> {
    size(little_endian(bytes, at, 2)?, little_endian(bytes, at + 2, 2)?)
}

/// Returns the length of the palette that a byte of flags announces.
const fn palette(flags: u32) -> usize {
    if flags & 0x80 == 0 {
        return 0;
    }
    3 << ((flags & 7) + 1)
}

/// Returns where the part behind a row of blocks begins. An empty block ends them.
fn after_blocks(bytes: &[u8], mut at: usize) -> Result<usize, NotAPicture> {
    loop {
        let length = little_endian(bytes, at, 1)? as usize;
        part(bytes, at + 1, length)?;
        at += 1 + length;
        if length == 0 {
            return Ok(at);
        }
    }
}
