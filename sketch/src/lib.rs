//! A picture from a prompt, drawn on this machine: the words decide setting, light, colours and subjects, the seed
//! the composition. A pure function: the same brief gives the same bytes on every run.
//!
//! Coordinates live in a view whose area is a million units whatever the pixels, and every kind of extra detail has
//! a random stream of its own, so that 2K and 4K are the 1K with more in it. Prompt text never reaches the SVG.
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "counts, steps and colour bytes: all far inside the exact range of both types"
)]
#![expect(
    clippy::match_same_arms,
    clippy::struct_field_names,
    reason = "rows of a table are grouped by what they are, and a hue is called a hue"
)]
#![expect(
    clippy::many_single_char_names,
    clippy::similar_names,
    clippy::suboptimal_flops,
    reason = "coordinates have short names, and fused arithmetic would differ between platforms"
)]

mod paint;
mod plan;
mod prompt;
mod scenery;
mod subjects;
#[cfg(test)]
mod tests;

use resvg::{tiny_skia, usvg};

use plan::Cx;
use prompt::words;

/// What is to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Brief<'a> {
    /// Any text; at most 4,000 characters of it are read.
    pub prompt: &'a str,
    /// Other seeds give other compositions of the same words.
    pub seed: u64,
    /// Width in pixels, at least 1.
    pub width: u32,
    /// Height in pixels, at least 1.
    pub height: u32,
    /// How much is in the picture.
    pub detail: Detail,
}

/// How much is in the picture; the composition is the same in all three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// For 1K.
    Draft,
    /// For 2K.
    Review,
    /// For 4K.
    Final,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PaintError {
    /// The scene was not SVG that the renderer reads.
    #[error("the scene could not be read as SVG")]
    Scene(#[source] usvg::Error),
    /// No pixels, or more than memory can hold.
    #[error("{width}x{height} pixels cannot be painted")]
    Size {
        /// As asked for.
        width: u32,
        /// As asked for.
        height: u32,
    },
    /// The pixels could not be written as PNG.
    #[error("the picture could not be written as PNG")]
    Encode(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The vector scene of a brief.
fn svg(brief: &Brief<'_>) -> String {
    let read = words::read(brief.prompt);
    let ratio = f64::from(brief.width.max(1)) / f64::from(brief.height.max(1));
    let level = match brief.detail {
        Detail::Draft => 0,
        Detail::Review => 1,
        Detail::Final => 2,
    };
    let mut cx = Cx::new(&read, brief.seed, ratio, level);
    scenery::draw(&mut cx);
    let view = (cx.w, cx.h);
    cx.c.finish((brief.width, brief.height), view)
}

/// The picture of a brief as an opaque PNG of exactly the pixels that were asked for.
///
/// # Errors
/// [`PaintError::Size`] for a side of 0 or a size beyond memory; the other two would be faults of this module.
pub fn png(brief: &Brief<'_>) -> Result<Vec<u8>, PaintError> {
    let size = PaintError::Size {
        width: brief.width,
        height: brief.height,
    };
    let mut pixels = tiny_skia::Pixmap::new(brief.width, brief.height).ok_or(size)?;
    let tree = usvg::Tree::from_str(&svg(brief), &usvg::Options::default()).map_err(PaintError::Scene)?;
    // Whatever the scene leaves open at an edge must not be a hole.
    pixels.fill(tiny_skia::Color::from_rgba8(24, 24, 32, 255));
    resvg::render(&tree, tiny_skia::Transform::identity(), &mut pixels.as_mut());
    pixels
        .encode_png()
        .map_err(|fault| PaintError::Encode(Box::new(fault)))
}
