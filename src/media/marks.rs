//! Puts a mark and the colour profile into a picture that the bot wrote, and finds the content
//! credentials that an engine put into its own.

use std::sync::LazyLock;

use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::{Png, PngChunk};
use img_parts::webp::WebP;
use img_parts::{Bytes, ImageICC};
use moxcms::ColorProfile;

use super::outline::{Format, NotAPicture};
use crate::domain::image::mark::{Mark, Marked};

/// What stands before the packet in a segment of a JPEG (XMP specification, part 3, 1.1.3).
const IN_JPEG: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// What stands before the packet in an `iTXt` chunk of a PNG: the keyword, that nothing is compressed, no
/// language and no translation (XMP specification, part 3, 1.1.5).
const IN_PNG: &[u8] = b"XML:com.adobe.xmp\0\0\0\0\0";
/// What the containers add around packet and profile, at most: segments, chunks, sums.
const AROUND: usize = 160;

/// The profile of what the bot writes: sRGB.
static PROFILE: LazyLock<Bytes> = LazyLock::new(|| {
    ColorProfile::new_srgb()
        .encode()
        .map(Bytes::from)
        .unwrap_or_default()
});

/// Returns how many bytes a mark takes in a file, at most.
pub(super) fn room(mark: &Mark) -> usize {
    mark.packet().len() + PROFILE.len() + AROUND
}

/// Puts a mark and the profile of sRGB into a picture in sRGB: a JPEG or a PNG file that the bot wrote.
///
/// # Errors
/// [`NotAPicture`] for any other file.
pub(super) fn marked(file: Vec<u8>, mark: &Mark) -> Result<Marked, NotAPicture> {
    let broken = |error: &dyn std::fmt::Display| NotAPicture::Broken(error.to_string());
    let packet = mark.packet();
    let whole = match Format::of(&file) {
        Some(Format::Jpeg) => {
            let mut jpeg = Jpeg::from_bytes(file.into()).map_err(|error| broken(&error))?;
            jpeg.set_icc_profile(Some(PROFILE.clone()));
            let xmp = [IN_JPEG, packet.as_bytes()].concat();
            let at = jpeg
                .segments()
                .iter()
                .position(|segment| segment.marker() != markers::APP0);
            let segment = JpegSegment::new_with_contents(markers::APP1, xmp.into());
            jpeg.segments_mut().insert(at.unwrap_or_default(), segment);
            jpeg.encoder().bytes()
        }
        Some(Format::Png) => {
            let mut png = Png::from_bytes(file.into()).map_err(|error| broken(&error))?;
            png.set_icc_profile(Some(PROFILE.clone()));
            let xmp = [IN_PNG, packet.as_bytes()].concat();
            // The header is the first of all chunks.
            let behind_head = png.chunks().len().min(1);
            let chunk = PngChunk::new(*b"iTXt", xmp.into());
            png.chunks_mut().insert(behind_head, chunk);
            png.encoder().bytes()
        }
        Some(Format::WebP | Format::Gif) | None => return Err(NotAPicture::Format(None)),
    };
    Marked::new(whole.into(), &packet).ok_or_else(|| NotAPicture::Broken("no mark fits in".to_owned()))
}

/// Returns whether a file has content credentials (C2PA 2.2, A.3): JUMBF in segments of a JPEG, a `caBX`
/// chunk of a PNG, a `C2PA` chunk of a WebP.
#[must_use]
pub fn has_credentials(file: &[u8]) -> bool {
    let bytes = || Bytes::copy_from_slice(file);
    match Format::of(file) {
        Some(Format::Jpeg) => Jpeg::from_bytes(bytes()).is_ok_and(|jpeg| {
            let mut boxes = jpeg.segments_by_marker(markers::APP11);
            boxes.any(|segment| segment.contents().starts_with(b"JP"))
        }),
        Some(Format::Png) => Png::from_bytes(bytes()).is_ok_and(|png| png.chunk_by_type(*b"caBX").is_some()),
        Some(Format::WebP) => WebP::from_bytes(bytes()).is_ok_and(|webp| webp.has_chunk(*b"C2PA")),
        Some(Format::Gif) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, Rgb, RgbImage};

    use super::*;
    use crate::media::tests::{mark, noise};

    fn file(format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = RgbImage::from_pixel(20, 10, Rgb([200, 90, 40]));
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_marked_file_shows_the_same_picture_and_takes_no_more_room_than_was_said() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png] {
            let before = file(format);
            let after = marked(before.clone(), &mark()).unwrap().into_bytes();
            assert!(after.len() <= before.len() + room(&mark()), "{format:?}");
            let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().to_rgb8();
            assert_eq!(pixels(&before), pixels(&after), "{format:?}");
            assert!(after.windows(17).any(|part| part == b"DigitalSourceType"));
        }
        assert!(marked(file(ImageFormat::WebP), &mark()).is_err());
        assert!(marked(b"no picture".to_vec(), &mark()).is_err());
    }

    #[test]
    fn the_profile_of_what_is_written_is_srgb() {
        assert!(!PROFILE.is_empty());
        let jpeg = marked(file(ImageFormat::Jpeg), &mark()).unwrap().into_bytes();
        let profile = Jpeg::from_bytes(jpeg.into()).unwrap().icc_profile();
        assert_eq!(profile, Some(PROFILE.clone()));
    }

    #[test]
    fn content_credentials_are_found_in_each_format() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            assert!(!has_credentials(&file(format)), "{format:?}");
        }
        assert!(!has_credentials(b"no picture") && !has_credentials(&noise(20, 20)));
        let mut jpeg = Jpeg::from_bytes(file(ImageFormat::Jpeg).into()).unwrap();
        let segment = JpegSegment::new_with_contents(markers::APP11, Bytes::from_static(b"JP\0\x01jumb"));
        jpeg.segments_mut().insert(1, segment);
        assert!(has_credentials(&jpeg.encoder().bytes()));
        let mut png = Png::from_bytes(file(ImageFormat::Png).into()).unwrap();
        png.chunks_mut()
            .insert(1, PngChunk::new(*b"caBX", Bytes::from_static(b"jumb")));
        assert!(has_credentials(&png.encoder().bytes()));
        let mut webp = file(ImageFormat::WebP);
        webp.extend_from_slice(b"C2PA\x04\0\0\0jumb");
        let length = u32::try_from(webp.len() - 8).unwrap();
        webp[4..8].copy_from_slice(&length.to_le_bytes());
        assert!(has_credentials(&webp));
    }
}
