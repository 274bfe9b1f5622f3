//! Converts pixels to sRGB, by the profile that their file carries or by the usual reading of its
//! channels.

use std::sync::Arc;

use image::{DynamicImage, RgbImage, RgbaImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

use crate::domain::geometry::Pixels;

/// The channels of a decoded pixel, 8 bits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channels {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
    /// Cyan, magenta, yellow and black as JPEG files have them: 255 is no ink.
    Ink,
}

impl Channels {
    pub(super) const fn count(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Ink => 4,
        }
    }

    const fn has_alpha(self) -> bool {
        matches!(self, Self::GreyAlpha | Self::Rgba)
    }
}

/// Converts pixels to sRGB. A profile that does not fit the channels is ignored, as browsers do.
pub(super) fn into_srgb(
    size: Pixels,
    channels: Channels,
    bytes: Vec<u8>,
    profile: Option<&ColorProfile>,
) -> DynamicImage {
    let transform = profile.and_then(|profile| transform(profile, channels));
    let alpha = channels.has_alpha();
    let to = if alpha { 4 } else { 3 };
    let bytes = match (channels, transform) {
        (Channels::Rgb | Channels::Rgba, None) => bytes,
        (_, Some(transform)) => {
            let ink = channels == Channels::Ink;
            by_rows(bytes, size.width as usize, channels.count(), to, |from, into| {
                if ink {
                    // A profile counts ink, and the file what is left of the paper.
                    for value in from.iter_mut() {
                        *value = 255 - *value;
                    }
                }
                // The lengths agree, and nothing else can fail.
                let _ = transform.transform(from, into);
            })
        }
        (Channels::Grey, None) => by_pixels(bytes, size, 1, 3, |from, into| into.fill(from[0])),
        (Channels::GreyAlpha, None) => by_pixels(bytes, size, 2, 4, |from, into| {
            into[..3].fill(from[0]);
            into[3] = from[1];
        }),
        (Channels::Ink, None) => by_pixels(bytes, size, 4, 3, |from, into| {
            for (colour, paper) in into.iter_mut().zip(from.iter()) {
                let left = u16::from(*paper) * u16::from(from[3]);
                *colour = u8::try_from((left + 127) / 255).unwrap_or(u8::MAX);
            }
        }),
    };
    let (width, height) = (size.width, size.height);
    // The buffer has the length of the size by construction; an empty picture is never drawn on.
    if alpha {
        RgbaImage::from_raw(width, height, bytes)
            .unwrap_or_default()
            .into()
    } else {
        RgbImage::from_raw(width, height, bytes)
            .unwrap_or_default()
            .into()
    }
}

/// Returns the transform from a profile to sRGB, if it is one for these channels.
fn transform(profile: &ColorProfile, channels: Channels) -> Option<Arc<Transform8BitExecutor>> {
    let (space, from, to) = match channels {
        Channels::Grey => (DataColorSpace::Gray, Layout::Gray, Layout::Rgb),
        Channels::GreyAlpha => (DataColorSpace::Gray, Layout::GrayAlpha, Layout::Rgba),
        Channels::Rgb => (DataColorSpace::Rgb, Layout::Rgb, Layout::Rgb),
        Channels::Rgba => (DataColorSpace::Rgb, Layout::Rgba, Layout::Rgba),
        Channels::Ink => (DataColorSpace::Cmyk, Layout::Rgba, Layout::Rgb),
    };
    if profile.color_space != space {
        return None;
    }
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    profile.create_transform_8bit(from, &srgb, to, options).ok()
}

fn by_pixels(
    bytes: Vec<u8>,
    size: Pixels,
    from: usize,
    to: usize,
    convert: impl Fn(&[u8], &mut [u8]),
) -> Vec<u8> {
    by_rows(bytes, size.width as usize, from, to, |row, into| {
        for (pixel, into) in row.chunks_exact(from).zip(into.chunks_exact_mut(to)) {
            convert(pixel, into);
        }
    })
}

/// Converts rows of `from` bytes a pixel to rows of `to`. Where there are not more, this is done in
/// place: a second copy of a large picture is what memory is short of.
fn by_rows(
    mut bytes: Vec<u8>,
    width: usize,
    from: usize,
    to: usize,
    convert: impl Fn(&mut [u8], &mut [u8]),
) -> Vec<u8> {
    let rows = bytes.len() / (width * from).max(1);
    if to > from {
        let mut converted = vec![0; rows * width * to];
        let pairs = bytes.chunks_exact_mut(width * from);
        for (row, into) in pairs.zip(converted.chunks_exact_mut(width * to)) {
            convert(row, into);
        }
        return converted;
    }
    let mut row = vec![0; width * from];
    for y in 0..rows {
        row.copy_from_slice(&bytes[y * width * from..][..width * from]);
        convert(&mut row, &mut bytes[y * width * to..][..width * to]);
    }
    bytes.truncate(rows * width * to);
    bytes
}
