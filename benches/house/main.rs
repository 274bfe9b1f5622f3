//! Measures what a draft, an approval and a vote cost, beside minimal bots on discord.js and
//! discord.py: `cargo bench --bench house`. See `docs/performance.md`.
//!
//! Each bot runs as a process of its own against a local Discord of its own, and all have their
//! pictures from one engine that answers at once. The bots take turns in one run, so that their
//! ratios hold on a busy machine too.

#![expect(clippy::cast_precision_loss, reason = "figures are shown with one decimal")]

mod contestant;
mod discord;
mod engine;
#[path = "../../sandbox/tests/clients/install.rs"]
mod install;
mod memory;
#[path = "../shared/past.rs"]
mod past;
mod pasts;
mod process;
mod report;
mod rounds;

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::{Parser, Subcommand};
use discord_sandbox::{Options, Sandbox, World};

use crate::contestant::{Contestant, Database, Setup, peers};
use crate::process::Process;
use crate::report::Report;
use crate::rounds::Played;

/// Drafts of which the fsyncs are counted.
const SYNCED: usize = 3;

#[derive(Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
struct Cli {
    /// The program that is measured; the one of this build if you do not say
    #[arg(long, default_value = env!("CARGO_BIN_EXE_greenlight"))]
    bot: PathBuf,
    /// More of Greenlight's environment, such as a setting, an allocator or its options
    #[arg(long, value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// How many rounds each bot plays
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How many drafts of four a bot plays in a round
    #[arg(long, default_value_t = 5)]
    drafts: usize,
    /// Measures the memory alone
    #[arg(long)]
    memory: bool,
    /// Leaves the memory out
    #[arg(long, conflicts_with = "memory")]
    no_memory: bool,
    /// Measures what a long past costs a draft, and nothing else
    #[arg(long, conflicts_with = "memory")]
    pasts: bool,
    /// Leaves the peers out
    #[arg(long)]
    alone: bool,
    /// Where the figures go as JSON
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/house.json"))]
    json: PathBuf,
    /// cargo says this
    #[arg(long, hide = true)]
    bench: bool,
    #[command(subcommand)]
    role: Option<Role>,
}

/// What another process of this program does.
#[derive(Subcommand)]
enum Role {
    /// Is the local Discord
    #[command(hide = true)]
    Sandbox { other_guilds: u32 },
    /// Is the engine
    #[command(hide = true)]
    Engine,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    match cli.role {
        Some(Role::Engine) => engine::serve().await,
        Some(Role::Sandbox { other_guilds }) => sandbox(other_guilds).await,
        None => measure(&cli).await,
    }
}

async fn measure(cli: &Cli) -> anyhow::Result<()> {
    let (_engine, engine) = Process::role(&["engine"]).await?;
    let bot = cli.bot.canonicalize().context("--bot names no program")?;
    let setup = Setup::new(&bot, &engine, &cli.env);
    let mut report = Report::default();
    if cli.pasts {
        let server = std::env::var("TEST_POSTGRES_URL").ok();
        report.pasts = pasts::measure(setup, server.as_deref()).await?;
    } else {
        if !cli.memory {
            report.bots = play(cli, &bot, &engine).await?;
        }
        if !cli.no_memory {
            report.memory = Some(memory::measure(setup).await?);
        }
    }
    std::fs::write(&cli.json, serde_json::to_string_pretty(&report)?)?;
    println!("{}\nAs JSON: {}", report.tables(), cli.json.display());
    Ok(())
}

/// Has the bots play in turn.
async fn play(cli: &Cli, bot: &Path, engine: &str) -> anyhow::Result<Vec<rounds::Figures>> {
    ensure!(
        cli.rounds * cli.drafts >= rounds::DRAFTS,
        "--rounds times --drafts must be at least {}",
        rounds::DRAFTS
    );
    let mut contestants = vec![Contestant::greenlight(Setup::new(bot, engine, &cli.env)).await?];
    match std::env::var("TEST_POSTGRES_URL") {
        Ok(server) => {
            let setup = Setup {
                database: Database::Postgres(&server),
                ..Setup::new(bot, engine, &cli.env)
            };
            contestants.push(Contestant::greenlight(setup).await?);
        }
        Err(_) => eprintln!("PostgreSQL: not measured, TEST_POSTGRES_URL is not set"),
    }
    if !cli.alone {
        for peer in peers().await {
            contestants.push(Contestant::peer(&peer, engine).await?);
        }
    }
    let mut played = Vec::new();
    for contestant in contestants {
        played.push(Played::warm(contestant, engine).await?);
    }
    for round in 1..=cli.rounds {
        eprintln!("drafts: round {round} of {}", cli.rounds);
        for one in &mut played {
            one.drafts(cli.drafts).await?;
        }
    }
    eprintln!("drafts: fsyncs");
    for one in &mut played {
        one.syncs(SYNCED).await?;
    }
    eprintln!("approvals");
    let mut larger = Vec::new();
    for one in &mut played {
        larger.push(one.approvals().await?);
        one.burst().await?;
    }
    for round in 1..=cli.rounds {
        eprintln!("votes: round {round} of {}", cli.rounds);
        for (one, larger) in played.iter_mut().zip(&larger) {
            one.votes(larger).await?;
            one.votes(larger).await?;
        }
    }
    let mut figures = Vec::new();
    for one in played {
        figures.push(one.figures().await?);
    }
    Ok(figures)
}

/// Serves a local Discord until the process is ended. Prints its address.
async fn sandbox(other_guilds: u32) -> anyhow::Result<()> {
    let world = World {
        other_guilds,
        ..World::default()
    };
    let options = Options {
        world,
        ..Options::default()
    };
    let sandbox = Sandbox::start(options).await?;
    println!("{}", sandbox.url());
    std::future::pending::<()>().await;
    sandbox.stop().await;
    Ok(())
}
