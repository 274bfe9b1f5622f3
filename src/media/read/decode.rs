//! Decodes each format, and refuses what is missing instead of filling it.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, Limits};
use moxcms::{CicpColorPrimaries, CicpProfile, ColorProfile, MatrixCoefficients, TransferCharacteristics};
use png::{BitDepth, Transformations};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::colour::{self, Channels};
use crate::domain::geometry::Pixels;
use crate::domain::limits;
use crate::media::outline::{Format, NotAPicture, Outline, outline, whole_jpeg};

/// What may be decoded, because a small file can claim a huge picture.
#[derive(Clone, Copy, Debug)]
pub(in crate::media) struct Bounds {
    /// Most bytes of memory that decoding may take.
    decoded_bytes: u64,
    /// Most bytes of what a file carries beside its pixels, unpacked.
    beside_bytes: usize,
    /// Whether a colour profile that cannot be unpacked is ignored.
    may_lose_profile: bool,
}

/// Bounds for a picture that was paid for. They are more than any engine draws, and a picture is
/// worth more than its profile.
pub(in crate::media) const PAID: Bounds = Bounds {
    decoded_bytes: limits::PICTURE_DECODED_BYTES,
    beside_bytes: limits::PICTURE_BESIDE_BYTES,
    may_lose_profile: true,
};

/// Bounds for a reference, which anybody can make up.
pub(in crate::media) const OFFERED: Bounds = Bounds {
    decoded_bytes: limits::REFERENCE_DECODED_BYTES,
    beside_bytes: limits::REFERENCE_BESIDE_BYTES,
    may_lose_profile: false,
};

impl Bounds {
    /// Reads the outline of a file, and refuses a picture that would take too much to decode.
    ///
    /// # Errors
    /// [`NotAPicture`].
    pub(in crate::media) fn outline(self, bytes: &[u8]) -> Result<Outline, NotAPicture> {
        let found = outline(bytes)?;
        let Pixels { width, height } = found.pixels;
        if width.max(height) > limits::PICTURE_EDGE || found.memory > self.decoded_bytes {
            return Err(NotAPicture::TooManyPixels(found.pixels));
        }
        Ok(found)
    }
}

/// A picture as its file has it, decoded.
pub(in crate::media) struct Decoded {
    size: Pixels,
    channels: Channels,
    bytes: Vec<u8>,
    profile: Option<Box<ColorProfile>>,
    turn: Orientation,
}

impl Decoded {
    /// Decodes a file whose outline was read.
    ///
    /// # Errors
    /// [`NotAPicture`] when it cannot be decoded to its last pixel.
    pub(in crate::media) fn of(bytes: &[u8], outline: &Outline, bounds: Bounds) -> Result<Self, NotAPicture> {
        match outline.format {
            Format::Png => png(bytes, outline, bounds),
            Format::Jpeg => jpeg(bytes),
            Format::WebP => webp(bytes, bounds),
            Format::Gif => gif(bytes, outline),
        }
    }

    /// Returns the size of the picture when it stands upright.
    pub(in crate::media) fn upright(&self) -> Pixels {
        use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
        match self.turn {
            Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH => Pixels {
                width: self.size.height,
                height: self.size.width,
            },
            _ => self.size,
        }
    }

    /// Converts the picture to sRGB. It is not turned yet: that is left to the caller, because
    /// turning a smaller picture takes less.
    pub(in crate::media) fn into_srgb(self) -> (DynamicImage, Orientation) {
        (
            colour::into_srgb(self.size, self.channels, self.bytes, self.profile.as_deref()),
            self.turn,
        )
    }
}

fn broken(error: impl std::fmt::Display) -> NotAPicture {
    NotAPicture::Broken(error.to_string())
}

/// Returns the profile that these bytes are, if they are one that can be used.
fn profile(bytes: Option<Vec<u8>>) -> Option<Box<ColorProfile>> {
    ColorProfile::new_from_slice(&bytes?).ok().map(Box::new)
}

fn turn(exif: Option<&[u8]>) -> Orientation {
    exif.and_then(Orientation::from_exif_chunk)
        .unwrap_or(Orientation::NoTransforms)
}

fn png(bytes: &[u8], outline: &Outline, bounds: Bounds) -> Result<Decoded, NotAPicture> {
    let limits = png::Limits {
        bytes: bounds.beside_bytes,
    };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    decoder.set_ignore_text_chunk(true);
    let mut reader = decoder.read_info().map_err(|error| match error {
        png::DecodingError::LimitsExceeded => NotAPicture::Overloaded,
        other => broken(other),
    })?;
    let packed = reader.info().icc_profile.as_deref().map(<[u8]>::to_vec);
    if outline.packed_profile && packed.is_none() && !bounds.may_lose_profile {
        return Err(NotAPicture::Overloaded);
    }
    let named = reader.info().coding_independent_code_points;
    let channels = match reader.output_color_type() {
        (png::ColorType::Grayscale, BitDepth::Eight) => Channels::Grey,
        (png::ColorType::GrayscaleAlpha, BitDepth::Eight) => Channels::GreyAlpha,
        (png::ColorType::Rgb, BitDepth::Eight) => Channels::Rgb,
        (png::ColorType::Rgba, BitDepth::Eight) => Channels::Rgba,
        _ => return Err(broken("no such kind of colour")),
    };
    let length = reader
        .output_buffer_size()
        .ok_or_else(|| broken("no such size"))?;
    let mut pixels = vec![0; length];
    reader.next_frame(&mut pixels).map_err(broken)?;
    // What stands behind the picture may say how it is turned. If it cannot be read, the picture
    // is whole all the same.
    let _ = reader.finish();
    let profile = match named {
        Some(named) => by_name(named.color_primaries, named.transfer_function),
        None => profile(packed),
    };
    Ok(Decoded {
        size: outline.pixels,
        channels,
        bytes: pixels,
        profile,
        turn: turn(reader.info().exif_metadata.as_deref()),
    })
}

/// Returns the profile that a PNG names by the numbers of ITU-T H.273.
fn by_name(primaries: u8, transfer: u8) -> Option<Box<ColorProfile>> {
    let mut named = ColorProfile::new_srgb();
    let known = named.update_rgb_colorimetry_from_cicp(CicpProfile {
        color_primaries: CicpColorPrimaries::try_from(primaries).ok()?,
        transfer_characteristics: TransferCharacteristics::try_from(transfer).ok()?,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    known.then(|| Box::new(named))
}

fn jpeg(bytes: &[u8]) -> Result<Decoded, NotAPicture> {
    whole_jpeg(bytes)?;
    // A decoder that is not strict fills what is missing with grey.
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(broken)?;
    let (width, height) = decoder.dimensions().ok_or_else(|| broken("no size"))?;
    let stored = decoder.input_colorspace().ok_or_else(|| broken("no colours"))?;
    let (wanted, channels) = match stored {
        ColorSpace::Luma => (ColorSpace::Luma, Channels::Grey),
        ColorSpace::CMYK | ColorSpace::YCCK => (stored, Channels::Ink),
        _ => (ColorSpace::RGB, Channels::Rgb),
    };
    decoder.set_options(options.jpeg_set_out_colorspace(wanted));
    let mut pixels = vec![0; width * height * channels.count()];
    decoder.decode_into(&mut pixels).map_err(broken)?;
    if stored == ColorSpace::YCCK {
        pixels.chunks_exact_mut(4).for_each(ink_of_ycck);
    }
    let side = |n: usize| u32::try_from(n).map_err(broken);
    Ok(Decoded {
        size: Pixels {
            width: side(width)?,
            height: side(height)?,
        },
        channels,
        bytes: pixels,
        profile: profile(decoder.icc_profile()),
        turn: turn(decoder.exif().map(Vec::as_slice)),
    })
}

/// Turns lightness, two differences of colour and black into four inks.
fn ink_of_ycck(pixel: &mut [u8]) {
    let [light, blue, red] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
    let (blue, red) = (blue - 128.0, red - 128.0);
    let colours = [
        light + 1.402 * red,
        light - 0.344_136 * blue - 0.714_136 * red,
        light + 1.772 * blue,
    ];
    for (ink, colour) in pixel.iter_mut().zip(colours) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is clamped to a byte"
        )]
        let colour = colour.round().clamp(0.0, 255.0) as u8;
        *ink = 255 - colour;
    }
}

fn webp(bytes: &[u8], bounds: Bounds) -> Result<Decoded, NotAPicture> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(broken)?;
    let packed = decoder.icc_profile().map_err(broken)?;
    if packed
        .as_ref()
        .is_some_and(|packed| packed.len() > bounds.beside_bytes)
    {
        return Err(NotAPicture::Overloaded);
    }
    // Metadata that cannot be read turns nothing.
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    decoded(decoder, profile(packed), turn)
}

fn gif(bytes: &[u8], outline: &Outline) -> Result<Decoded, NotAPicture> {
    let mut decoder = GifDecoder::new(Cursor::new(bytes)).map_err(broken)?;
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(outline.memory);
    decoder.set_limits(limits).map_err(broken)?;
    decoded(decoder, None, Orientation::NoTransforms)
}

/// Decodes by a decoder of the image library, which gives 8 bits a channel.
fn decoded(
    decoder: impl ImageDecoder,
    profile: Option<Box<ColorProfile>>,
    turn: Orientation,
) -> Result<Decoded, NotAPicture> {
    let (width, height) = decoder.dimensions();
    let channels = match decoder.color_type() {
        ColorType::Rgb8 => Channels::Rgb,
        ColorType::Rgba8 => Channels::Rgba,
        _ => return Err(broken("no such kind of colour")),
    };
    let length = usize::try_from(decoder.total_bytes()).map_err(broken)?;
    let mut bytes = vec![0; length];
    decoder.read_image(&mut bytes).map_err(broken)?;
    Ok(Decoded {
        size: Pixels { width, height },
        channels,
        bytes,
        profile,
        turn,
    })
}
