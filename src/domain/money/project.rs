//! Work with a budget for each stage, and whose approvals wait for it.

use std::collections::{BTreeMap, BTreeSet};

use super::usage_alert::Use;
use crate::domain::credits::{Credits, OutOfRange};
use crate::domain::ids::{ProjectId, RenderId};
use crate::domain::limits;
use crate::domain::stage::Stage;
use crate::domain::text::{clean, is_visible};

/// What a project is called: one line of 1 to [`limits::PROJECT_NAME_CHARS`] characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// Why a text is no name: it says nothing, or is longer than a name may be, with its length in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadName {
    /// Nothing in it can be seen.
    Empty,
    /// It has so many characters.
    TooLong(usize),
}

impl Name {
    /// Checks what somebody typed.
    ///
    /// # Errors
    /// [`BadName`].
    pub fn parse(raw: &str) -> Result<Self, BadName> {
        let name = clean(raw).split_whitespace().collect::<Vec<_>>().join(" ");
        let chars = name.chars().count();
        if !name.chars().any(is_visible) {
            Err(BadName::Empty)
        } else if chars > limits::PROJECT_NAME_CHARS {
            Err(BadName::TooLong(chars))
        } else {
            Ok(Self(name))
        }
    }

    /// Wraps a name read from the database.
    #[must_use]
    pub const fn stored(name: String) -> Self {
        Self(name)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without regard to case: two projects of a guild never share it.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

/// Something of each stage: what it may cost, what it has cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buckets<T> {
    /// Of exploration.
    pub explore: T,
    /// Of review.
    pub review: T,
    /// Of finals.
    pub r#final: T,
}

impl<T> Buckets<T> {
    /// The one of a stage.
    #[must_use]
    pub const fn of(&self, stage: Stage) -> &T {
        match stage {
            Stage::Explore => &self.explore,
            Stage::Review => &self.review,
            Stage::Final => &self.r#final,
        }
    }

    /// The same, to be changed.
    pub const fn of_mut(&mut self, stage: Stage) -> &mut T {
        match stage {
            Stage::Explore => &mut self.explore,
            Stage::Review => &mut self.review,
            Stage::Final => &mut self.r#final,
        }
    }
}

/// What a stage of a project may cost, and what it holds and has spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// What it may cost.
    pub limit: Credits,
    /// What it holds and has spent.
    pub used: Credits,
}

impl Bucket {
    /// What is left of it.
    #[must_use]
    pub fn left(&self) -> Credits {
        self.limit.minus(self.used).unwrap_or_default()
    }

    /// How much of it is used.
    #[must_use]
    pub const fn in_use(&self) -> Use {
        Use {
            used: self.used,
            whole: self.limit,
        }
    }

    /// How much of it would be used with so much more.
    ///
    /// # Errors
    /// [`OutOfRange`] for no sum of credits.
    pub fn using(&self, more: Credits) -> Result<Use, OutOfRange> {
        Ok(Use {
            used: self.used.plus(more)?,
            whole: self.limit,
        })
    }
}

/// A budget that cannot pay for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverBudget {
    /// Whose.
    pub project: Name,
    /// Of which stage.
    pub stage: Stage,
    /// What it is and what is used of it.
    pub bucket: Bucket,
    /// What is needed.
    pub need: Credits,
}

impl OverBudget {
    /// Compares a need with a budget. Nothing if there is none, or if it can pay.
    #[must_use]
    pub fn check(project: &Name, stage: Stage, bucket: Option<Bucket>, need: Credits) -> Option<Self> {
        let bucket = bucket.filter(|bucket| need > bucket.left())?;
        Some(Self {
            project: project.clone(),
            stage,
            bucket,
            need,
        })
    }
}

/// A name that no project has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoProject {
    /// What was typed.
    pub typed: String,
    /// Whether there are open projects.
    pub any: bool,
}

/// An approval that waits for credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The approved image.
    pub render: RenderId,
    /// The budget that its next stage is paid from.
    pub bucket: Option<(ProjectId, Stage)>,
    /// What that costs.
    pub price: Credits,
}

/// The approvals of a guild that wait, by what they wait for: oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Awaiting {
    /// For credits in the pool.
    pub for_pool: Vec<Waiting>,
    /// For a budget, or behind one that does.
    pub for_budget: Vec<Waiting>,
}

impl Awaiting {
    /// Parts those that a budget stops from the others, so that nobody else waits behind them. `left` is what is left of the
    /// budgets that have a limit. In each budget, too, nobody overtakes.
    #[must_use]
    pub fn new(all: Vec<Waiting>, left: &BTreeMap<(ProjectId, Stage), Credits>) -> Self {
        let (mut line, mut stopped) = (Self::default(), BTreeSet::new());
        for waiting in all {
            let short = |bucket| left.get(bucket).is_some_and(|left| waiting.price > *left);
            match &waiting.bucket {
                Some(bucket) if stopped.contains(bucket) || short(bucket) => {
                    stopped.insert(*bucket);
                    line.for_budget.push(waiting);
                }
                Some(_) | None => line.for_pool.push(waiting),
            }
        }
        line
    }

    /// Whose turn it is when the pool can pay.
    #[must_use]
    pub fn first(&self) -> Option<&Waiting> {
        self.for_pool.first()
    }
}

/// What an admin asks for: a new budget for some stages; nothing for a stage: it stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// First of all, no stage has a limit any more.
    pub no_limits: bool,
    /// The new limits, in credits.
    pub limits: Buckets<Option<i64>>,
}

impl Wish {
    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// A budget for every stage.
    #[must_use]
    pub fn all(budget: &Buckets<Credits>) -> Self {
        let limit = |stage| Some(budget.of(stage).get());
        Self {
            no_limits: false,
            limits: Buckets {
                explore: limit(Stage::Explore),
                review: limit(Stage::Review),
                r#final: limit(Stage::Final),
            },
        }
    }
}

/// Why a budget cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadBudget {
    /// A number that is no sum of credits.
    Sum(i64),
    /// Less than the stage holds and has spent already.
    Below {
        /// The stage.
        stage: Stage,
        /// What it holds and has spent.
        used: Credits,
    },
}

/// The budget that comes of a wish, all of it or nothing: no stage may have less than it has used.
///
/// # Errors
/// The first [`BadBudget`].
pub fn rebudget(
    before: &Buckets<Option<Credits>>,
    used: &Buckets<Credits>,
    wish: &Wish,
) -> Result<Buckets<Option<Credits>>, BadBudget> {
    let mut after = if wish.no_limits {
        Buckets::default()
    } else {
        *before
    };
    for stage in Stage::ALL {
        let Some(limit) = *wish.limits.of(stage) else {
            continue;
        };
        let limit = Credits::new(limit).map_err(|_| BadBudget::Sum(limit))?;
        let used = *used.of(stage);
        if limit < used {
            return Err(BadBudget::Below { stage, used });
        }
        *after.of_mut(stage) = Some(limit);
    }
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_that_can_be_seen() {
        let name = |raw: &str| Name::parse(raw).map(|name| name.0);
        assert_eq!(
            name("  Spring \u{202e}\n launch "),
            Ok("Spring launch".to_owned())
        );
        assert_eq!(name(" \u{200b}\u{2800} "), Err(BadName::Empty));
        assert_eq!(name(""), Err(BadName::Empty));
        let max = "é".repeat(limits::PROJECT_NAME_CHARS);
        assert_eq!(name(&max), Ok(max.clone()));
        assert_eq!(name(&(max + "é")), Err(BadName::TooLong(51)));
        assert_eq!(
            Name::parse("Éclair").unwrap().key(),
            Name::parse(" éCLAIR").unwrap().key()
        );
    }

    fn credits(n: i64) -> Credits {
        Credits::new(n).unwrap()
    }

    fn buckets<T>(explore: T, review: T, r#final: T) -> Buckets<T> {
        Buckets {
            explore,
            review,
            r#final,
        }
    }

    #[test]
    fn a_budget_changes_where_it_is_wished_and_never_below_what_is_used() {
        let before = buckets(Some(credits(200)), None, Some(credits(80)));
        let used = buckets(credits(120), credits(20), credits(0));
        let wish = |no_limits, limits| rebudget(&before, &used, &Wish { no_limits, limits });
        assert_eq!(wish(false, buckets(None, None, None)), Ok(before));
        assert_eq!(
            wish(false, buckets(Some(120), Some(20), None)),
            Ok(buckets(Some(credits(120)), Some(credits(20)), Some(credits(80))))
        );
        assert_eq!(
            wish(true, buckets(None, None, Some(0))),
            Ok(buckets(None, None, Some(credits(0)))),
            "what is set anew in one command ends as it is given"
        );
        let below = BadBudget::Below {
            stage: Stage::Explore,
            used: credits(120),
        };
        assert_eq!(wish(false, buckets(Some(119), None, None)), Err(below));
        assert_eq!(wish(true, buckets(None, None, Some(-1))), Err(BadBudget::Sum(-1)));
    }

    #[test]
    fn whoever_waits_for_a_budget_keeps_nobody_else_waiting() {
        let (spring, autumn) = (ProjectId::new(1), ProjectId::new(2));
        let waiting = |render, bucket, price| Waiting {
            render: RenderId::new(render),
            bucket,
            price: credits(price),
        };
        let all = vec![
            waiting(1, Some((spring, Stage::Final)), 40),
            waiting(2, Some((spring, Stage::Review)), 20),
            waiting(3, Some((spring, Stage::Final)), 10),
            waiting(4, None, 40),
            waiting(5, Some((autumn, Stage::Final)), 40),
        ];
        let renders = |all: &[Waiting]| all.iter().map(|w| w.render.get()).collect::<Vec<_>>();
        let line = |left: &[(ProjectId, Stage, i64)]| {
            let left = left
                .iter()
                .map(|(project, stage, n)| ((*project, *stage), credits(*n)));
            let line = Awaiting::new(all.clone(), &left.collect());
            (renders(&line.for_pool), renders(&line.for_budget))
        };
        assert_eq!(line(&[]), (vec![1, 2, 3, 4, 5], vec![]), "no budget has a limit");
        assert_eq!(
            line(&[(spring, Stage::Final, 30)]),
            (vec![2, 4, 5], vec![1, 3]),
            "the cheaper one does not overtake"
        );
        assert_eq!(line(&[(spring, Stage::Final, 40)]).1, Vec::<u64>::new());
        assert_eq!(
            line(&[(autumn, Stage::Final, 0), (spring, Stage::Review, 19)]).1,
            [2, 5]
        );
    }
}
