//! Compares the ledger with a model of it that fits on a page, through random moves of two processes,
//! some of them at once, ends of a process, and a clock that is set forward and back.
//!
//! `PROPTEST_CASES` sets the number of cases, and `GREENLIGHT_TEST_SEED` repeats the moves of a run
//! that failed.

mod trial;

use std::collections::BTreeMap;

use greenlight::domain::ids::UserId;
use greenlight::domain::money::period::Period;
use greenlight::domain::money::spend_limit::{LimitScope, Spenders};
use greenlight::store::ledger::Held;
use proptest::prelude::*;

use super::steps::{ANA, BO, Close};

/// How many processes move at once.
const PROCESSES: usize = 2;
const HOUR_MS: i64 = 60 * 60_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// One move of the ledger, or one change of a spending limit.
#[derive(Clone, Copy, Debug)]
enum Move {
    Grant(i64),
    Correct(i64),
    /// Holds the price of an image for one of two members.
    Hold(UserId, i64),
    /// Closes one of the holds that were ever made, which is often closed already.
    Close(usize, Close),
    /// Sets or removes a spending limit.
    SpendLimit(Bounded, Option<i64>),
}

/// The spending limits that the stories set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Bounded {
    /// Each member's, over any five hours.
    Each,
    /// Bo's own, over any five hours, instead of each member's.
    Bo,
    /// The server's, for a day.
    Server,
}

impl Bounded {
    const ALL: [Self; 3] = [Self::Each, Self::Bo, Self::Server];
    const HOURS: u32 = 5;

    fn bound(self) -> LimitScope {
        let (scope, period) = match self {
            Self::Each => (Spenders::Each, Period::Hours(Self::HOURS)),
            Self::Bo => (Spenders::Member(BO), Period::Hours(Self::HOURS)),
            Self::Server => (Spenders::Server, Period::Day),
        };
        let stage = None;
        LimitScope { scope, stage, period }
    }
}

#[derive(Clone, Debug)]
enum Step {
    One(Move),
    AtOnce(Vec<Move>),
    /// Lets so many hours pass, or sets the clock back.
    Wait(i64),
    /// Ends one of the two processes and begins another.
    Reopen(usize),
}

fn a_move() -> impl Strategy<Value = Move> {
    let how = prop_oneof![Just(Close::Settle), Just(Close::Release)];
    let whom = prop_oneof![Just(ANA), Just(BO)];
    let limit = prop::option::weighted(0.8, 0_i64..=80);
    prop_oneof![
        4 => (1_i64..=60).prop_map(Move::Grant),
        2 => (1_i64..=60).prop_map(Move::Correct),
        8 => (whom, 1_i64..=40).prop_map(|(whom, price)| Move::Hold(whom, price)),
        8 => (0_usize..12, how).prop_map(|(which, how)| Move::Close(which, how)),
        2 => (prop::sample::select(Bounded::ALL.to_vec()), limit).prop_map(|(on, max)| Move::SpendLimit(on, max)),
    ]
}

fn a_story() -> impl Strategy<Value = Vec<Step>> {
    let rivals = (0_usize..4).prop_map(|which| {
        let closes = [Close::Settle, Close::Release, Close::Settle];
        Step::AtOnce(closes.map(|how| Move::Close(which, how)).to_vec())
    });
    let step = prop_oneof![
        20 => a_move().prop_map(Step::One),
        6 => prop::collection::vec(a_move(), 2..7).prop_map(Step::AtOnce),
        2 => rivals,
        4 => (1_i64..=13).prop_map(Step::Wait),
        3 => (-30_i64..0).prop_map(Step::Wait),
        2 => (0..PROCESSES).prop_map(Step::Reopen),
    ];
    prop::collection::vec(step, 1..24)
}

/// A hold as the model knows it.
struct Hold {
    by: UserId,
    price: i64,
    at_ms: i64,
    open: bool,
    released: bool,
    /// The proofs of it that were handed out while it was open: its own, and those that other
    /// processes got.
    proofs: Vec<Held>,
}

/// All that the ledger must remember. Holds are keyed by the number of their render.
struct Model {
    granted: i64,
    settled: i64,
    now_ms: i64,
    holds: BTreeMap<u64, Hold>,
    spend_limits: BTreeMap<Bounded, i64>,
}

impl Model {
    const fn new(now_ms: i64) -> Self {
        Self {
            granted: 0,
            settled: 0,
            now_ms,
            holds: BTreeMap::new(),
            spend_limits: BTreeMap::new(),
        }
    }

    fn held(&self) -> i64 {
        let open = self.holds.values().filter(|hold| hold.open);
        open.map(|hold| hold.price).sum()
    }

    fn available(&self) -> i64 {
        self.granted - self.settled - self.held()
    }

    /// Returns what a member, or all, have spent that counts now for a spending limit.
    fn spent(&self, on: Bounded, member: UserId) -> i64 {
        let counts = |hold: &&Hold| {
            let recent = match on {
                Bounded::Each | Bounded::Bo => self.now_ms - hold.at_ms < i64::from(Bounded::HOURS) * HOUR_MS,
                // After the clock was set back, what was spent tomorrow counts today.
                Bounded::Server => hold.at_ms / DAY_MS >= self.now_ms / DAY_MS,
            };
            recent && !hold.released && (on == Bounded::Server || hold.by == member)
        };
        self.holds.values().filter(counts).map(|hold| hold.price).sum()
    }
}

/// The outcome of a move.
enum Outcome {
    Granted(i64),
    Corrected(i64),
    Holds(u64, UserId, i64, Held),
    /// A hold or a correction that the pool could not pay.
    InsufficientCredits(i64),
    Capped(UserId, i64),
    Closed(u64, Close),
    TooLate(u64),
    SpendLimits(Bounded, Option<i64>),
    /// There was nothing to close.
    Idle,
}

/// How often a run reached each case that it is for.
#[derive(Clone, Copy, Debug, Default)]
struct Coverage {
    short: u32,
    capped: u32,
    corrected: u32,
    too_late: u32,
    contested: u32,
    reopened: u32,
    /// How often a member's spending dropped out of the rolling window.
    rolled: u32,
    /// How often what was spent lay in the future, because the clock was set back.
    back: u32,
}

impl Coverage {
    fn all(&self) -> [u32; 8] {
        let Self {
            short,
            capped,
            corrected,
            too_late,
            contested,
            reopened,
            rolled,
            back,
        } = *self;
        [
            short, capped, corrected, too_late, contested, reopened, rolled, back,
        ]
    }
}

impl Model {
    /// Checks that these outcomes are possible, whatever the order in which the moves were made.
    fn judge(&self, outcomes: &[Outcome], came_to: &mut Coverage) -> Result<(), TestCaseError> {
        self.judge_sums(outcomes, came_to)?;
        self.judge_spend_limits(outcomes, came_to)?;
        self.judge_closes(outcomes, came_to)
    }

    fn judge_sums(&self, outcomes: &[Outcome], came_to: &mut Coverage) -> Result<(), TestCaseError> {
        let taken: i64 = outcomes
            .iter()
            .map(|outcome| match outcome {
                Outcome::Holds(_, _, sum, _) | Outcome::Corrected(sum) => *sum,
                _ => 0,
            })
            .sum();
        let before = self.available();
        for outcome in outcomes {
            if let Outcome::InsufficientCredits(sum) = outcome {
                prop_assert!(
                    *sum > before - taken,
                    "{sum} was refused, and {before} - {taken} was there"
                );
                came_to.short += 1;
            }
            came_to.corrected += u32::from(matches!(outcome, Outcome::Corrected(_)));
        }
        Ok(())
    }

    /// Returns the values that a spending limit may have had at some time during these moves.
    fn possible(&self, on: Bounded, member: UserId, outcomes: &[Outcome]) -> Vec<Option<i64>> {
        let values = |on: Bounded| -> Vec<Option<i64>> {
            let set = outcomes.iter().filter_map(|outcome| match outcome {
                Outcome::SpendLimits(set, max) if *set == on => Some(*max),
                _ => None,
            });
            std::iter::once(self.spend_limits.get(&on).copied())
                .chain(set)
                .collect()
        };
        if on != Bounded::Each || member != BO {
            return values(on);
        }
        // While Bo has a limit of his own, each member's does not count for him.
        let own = values(Bounded::Bo).into_iter();
        own.flat_map(|own| {
            if own.is_some() {
                vec![own]
            } else {
                values(Bounded::Each)
            }
        })
        .collect()
    }

    /// Checks that nobody was refused below the lowest value that a spending limit had.
    fn judge_spend_limits(&self, outcomes: &[Outcome], came_to: &mut Coverage) -> Result<(), TestCaseError> {
        for outcome in outcomes {
            let Outcome::Capped(member, price) = outcome else {
                continue;
            };
            let near = [Bounded::Each, Bounded::Server].into_iter().any(|on| {
                let taken = outcomes.iter().map(|outcome| match outcome {
                    Outcome::Holds(_, by, price, _) if on == Bounded::Server || by == member => *price,
                    _ => 0,
                });
                let max = self.spent(on, *member) + taken.sum::<i64>() + price;
                let possible = self.possible(on, *member, outcomes);
                possible.into_iter().flatten().any(|limit| max > limit)
            });
            prop_assert!(near, "{price} was refused to {member}, and no cap was near");
            came_to.capped += 1;
        }
        Ok(())
    }

    /// Returns the highest value that each spending limit had for a member who held something. No
    /// limit may have let more be spent. What was spent before a limit was lowered stays.
    fn bounds(&self, outcomes: &[Outcome]) -> Vec<(Bounded, UserId, i64)> {
        let holders = outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Holds(_, by, ..) => Some(*by),
            _ => None,
        });
        let all = holders.flat_map(|by| [(Bounded::Each, by), (Bounded::Server, by)]);
        all.filter_map(|(on, by)| {
            let possible: Option<Vec<i64>> = self.possible(on, by, outcomes).into_iter().collect();
            Some((on, by, possible?.into_iter().max()?))
        })
        .collect()
    }

    fn judge_limit_scopes(&self, bounds: &[(Bounded, UserId, i64)]) -> Result<(), TestCaseError> {
        for (on, member, max) in bounds {
            let spent = self.spent(*on, *member);
            prop_assert!(spent <= *max, "{on:?} of {member}: {spent} were spent of {max}");
        }
        Ok(())
    }

    fn judge_closes(&self, outcomes: &[Outcome], came_to: &mut Coverage) -> Result<(), TestCaseError> {
        let (mut closed, mut tried) = (BTreeMap::<u64, u32>::new(), BTreeMap::<u64, u32>::new());
        for outcome in outcomes {
            match outcome {
                Outcome::Closed(render, _) => {
                    *closed.entry(*render).or_default() += 1;
                    *tried.entry(*render).or_default() += 1;
                }
                Outcome::TooLate(render) => *tried.entry(*render).or_default() += 1,
                _ => {}
            }
        }
        for (render, times) in tried {
            let open = self.holds[&render].open;
            let closed = closed.get(&render).copied().unwrap_or(0);
            prop_assert_eq!(
                closed,
                u32::from(open),
                "render {} was tried {} times",
                render,
                times
            );
            came_to.contested += u32::from(open && times > 1);
            came_to.too_late += u32::from(!open);
        }
        Ok(())
    }

    /// Makes a move that succeeded.
    fn record(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Granted(amount) => self.granted += amount,
            Outcome::Corrected(amount) => self.granted -= amount,
            Outcome::Holds(render, by, price, held) => {
                let known = Hold {
                    by,
                    price,
                    at_ms: self.now_ms,
                    open: true,
                    released: false,
                    proofs: vec![held],
                };
                self.holds.insert(render, known);
            }
            Outcome::Closed(render, how) => {
                let hold = self.holds.get_mut(&render);
                let hold = hold.expect("only known holds are closed");
                hold.open = false;
                hold.released = how == Close::Release;
                self.settled += if how == Close::Settle { hold.price } else { 0 };
            }
            Outcome::SpendLimits(on, Some(max)) => drop(self.spend_limits.insert(on, max)),
            Outcome::SpendLimits(on, None) => drop(self.spend_limits.remove(&on)),
            Outcome::InsufficientCredits(_) | Outcome::Capped(..) | Outcome::TooLate(_) | Outcome::Idle => {}
        }
    }
}
