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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::Credits;
    use crate::domain::ids::{DraftId, GuildId};
    use crate::domain::image::number::Number;
    use crate::domain::image::render::{Failure, Origin};
    use crate::domain::stage::Stage;

    fn image(id: u32, stage: Stage, now: State) -> Render {
        let origin = Origin {
            draft: DraftId::new(4),
            guild: GuildId::new(9),
            parent: None,
            after: None,
            number: Number::first(id),
        };
        let size = "1280x720".parse().unwrap();
        let id = RenderId::new(u64::from(id));
        let render = Render::queued(id, origin, stage, Credits::ZERO, size, 5);
        Render { state: now, ..render }
    }

    /// Returns the ids in the line that each image gets, in turn. All were paid that have a picture.
    fn told(images: &[Render]) -> Vec<Option<Vec<u64>>> {
        let paid = |image: &Render| matches!(image.state, State::Done(_));
        let line = |image| match log_line(image, images.iter(), paid) {
            LogLine::Of(ids) => Some(ids.into_iter().map(RenderId::get).collect()),
            LogLine::OfAnother => Some(Vec::new()),
            LogLine::Later => None,
        };
        images.iter().map(line).collect()
    }

    #[test]
    fn the_first_images_of_a_draft_are_told_together_by_the_first_that_was_paid() {
        let done = || State::Done("1280x720".parse().unwrap());
        let first = |id, state| image(id, Stage::Explore, state);
        let mut images = [
            first(1, State::Failed(Failure::Refused)),
            first(2, done()),
            first(3, State::Queued),
            first(4, done()),
        ];
        assert_eq!(told(&images), [const { None }; 4], "one is not drawn yet");
        images[2].state = State::Rendering;
        assert_eq!(told(&images), [const { None }; 4], "one is being drawn");
        images[2].state = done();
        assert_eq!(told(&images), [vec![], vec![2, 3, 4], vec![], vec![]].map(Some));

        images[2].queued_ms = 6;
        assert_eq!(
            told(&images),
            [vec![], vec![2, 4], vec![3], vec![]].map(Some),
            "one was tried again later"
        );
    }

    #[test]
    fn a_later_image_is_told_by_itself() {
        let images = [
            image(1, Stage::Explore, State::Done("1280x720".parse().unwrap())),
            image(2, Stage::Review, State::Queued),
        ];
        assert_eq!(told(&images), [vec![1], vec![2]].map(Some));
        let mut version = image(3, Stage::Explore, State::Queued);
        version.number.version = 2;
        assert_eq!(told(&[images[0].clone(), version]), [vec![1], vec![3]].map(Some));
    }
}
