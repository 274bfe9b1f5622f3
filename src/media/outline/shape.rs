//! What the outline of any file is made of.

use crate::domain::geometry::Pixels;
use crate::domain::limits;

/// Bytes that are no usable picture.
#[derive(Debug, thiserror::Error)]
pub enum NotAPicture {
    /// It has more than [`limits::PICTURE_BYTES`] bytes.
    #[error("it has {0} bytes")]
    TooLarge(usize),
    /// It is of a format that is not read. Holds the name of the format, if it is known.
    #[error("its format is {}", .0.unwrap_or("unknown"))]
    Format(Option<&'static str>),
    /// The file ends before its picture does.
    #[error("the file ends early")]
    Cut,
    /// It has more pixels than may be decoded. Holds its size.
    #[error("{0} pixels are more than may be decoded")]
    TooManyPixels(Pixels),
    /// It carries more beside its pixels than is read: too many parts, or a colour profile that is
    /// too large or cannot be unpacked.
    #[error("it carries too much beside its pixels")]
    Overloaded,
    /// The file is broken.
    #[error("it cannot be read: {0}")]
    Broken(String),
    /// A file that was made of it could not be written.
    #[error("it could not be written as a file")]
    Unwritten(#[from] image::ImageError),
}

/// A format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::media) enum Format {
    Png,
    Jpeg,
    WebP,
    Gif,
}

impl Format {
    /// Returns the format that the first bytes of a file say.
    pub(in crate::media) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            _ => None,
        }
    }

    /// Returns the extension of its files, without a dot.
    pub(in crate::media) const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::WebP => "webp",
            Self::Gif => "gif",
        }
    }
}

/// What a file says of its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a property of a file that is there or not, whatever the others are"
)]
pub(in crate::media) struct Outline {
    pub(in crate::media) format: Format,
    /// The size as it is stored, before the picture is turned upright.
    pub(in crate::media) pixels: Pixels,
    /// The bytes of memory that decoding takes, beside the file's own.
    pub(in crate::media) memory: u64,
    /// Whether it has more than one frame.
    pub(in crate::media) animated: bool,
    /// Whether the file holds nothing but one picture of 8 bits a channel, in colours that need no
    /// conversion: no profile, no metadata, nothing after its end.
    pub(in crate::media) plain: bool,
    /// Whether its pixels are seen as they are stored: nothing in the file turns them or says what
    /// their colours mean.
    pub(in crate::media) as_seen: bool,
    /// Whether it carries a colour profile that has to be unpacked.
    pub(in crate::media) packed_profile: bool,
}

/// Counts the parts of a file.
#[derive(Default)]
pub(super) struct Parts(usize);

impl Parts {
    /// Counts one more part.
    ///
    /// # Errors
    /// [`NotAPicture::Overloaded`] past [`limits::PICTURE_PARTS`].
    pub(super) fn count(&mut self) -> Result<(), NotAPicture> {
        self.0 += 1;
        if self.0 > limits::PICTURE_PARTS {
            return Err(NotAPicture::Overloaded);
        }
        Ok(())
    }
}

/// Returns so many bytes of a file.
///
/// # Errors
/// [`NotAPicture::Cut`] when the file ends before.
pub(super) fn part(bytes: &[u8], at: usize, length: usize) -> Result<&[u8], NotAPicture> {
    let end = at.checked_add(length).ok_or(NotAPicture::Cut)?;
    bytes.get(at..end).ok_or(NotAPicture::Cut)
}

/// Returns a number that stands in so many bytes, at most four, the highest first.
///
/// # Errors
/// [`NotAPicture::Cut`] when the file ends before.
pub(super) fn big_endian(bytes: &[u8], at: usize, length: usize) -> Result<u32, NotAPicture> {
    Ok(part(bytes, at, length)?
        .iter()
        .fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

/// Returns a number that stands in so many bytes, at most four, the lowest first.
///
/// # Errors
/// [`NotAPicture::Cut`] when the file ends before.
pub(super) fn little_endian(bytes: &[u8], at: usize, length: usize) -> Result<u32, NotAPicture> {
    Ok(part(bytes, at, length)?
        .iter()
        .rev()
        .fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

pub(super) fn broken(what: &str) -> NotAPicture {
    NotAPicture::Broken(what.to_owned())
}

/// Returns a size, unless a side is 0.
pub(super) fn size(width: u32, height: u32) -> Result<Pixels, NotAPicture> {
    if width == 0 || height == 0 {
        return Err(broken("a side has no pixels"));
    }
    Ok(Pixels { width, height })
}
