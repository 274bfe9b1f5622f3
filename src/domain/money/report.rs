//! Reports: what was drawn in a period, what came of it, and what it cost.
//!
//! An image belongs to the period in which its credits were reserved, as it does for spending
//! limits, whatever came of it since. So the sums of a report are those of the ledger's holds.

use std::collections::BTreeMap;

use super::estimate::{all_at_last, saved};
use super::period::{Period, Zone};
use crate::domain::credits::Credits;
use crate::domain::engine::cost::Usd;
use crate::domain::ids::{ProjectId, UserId};
use crate::domain::report_page::{ReportPage, Span};
use crate::domain::stage::Stage;

/// How many days a chart of the pool shows, and from how many a pace is told. The last is today.
pub const PACE_DAYS: u32 = 30;
/// On how many of [`PACE_DAYS`] something must have been spent for a pace to be told.
const PACE_SPENDING_DAYS: usize = 3;
/// How far in the future the end of a pool is told, in milliseconds: a year.
const PACE_MOST_MS: i64 = 365 * DAY_MS;
const DAY_MS: i64 = 24 * 60 * 60_000;

/// What became of images that were paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The credits were kept.
    Spent,
    /// The credits are still reserved.
    Held,
    /// The engine's policy refused it; the credits were given back.
    Refused,
    /// It failed; the credits were given back.
    Failed,
    /// It was called off; the credits were given back.
    CalledOff,
}

impl Outcome {
    /// Those whose credits are not spent, in the order in which a report has them.
    pub const UNSPENT: [Self; 4] = [Self::Held, Self::Refused, Self::Failed, Self::CalledOff];

    /// Returns the name in a table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spent => "spent",
            Self::Held => "held",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::CalledOff => "called off",
        }
    }
}

/// Images of one draft's requester and project, of one stage and one outcome, added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The stage of the images.
    pub stage: Stage,
    /// What became of them.
    pub outcome: Outcome,
    /// The member who asked for them, or the pseudonym of one who asked to be forgotten.
    pub requester: UserId,
    /// The project that paid for them. `None` if none did.
    pub project: Option<ProjectId>,
    /// The sums of the images.
    pub sum: Sum,
}

/// Images added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many images.
    pub images: usize,
    /// The credits of them.
    pub credits: Credits,
    /// What they cost the operator, as far as that is known.
    pub usd: Usd,
    /// Of how many images that is known.
    pub known: usize,
}

impl Sum {
    /// Adds another sum. It stops at the largest instead of overflowing.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            images: self.images.saturating_add(other.images),
            credits: self.credits.plus(other.credits).unwrap_or(Credits::MAX),
            usd: self.usd.plus(other.usd),
            known: self.known.saturating_add(other.known),
        }
    }
}

/// What the books say of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// The images.
    pub rows: Vec<Row>,
    /// How many drafts asked for first images.
    pub drafts: usize,
    /// How long it took from a picture to the approval of its next stage, in milliseconds: half of
    /// the approvals took no longer. `None` if there was no approval.
    pub approval_ms: Option<i64>,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many drafts asked for first images.
    pub drafts: usize,
    /// What was spent at each stage: explore, review, final.
    pub stages: [Sum; 3],
    /// What was spent at all stages.
    pub spent: Sum,
    /// What was not spent, by [`Outcome::UNSPENT`].
    pub unspent: [Sum; 4],
    /// What was spent by each project, and without one: the largest first.
    pub projects: Vec<(Option<ProjectId>, Sum)>,
    /// What was spent by the drafts of each member: the largest first.
    pub members: Vec<(UserId, Sum)>,
    /// What the first images would have cost if each had been drawn at the last stage at once, at
    /// today's price. `None` if that is no sum.
    pub all_at_last: Option<Credits>,
    /// What was saved against that. `None` if nothing was.
    pub saved: Option<Credits>,
    /// How long an approval took, as [`Books::approval_ms`].
    pub approval_ms: Option<i64>,
}

impl Report {
    /// Makes a report. `price` is today's price of an image at the last stage.
    #[must_use]
    pub fn new(books: &Books, price: Credits) -> Self {
        let of = |counts: &dyn Fn(&Row) -> bool| {
            let rows = books.rows.iter().filter(|row| counts(row));
            rows.fold(Sum::default(), |sum, row| sum.plus(row.sum))
        };
        let stages = Stage::ALL.map(|stage| of(&|row| row.outcome == Outcome::Spent && row.stage == stage));
        let spent = of(&|row| row.outcome == Outcome::Spent);
        let (mut projects, mut members) = (BTreeMap::new(), BTreeMap::new());
        for row in books.rows.iter().filter(|row| row.outcome == Outcome::Spent) {
            let of_project: &mut Sum = projects.entry(row.project).or_default();
            *of_project = of_project.plus(row.sum);
            let of_member: &mut Sum = members.entry(row.requester).or_default();
            *of_member = of_member.plus(row.sum);
        }
        let at_last = all_at_last(stages[0].images, price).ok();
        Self {
            drafts: books.drafts,
            stages,
            spent,
            unspent: Outcome::UNSPENT.map(|outcome| of(&|row| row.outcome == outcome)),
            projects: largest_first(projects),
            members: largest_first(members),
            all_at_last: at_last,
            saved: at_last.and_then(|at_last| saved(at_last, spent.credits)),
            approval_ms: books.approval_ms,
        }
    }

    /// Returns whether there is nothing to report.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let unspent: usize = self.unspent.iter().map(|sum| sum.images).sum();
        self.spent.images + unspent == 0
    }

    /// Returns how many of the images of the stage before have one of a later stage, in percent.
    /// Returns `None` if there are none before.
    #[must_use]
    pub fn share(&self, stage: Stage) -> Option<usize> {
        let (of, before) = match stage {
            Stage::Explore => return None,
            Stage::Review => (self.stages[1], self.stages[0]),
            Stage::Final => (self.stages[2], self.stages[1]),
        };
        rounded(of.images.checked_mul(100)?, before.images)
    }

    /// Returns what was spent for each final, all stages together. Returns `None` if there is no
    /// final.
    #[must_use]
    pub fn per_final(&self) -> Option<Credits> {
        let spent = usize::try_from(self.spent.credits.get()).ok()?;
        let each = rounded(spent, self.stages[2].images)?;
        Credits::new(i64::try_from(each).ok()?).ok()
    }

    /// Returns what each final cost the operator, as far as that is known. Returns `None` if there is
    /// no final, or if nothing is known.
    #[must_use]
    pub fn usd_per_final(&self) -> Option<Usd> {
        let finals = u64::try_from(self.stages[2].images).ok()?;
        if self.spent.known == 0 || finals == 0 {
            return None;
        }
        Some(Usd::micros(self.spent.usd.as_micros().div_ceil(finals)))
    }
}

/// Divides, and rounds to the nearest. Returns `None` for a division by zero.
fn rounded(all: usize, by: usize) -> Option<usize> {
    all.checked_add(by / 2)?.checked_div(by)
}

fn largest_first<K: Ord>(sums: BTreeMap<K, Sum>) -> Vec<(K, Sum)> {
    let mut all: Vec<_> = sums.into_iter().collect();
    // Of the same sum, the one with the smaller key comes first.
    all.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.credits));
    all
}

impl ReportPage {
    /// Returns the first instant that counts, in milliseconds since 1970, by the days of a time zone.
    #[must_use]
    pub fn from_ms(&self, zone: &Zone) -> i64 {
        let days = |before| zone.midnight(before, self.until_ms).unwrap_or_default();
        match self.span {
            Span::Week => days(6),
            Span::ThirtyDays => days(PACE_DAYS - 1),
            Span::Month => Period::Month.window(zone, self.until_ms).from_ms,
            Span::All => 0,
        }
    }
}

/// What was spent on each of the last [`PACE_DAYS`] days of a time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first instant of each day, in milliseconds since 1970, with what was spent on the day. The
    /// last day is today.
    pub days: Vec<(i64, Credits)>,
    now_ms: i64,
}

impl Days {
    /// Sorts what was spent at some moments into days. What is older is left out.
    #[must_use]
    pub fn new(zone: &Zone, now_ms: i64, spent: &[(i64, Credits)]) -> Self {
        let first = |before| zone.midnight(before, now_ms).unwrap_or_default();
        let mut days: Vec<(i64, Credits)> = (0..PACE_DAYS)
            .rev()
            .map(|before| (first(before), Credits::ZERO))
            .collect();
        for (at_ms, credits) in spent {
            let before = zone.days_between(*at_ms, now_ms);
            let day = before.and_then(|before| days.len().checked_sub(before + 1));
            if let Some((_, sum)) = day.and_then(|day| days.get_mut(day)) {
                *sum = sum.plus(*credits).unwrap_or(Credits::MAX);
            }
        }
        Self { days, now_ms }
    }

    /// Returns what was spent on all days.
    #[must_use]
    pub fn spent(&self) -> Credits {
        let all = self.days.iter();
        all.fold(Credits::ZERO, |sum, (_, day)| {
            sum.plus(*day).unwrap_or(Credits::MAX)
        })
    }

    /// Returns the day on which most was spent. Returns `None` if nothing was.
    #[must_use]
    pub fn most(&self) -> Option<(i64, Credits)> {
        // Of the same sum, the latest day is the last of the largest.
        let most = self.days.iter().copied().max_by_key(|(_, spent)| *spent);
        most.filter(|(_, spent)| *spent > Credits::ZERO)
    }

    /// Returns when a pool ends if it is spent at this pace, in milliseconds since 1970. The pace is
    /// what was spent since the first day on which something was. Returns `None` where no pace can be
    /// told: if there was spending on fewer than three days, if nothing is left, or if the pool would
    /// last for more than a year.
    #[must_use]
    pub fn pool_ends(&self, available: Credits) -> Option<i64> {
        let spending = self.days.iter().filter(|(_, spent)| *spent > Credits::ZERO);
        let (began, _) = spending.clone().next()?;
        if spending.count() < PACE_SPENDING_DAYS || available == Credits::ZERO {
            return None;
        }
        let elapsed = i128::from(self.now_ms - began);
        let left = elapsed * i128::from(available.get()) / i128::from(self.spent().get());
        let left = i64::try_from(left).ok().filter(|left| *left <= PACE_MOST_MS)?;
        Some(self.now_ms + left)
    }
}

#[cfg(test)]
mod tests;
