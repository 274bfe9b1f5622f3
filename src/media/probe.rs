//! Says what a file is: its format, its size, and whether it can be read to the end.

use super::outline::{Format, NotAPicture};
use super::read::{Decoded, PAID};
use crate::domain::geometry::Pixels;
use crate::domain::limits;

/// A picture that was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Its size when it stands upright, as people see it.
    pub pixels: Pixels,
    /// The extension of its format, without a dot.
    pub extension: &'static str,
}

/// Decodes a picture to the end, so that one that is not whole is noticed before it is paid for.
///
/// # Errors
/// [`NotAPicture`] when it is too large, ends early or cannot be read.
pub fn probe(bytes: &[u8]) -> Result<Probe, NotAPicture> {
    if bytes.len() > limits::PICTURE_BYTES {
        return Err(NotAPicture::TooLarge(bytes.len()));
    }
    let outline = PAID.outline(bytes)?;
    if outline.format == Format::Gif {
        // No engine says that it draws them, and no engine takes one.
        return Err(NotAPicture::Format(Some("GIF")));
    }
    Ok(Probe {
        pixels: Decoded::of(bytes, &outline, PAID)?.upright(),
        extension: outline.format.extension(),
    })
}

/// Returns what the first bytes of a file say that it is: `image/png`, `image/jpeg` or
/// `image/webp`. Returns nothing for any other format.
#[must_use]
pub fn mime(bytes: &[u8]) -> Option<&'static str> {
    match Format::of(bytes)? {
        Format::Png => Some("image/png"),
        Format::Jpeg => Some("image/jpeg"),
        Format::WebP => Some("image/webp"),
        Format::Gif => None,
    }
}

/// Returns the extension, without a dot, of the format that the first bytes of a file say it has:
/// `png`, `jpg`, `webp` or `gif`.
#[must_use]
pub fn extension(bytes: &[u8]) -> Option<&'static str> {
    Format::of(bytes).map(Format::extension)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, RgbImage};
    use proptest::prelude::*;

    use super::*;
    use crate::media::tests::{DATA, data, mark, noise};
    use crate::media::{clean, fit};

    /// Makes a picture as a WebP file, without loss.
    fn webp(width: u32, height: u32) -> Vec<u8> {
        let slope = RgbImage::from_fn(width, height, |x, y| {
            let [red, green] = [x, y].map(|n| u8::try_from(n % 256).unwrap());
            image::Rgb([red, green, 90])
        });
        let mut bytes = Cursor::new(Vec::new());
        slope.write_to(&mut bytes, ImageFormat::WebP).unwrap();
        bytes.into_inner()
    }

    /// One pixel as a WebP file with loss. The image library cannot write such a file.
    const LOSSY_WEBP: &[u8] = b"RIFF\x22\0\0\0WEBPVP8 \x16\0\0\0\x30\x01\0\x9d\x01\x2a\x01\0\x01\0\x0e\xc0\xfe\x25\xa4\0\x03\x70\0\0\0\0";

    #[test]
    fn a_webp_is_a_picture_like_any_other() {
        let whole = webp(64, 36);
        let found = probe(&whole).unwrap();
        assert_eq!(
            (found.pixels.to_string().as_str(), found.extension),
            ("64×36", "webp")
        );
        assert_eq!(mime(&whole), Some("image/webp"));
        assert!(probe(&whole[..whole.len() / 2]).is_err(), "truncated");
        assert_eq!(probe(LOSSY_WEBP).unwrap().pixels.count(), 1);

        let posted = fit(whole.clone(), whole.len(), &mark()).unwrap();
        assert_eq!((posted.extension, posted.reduced), ("webp", false));
        let smaller = fit(whole.clone(), whole.len() - 1, &mark()).unwrap();
        assert_eq!((smaller.extension, smaller.reduced), ("jpg", true));
        let larger = super::super::enlarge(&whole, "128x72".parse().unwrap()).unwrap();
        let alike = super::super::likeness(&whole, &larger).unwrap();
        assert!(alike > 0.95, "{alike}");
    }

    #[test]
    fn a_small_webp_that_claims_a_huge_picture_is_refused_by_its_header() {
        // VP8L: each side less one, in 14 bits, after the signature. 16,383 a side is 768 MiB.
        let mut plain = webp(64, 36);
        assert_eq!((&plain[12..16], plain[20]), (b"VP8L".as_slice(), 0x2f));
        plain[21..24].copy_from_slice(&[0xfe, 0xbf, 0xff]);
        plain[24] |= 0x0f;
        // VP8X: 24 bits a side. This one claims 60,000 a side.
        let side = 59_999_u32.to_le_bytes();
        let mut extended = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
        extended.extend([&side[..3], &side[..3]].concat());
        extended.extend_from_slice(&webp(64, 36)[12..]);
        let length = u32::try_from(extended.len() - 8).unwrap();
        extended[4..8].copy_from_slice(&length.to_le_bytes());
        for bomb in [plain, extended] {
            let refused = probe(&bomb);
            assert!(
                matches!(&refused, Err(NotAPicture::TooManyPixels(_))),
                "{refused:?}"
            );
        }
    }

    #[test]
    fn a_picture_is_read_to_its_end() {
        let whole = noise(64, 36);
        let size = Pixels {
            width: 64,
            height: 36,
        };
        assert_eq!(
            probe(&whole).unwrap(),
            Probe {
                pixels: size,
                extension: "png"
            }
        );
        assert!(probe(&whole[..whole.len() / 2]).is_err(), "truncated");
        assert!(probe(b"<html>busy</html>").is_err(), "not a picture");
        assert!(probe(&[]).is_err(), "empty");
        assert!(matches!(
            probe(&vec![0; limits::PICTURE_BYTES + 1]),
            Err(NotAPicture::TooLarge(_))
        ));
    }

    #[test]
    fn a_small_file_that_claims_a_huge_picture_is_refused() {
        let mut bomb = noise(16, 16);
        bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        assert!(probe(&bomb).is_err());
    }

    /// Files of every format, each whole.
    fn files() -> Vec<(&'static str, Vec<u8>)> {
        let mut all = vec![("made.png", noise(20, 12)), ("made.webp", webp(20, 12))];
        all.extend(DATA.iter().map(|(name, bytes)| (*name, bytes.to_vec())));
        all
    }

    #[test]
    fn a_picture_of_any_format_that_ends_early_is_none_wherever_it_ends() {
        for (name, whole) in files() {
            assert!(clean(whole.clone(), 1).is_ok(), "{name}");
            for end in 0..whole.len() {
                // The byte that fills the last chunk of a WebP may be missing.
                let only_filling = name.ends_with("webp") && end + 1 == whole.len();
                let cut = &whole[..end];
                assert!(
                    probe(cut).is_err() || only_filling,
                    "{name} at {end} of {}",
                    whole.len()
                );
                assert!(clean(cut.to_vec(), 1).is_err() || only_filling, "{name} at {end}");
            }
        }
    }

    #[test]
    fn a_picture_with_a_part_missing_is_none_though_its_end_is_there() {
        // Half of the compressed data of a PNG, in a chunk that says so.
        let whole = noise(64, 36);
        let at = whole.windows(4).position(|kind| kind == b"IDAT").unwrap();
        let half = 1_000;
        let mut less = whole[..at - 4].to_vec();
        less.extend(u32::try_from(half).unwrap().to_be_bytes());
        less.extend_from_slice(&whole[at..at + 4 + half]);
        less.extend(crc(&whole[at..at + 4 + half]).to_be_bytes());
        less.extend_from_slice(&whole[whole.len() - 12..]);
        assert!(
            matches!(probe(&less), Err(NotAPicture::Broken(_))),
            "{:?}",
            probe(&less)
        );
        // A JPEG whose data stop making sense half-way: no code is made of ones alone.
        let mut damaged = data("baseline.jpg");
        let (from, to) = (damaged.len() / 2, damaged.len() / 2 + 64);
        damaged[from..to].copy_from_slice(&[0xff, 0x00].repeat(32));
        assert!(matches!(probe(&damaged), Err(NotAPicture::Broken(_))));
    }

    /// Cuts the compressed data of a JPEG at a place, and puts an end behind them.
    fn cut_and_ended(whole: &[u8], at: usize) -> Vec<u8> {
        [&whole[..at], &[0xff, 0xd9]].concat()
    }

    /// Makes a JPEG of a slope with noise on it, from left to right ever more.
    fn slope(width: u32, height: u32, grey: bool) -> Vec<u8> {
        let noise = image::load_from_memory(&noise(width, height)).unwrap().to_rgb8();
        let picture = RgbImage::from_fn(width, height, |x, y| {
            let light = u8::try_from((x + y) % 200).unwrap();
            image::Rgb(noise.get_pixel(x, y).0.map(|value| light + value % 50))
        });
        let picture = image::DynamicImage::from(picture);
        let picture = if grey { picture.to_luma8().into() } else { picture };
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_jpeg_that_was_cut_and_given_an_end_is_none_wherever_it_was_cut() {
        let mut files: Vec<_> = [
            "baseline.jpg",
            "progressive.jpg",
            "progressive-large.jpg",
            "cmyk.jpg",
        ]
        .map(|name| (name.to_owned(), data(name)))
        .into();
        for (width, height, grey) in [(8, 8, false), (33, 17, true), (200, 130, false), (321, 239, true)] {
            files.push((format!("{width}×{height}"), slope(width, height, grey)));
        }
        for (name, whole) in files {
            assert!(probe(&whole).is_ok(), "{name}: {:?}", probe(&whole));
            let header = whole.windows(2).position(|two| two == [0xff, 0xda]).unwrap();
            // Each of the last places, and some of the others.
            let end = whole.len() - 2;
            let some = (header..end).step_by(((end - header) / 60).max(1));
            for at in some.chain(end - 20..end) {
                let cut = cut_and_ended(&whole, at);
                assert!(probe(&cut).is_err(), "{name} at {at} of {end}");
                assert!(clean(cut, 1).is_err(), "{name} at {at} of {end}");
            }
        }
    }

    #[test]
    fn a_progressive_jpeg_whose_last_scans_are_missing_is_none() {
        let whole = data("progressive.jpg");
        let scans = whole.windows(2).enumerate();
        let scans: Vec<_> = scans.filter(|(_, two)| *two == [0xff, 0xda]).collect();
        assert!(scans.len() > 3);
        for (at, _) in &scans[1..] {
            assert!(matches!(
                probe(&cut_and_ended(&whole, *at)),
                Err(NotAPicture::Cut)
            ));
        }
    }

    /// Returns the checksum of a PNG's chunk.
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
            })
        })
    }

    #[test]
    fn what_follows_a_whole_picture_is_ignored_and_its_thumbnail_is_not_its_end() {
        let jpeg = data("baseline.jpg");
        let mut longer = jpeg.clone();
        longer.extend_from_slice(b"a second picture");
        assert!(probe(&longer).is_ok());
        // A segment of metadata that holds a whole picture of its own.
        let mut nested = jpeg[..2].to_vec();
        nested.extend([0xff, 0xe1]);
        nested.extend(u16::try_from(jpeg.len() + 2).unwrap().to_be_bytes());
        nested.extend_from_slice(&jpeg);
        nested.extend_from_slice(&jpeg[2..]);
        assert!(probe(&nested).is_ok());
        assert!(matches!(
            probe(&nested[..nested.len() - 2]),
            Err(NotAPicture::Cut)
        ));
    }

    /// How files of each format begin.
    const HEADS: &[&[u8]] = &[
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"RIFF\x22\0\0\0WEBPVP8 ",
        b"GIF89a",
        b"",
    ];

    proptest! {
        // Each case decodes a picture.
        #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 4, ..ProptestConfig::default() })]

        /// Files of every format, with bytes that are changed, cut off, doubled or made up.
        #[test]
        fn a_file_that_was_tampered_with_is_a_picture_within_the_limits_or_none(
            file in prop::sample::select(&DATA[..]),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
            end in proptest::option::of(any::<prop::sample::Index>()),
            doubled in proptest::option::of((any::<prop::sample::Index>(), 1_usize..64)),
        ) {
            // What decides is at the beginning, and a large file takes a second.
            let mut bytes = file.1.to_vec();
            for (at, byte) in changes {
                let most = bytes.len().min(2_048);
                bytes[at.index(most)] = byte;
            }
            if let Some((at, length)) = doubled {
                let at = at.index(bytes.len());
                let part = bytes[at..(at + length).min(bytes.len())].to_vec();
                bytes.splice(at..at, part);
            }
            if let Some(end) = end {
                bytes.truncate(end.index(bytes.len() + 1));
            }
            let _ = (mime(&bytes), extension(&bytes));
            if let Ok(found) = probe(&bytes) {
                let longest = found.pixels.width.max(found.pixels.height);
                prop_assert!((1..=limits::PICTURE_EDGE).contains(&longest), "{}", found.pixels);
            }
        }

        #[test]
        fn bytes_that_are_no_file_are_no_picture(
            head in prop::sample::select(HEADS),
            rest in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let bytes = [head, &rest].concat();
            prop_assert!(probe(&bytes).is_err() || bytes.len() > 30);
        }
    }
}
