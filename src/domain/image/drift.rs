//! Judges how far a picture of a later stage is from the approved one, and when people are told.

use std::fmt;

use crate::domain::geometry::Pixels;
use crate::domain::stage::Mode;

/// How alike two pictures are at the size of the first, in thousandths from 0 to 1,000. A change in
/// a few places counts more than the same change spread over the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Likeness(u16);

impl Likeness {
    /// The likeness of a picture to itself.
    pub const SAME: Self = Self(1_000);

    /// Converts a score, of which 1 means the same picture. A score below 0 counts as 0: the
    /// pictures have nothing in common.
    #[must_use]
    pub fn of_score(score: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is from 0 to 1,000"
        )]
        Self((score.clamp(0.0, 1.0) * 1_000.0).round() as u16)
    }

    /// Makes a likeness of thousandths. Returns `None` outside 0 to 1,000.
    #[must_use]
    pub fn of_permille(permille: i64) -> Option<Self> {
        let permille = u16::try_from(permille).ok().map(Self);
        permille.filter(|likeness| *likeness <= Self::SAME)
    }

    /// Returns thousandths, 0 to 1,000.
    #[must_use]
    pub const fn permille(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Likeness {
    /// Writes two decimal places, cut off and not rounded. So a value below a threshold of two
    /// places also reads as below it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 1_000, self.0 % 1_000 / 10)
    }
}

/// The least likeness to the approved picture at which people are told nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// The least likeness of an *exact* stage, which enlarges the approved picture. A picture that is
    /// less alike is said to have drifted.
    pub exact: Likeness,
    /// The least likeness of a *remaster* stage, which draws a picture anew, based on the approved one.
    pub remaster: Likeness,
}

impl Thresholds {
    /// Returns the threshold of a mode. Returns `None` for a picture drawn from words alone, which
    /// was made of no other.
    #[must_use]
    pub const fn of(&self, mode: Mode) -> Option<Likeness> {
        match mode {
            Mode::Draw => None,
            Mode::Exact => Some(self.exact),
            Mode::Remaster => Some(self.remaster),
        }
    }
}

/// What people should know before they approve an image of a later stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    /// The picture is less like the approved one than the threshold asks. Holds the likeness.
    Moved(Likeness),
    /// The picture has another shape than the approved one. Holds the size of the approved picture.
    Shape(Pixels),
}

impl Drift {
    /// Returns what people should know of a picture that was made of one of size `approved`. `min`
    /// is the threshold.
    #[must_use]
    pub fn between(
        approved: Pixels,
        pixels: Pixels,
        likeness: Option<Likeness>,
        min: Option<Likeness>,
    ) -> Option<Self> {
        if !approved.nearly_same_shape(pixels) {
            return Some(Self::Shape(approved));
        }
        likeness.filter(|found| Some(*found) < min).map(Self::Moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_likeness_is_a_score_in_thousandths_and_reads_as_two_places_cut_off() {
        for (score, permille, reads) in [
            (1.0, 1_000, "1.00"),
            (0.999_999_999, 1_000, "1.00"),
            (0.949, 949, "0.94"),
            (0.7149, 715, "0.71"),
            (0.05, 50, "0.05"),
            (0.0, 0, "0.00"),
            (-0.2, 0, "0.00"),
            (1.1, 1_000, "1.00"),
            (f64::NAN, 0, "0.00"),
        ] {
            let likeness = Likeness::of_score(score);
            assert_eq!(
                (likeness.permille(), likeness.to_string().as_str()),
                (permille, reads)
            );
            assert_eq!(Likeness::of_permille(permille.into()), Some(likeness));
        }
        assert_eq!([-1, 1_001, i64::MAX].map(Likeness::of_permille), [None; 3]);
    }

    #[test]
    fn what_is_below_the_threshold_of_its_mode_or_of_another_shape_is_said() {
        let size = |width, height| Pixels { width, height };
        let likeness = |permille| Likeness::of_permille(permille);
        let thresholds = Thresholds {
            exact: Likeness::of_score(0.95),
            remaster: Likeness::of_score(0.8),
        };
        let (small, large) = (size(1280, 720), size(2560, 1440));
        let moved = |permille| likeness(permille).map(Drift::Moved);
        for (to, mode, found, said) in [
            (large, Mode::Exact, likeness(950), None),
            (large, Mode::Exact, likeness(949), moved(949)),
            (large, Mode::Remaster, likeness(800), None),
            (large, Mode::Remaster, likeness(799), moved(799)),
            (large, Mode::Remaster, None, None),
            (large, Mode::Draw, likeness(0), None),
            // Services round sides, so 43:24 counts as the same shape.
            (size(2752, 1536), Mode::Remaster, likeness(900), None),
            (
                size(2048, 2048),
                Mode::Remaster,
                likeness(1_000),
                Some(Drift::Shape(small)),
            ),
            (size(1440, 2560), Mode::Draw, None, Some(Drift::Shape(small))),
        ] {
            let between = Drift::between(small, to, found, thresholds.of(mode));
            assert_eq!(between, said, "{to}, {mode}, {found:?}");
        }
    }
}
