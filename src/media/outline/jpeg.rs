//! The outline of a JPEG file.

use super::shape::{Format, NotAPicture, Outline, Parts, big_endian, broken, part, size};
use crate::domain::geometry::Pixels;

/// Where the first segment begins.
pub(super) const FIRST: usize = 2;
pub(super) const START_OF_SCAN: u8 = 0xda;
pub(super) const END_OF_IMAGE: u8 = 0xd9;
/// The side of a block of coefficients.
pub(super) const BLOCK: u64 = 8;
/// The bytes of a block's coefficients in memory: 64 of two bytes.
const BLOCK_BYTES: u64 = 128;

/// A marker with what belongs to it.
pub(super) struct Segment<'a> {
    pub(super) marker: u8,
    /// What stands in the segment behind its length. Markers that stand alone have nothing.
    pub(super) data: &'a [u8],
    /// The compressed data that follow the header of a scan, with the marks in them.
    pub(super) scan: &'a [u8],
}

impl Segment<'_> {
    /// Returns whether the marker stands alone.
    pub(super) const fn is_bare(&self) -> bool {
        matches!(self.marker, 0x01 | 0xd0..=0xd9)
    }
}

/// Reads the next segment, and moves behind it.
///
/// # Errors
/// [`NotAPicture::Cut`] when the file ends before.
pub(super) fn segment<'a>(bytes: &'a [u8], at: &mut usize) -> Result<Segment<'a>, NotAPicture> {
    let mut found = Segment {
        marker: marker(bytes, at)?,
        data: &[],
        scan: &[],
    };
    if found.is_bare() {
        return Ok(found);
    }
    let length = big_endian(bytes, *at, 2)? as usize;
    let whole = part(bytes, *at, length.max(2))?;
    found.data = &whole[2..];
    *at += whole.len();
    if found.marker == START_OF_SCAN {
        let end = after_scan(bytes, *at)?;
        found.scan = &bytes[*at..end];
        *at = end;
    }
    Ok(found)
}

pub(super) fn outline(bytes: &[u8]) -> Result<Outline, NotAPicture> {
    let mut at = FIRST;
    let mut parts = Parts::default();
    let (mut frame, mut plain, mut as_seen, mut first_scan) = (None, true, true, None);
    loop {
        parts.count()?;
        let found = segment(bytes, &mut at)?;
        let data = found.data;
        match found.marker {
            END_OF_IMAGE => break,
            _ if found.is_bare() => plain = false,
            0xc0..=0xc2 if frame.is_none() => frame = Some(Frame::read(data, found.marker)?),
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcf => return Err(broken("a kind of JPEG that is not read")),
            0xc4 | 0xdb | 0xdd => {}
            START_OF_SCAN => {
                first_scan.get_or_insert(big_endian(data, 0, 1)?);
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

/// What the header of the frame says.
pub(super) struct Frame {
    pub(super) pixels: Pixels,
    pub(super) progressive: bool,
    pub(super) components: Vec<Component>,
}

/// A channel of the picture.
pub(super) struct Component {
    /// The name by which scans speak of it.
    pub(super) id: u32,
    /// How often it is sampled, horizontally and vertically.
    pub(super) sampled: (u64, u64),
}

impl Frame {
    /// Reads the header that stands behind a marker.
    ///
    /// # Errors
    /// [`NotAPicture`] when it is cut or of a kind that is not read.
    pub(super) fn read(data: &[u8], marker: u8) -> Result<Self, NotAPicture> {
        if big_endian(data, 0, 1)? != 8 {
            return Err(broken("a JPEG that has not 8 bits a channel"));
        }
        let pixels = size(big_endian(data, 3, 2)?, big_endian(data, 1, 2)?)?;
        let mut components = Vec::new();
        for i in 0..big_endian(data, 5, 1)? as usize {
            let sampled = u64::from(big_endian(data, 7 + 3 * i, 1)?);
            let sampled = (sampled >> 4, sampled & 15);
            if !(1..=4).contains(&sampled.0) || !(1..=4).contains(&sampled.1) {
                return Err(broken("a JPEG whose channels are sampled in no known way"));
            }
            let id = big_endian(data, 6 + 3 * i, 1)?;
            components.push(Component { id, sampled });
        }
        if !matches!(components.len(), 1 | 3 | 4) {
            return Err(broken("a JPEG that has neither one channel nor three or four"));
        }
        Ok(Self {
            pixels,
            progressive: marker == 0xc2,
            components,
        })
    }

    /// Returns how often a channel is sampled at most, horizontally and vertically.
    pub(super) fn most_sampled(&self) -> (u64, u64) {
        let most = |of: fn(&Component) -> u64| self.components.iter().map(of).max().unwrap_or(1);
        (most(|c| c.sampled.0), most(|c| c.sampled.1))
    }

    /// Returns how many units of all channels the picture has, across and down.
    pub(super) fn units(&self) -> (u64, u64) {
        let (across, down) = self.most_sampled();
        (
            u64::from(self.pixels.width).div_ceil(BLOCK * across),
            u64::from(self.pixels.height).div_ceil(BLOCK * down),
        )
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
        let (across, down) = self.units();
        let blocks: u64 = self.components.iter().map(|c| c.sampled.0 * c.sampled.1).sum();
        pixels + across * down * blocks * BLOCK_BYTES
    }
}
