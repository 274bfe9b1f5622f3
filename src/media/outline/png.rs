//! The outline of a PNG file.

use super::shape::{Format, NotAPicture, Outline, Parts, big_endian, broken, part, size};

/// The length of the signature.
const SIGNATURE: usize = 8;
/// What a chunk has beside its data: length, type, checksum.
const FRAME: usize = 12;

pub(super) fn outline(bytes: &[u8]) -> Result<Outline, NotAPicture> {
    let header = Header::read(bytes)?;
    let (mut at, mut parts) = (SIGNATURE, Parts::default());
    let (mut plain, mut as_seen, mut packed_profile) = (header.is_plain(), true, false);
    let (mut animated, mut palette_alpha) = (false, false);
    loop {
        parts.count()?;
        let length = big_endian(bytes, at, 4)? as usize;
        let kind = part(bytes, at + 4, 4)?;
        let data = part(bytes, at + 8, length)?;
        part(bytes, at + 8 + length, 4)?;
        at += FRAME + length;
        match kind {
            b"IEND" => break,
            b"IHDR" | b"IDAT" => {}
            b"acTL" => {
                animated = big_endian(data, 0, 4)? > 1;
                plain = false;
            }
            b"tRNS" => {
                palette_alpha = true;
                plain = false;
            }
            b"iCCP" | b"cICP" | b"eXIf" => {
                packed_profile |= kind == b"iCCP";
                as_seen = false;
                plain = false;
            }
            _ => plain = false,
        }
    }
    let pixels = size(header.width, header.height)?;
    Ok(Outline {
        format: Format::Png,
        pixels,
        memory: pixels.count() * header.bytes_a_pixel(palette_alpha)?,
        animated,
        plain: plain && at == bytes.len(),
        as_seen,
        packed_profile,
    })
}

struct Header {
    width: u32,
    height: u32,
    depth: u8,
    colour: u8,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, NotAPicture> {
        let data = part(bytes, SIGNATURE + 8, 13)?;
        if part(bytes, SIGNATURE, 8)? != b"\0\0\0\x0dIHDR" {
            return Err(broken("it does not begin with its header"));
        }
        Ok(Self {
            width: big_endian(data, 0, 4)?,
            height: big_endian(data, 4, 4)?,
            depth: data[8],
            colour: data[9],
        })
    }

    /// Returns whether it needs no conversion: 8 bits, without a palette.
    const fn is_plain(&self) -> bool {
        self.depth == 8 && matches!(self.colour, 0 | 2 | 4 | 6)
    }

    /// Returns how many bytes of memory a pixel takes. Pixels are decoded to 8 bits a channel, and
    /// grey then becomes red, green and blue.
    fn bytes_a_pixel(&self, alpha: bool) -> Result<u64, NotAPicture> {
        Ok(match (self.colour, alpha) {
            // Grey beside its colours: 1 + 3, and 2 + 4 with transparency.
            (0, false) | (2 | 3, true) | (6, _) => 4,
            (0, true) | (4, _) => 6,
            (2 | 3, false) => 3,
            _ => return Err(broken("no such kind of colour")),
        })
    }
}
