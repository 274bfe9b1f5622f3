//! Decides whether another version of an image may be drawn: at its own stage, after itself, by its
//! notes.

use super::clash::Opposites;
use super::note::Note;
use super::render::Render;
use crate::domain::credits::{Credits, OutOfRange};
use crate::domain::engine::catalog::Catalog;
use crate::domain::limits;
use crate::domain::stage::{Mode, Stage, StageSpec, Stages};

/// Why no version of an image is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoVersion {
    /// The image has no picture.
    NoPicture,
    /// The original was removed because it was kept long enough.
    Removed,
    /// No note stands on the image.
    NoNotes,
    /// The engine of the stage can be sent no picture.
    Engine,
    /// The image has as many versions as it may have.
    Enough,
    /// The version was asked for already since the button was shown.
    Begun,
    /// The notes with these numbers seem to contradict each other.
    Clash(u32, u32),
}

/// The next version of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// Which one it is of those that are drawn after this very image, from 1. A button holds it, so
    /// that it draws one version.
    pub nth: u32,
    /// The number that it gets among all versions, after whichever and at whichever stage they are drawn.
    pub version: u32,
}

/// What decides whether an image gets another version.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// What can be drawn.
    pub catalog: &'a Catalog,
    /// The settings of the image's stage.
    pub spec: &'a StageSpec,
    /// The image.
    pub image: &'a Render,
    /// The notes that stand on it.
    pub notes: &'a [Note],
    /// Its next version.
    pub next: Next,
}

impl Choice<'_> {
    /// Returns whether a button for the next version is shown. Notes that contradict each other do not
    /// take it away: whoever presses is told of them.
    ///
    /// # Errors
    /// [`NoVersion`].
    pub fn offer(&self) -> Result<(), NoVersion> {
        if self.image.state.drawn().is_none() {
            return Err(NoVersion::NoPicture);
        }
        if self.image.original_removed_ms.is_some() {
            return Err(NoVersion::Removed);
        }
        if self.notes.is_empty() {
            return Err(NoVersion::NoNotes);
        }
        if !redraws(self.catalog, self.spec) {
            return Err(NoVersion::Engine);
        }
        if self.next.version > limits::VERSIONS {
            return Err(NoVersion::Enough);
        }
        Ok(())
    }

    /// Decides about a press of the button that was shown for the `nth` version. A version is drawn once,
    /// however often and by however many its button is pressed.
    ///
    /// # Errors
    /// The first [`NoVersion`], in the order of its variants.
    pub fn admit(&self, nth: u32, opposites: &Opposites) -> Result<(), NoVersion> {
        self.offer()?;
        if nth != self.next.nth {
            return Err(NoVersion::Begun);
        }
        match opposites.clash(self.notes) {
            Some((first, second)) => Err(NoVersion::Clash(first, second)),
            None => Ok(()),
        }
    }
}

/// Returns whether the engine of a stage can draw a picture after another.
fn redraws(catalog: &Catalog, spec: &StageSpec) -> bool {
    let model = catalog.model(spec);
    model.is_some_and(|model| model.modes.contains(&Mode::Remaster) || model.references > 0)
}

/// Returns what a version of an image of a stage costs. `picture` are the credits that a picture which
/// is sent along adds: at the first stage, where the price is that of words alone.
///
/// # Errors
/// [`OutOfRange`] above [`Credits::MAX`].
pub fn price(stages: &Stages, stage: Stage, picture: Credits) -> Result<Credits, OutOfRange> {
    let alone = stages.spec(stage).price;
    match stage {
        Stage::Explore => alone.plus(picture),
        Stage::Review | Stage::Final => Ok(alone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::stage::tests::stages;

    #[test]
    fn only_an_idea_pays_for_the_picture_that_is_sent_along() {
        let credits = |n| Credits::new(n).expect("credits");
        let price = |stage| price(&stages(), stage, credits(3)).expect("a price");
        assert_eq!(Stage::ALL.map(price), [credits(13), credits(20), credits(40)]);
    }
}
