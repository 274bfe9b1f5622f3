//! Reads the outline of a picture's file without decoding it: its format, its size, what decoding
//! it takes, and whether the file reaches its own end.
//!
//! Decoders are forgiving: they fill what is missing with grey. So the structure of the file is
//! followed here to its last byte first, and the compressed data of a JPEG to its last block.

mod entropy;
mod gif;
mod jpeg;
mod png;
mod scans;
mod shape;
mod webp;

pub(super) use self::scans::whole as whole_jpeg;
pub use self::shape::NotAPicture;
pub(super) use self::shape::{Format, Outline};

/// Follows the structure of a file to its end.
///
/// # Errors
/// [`NotAPicture`] when the format is not read, or the file ends early or is broken.
pub(super) fn outline(bytes: &[u8]) -> Result<Outline, NotAPicture> {
    match Format::of(bytes) {
        Some(Format::Png) => png::outline(bytes),
        Some(Format::Jpeg) => jpeg::outline(bytes),
        Some(Format::WebP) => webp::outline(bytes),
        Some(Format::Gif) => gif::outline(bytes),
        None => Err(NotAPicture::Format(other(bytes))),
    }
}

/// Returns the name of a format that people attach and that is not read.
fn other(bytes: &[u8]) -> Option<&'static str> {
    if let [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] = bytes {
        return match brand.get(..4) {
            Some(b"avif" | b"avis") => Some("AVIF"),
            Some(b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1") => Some("HEIC"),
            _ => Some("video"),
        };
    }
    match bytes {
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some("TIFF"),
        [b'B', b'M', ..] if bytes.len() > 26 => Some("BMP"),
        [b'%', b'P', b'D', b'F', ..] => Some("PDF"),
        [b'8', b'B', b'P', b'S', ..] => Some("Photoshop"),
        [0xff, 0x0a, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => Some("JPEG XL"),
        _ if bytes.starts_with(b"<svg") || bytes.starts_with(b"<?xml") => Some("SVG"),
        _ => None,
    }
}
