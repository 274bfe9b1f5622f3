//! Projects: a budget for each stage, and the approvals that wait for credits.

use std::collections::{BTreeMap, BTreeSet};

use super::usage_alert::Use;
use crate::domain::credits::{Credits, OutOfRange};
use crate::domain::ids::{GuildId, ProjectId, RenderId, UserId};
use crate::domain::limits;
use crate::domain::stage::Stage;
use crate::domain::text::{clean, is_visible, look};

/// The name of a project: one line of 1 to [`limits::PROJECT_NAME_CHARS`] characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// Why a text cannot be a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadName {
    /// The name has no character that can be seen.
    Empty,
    /// The name has more than [`limits::PROJECT_NAME_CHARS`] characters. Holds how many.
    TooLong(usize),
}

impl Name {
    /// Checks what a member typed.
    ///
    /// # Errors
    /// [`BadName`] when it is empty or too long.
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

    /// Returns the name as people read it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name as no two projects of a guild share it: names that look the same have the
    /// same key.
    #[must_use]
    pub fn key(&self) -> String {
        look(&self.0)
    }

    /// Returns the key that the name had when keys were lower case and nothing more.
    #[must_use]
    pub fn old_key(&self) -> String {
        self.0.to_lowercase()
    }
}

/// A value for each stage, such as the stage's budget or cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buckets<T> {
    /// The value of the explore stage.
    pub explore: T,
    /// The value of the review stage.
    pub review: T,
    /// The value of the final stage.
    pub r#final: T,
}

impl<T> Buckets<T> {
    /// Returns the value of a stage.
    #[must_use]
    pub const fn of(&self, stage: Stage) -> &T {
        match stage {
            Stage::Explore => &self.explore,
            Stage::Review => &self.review,
            Stage::Final => &self.r#final,
        }
    }

    /// Returns the value of a stage, to be changed.
    pub const fn of_mut(&mut self, stage: Stage) -> &mut T {
        match stage {
            Stage::Explore => &mut self.explore,
            Stage::Review => &mut self.review,
            Stage::Final => &mut self.r#final,
        }
    }
}

/// The budget of a project for one stage, with how much of the budget is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// The most that the stage may cost.
    pub limit: Credits,
    /// The credits that the project's renders hold and have spent at the stage.
    pub used: Credits,
}

impl Bucket {
    /// Returns what is left of the budget; zero if more is used.
    #[must_use]
    pub fn left(&self) -> Credits {
        self.limit.minus(self.used).unwrap_or_default()
    }

    /// Returns how much of the budget is used.
    #[must_use]
    pub const fn in_use(&self) -> Use {
        Use {
            used: self.used,
            whole: self.limit,
        }
    }

    /// Returns how much of the budget would be used with `more` credits.
    ///
    /// # Errors
    /// [`OutOfRange`] when the sum is above [`Credits::MAX`].
    pub fn using(&self, more: Credits) -> Result<Use, OutOfRange> {
        Ok(Use {
            used: self.used.plus(more)?,
            whole: self.limit,
        })
    }
}

/// A budget has too little left for a purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverBudget {
    /// The name of the project.
    pub project: Name,
    /// The stage of the budget.
    pub stage: Stage,
    /// The limit of the budget, and what is held and spent of it.
    pub bucket: Bucket,
    /// What the purchase needs.
    pub need: Credits,
}

impl OverBudget {
    /// Compares what a purchase needs with a budget. Returns `None` if there is no budget, or if
    /// the budget has enough left.
    #[must_use]
    pub fn check(project: &Name, stage: Stage, bucket: Option<Bucket>, need: Credits) -> Option<Self> {
        let bucket = bucket.filter(|bucket| !bucket.left().covers(need))?;
        Some(Self {
            project: project.clone(),
            stage,
            bucket,
            need,
        })
    }
}

/// A project: a named piece of work with a budget for each stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The id of the project, which is that of the interaction that created it.
    pub id: ProjectId,
    /// The guild whose pool pays.
    pub guild: GuildId,
    /// The name of the project, which no other project of the guild has.
    pub name: Name,
    /// The most that each stage may cost. `None`: as much as the pool has.
    pub budget: Buckets<Option<Credits>>,
    /// The member who created the project.
    pub created_by: UserId,
    /// When the project was created, in milliseconds since 1970.
    pub created_ms: i64,
    /// When the project was closed, in milliseconds since 1970. `None` while it is open.
    pub closed_ms: Option<i64>,
}

/// The mistake of naming a project that the guild does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoProject {
    /// The text that was typed.
    pub typed: String,
    /// Whether the guild has open projects.
    pub any: bool,
}

/// An approval that waits for credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The approved image.
    pub render: RenderId,
    /// The budget that pays for the next stage. `None` if no project pays.
    pub bucket: Option<(ProjectId, Stage)>,
    /// The price of the next stage.
    pub price: Credits,
    /// When the quorum was reached, in milliseconds since 1970. This time decides the approval's
    /// place in the line.
    pub since_ms: i64,
}

/// The waiting approvals of a guild, apart by what each waits for, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Awaiting {
    /// The approvals that wait for credits in the pool.
    pub for_pool: Vec<Waiting>,
    /// The approvals that wait for a budget, and those behind them in the line of the same budget.
    pub for_budget: Vec<Waiting>,
}

impl Awaiting {
    /// Separates the approvals that a budget stops, so that nobody else waits behind them. `left`
    /// has what is left of each budget with a limit. Within one budget nobody overtakes either.
    #[must_use]
    pub fn new(all: Vec<Waiting>, left: &BTreeMap<(ProjectId, Stage), Credits>) -> Self {
        let (mut line, mut stopped) = (Self::default(), BTreeSet::new());
        for waiting in all {
            let short = |bucket| left.get(bucket).is_some_and(|left| !left.covers(waiting.price));
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

    /// Returns the approval that is next when the pool can pay.
    #[must_use]
    pub fn first(&self) -> Option<&Waiting> {
        self.for_pool.first()
    }
}

/// An admin's wish for new budgets. A stage that the wish does not name keeps the budget that it
/// has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Whether the limits of all stages are removed first.
    pub no_limits: bool,
    /// The new limits, in credits.
    pub limits: Buckets<Option<i64>>,
}

impl Wish {
    /// Returns whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Asks for a budget for every stage.
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

/// Why a budget is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadBudget {
    /// The number is no sum of credits.
    Sum(i64),
    /// The budget is less than the stage holds and has spent already.
    Below {
        /// The stage whose budget is too small.
        stage: Stage,
        /// The credits that the stage holds and has spent.
        used: Credits,
    },
}

/// Works out the budgets after a wish, which is granted as a whole or not at all.
///
/// # Errors
/// The first [`BadBudget`]. No stage may have less than it has used.
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
            since_ms: 0,
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

    #[test]
    fn names_that_look_the_same_have_one_key_and_others_have_others() {
        let name = |raw: &str| Name::parse(raw).unwrap();
        assert_eq!(name(" Spring  launch ").as_str(), "Spring launch");
        assert_eq!(name("SPRING launch").key(), name("spring LAUNCH").key());
        assert_ne!(name("Spring").key(), name("Autumn").key());
        assert_eq!(name("Éclair SPRING").old_key(), "éclair spring");
    }

    #[test]
    fn a_budget_has_left_what_is_not_used_and_refuses_what_needs_more() {
        let spring = Name::parse("Spring").unwrap();
        for (limit, used, left) in [(100, 0, 100), (100, 70, 30), (100, 100, 0), (50, 70, 0)] {
            let bucket = Bucket {
                limit: credits(limit),
                used: credits(used),
            };
            assert_eq!(bucket.left(), credits(left));
            let whole = bucket.limit;
            assert_eq!(
                bucket.in_use(),
                Use {
                    used: bucket.used,
                    whole
                }
            );
            let used = credits(used + 5);
            assert_eq!(bucket.using(credits(5)), Ok(Use { used, whole }));
            let check = |need| OverBudget::check(&spring, Stage::Review, Some(bucket), credits(need));
            assert_eq!(check(left), None, "{left} are left");
            let need = credits(left + 1);
            let over = OverBudget {
                project: spring.clone(),
                stage: Stage::Review,
                bucket,
                need,
            };
            assert_eq!(check(left + 1), Some(over));
        }
        let without = OverBudget::check(&spring, Stage::Review, None, Credits::MAX);
        assert_eq!(
            without, None,
            "a stage without a budget takes all that the pool has"
        );
    }

    #[test]
    fn a_wish_for_all_stages_names_each_and_one_for_nothing_is_empty() {
        let all = Wish::all(&buckets(credits(200), credits(100), credits(0)));
        assert_eq!(all.limits, buckets(Some(200), Some(100), Some(0)));
        assert!(!all.no_limits && !all.is_empty());
        assert!(Wish::default().is_empty());
        let no_limits = Wish {
            no_limits: true,
            ..Wish::default()
        };
        assert!(!no_limits.is_empty());
    }
}
