//! Makes a reference of a file that somebody gave: a picture that any engine takes and anybody may
//! see.

use image::DynamicImage;

use super::fit::{bared, is_transparent, jpeg_within, on_white, within};
use super::outline::{Format, NotAPicture};
use super::read::{Decoded, OFFERED};
use super::resize::{at_most, png, resize};
use crate::domain::geometry::Pixels;
use crate::domain::limits;

/// A picture as it is kept, shown and sent: upright, in sRGB with 8 bits a channel, of limited
/// size, and without anything beside its pixels.
#[derive(Debug)]
pub struct CleanPicture {
    /// The file: a PNG, JPEG or WebP.
    pub bytes: Vec<u8>,
    /// Whether it is the first frame of an animation.
    pub first_frame: bool,
}

/// Why a file cannot become a reference.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It is no usable picture.
    #[error(transparent)]
    NotAPicture(#[from] NotAPicture),
    /// A side of the picture is too short. Holds its size.
    #[error("{0} pixels are too few")]
    TooSmall(Pixels),
}

/// Makes a reference of a file, whatever its name and type say that it is.
///
/// No side of the result is longer than [`limits::REFERENCE_EDGE`] or shorter than `shortest`, and
/// it has at most [`limits::REFERENCE_KEPT_BYTES`]. A file that is so already is returned byte for
/// byte. Transparent parts stay transparent, and what was hidden below them is white.
///
/// # Errors
/// [`Unfit`].
pub fn clean(bytes: Vec<u8>, shortest: u32) -> Result<CleanPicture, Unfit> {
    let outline = OFFERED.outline(&bytes)?;
    let edge = |pixels: Pixels| pixels.width.min(pixels.height);
    if edge(outline.pixels) < shortest {
        return Err(Unfit::TooSmall(outline.pixels));
    }
    let decoded = Decoded::of(&bytes, &outline, OFFERED)?;
    let upright = decoded.upright();
    let (picture, turn) = decoded.into_srgb();
    let fits = picture.width().max(picture.height()) <= limits::REFERENCE_EDGE;
    if outline.plain && fits && bytes.len() <= limits::REFERENCE_KEPT_BYTES && !hides(&picture) {
        return Ok(CleanPicture {
            bytes,
            first_frame: false,
        });
    }
    // From here on memory is needed for the smaller picture.
    drop(bytes);
    let mut picture = shrink(picture)?;
    picture.apply_orientation(turn);
    if picture.width().min(picture.height()) < shortest {
        return Err(Unfit::TooSmall(upright));
    }
    Ok(CleanPicture {
        bytes: written(bared(picture), outline.format)?,
        first_frame: outline.animated,
    })
}

/// Writes a picture in the best form that may be kept.
fn written(picture: DynamicImage, was: Format) -> Result<Vec<u8>, NotAPicture> {
    if is_transparent(&picture) {
        return Ok(within(picture, limits::REFERENCE_KEPT_BYTES)?.0);
    }
    let picture = on_white(picture);
    if was != Format::Jpeg {
        let exact = png(&picture)?;
        if exact.len() <= limits::REFERENCE_KEPT_BYTES {
            return Ok(exact);
        }
    }
    jpeg_within(picture, limits::REFERENCE_KEPT_BYTES)
}

/// Makes a picture smaller if a side is longer than [`limits::REFERENCE_EDGE`].
fn shrink(picture: DynamicImage) -> Result<DynamicImage, NotAPicture> {
    let longest = picture.width().max(picture.height());
    if longest <= limits::REFERENCE_EDGE {
        return Ok(picture);
    }
    let size = at_most(&picture, limits::REFERENCE_EDGE);
    // The mean of each part of a large picture is as good as a filter, and takes no memory beside the
    // smaller picture's.
    if longest >= 2 * limits::REFERENCE_EDGE {
        return Ok(picture.thumbnail_exact(size.width, size.height));
    }
    resize(&picture, size).map_err(broken)
}

fn broken(error: impl std::fmt::Display) -> NotAPicture {
    NotAPicture::Broken(error.to_string())
}

/// Returns whether a picture has colours below pixels that are wholly transparent.
fn hides(picture: &DynamicImage) -> bool {
    let pixels = picture.as_rgba8();
    pixels.is_some_and(|pixels| {
        pixels
            .pixels()
            .any(|pixel| pixel.0[3] == 0 && pixel.0[..3] != [u8::MAX; 3])
    })
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;
    use crate::media::fit::{as_seen, fit};
    use crate::media::probe::probe;
    use crate::media::read::read;
    use crate::media::tests::{DATA, data, mark, noise, png as file};

    fn cleaned(bytes: Vec<u8>) -> CleanPicture {
        clean(bytes, 1).expect("a reference")
    }

    /// Returns a pixel of a file, which must be one that is plain.
    fn pixel(bytes: &[u8], x: u32, y: u32) -> [u8; 4] {
        let picture = image::load_from_memory(bytes).expect("a picture");
        picture.to_rgba8().get_pixel(x, y).0
    }

    fn near(one: [u8; 4], other: [u8; 4], by: u8) -> bool {
        one.iter().zip(other).all(|(a, b)| a.abs_diff(b) <= by)
    }

    /// Writes an RGB picture of one colour as a PNG with a profile.
    fn with_profile(colour: [u8; 3], profile: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut info = ::png::Info::with_size(80, 70);
        info.color_type = ::png::ColorType::Rgb;
        info.icc_profile = Some(profile.to_vec().into());
        let encoder = ::png::Encoder::with_info(&mut bytes, info).unwrap();
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&colour.repeat(80 * 70)).unwrap();
        writer.finish().unwrap();
        bytes
    }

    /// Puts segments of metadata into a JPEG: one that turns it, and some that tell on its owner.
    fn as_a_phone_has_it(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let segment = |marker: u8, data: &[u8]| {
            let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
            [&[0xff, marker], length.as_slice(), data].concat()
        };
        // One entry: orientation. What stands behind it is where a place would be.
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
        exif.extend_from_slice(b"SECRET 52.5N 13.4E");
        [
            &jpeg[..2],
            &segment(0xe1, &exif),
            &segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x>SECRET</x>"),
            &segment(0xed, b"Photoshop 3.0\0SECRET"),
            &segment(0xfe, b"SECRET"),
            &jpeg[2..],
            b"SECRET",
        ]
        .concat()
    }

    #[test]
    fn a_photo_stands_upright_and_tells_nothing_of_its_owner() {
        let plain = data("baseline.jpg");
        let phone = as_a_phone_has_it(&plain, 6);
        assert_eq!(
            probe(&phone).unwrap().pixels.to_string(),
            "96×160",
            "as people see it"
        );
        let turned = cleaned(phone).bytes;
        assert!(!turned.windows(6).any(|part| part == b"SECRET"));
        assert!(!turned.windows(4).any(|part| part == b"Exif"));
        let (before, after) = (read(&plain).unwrap(), read(&turned).unwrap());
        assert_eq!((before.width(), before.height()), (160, 96));
        assert_eq!((after.width(), after.height()), (96, 160));
        // Turned to the right: what was left is above.
        let (disc, corner) = (pixel(&turned, 45, 70), pixel(&turned, 90, 5));
        assert!(near(disc, [230, 90, 20, 255], 20), "{disc:?}");
        assert!(near(corner, pixel(&plain, 5, 5), 20), "{corner:?}");
        let flipped = cleaned(as_a_phone_has_it(&plain, 2)).bytes;
        assert!(near(pixel(&flipped, 90, 50), [230, 90, 20, 255], 20));
        assert!(near(pixel(&flipped, 10, 50), pixel(&plain, 149, 50), 20));
    }

    #[test]
    fn what_is_posted_or_sent_in_another_form_is_upright_and_has_the_colours_that_are_seen() {
        let phone = as_a_phone_has_it(&data("baseline.jpg"), 6);
        // A long comment, so that the limit leaves room for a mark.
        let comment = [&[0xff, 0xfe, 0x20, 0x02], [b' '; 0x2000].as_slice()].concat();
        let long = [&phone[..2], comment.as_slice(), &phone[2..]].concat();
        let posted = fit(long.clone(), long.len() - 1, &mark()).unwrap();
        assert!(posted.reduced);
        assert!(near(
            pixel(&posted.contents.into_bytes(), 45, 70),
            [230, 90, 20, 255],
            30
        ));
        let sent = as_seen(phone, usize::MAX).unwrap();
        assert_eq!(probe(&sent).unwrap().pixels.to_string(), "96×160");
        let p3 = moxcms::ColorProfile::new_display_p3().encode().unwrap();
        let wide = with_profile([180, 100, 60], &p3);
        let seen = pixel(&as_seen(wide, usize::MAX).unwrap(), 5, 5);
        assert!(near(seen, [WIDE[0], WIDE[1], WIDE[2], 255], 2), "{seen:?}");
        let plain = data("progressive.jpg");
        assert_eq!(as_seen(plain.clone(), plain.len()).unwrap(), plain);
    }

    #[test]
    fn colours_are_those_that_the_file_means() {
        // Display P3, whose colours are wider than those of sRGB.
        let p3 = moxcms::ColorProfile::new_display_p3().encode().unwrap();
        let wide = cleaned(with_profile([180, 100, 60], &p3)).bytes;
        let seen = pixel(&wide, 5, 5);
        assert!(near(seen, [WIDE[0], WIDE[1], WIDE[2], 255], 2), "{seen:?}");
        // Four inks, without a profile and with one whose cyan is orange.
        for (name, ink) in [
            ("cmyk.jpg", [0, 255, 255, 255]),
            ("cmyk-profile.jpg", [246, 124, 19, 255]),
        ] {
            let printed = cleaned(data(name)).bytes;
            let (left, right) = (pixel(&printed, 10, 10), pixel(&printed, 85, 10));
            assert!(near(left, ink, 12), "{name}: {left:?}");
            assert!(near(right, [255, 255, 255, 255], 4), "{name}: {right:?}");
        }
        let one_bit = cleaned(data("one-bit.png")).bytes;
        let shades: Vec<u8> = read(&one_bit).unwrap().to_luma8().into_raw();
        assert!(shades.iter().all(|shade| matches!(shade, 0 | 255)));
        assert!(shades.contains(&0) && shades.contains(&255));
        let deep = image::ImageBuffer::from_pixel(80, 70, image::Rgb([0x8080_u16, 0xffff, 0]));
        let deep = cleaned(file(deep)).bytes;
        assert_eq!(pixel(&deep, 5, 5), [0x80, 0xff, 0, 0xff]);
        assert_eq!(
            image::load_from_memory(&deep).unwrap().color(),
            image::ColorType::Rgb8
        );
    }

    /// What (180, 100, 60) of Display P3 is in sRGB, by the matrices of both.
    const WIDE: [u8; 3] = [193, 95, 49];

    #[test]
    fn a_reference_that_is_clean_stays_as_it_is_and_cleaning_twice_changes_nothing() {
        let plain = noise(100, 80);
        assert_eq!(cleaned(plain.clone()).bytes, plain);
        for (name, bytes) in DATA {
            let once = cleaned(bytes.to_vec()).bytes;
            assert!(once.len() <= limits::REFERENCE_KEPT_BYTES, "{name}");
            let twice = cleaned(once.clone());
            assert!(twice.bytes == once && !twice.first_frame, "{name}");
        }
    }

    #[test]
    fn the_first_picture_of_an_animation_is_taken_and_that_is_said() {
        for name in ["animated.gif", "animated.webp"] {
            let CleanPicture { bytes, first_frame } = cleaned(data(name));
            assert!(first_frame, "{name}");
            let disc = pixel(&bytes, 70, 50);
            assert!(near(disc, [230, 90, 20, 255], 30), "{name}: {disc:?}");
        }
        assert!(!cleaned(data("lossy-alpha.webp")).first_frame);
    }

    #[test]
    fn what_is_transparent_stays_so_and_what_is_hidden_below_does_not_come_out() {
        let secret = RgbaImage::from_fn(100, 80, |x, _| Rgba([200, 10, 10, if x < 50 { 0 } else { 255 }]));
        let bytes = cleaned(file(secret)).bytes;
        assert_eq!(pixel(&bytes, 10, 10), [255, 255, 255, 0]);
        assert_eq!(pixel(&bytes, 90, 10), [200, 10, 10, 255]);
        for name in ["palette-transparent.png", "lossy-alpha.webp"] {
            let picture = read(&cleaned(data(name)).bytes).unwrap();
            assert!(is_transparent(&picture), "{name}");
            assert!(!hides(&picture), "{name}");
        }
        // Larger than what is kept, in bytes and in pixels.
        let loud = image::load_from_memory(&noise(2_500, 900)).unwrap().to_rgba8();
        let mut loud = loud;
        for (x, _, pixel) in loud.enumerate_pixels_mut() {
            pixel.0[3] = if x < 1_250 { 0 } else { 255 };
        }
        let bytes = cleaned(file(loud)).bytes;
        assert!(bytes.len() <= limits::REFERENCE_KEPT_BYTES);
        let small = read(&bytes).unwrap().into_rgba8();
        assert_eq!(small.get_pixel(2, 2).0, [255, 255, 255, 0]);
        assert_eq!(small.get_pixel(small.width() - 2, 2).0[3], 255);
    }

    #[test]
    fn a_reference_is_made_small_in_both_steps_and_keeps_its_colours() {
        let by_halves = image::RgbImage::from_fn(6_200, 600, |x, _| {
            image::Rgb(if x < 3_100 { [250, 10, 10] } else { [10, 10, 250] })
        });
        let bytes = cleaned(file(by_halves)).bytes;
        let small = read(&bytes).unwrap();
        assert_eq!((small.width(), small.height()), (2_048, 199));
        assert_eq!(pixel(&bytes, 500, 100), [250, 10, 10, 255]);
        assert_eq!(pixel(&bytes, 1_500, 100), [10, 10, 250, 255]);
    }

    #[test]
    fn what_a_service_would_refuse_or_memory_could_not_hold_is_refused_first() {
        let too_small = |bytes| matches!(clean(bytes, 64), Err(Unfit::TooSmall(_)));
        assert!(too_small(noise(63, 64)) && too_small(noise(64, 63)));
        assert!(clean(noise(64, 64), 64).is_ok());
        let strip = file(image::RgbImage::new(2_048 * 4, 64));
        assert!(
            too_small(strip),
            "made as small as it is kept, it is 16 pixels high"
        );
        let refused = |bytes: Vec<u8>| clean(bytes, 64).expect_err("it is refused");
        // A header that claims 16,384×10,000.
        let mut flat = noise(64, 64);
        flat[16..24].copy_from_slice(&[0, 0, 0x40, 0, 0, 0, 0x27, 0x10]);
        let why = refused(flat);
        assert!(
            matches!(why, Unfit::NotAPicture(NotAPicture::TooManyPixels(_))),
            "{why}"
        );
        let unpacking = with_profile([1, 2, 3], &vec![0; limits::REFERENCE_BESIDE_BYTES + 1]);
        assert!(
            probe(&unpacking).is_ok(),
            "what was paid for is worth more than its profile"
        );
        let why = refused(unpacking);
        assert!(
            matches!(why, Unfit::NotAPicture(NotAPicture::Overloaded)),
            "{why}"
        );
        let mut many = noise(64, 64);
        let end = many.split_off(many.len() - 12);
        many.extend(b"\0\0\0\0teXtABCD".repeat(limits::PICTURE_PARTS));
        many.extend(end);
        let why = refused(many);
        assert!(
            matches!(why, Unfit::NotAPicture(NotAPicture::Overloaded)),
            "{why}"
        );
        let why = refused(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec());
        assert!(
            matches!(why, Unfit::NotAPicture(NotAPicture::Format(Some("HEIC")))),
            "{why}"
        );
    }
}
