//! Says which images a line of the log channel tells of: all first images of a draft together, any
//! later image by itself.

use crate::domain::ids::RenderId;
use crate::domain::image::render::{Render, State};

/// What the log says now that an image was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogLine {
    /// Nothing yet: others that were asked for with it are still being drawn.
    Later,
    /// Nothing: the line of another image tells of it.
    OfAnother,
    /// A line about these images, by position.
    Of(Vec<RenderId>),
}

/// Decides for an image that was paid. `siblings`: all images of its draft, by position. `paid`: whether
/// an image was paid and nobody had to decide that.
#[must_use]
pub fn log_line<'a>(
    image: &Render,
    siblings: impl Iterator<Item = &'a Render>,
    paid: impl Fn(&Render) -> bool,
) -> LogLine {
    if !image.is_idea() {
        return LogLine::Of(vec![image.id]);
    }
    // An image that is tried again was asked for later than the others.
    let together = |other: &&Render| other.is_idea() && other.queued_ms == image.queued_ms;
    let mut told = Vec::new();
    for other in siblings.filter(together) {
        if matches!(other.state, State::Queued | State::Rendering) {
            return LogLine::Later;
        }
        if paid(other) {
            told.push(other.id);
        }
    }
    if told.first() == Some(&image.id) {
        LogLine::Of(told)
    } else {
        LogLine::OfAnother
    }
}
