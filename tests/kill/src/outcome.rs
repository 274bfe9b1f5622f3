//! What a run found, as one line of JSON.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::checks::Findings;
use crate::database::Kind;
use crate::tally::{Tally, sum};
use crate::world::Settings;

/// What a run found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// The seed that repeats it.
    pub seed: u64,
    /// The database.
    pub database: Kind,
    /// How many bots there were.
    pub bots: u32,
    /// Whether every named step was taken in turn.
    pub steps: bool,
    /// The commit that was built, with a `+` if it was changed since.
    pub commit: String,
    /// The day, in UTC.
    pub day: String,
    /// How many cores the machine has.
    pub cores: usize,
    /// How long it took, in seconds.
    pub seconds: u64,
    /// How often a bot was killed with SIGKILL.
    pub kills: u64,
    /// How often a bot was asked to stop with SIGTERM.
    pub stops: u64,
    /// The kills, by the step at which each came.
    pub killed_at: BTreeMap<String, u64>,
    /// The steps that were aimed at and did not come in time: the bot was killed at an instant.
    pub missed: BTreeMap<String, u64>,
    /// How bots ended that were not killed.
    pub ended: BTreeMap<String, u64>,
    /// How often the bots passed each step.
    pub passed: BTreeMap<String, u64>,
    /// What members did.
    pub acts: BTreeMap<String, u64>,
    /// The paid calls, by how they were answered.
    pub calls: BTreeMap<String, u64>,
    /// The faults that were made besides deaths.
    pub faults: BTreeMap<String, u64>,
    /// How often each invariant was checked.
    pub checks: BTreeMap<String, u64>,
    /// What does not hold: the invariant, and what is wrong.
    pub violations: Vec<(String, String)>,
}

impl Outcome {
    /// Puts together what a run found.
    pub fn new(settings: &Settings, took: Duration, tally: Tally, findings: Findings) -> Self {
        Self {
            seed: settings.seed,
            database: settings.database,
            bots: settings.bots,
            steps: settings.steps,
            commit: commit(),
            day: said("date", &["-u", "+%F"]),
            cores: std::thread::available_parallelism().map_or(1, Into::into),
            seconds: took.as_secs(),
            kills: tally.kills,
            stops: tally.stops,
            killed_at: tally.killed_at,
            missed: tally.missed,
            ended: tally.ended,
            passed: tally.passed,
            acts: tally.acts,
            calls: tally.calls,
            faults: tally.faults,
            checks: findings.checks,
            violations: findings.violations,
        }
    }

    /// Tells people what was found, and how to repeat it.
    pub fn tell(&self) {
        println!(
            "seed {} on {}, {} bots: {} kills at {} steps, {} stops, {} acts, {} paid calls, {} faults, \
             {} checks of {} invariants in {} s",
            self.seed,
            self.database.name(),
            self.bots,
            self.kills,
            self.killed_at.len(),
            self.stops,
            sum(&self.acts),
            sum(&self.calls),
            sum(&self.faults),
            sum(&self.checks),
            self.checks.len(),
            self.seconds,
        );
        tell_violations(&self.violations);
        if !self.violations.is_empty() {
            println!("again: {}", self.again());
        }
    }

    /// Returns the command that runs it again.
    pub fn again(&self) -> String {
        let database = format!("{:?}", self.database).to_lowercase();
        let steps = if self.steps { " --steps" } else { "" };
        format!(
            "greenlight-kill --seed {} --kills {} --database {database} --bots {}{steps}",
            self.seed,
            self.kills + self.stops + sum_of(&self.ended),
            self.bots
        )
    }
}

/// Appends what was found to a file, as a line of JSON.
///
/// # Errors
/// When the file cannot be written.
pub fn append(file: &Path, found: &impl Serialize) -> anyhow::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(file)?;
    writeln!(file, "{}", serde_json::to_string(found)?)?;
    Ok(())
}

/// Tells people what does not hold: each invariant, and what is wrong.
pub fn tell_violations(violations: &[(String, String)]) {
    for (invariant, wrong) in violations {
        println!("VIOLATED: {invariant}: {wrong}");
    }
}

fn sum_of(counts: &BTreeMap<String, u64>) -> u64 {
    let by_itself = counts.iter().filter(|(how, _)| !how.starts_with("asked"));
    by_itself.map(|(_, times)| times).sum()
}

/// Returns what a program says, or nothing if it fails.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.ok().filter(|output| output.status.success());
    output.map_or_else(String::new, |output| {
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    })
}

/// Returns the commit of this folder, with a `+` if something was changed since.
pub fn commit() -> String {
    let commit = said("git", &["rev-parse", "--short=12", "HEAD"]);
    let changed = !said("git", &["status", "--porcelain", "--untracked-files=no"]).is_empty();
    format!("{commit}{}", if changed { "+" } else { "" })
}
