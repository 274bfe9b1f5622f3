//! What a soak found: what the bot held in the rest after each round, and whether it stays that.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::checks::Findings;
use crate::database::Kind;
use crate::held::Held;
use crate::outcome;
use crate::tally::{Tally, sum};
use crate::world::Settings;

/// How much more memory than after the first round is no growth, in hundredths. The allocator keeps
/// what it may need, and that depends on what came together.
const MEMORY_PERCENT: u64 = 115;
/// How long a bot works before its memory is compared, in seconds.
const WARM_AFTER_SECONDS: u64 = 60;
/// How much more bytes a draft than on average is no growth, in hundredths. Members do different things.
const BYTES_PERCENT: i64 = 140;

/// How much of a violation the page shows, in characters.
const SHOWN: usize = 200;

/// A moment at which nothing was to be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rest {
    /// How long the bot lived until then, in seconds.
    pub seconds: u64,
    /// How many drafts there were.
    pub drafts: i64,
    /// How large the database was, in bytes.
    pub database_bytes: i64,
    /// What the bot held.
    pub held: Held,
}

/// What a soak found, as one line of JSON.
#[derive(Debug, Serialize, Deserialize)]
pub struct Soak {
    /// The seed.
    pub seed: u64,
    /// The database.
    pub database: Kind,
    /// The commit that was built, with a `+` if it was changed since.
    pub commit: String,
    /// How long a round was, in seconds.
    pub round_seconds: u64,
    /// What members did.
    pub acts: BTreeMap<String, u64>,
    /// The faults that were made.
    pub faults: BTreeMap<String, u64>,
    /// The rest after each round.
    pub rests: Vec<Rest>,
    /// How often each invariant was checked.
    pub checks: BTreeMap<String, u64>,
    /// What does not hold: the invariant, and what is wrong.
    pub violations: Vec<(String, String)>,
}

/// Checks that the last rest holds no more than the first, and that the database grew evenly. The first
/// round is for what a bot makes once and keeps.
pub fn check(rests: &[Rest], findings: &mut Findings) {
    let [first, .., last] = rests else { return };
    let (before, after) = (&first.held, &last.held);
    // Until it is warm, a bot makes what it keeps.
    let is_flat = first.seconds < WARM_AFTER_SECONDS
        || after.resident_kib * 100 <= before.resident_kib * MEMORY_PERCENT;
    findings.check("memory does not grow", is_flat, || format!("{rests:?}"));
    let is_more = after.is_more_than(before);
    let nothing = "no descriptor, thread or task is left";
    findings.check(nothing, !is_more, || format!("{before:?}, then {after:?}"));
    let mut heard = rests.windows(2).map(|two| two[1].drafts > two[0].drafts);
    let every_round = "members are heard in every round";
    findings.check(every_round, heard.all(|heard| heard), || format!("{rests:?}"));
    let Some(average) = bytes_a_draft(first, last) else {
        return;
    };
    let mut rounds = rests.windows(2).filter_map(|two| bytes_a_draft(&two[0], &two[1]));
    let is_even = rounds.all(|bytes| bytes * 100 <= average * BYTES_PERCENT);
    findings.check("a database grows evenly", is_even, || format!("{rests:?}"));
}

/// Returns by how many bytes the database grew for each draft between two rests.
fn bytes_a_draft(from: &Rest, to: &Rest) -> Option<i64> {
    (to.database_bytes - from.database_bytes).checked_div(to.drafts - from.drafts)
}

impl Soak {
    /// Puts together what a soak found.
    pub fn new(
        settings: &Settings,
        round_seconds: u64,
        tally: Tally,
        findings: Findings,
        rests: Vec<Rest>,
    ) -> Self {
        Self {
            seed: settings.seed,
            database: settings.database,
            commit: outcome::commit(),
            round_seconds,
            acts: tally.acts,
            faults: tally.faults,
            rests,
            checks: findings.checks,
            violations: findings.violations,
        }
    }

    /// Tells people what was found.
    pub fn tell(&self) {
        println!("{}", self.summary());
        outcome::tell_violations(&self.violations);
    }

    fn summary(&self) -> String {
        let grown = match self.rests.as_slice() {
            [first, .., last] => bytes_a_draft(first, last),
            _ => None,
        };
        let grown = grown.map_or_else(String::new, |bytes| {
            format!(" The database grew by {} KiB a draft.", bytes / 1024)
        });
        format!(
            "{}, {} rounds of {} s: {} acts, {} faults, {} checks, {} violations.{grown}",
            self.database.name(),
            self.rests.len(),
            self.round_seconds,
            sum(&self.acts),
            sum(&self.faults),
            sum(&self.checks),
            self.violations.len(),
        )
    }
}

/// Writes what soaks found.
///
/// # Errors
/// None: a text takes all that is written to it.
pub fn section(page: &mut String, all: &[Soak]) -> anyhow::Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    writeln!(
        page,
        "## Soak\n\n\
         One bot works for all rounds without dying, while members act and something fails every few\n\
         seconds. After each round everybody rests until nothing is to be done, and this is what it holds."
    )?;
    for soak in all {
        writeln!(
            page,
            "\n{}\n\n| after | drafts | resident | descriptors | threads | tasks | jobs for later | database |\n\
             |---|---|---|---|---|---|---|---|",
            soak.summary()
        )?;
        for rest in &soak.rests {
            let held = &rest.held;
            writeln!(
                page,
                "| {} min | {} | {} KiB | {} | {} | {} | {} | {} KiB |",
                rest.seconds / 60,
                rest.drafts,
                held.resident_kib,
                held.descriptors,
                held.threads,
                held.tasks,
                held.later_jobs,
                rest.database_bytes / 1024,
            )?;
        }
        if !soak.violations.is_empty() {
            writeln!(page)?;
        }
        for (invariant, wrong) in &soak.violations {
            let wrong: String = wrong.chars().take(SHOWN).collect();
            writeln!(page, "- {invariant}: {wrong}")?;
        }
    }
    writeln!(page)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(drafts: i64, database_bytes: i64, resident_kib: u64, tasks: u64) -> Rest {
        let held = Held {
            resident_kib,
            descriptors: 40,
            threads: 9,
            tasks,
            later_jobs: 12,
        };
        Rest {
            seconds: 60,
            drafts,
            database_bytes,
            held,
        }
    }

    #[test]
    fn what_grows_from_the_first_rest_to_the_last_is_found() {
        let found = |rests: &[Rest]| {
            let mut findings = Findings::default();
            check(rests, &mut findings);
            let names = findings.violations.into_iter().map(|(name, _)| name);
            names.collect::<Vec<_>>()
        };
        let first = || rest(10, 10_000, 1_000, 30);
        assert!(found(&[first(), rest(20, 20_000, 1_150, 33)]).is_empty());
        assert_eq!(
            found(&[first(), rest(20, 20_000, 1_151, 30)]),
            ["memory does not grow"]
        );
        assert_eq!(
            found(&[first(), rest(20, 20_000, 900, 34)]),
            ["no descriptor, thread or task is left"]
        );
        let deaf = [first(), rest(10, 10_000, 1_000, 30), rest(20, 20_000, 1_000, 30)];
        assert_eq!(found(&deaf), ["members are heard in every round"]);
        let uneven = [first(), rest(20, 20_000, 1_000, 30), rest(30, 90_000, 1_000, 30)];
        assert_eq!(found(&uneven), ["a database grows evenly"]);
    }
}
