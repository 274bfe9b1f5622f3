//! The outline of a JPEG file.

use super::shape::{Format, NotAPicture, Outline, Parts, big_endian, broken, part, size};
use crate::domain::geometry::Pixels;

/// The side of a block of coefficients.
const BLOCK: u64 = 8;
/// The bytes of a block's coefficients in memory: 64 of two bytes.
const BLOCK_BYTES: u64 = 128;

pub(super) fn outline(bytes: &[u8]) -> Result<Outline, NotAPicture> {
    let mut at = 2;
    let mut parts = Parts::default();
    let (mut frame, mut plain, mut as_seen, mut first_scan) = (None, true, true, None);
    loop {
        parts.count()?;
        let marker = marker(bytes, &mut at)?;
        if marker == 0xd9 {
            break;
        }
        // These stand alone.
        if matches!(marker, 0x01 | 0xd0..=0xd8) {
            plain = false;
            continue;
        }
        let length = big_endian(bytes, at, 2)? as usize;
        let segment = part(bytes, at, length.max(2))?;
        let data = &segment[2..];
        at += segment.len();
        match marker {
            0xc0..=0xc2 if frame.is_none() => frame = Some(Frame::read(data, marker == 0xc2)?),
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcf => return Err(broken("a kind of JPEG that is not read")),
            0xc4 | 0xdb | 0xdd => {}
            0xda => {
                first_scan.get_or_insert(big_endian(data, 0, 1)?);
                at = after_scan(bytes, at)?;
            }
            0xe0 => plain &= data.len() == 14 && data.starts_with(b"JFIF\0"),
            0xee => plain &= data.len() == 12 && data.starts_with(b"Adobe"),
            _ => {
                as_seen &= !data.starts_with(b"Exif\0") && !data.starts_with(b"ICC_PROFILE\0");
                plain = false;
            }
        }
    }
    let (Some(frame), Some(first_scan)) = (frame, first_scan) else {
        return Err(broken("it has no picture"));
    };
    Ok(Outline {
        format: Format::Jpeg,
        pixels: frame.pixels,
        memory: frame.memory(first_scan),
        animated: false,
        plain: plain && at == bytes.len() && frame.components.len() != 4,
        as_seen: as_seen && frame.components.len() != 4,
        packed_profile: false,
    })
}

/// Returns the next marker, and moves behind it. Bytes before a marker are skipped, as decoders do.
fn marker(bytes: &[u8], at: &mut usize) -> Result<u8, NotAPicture> {
    let mut last = 0;
    for (i, byte) in bytes.iter().enumerate().skip(*at) {
        if last == 0xff && !matches!(*byte, 0 | 0xff) {
            *at = i + 1;
            return Ok(*byte);
        }
        last = *byte;
    }
    Err(NotAPicture::Cut)
}

/// Returns where the marker after the data of a scan begins.
fn after_scan(bytes: &[u8], mut at: usize) -> Result<usize, NotAPicture> {
    loop {
        let rest = bytes.get(at..).ok_or(NotAPicture::Cut)?;
        at += rest
            .iter()
            .position(|byte| *byte == 0xff)
            .ok_or(NotAPicture::Cut)?;
        match bytes.get(at + 1).ok_or(NotAPicture::Cut)? {
            // A byte of the data that is 255, and marks from which decoding can go on.
            0 | 0xd0..=0xd7 => at += 2,
            // Filling.
            0xff => at += 1,
            _ => return Ok(at),
        }
    }
}

struct Frame {
    pixels: Pixels,
    progressive: bool,
    /// How often each component is sampled, horizontally and vertically.
    components: Vec<(u64, u64)>,
}

impl Frame {
    fn read(data: &[u8], progressive: bool) -> Result<Self, NotAPicture> {
        if big_endian(data, 0, 1)? != 8 {
            return Err(broken("a JPEG that has not 8 bits a channel"));
        }
        let pixels = size(big_endian(data, 3, 2)?, big_endian(data, 1, 2)?)?;
        let mut components = Vec::new();
        for i in 0..big_endian(data, 5, 1)? as usize {
            let sampled = u64::from(big_endian(data, 7 + 3 * i, 1)?);
            let (horizontal, vertical) = (sampled >> 4, sampled & 15);
            if !(1..=4).contains(&horizontal) || !(1..=4).contains(&vertical) {
                return Err(broken("a JPEG whose channels are sampled in no known way"));
            }
            components.push((horizontal, vertical));
        }
        if !matches!(components.len(), 1 | 3 | 4) {
            return Err(broken("a JPEG that has neither one channel nor three or four"));
        }
        Ok(Self {
            pixels,
            progressive,
            components,
        })
    }

    /// Returns the bytes of memory that decoding takes: those of the pixels, and, where the
    /// channels come in more than one scan, those of all coefficients.
    fn memory(&self, first_scan: u32) -> u64 {
        let channels = self.components.len() as u64;
        // Grey becomes red, green and blue.
        let pixels = self.pixels.count() * if channels == 1 { 4 } else { channels };
        if !self.progressive && u64::from(first_scan) == channels {
            return pixels;
        }
        let most = |of: fn(&(u64, u64)) -> u64| self.components.iter().map(of).max().unwrap_or(1);
        let across = u64::from(self.pixels.width).div_ceil(BLOCK * most(|c| c.0));
        let down = u64::from(self.pixels.height).div_ceil(BLOCK * most(|c| c.1));
        let blocks: u64 = self.components.iter().map(|(h, v)| h * v).sum();
        pixels + across * down * blocks * BLOCK_BYTES
    }
}
