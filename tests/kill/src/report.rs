//! Writes the page of figures from what runs found, and from nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use serde::de::DeserializeOwned;

use crate::database::Kind;
use crate::mutants::{self, Area, Explained};
use crate::outcome::Outcome;
use crate::planted::{self, Planted};
use crate::snare::Moment;
use crate::soak::{self, Soak};
use crate::stories::{self, Stories};
use crate::tally::{add, sum};

/// What is no part of the program: a run of another commit that changes only this is of this one.
const PROSE: [&str; 2] = [":(exclude)docs", ":(exclude)*.md"];

/// What was found besides by runs.
#[derive(Debug, clap::Args)]
pub struct Others {
    /// What `scripts/planted` found
    #[arg(long, value_name = "FILE")]
    planted: Vec<PathBuf>,
    /// What soaks found
    #[arg(long, value_name = "FILE")]
    soak: Vec<PathBuf>,
    /// What `scripts/campaign --model` found
    #[arg(long, value_name = "FILE")]
    stories: Vec<PathBuf>,
    /// What `scripts/mutants` found
    #[arg(long, value_name = "FILE")]
    mutants: Vec<PathBuf>,
    /// Which survivors of it are explained
    #[arg(long, value_name = "FILE")]
    explained: Option<PathBuf>,
}

/// What the page tells of besides runs.
struct Besides {
    planted: Vec<Planted>,
    soaks: Vec<Soak>,
    stories: Vec<Stories>,
    mutants: Vec<Area>,
    explained: Vec<Explained>,
}

impl Others {
    /// Reads what is of this commit.
    fn read(&self) -> anyhow::Result<Besides> {
        let document = self.explained.as_ref().map(fs::read_to_string).transpose()?;
        Ok(Besides {
            planted: planted::read(&self.planted, is_of_head)?,
            soaks: of_head(&self.soak, |soak: &Soak| &soak.commit)?,
            stories: of_head(&self.stories, |one: &Stories| &one.commit)?,
            mutants: of_head(&self.mutants, |one: &Area| &one.commit)?,
            explained: mutants::explained(&document.unwrap_or_default())?,
        })
    }
}

/// Reads the runs, or the soaks, of some files.
///
/// # Errors
/// When a file cannot be read, or a line of it is none of a run.
pub fn read<T: DeserializeOwned>(files: &[PathBuf]) -> anyhow::Result<Vec<T>> {
    let mut all = Vec::new();
    for file in files.iter().filter(|file| file.exists()) {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        for line in text.lines() {
            all.push(serde_json::from_str(line).with_context(|| file.display().to_string())?);
        }
    }
    Ok(all)
}

/// Writes the page. What else was found in another commit is left out.
///
/// # Errors
/// When there are no runs, or one is of another commit, or a mutant is explained that did not survive.
pub fn write(page: &Path, files: &[PathBuf], others: &Others) -> anyhow::Result<()> {
    let mut runs: Vec<Outcome> = read(files)?;
    anyhow::ensure!(!runs.is_empty(), "there are no runs: run scripts/campaign");
    for run in &runs {
        anyhow::ensure!(
            is_of_head(&run.commit),
            "seed {} on {} is of commit {}, not of this one: remove it, and run scripts/campaign",
            run.seed,
            run.database.name(),
            run.commit
        );
    }
    runs.sort_by_key(|run| (run.database, run.bots, run.seed));
    let besides = others.read()?;
    fs::write(page, text(&runs, &besides)?)?;
    println!(
        "{} is written from {} runs, {} soaks, {} planted bugs and {} runs of mutants",
        page.display(),
        runs.len(),
        besides.soaks.len(),
        besides.planted.len(),
        besides.mutants.len()
    );
    Ok(())
}

/// Reads what is of this commit.
fn of_head<T: DeserializeOwned>(files: &[PathBuf], commit: impl Fn(&T) -> &str) -> anyhow::Result<Vec<T>> {
    let mut all = read(files)?;
    all.retain(|one| is_of_head(commit(one)));
    Ok(all)
}

/// Returns whether a commit is this one, but for prose.
fn is_of_head(commit: &str) -> bool {
    let differs = Command::new("git")
        .args(["diff", "--quiet", commit, "HEAD", "--", "."])
        .args(PROSE)
        .status();
    !commit.ends_with('+') && differs.is_ok_and(|status| status.success())
}

/// The sums of some runs.
#[derive(Default)]
struct Sums {
    runs: u64,
    kills: u64,
    stops: u64,
    acts: BTreeMap<String, u64>,
    calls: BTreeMap<String, u64>,
    faults: BTreeMap<String, u64>,
    checks: BTreeMap<String, u64>,
    killed_at: BTreeMap<String, u64>,
    violations: Vec<String>,
}

impl Sums {
    fn of<'a>(runs: impl IntoIterator<Item = &'a Outcome>) -> Self {
        let mut sums = Self::default();
        for run in runs {
            sums.runs += 1;
            sums.kills += run.kills;
            sums.stops += run.stops;
            add(&mut sums.acts, run.acts.clone());
            add(&mut sums.calls, run.calls.clone());
            add(&mut sums.faults, run.faults.clone());
            add(&mut sums.checks, run.checks.clone());
            add(&mut sums.killed_at, run.killed_at.clone());
            let broken = run.violations.iter();
            sums.violations
                .extend(broken.map(|(invariant, wrong)| format!("{invariant}: {wrong} (`{}`)", run.again())));
        }
        sums
    }
}

/// Writes a number with commas.
fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

fn text(runs: &[Outcome], besides: &Besides) -> anyhow::Result<String> {
    let all = Sums::of(runs);
    let mut page = String::new();
    let list = |of: fn(&Outcome) -> String| {
        let distinct: BTreeSet<String> = runs.iter().map(of).collect();
        distinct.into_iter().collect::<Vec<_>>().join(", ")
    };
    let losses = match all.violations.len() {
        0 => "nothing was lost".to_owned(),
        some => format!("{some} times something did not hold"),
    };
    writeln!(
        page,
        "# Reliability\n\n\
         Bots were killed {} times while members worked with them, and {losses}.\n\n\
         `scripts/campaign --report` wrote this page from the output of the runs alone: commit {}, {},\n\
         {} cores. It refuses runs of a commit that differs in more than prose.\n\
         [How a run works](../tests/kill/README.md) says what a run does, and what a seed repeats.\n",
        number(all.kills),
        list(|run| run.commit.clone()),
        list(|run| run.day.clone()),
        list(|run| run.cores.to_string()),
    )?;
    deaths(&mut page, runs)?;
    steps(&mut page, &all)?;
    for (heading, first, counts) in [
        ("Faults besides deaths", "fault", &all.faults),
        ("Answers of the paid service", "answer", &all.calls),
        ("What members did", "act", &all.acts),
    ] {
        table(&mut page, heading, first, counts)?;
    }
    invariants(&mut page, &all)?;
    soak::section(&mut page, &besides.soaks)?;
    stories::section(&mut page, &besides.stories)?;
    planted::section(&mut page, &besides.planted)?;
    mutants::section(&mut page, &besides.mutants, &besides.explained)?;
    writeln!(
        page,
        "## Again\n\n\
         ```\n\
         scripts/campaign                # all of it; --help says how\n\
         scripts/campaign --runs 2       # the same seeds, a tenth of it\n\
         target/debug/greenlight-kill --seed 7 --kills 100 --database postgres --bots 2   # one run\n\
         ```"
    )?;
    Ok(page)
}

fn deaths(page: &mut String, runs: &[Outcome]) -> anyhow::Result<()> {
    writeln!(
        page,
        "## Deaths\n\n\
         A kill is SIGKILL, a stop is SIGTERM.\n\n\
         | database | bots | seeds | kills | stops | acts | paid calls | faults | checks | violations |\n\
         |---|---|---|---|---|---|---|---|---|---|"
    )?;
    for (database, bots) in [(Kind::Sqlite, 1), (Kind::Postgres, 1), (Kind::Postgres, 2)] {
        let these = runs
            .iter()
            .filter(|run| run.database == database && run.bots == bots);
        let sums = Sums::of(these);
        writeln!(
            page,
            "| {} | {bots} | {} | {} | {} | {} | {} | {} | {} | {} |",
            database.name(),
            sums.runs,
            number(sums.kills),
            number(sums.stops),
            number(sum(&sums.acts)),
            number(sum(&sums.calls)),
            number(sum(&sums.faults)),
            number(sum(&sums.checks)),
            sums.violations.len(),
        )?;
    }
    writeln!(page)?;
    Ok(())
}

/// Writes at which steps the bots died, by the moment.
fn steps(page: &mut String, all: &Sums) -> anyhow::Result<()> {
    let mut rows: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
    let mut instants = 0;
    for (step, times) in &all.killed_at {
        let Some((step, moment)) = step.rsplit_once(", ") else {
            instants += times;
            continue;
        };
        let at = Moment::ALL.iter().position(|known| known.name() == moment);
        if let Some(at) = at {
            rows.entry(step).or_default()[at] += times;
        }
    }
    writeln!(
        page,
        "## Kills by step\n\n\
         {} came at an instant that no step chose. The others came before a step was carried on, when it\n\
         had taken effect and the bot had not heard of it, or just after the bot was told.\n\n\
         | step | before | unheard | after |\n|---|---|---|---|",
        number(instants)
    )?;
    for (step, moments) in rows {
        let [before, unheard, after] = moments.map(number);
        writeln!(page, "| {step} | {before} | {unheard} | {after} |")?;
    }
    writeln!(page)?;
    Ok(())
}

fn table(
    page: &mut String,
    heading: &str,
    first: &str,
    counts: &BTreeMap<String, u64>,
) -> anyhow::Result<()> {
    writeln!(page, "## {heading}\n\n| {first} | times |\n|---|---|")?;
    for (what, times) in counts {
        writeln!(page, "| {what} | {} |", number(*times))?;
    }
    writeln!(page)?;
    Ok(())
}

fn invariants(page: &mut String, all: &Sums) -> anyhow::Result<()> {
    writeln!(
        page,
        "## Invariants\n\n| invariant | checked | violated |\n|---|---|---|"
    )?;
    for (invariant, times) in &all.checks {
        let broken = format!("{invariant}: ");
        let broken = all.violations.iter().filter(|wrong| wrong.starts_with(&broken));
        writeln!(page, "| {invariant} | {} | {} |", number(*times), broken.count())?;
    }
    writeln!(page)?;
    if !all.violations.is_empty() {
        writeln!(page, "## Losses\n")?;
        for wrong in &all.violations {
            writeln!(page, "- {wrong}")?;
        }
        writeln!(page)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_commas() {
        let all = [0, 999, 1_000, 1_234_567].map(number);
        assert_eq!(all, ["0", "999", "1,000", "1,234,567"]);
    }
}
