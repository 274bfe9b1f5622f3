//! Usage alerts: when a guild is told that its credits run out.

use crate::domain::credits::{Credits, OutOfRange, Pool};
use crate::domain::ids::ProjectId;
use crate::domain::stage::Stage;

/// The marks of usage at which a guild is told, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Half is used.
    Half,
    /// Four fifths are used.
    Most,
    /// All is used.
    All,
}

impl Mark {
    const ALL: [Self; 3] = [Self::All, Self::Most, Self::Half];

    /// Returns the mark in percent: 50, 80 or 100.
    #[must_use]
    pub const fn percent(self) -> i64 {
        match self {
            Self::Half => 50,
            Self::Most => 80,
            Self::All => 100,
        }
    }

    /// Returns whether a pool that has passed the mark is low. At a half nobody has to hurry.
    #[must_use]
    pub const fn is_low(self) -> bool {
        match self {
            Self::Half => false,
            Self::Most | Self::All => true,
        }
    }

    /// Reads [`Mark::percent`] back.
    #[must_use]
    pub fn from_percent(percent: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|mark| mark.percent() == percent)
    }
}

/// The pool or budget that runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The credits of a guild.
    Pool,
    /// The budget of a project for a stage.
    Budget(ProjectId, Stage),
}

impl Subject {
    /// Returns the name under which the database keeps the subject.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Pool => "pool".to_owned(),
            Self::Budget(project, stage) => format!("{}:{project}", stage.name()),
        }
    }

    /// Reads [`Subject::name`] back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "pool" {
            return Some(Self::Pool);
        }
        let (stage, project) = name.split_once(':')?;
        Some(Self::Budget(
            ProjectId::new(project.parse().ok()?),
            Stage::from_name(stage)?,
        ))
    }
}

/// How much of a sum is held or spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// What is held or spent.
    pub used: Credits,
    /// The whole sum.
    pub whole: Credits,
}

impl Use {
    /// Returns the highest mark that is reached. A sum of zero reaches none.
    #[must_use]
    pub fn mark(self) -> Option<Mark> {
        let reached = |mark: &Mark| self.used.get() * 100 >= self.whole.get() * mark.percent();
        Mark::ALL
            .into_iter()
            .find(reached)
            .filter(|_| self.whole > Credits::ZERO)
    }

    /// Returns the mark that is passed when the use becomes `then`, if one is.
    #[must_use]
    pub fn passes(self, then: Self) -> Option<Mark> {
        then.mark().filter(|mark| Some(*mark) > self.mark())
    }
}

impl TryFrom<Pool> for Use {
    type Error = OutOfRange;

    fn try_from(pool: Pool) -> Result<Self, OutOfRange> {
        Ok(Self {
            used: pool.held.plus(pool.settled)?,
            whole: pool.granted,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(used: i64, whole: i64) -> Use {
        let sum = |n| Credits::new(n).unwrap();
        Use {
            used: sum(used),
            whole: sum(whole),
        }
    }

    #[test]
    fn a_mark_is_reached_at_its_percent_and_not_before() {
        for (used, whole, mark) in [
            (0, 0, None),
            (0, 1_000, None),
            (499, 1_000, None),
            (500, 1_000, Some(Mark::Half)),
            (799, 1_000, Some(Mark::Half)),
            (800, 1_000, Some(Mark::Most)),
            (999, 1_000, Some(Mark::Most)),
            (1_000, 1_000, Some(Mark::All)),
            (1, 3, None),
            (2, 3, Some(Mark::Half)),
            (Credits::MAX.get(), Credits::MAX.get(), Some(Mark::All)),
        ] {
            assert_eq!(of(used, whole).mark(), mark, "{used} of {whole}");
        }
    }

    #[test]
    fn only_a_higher_mark_is_passed_and_of_several_the_highest() {
        for (before, after, mark) in [
            (490, 500, Some(Mark::Half)),
            (500, 510, None),
            (490, 1_000, Some(Mark::All)),
            (800, 700, None),
        ] {
            assert_eq!(
                of(before, 1_000).passes(of(after, 1_000)),
                mark,
                "{before} to {after}"
            );
        }
    }

    #[test]
    fn a_subject_reads_back() {
        for subject in [Subject::Pool, Subject::Budget(ProjectId::new(7), Stage::Review)] {
            assert_eq!(Subject::from_name(&subject.name()), Some(subject));
        }
        for foreign in ["", "review", "review:x", "dance:7"] {
            assert_eq!(Subject::from_name(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_mark_reads_back() {
        for mark in Mark::ALL {
            assert_eq!(Mark::from_percent(mark.percent()), Some(mark));
        }
        assert_eq!(Mark::from_percent(81), None);
    }

    #[test]
    fn a_pool_is_low_when_a_fifth_is_left_and_not_at_its_half() {
        let low = [Mark::Half, Mark::Most, Mark::All].map(Mark::is_low);
        assert_eq!(low, [false, true, true]);
    }

    #[test]
    fn of_a_pool_is_used_what_is_held_and_what_is_spent() {
        let sum = |n| Credits::new(n).unwrap();
        let pool = |granted, held, settled| Pool::new(sum(granted), sum(held), sum(settled)).unwrap();
        assert_eq!(Use::try_from(pool(100, 20, 30)), Ok(of(50, 100)));
    }
}
