//! Kills the real bot from outside, again and again, while members work with it, and compares what
//! everybody has in the end.

mod bot;
mod checks;
mod database;
mod faults;
mod held;
mod mutants;
mod outcome;
mod people;
mod plan;
mod planted;
mod report;
mod service;
mod snare;
mod soak;
mod steps;
mod stories;
mod tally;
mod wal;
mod wire;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, Parser, Subcommand};
use futures::{StreamExt, stream};

use crate::database::Kind;
use crate::outcome::Outcome;
use crate::soak::Soak;
use crate::world::{Settings, World};

/// Kills the real bot from outside, again and again, and compares what everybody has in the end
#[derive(Debug, Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    other: Option<Other>,
    /// What repeats the run
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many runs there are, each of its own seed, the first of `--seed`
    #[arg(long, default_value_t = 1, value_name = "N")]
    runs: u64,
    /// How many of them run at once
    #[arg(long, default_value_t = 2, value_name = "N")]
    at_once: usize,
    /// How often bots die in a run
    #[arg(long, default_value_t = 50)]
    kills: u64,
    /// How many bots share the work; two only on PostgreSQL
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=2))]
    bots: u32,
    /// Take every named step in turn before any is chosen
    #[arg(long)]
    steps: bool,
    #[command(flatten)]
    place: Where,
}

/// What runs, where, and where what is found goes.
#[derive(Clone, Debug, Args)]
struct Where {
    /// The database
    #[arg(long, value_enum, default_value_t = Kind::Sqlite)]
    database: Kind,
    /// The bot; by default the one that was built beside this program
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
    /// A PostgreSQL where databases may be made and removed; by default that of the tests
    #[arg(long, value_name = "URL")]
    postgres_url: Option<String>,
    /// Write what was found to this file too, as a line of JSON. Runs of this commit that are there
    /// are not run again
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

impl Where {
    /// Returns the settings of a run there that does nothing yet.
    fn settings(&self, seed: u64) -> anyhow::Result<Settings> {
        Ok(Settings {
            seed,
            kills: 0,
            drafts: u64::MAX,
            database: self.database,
            bots: 1,
            steps: false,
            program: self.program.clone().map_or_else(beside, Ok)?,
            server: self
                .postgres_url
                .clone()
                .or_else(|| std::env::var("TEST_POSTGRES_URL").ok()),
        })
    }
}

/// What else there is to do.
#[derive(Debug, Subcommand)]
enum Other {
    /// Write the page of figures from what runs of this commit found
    Report {
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        page: PathBuf,
        /// What runs found
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// What else was found
        #[command(flatten)]
        others: report::Others,
    },
    /// Have one bot work in rounds without dying, and look at what is left over after each
    Soak {
        /// What repeats it
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many rounds of work there are
        #[arg(long, default_value_t = 6, value_name = "N")]
        rounds: u32,
        /// How long a round is, in seconds
        #[arg(long, default_value_t = 300, value_name = "SECONDS")]
        round: u64,
        #[command(flatten)]
        place: Where,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.other {
        Some(Other::Report { page, files, others }) => report::write(page, files, others).map(|()| true),
        Some(Other::Soak {
            seed,
            rounds,
            round,
            place,
        }) => soak_once(*seed, *rounds, *round, place).await,
        None => run(arguments).await,
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs all. Returns whether everything holds.
async fn run(arguments: Arguments) -> anyhow::Result<bool> {
    let place = &arguments.place;
    anyhow::ensure!(
        arguments.bots == 1 || place.database == Kind::Postgres,
        "an SQLite database is one process's: several bots share a PostgreSQL"
    );
    let base = Settings {
        kills: arguments.kills,
        drafts: arguments.kills.clamp(10, 80),
        bots: arguments.bots,
        steps: arguments.steps,
        ..place.settings(0)?
    };
    let settings = |seed| Settings { seed, ..base.clone() };
    let known = report::read(place.to.as_slice())?;
    let commit = outcome::commit();
    let is_known = |seed: &u64| {
        let same = |run: &&Outcome| {
            (run.seed, run.database, run.bots) == (*seed, place.database, arguments.bots)
                && (run.steps, &run.commit) == (arguments.steps, &commit)
        };
        known.iter().any(|run| same(&run))
    };
    let seeds = (arguments.seed..arguments.seed + arguments.runs).filter(|seed| !is_known(seed));
    let runs = seeds.map(|seed| tokio::spawn(once(settings(seed))));
    let mut runs = stream::iter(runs).buffer_unordered(arguments.at_once);
    let mut well = true;
    while let Some(outcome) = runs.next().await {
        let outcome = outcome??;
        outcome.tell();
        if let Some(file) = &place.to {
            outcome::append(file, &outcome)?;
        }
        well &= outcome.violations.is_empty();
    }
    Ok(well)
}

/// Runs once, in a folder of its own, which is kept where something does not hold.
async fn once(settings: Settings) -> anyhow::Result<Outcome> {
    let folder = tempfile::Builder::new().prefix("greenlight-kill-").tempdir()?;
    let began = Instant::now();
    let world = World::new(settings.clone(), folder.path()).await?;
    let ran = world.run().await;
    let holds = ran
        .as_ref()
        .is_ok_and(|(_, findings)| findings.violations.is_empty());
    world.close(!holds).await;
    let (tally, findings) = ran?;
    let outcome = Outcome::new(&settings, began.elapsed(), tally, findings);
    if !outcome.violations.is_empty() {
        let kept = folder.keep();
        let database = world.database();
        println!(
            "seed {}: everything of it is in {}, its database is {database}",
            outcome.seed,
            kept.display()
        );
    }
    Ok(outcome)
}

/// Has one bot live through a soak. Returns whether everything holds.
async fn soak_once(seed: u64, rounds: u32, round: u64, place: &Where) -> anyhow::Result<bool> {
    let settings = place.settings(seed)?;
    let folder = tempfile::Builder::new().prefix("greenlight-soak-").tempdir()?;
    let world = World::new(settings.clone(), folder.path()).await?;
    let soaked = world.soak(rounds, Duration::from_secs(round)).await;
    let holds = soaked
        .as_ref()
        .is_ok_and(|(_, found, _)| found.violations.is_empty());
    world.close(!holds).await;
    if !holds {
        println!("everything of it is in {}", folder.keep().display());
    }
    let (tally, findings, rests) = soaked?;
    let soak = Soak::new(&settings, round, tally, findings, rests);
    soak.tell();
    if let Some(file) = &place.to {
        outcome::append(file, &soak)?;
    }
    Ok(holds)
}

/// Returns the bot that was built beside this program.
fn beside() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let program = own.with_file_name("greenlight");
    anyhow::ensure!(
        program.is_file(),
        "{} is not there: build it with `cargo build --workspace`",
        program.display()
    );
    Ok(program)
}
