//! Chooses by a seed where and when a bot dies next.

use std::collections::VecDeque;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use crate::database::Kind;
use crate::snare::{Aim, Moment};
use crate::steps::{self, COMMITS, REQUESTS};

/// How a life ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Death {
    /// Killed at a step.
    At(Aim),
    /// Killed at this write to the log of an SQLite database.
    AtWrite(u32),
    /// Killed after so long.
    After(Duration),
    /// Asked to stop after so long.
    Asked(Duration),
}

/// The deaths of one bot.
#[derive(Debug)]
pub struct Plan {
    dice: StdRng,
    database: Kind,
    /// The steps that are still to be taken in turn.
    in_turn: VecDeque<Aim>,
    /// How often a step may still be missed.
    misses: usize,
}

/// How often each step is tried whose turn it is, on average.
const TRIES: usize = 2;
/// The longest life that ends at an instant, in milliseconds. A start takes longer on a server.
const LIFE_MS: u64 = 900;
const LIFE_ON_SERVER_MS: u64 = 1_500;

impl Plan {
    /// Makes the plan of a bot. `steps`: every named step is taken in turn before any is chosen.
    pub fn new(seed: u64, bot: u32, database: Kind, steps: bool) -> Self {
        let dice = StdRng::seed_from_u64(seed ^ (u64::from(bot) << 32) ^ 0xdea1);
        let mut in_turn = VecDeque::new();
        if steps {
            let all = named(database);
            in_turn.extend(all.iter().flat_map(|step| {
                Moment::ALL.map(|moment| Aim {
                    step: step.clone(),
                    moment,
                    skip: 0,
                })
            }));
            in_turn.retain(|aim| aim.moment != Moment::Unheard || !steps::is_told(&aim.step));
        }
        let misses = in_turn.len() * (TRIES - 1);
        Self {
            dice,
            database,
            in_turn,
            misses,
        }
    }

    /// Returns whether there are steps whose turn is still to come.
    pub fn has_turns(&self) -> bool {
        !self.in_turn.is_empty()
    }

    /// Takes a step in turn again that did not come.
    pub fn missed(&mut self, death: &Death) {
        if let (Death::At(aim), Some(left)) = (death, self.misses.checked_sub(1)) {
            self.misses = left;
            self.in_turn.push_back(aim.clone());
        }
    }

    /// Returns the next death.
    pub fn next(&mut self) -> Death {
        if let Some(aim) = self.in_turn.pop_front() {
            return Death::At(aim);
        }
        let dice = &mut self.dice;
        let longest_ms = match self.database {
            Kind::Sqlite => LIFE_MS,
            Kind::Postgres => LIFE_ON_SERVER_MS,
        };
        let time = Duration::from_millis(dice.random_range(0..longest_ms));
        match dice.random_range(0..100) {
            0..30 => Death::After(time),
            30..75 => {
                let step = named(self.database).choose(dice).cloned();
                self.aim(step.unwrap_or_default(), 2)
            }
            75..85 => self.aim(String::new(), 40),
            85..95 if self.database == Kind::Sqlite => Death::AtWrite(dice.random_range(0..150)),
            85..95 => self.aim(steps::of_commit(""), 30),
            _ => Death::Asked(time),
        }
    }

    fn aim(&mut self, step: String, most: u32) -> Death {
        let moment = Moment::ALL.choose(&mut self.dice).copied();
        let moment = moment.filter(|_| !steps::is_told(&step));
        Death::At(Aim {
            step,
            moment: moment.unwrap_or(Moment::After),
            skip: self.dice.random_range(0..most),
        })
    }

    /// Returns the dice, for what else happens between two lives.
    pub const fn dice(&mut self) -> &mut StdRng {
        &mut self.dice
    }
}

/// Lists the named steps that bots on a database pass.
fn named(database: Kind) -> Vec<String> {
    let requests = REQUESTS.iter().map(|step| (*step).to_owned());
    let commits = COMMITS.iter().map(|tables| steps::of_commit(tables));
    let commits = commits.filter(|_| database == Kind::Postgres);
    requests.chain(commits).collect()
}
