//! A drawing program: a prompt and a seed in, a PNG out.
//!
//! The words of the prompt decide setting, light, colours and subjects; the seed decides the
//! composition. [`png`] is a pure function: the same [`Brief`] gives the same bytes on every run.
//!
//! ```
//! use greenlight_sketch::{Brief, Detail, png};
//!
//! let brief = Brief {
//!     prompt: "a fox in a misty forest at dawn",
//!     seed: 7,
//!     width: 64,
//!     height: 36,
//!     detail: Detail::Draft,
//! };
//! assert_eq!(png(&brief).unwrap(), png(&brief).unwrap());
//! ```
//!
//! # What it does
//! - It knows about thirteen hundred words, most of them English, some German, French, Spanish and
//!   Italian. Words that it does not know still choose a composition of their own.
//! - It draws the same scene at every size. Coordinates live in a view whose area is a million
//!   units, whatever the pixels. Every kind of thing has a random stream of its own. A review and a
//!   final have the things of the draft in the same places, and add only fine lines inside shapes.
//! - It takes any text. At most 4,000 characters are read, and none of them reaches the SVG: letters
//!   on a poster are strokes.
//! - It says which words it does not know: [`unknown_words`]. The file says where its subject stands:
//!   [`SUBJECT_KEY`].
//!
//! # What it does not do
//! - It knows no bot, no network, no files, no clock, and no randomness but that of the seed.
//! - It writes no text but what stands in quotes or after "called", in capitals of its own. It reads
//!   no other picture, and learns nothing.
//! - It starts no thread. [`png`] keeps one core busy until it is done, at 4K for about a second:
//!   a server calls it away from the threads that answer others.
//!
//! # Reading order
//! | File | What it does |
//! |---|---|
//! | `lib.rs` | takes the brief, joins the steps, lets resvg paint the scene |
//! | `prompt/vocabulary.rs` | lists what words can mean |
//! | `prompt/lexicon.rs` | lists the words, as data |
//! | `prompt/title.rs` | finds the words that are lettered |
//! | `prompt/words.rs` | reads a prompt: only enums, numbers and a hash leave it |
//! | `paint/` | maths and chance that never change, colours, and the canvas that writes SVG |
//! | `plan.rs`, `plan/` | chooses setting, light, framing and colours before anything is drawn |
//! | `scenery.rs`, `scenery/` | draws the setting, one file a kind |
//! | `subjects.rs`, `subjects/` | places and draws what stands, swims or flies in it |
//!
//! A file imports only what stands above it in this table, or beside it in its folder; `scenery`
//! imports `subjects` as well. A new word is a row of the lexicon. A new subject is a variant of
//! the vocabulary, and then the compiler asks for the rest.
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
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

use paint::canvas::SUBJECT;
use plan::Cx;
use prompt::vocabulary::Setting;
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
    /// How fine the picture is.
    pub detail: Detail,
}

/// The keyword of the `tEXt` chunk by which a picture says where its subject stands: its left and
/// upper edge, its width and its height, in pixels, with spaces between them. A picture that has no
/// one subject has no such chunk.
pub const SUBJECT_KEY: &str = "Subject area";

/// How fine the picture is. All three show the same things in the same places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Shapes alone: for pictures of about a million pixels (1K).
    Draft,
    /// With fine lines inside the shapes: for 2K.
    Review,
    /// With more of them between those of the review: for 4K.
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

/// Returns the first three words of a prompt that this program does not know, as they were typed. It
/// draws something else instead of them.
#[must_use]
pub fn unknown_words(prompt: &str) -> Vec<String> {
    words::unknown(prompt, 3)
}

/// Returns whether a prompt names anything that this program draws as such. If not, the picture is
/// made of shapes.
#[must_use]
pub fn draws_shapes(prompt: &str) -> bool {
    let read = words::read(prompt);
    Cx::new(&read, 0, 1.0, 0).plan.setting == Setting::Abstract
}

/// Writes the vector scene of a brief.
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

/// Draws a brief as an opaque PNG of exactly the pixels that were asked for.
///
/// # Errors
/// [`PaintError::Size`] for a side of 0 or a size beyond memory. The other two would be faults of
/// this crate.
pub fn png(brief: &Brief<'_>) -> Result<Vec<u8>, PaintError> {
    let size = PaintError::Size {
        width: brief.width,
        height: brief.height,
    };
    let mut pixels = tiny_skia::Pixmap::new(brief.width, brief.height).ok_or(size)?;
    let tree = scene(brief)?;
    // Whatever the scene leaves open at an edge must not be a hole.
    pixels.fill(tiny_skia::Color::from_rgba8(24, 24, 32, 255));
    resvg::render(&tree, tiny_skia::Transform::identity(), &mut pixels.as_mut());
    let subject = match brief.detail {
        Detail::Draft => subject(&tree, brief),
        // Fine lines reach out of the shapes that they are clipped to.
        Detail::Review | Detail::Final => {
            let detail = Detail::Draft;
            subject(&scene(&Brief { detail, ..*brief })?, brief)
        }
    };
    encoded(&pixels, subject).map_err(|fault| PaintError::Encode(Box::new(fault)))
}

fn scene(brief: &Brief<'_>) -> Result<usvg::Tree, PaintError> {
    usvg::Tree::from_str(&svg(brief), &usvg::Options::default()).map_err(PaintError::Scene)
}

/// Returns where the subject stands: its left and upper edge, its width and its height, in pixels.
fn subject(tree: &usvg::Tree, brief: &Brief<'_>) -> Option<[u32; 4]> {
    let bounds = solid(tree.node_by_id(SUBJECT)?)?;
    let within = |at: f32, side: u32| at.clamp(0.0, side as f32);
    let left = within(bounds.left(), brief.width).floor();
    let top = within(bounds.top(), brief.height).floor();
    let right = within(bounds.right(), brief.width).ceil();
    let bottom = within(bounds.bottom(), brief.height).ceil();
    let place = [left, top, right - left, bottom - top].map(|length| length as u32);
    (place[2] > 0 && place[3] > 0).then_some(place)
}

/// Returns the bounds of what stands in a part of a scene. A beam, a halo and smoke fade to nothing, so
/// that no frame has to hold them.
fn solid(node: &usvg::Node) -> Option<tiny_skia::Rect> {
    match node {
        usvg::Node::Group(group) => group.children().iter().filter_map(solid).reduce(around),
        usvg::Node::Path(path) => (!path.fill().is_some_and(fades)).then(|| path.abs_bounding_box()),
        usvg::Node::Image(_) | usvg::Node::Text(_) => Some(node.abs_bounding_box()),
    }
}

fn around(one: tiny_skia::Rect, other: tiny_skia::Rect) -> tiny_skia::Rect {
    let left = one.left().min(other.left());
    let (top, right) = (one.top().min(other.top()), one.right().max(other.right()));
    let around = tiny_skia::Rect::from_ltrb(left, top, right, one.bottom().max(other.bottom()));
    around.unwrap_or(one)
}

fn fades(fill: &usvg::Fill) -> bool {
    let stops = match fill.paint() {
        usvg::Paint::LinearGradient(gradient) => gradient.stops(),
        usvg::Paint::RadialGradient(gradient) => gradient.stops(),
        usvg::Paint::Color(_) | usvg::Paint::Pattern(_) => return false,
    };
    stops.iter().any(|stop| stop.opacity().get() <= 0.0)
}

/// Writes opaque pixels as a PNG file that says where its subject stands.
fn encoded(pixels: &tiny_skia::Pixmap, subject: Option<[u32; 4]>) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixels.width(), pixels.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    if let Some([x, y, width, height]) = subject {
        encoder.add_text_chunk(SUBJECT_KEY.to_owned(), format!("{x} {y} {width} {height}"))?;
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels.data())?;
    writer.finish()?;
    Ok(file)
}
