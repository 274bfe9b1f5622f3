//! Parses the command line and runs its commands. Only this layer knows the local Discord.

mod backup;
mod blobs;
mod config;
#[cfg(feature = "demo")]
mod demo;
mod doctor;
mod export;
mod guilds;
mod init;
mod invite;
mod migrate;
mod pages;
mod restore;
mod run;
mod service;
mod start;
mod told;
mod treasury;

use clap::{CommandFactory, Parser, Subcommand};

use self::start::Settings;
pub use self::start::in_one_sentence;
pub use self::told::Told;
use crate::telemetry;

/// A Discord bot for teams that make pictures: ideas are drafted cheaply in a thread, teammates
/// approve with ✅, and only what they approve is rendered larger, from one credit pool.
#[derive(Debug, Parser)]
#[command(name = "greenlight", version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try everything on this machine: a local Discord in a browser page, pictures drawn locally,
    /// no account
    #[cfg(feature = "demo")]
    Demo(demo::Args),
    /// Write a settings file for a first start: by questions, or by options
    Init(init::Args),
    /// Run the bot against the configured Discord, or a part of it as one process of several
    Run(run::Args),
    /// Print the link that invites the bot into a server, with the permissions that it needs
    Invite(Settings),
    /// Show the settings that are in force, and where each came from; secrets are not shown
    Config(Settings),
    /// Bring the database up to date; `run` does this too
    Migrate(migrate::Args),
    /// List the servers that the bot knows: ids, names and credits
    Guilds(Settings),
    /// Add credits to a server's pool, or take some back
    #[command(subcommand)]
    Treasury(treasury::Act),
    /// Write a server's books to a file: its ledger, or its images from draft to 4K
    Export(export::Args),
    /// Copy the database and its pictures into a folder, while the bot works
    Backup(backup::Args),
    /// Put a backup where no database and no pictures are
    Restore(restore::Args),
    /// Move the pictures to another folder or bucket
    #[command(subcommand)]
    Blobs(blobs::Act),
    /// Check everything that the bot needs, and change nothing: settings, database, pictures,
    /// Discord, each server's channels; with --online, engines too
    Doctor(doctor::Args),
    /// Write completions for shells and man pages into a folder, for a package
    #[command(hide = true)]
    Pages(pages::Args),
}

/// Runs the command that the command line names.
///
/// # Errors
/// What failed, with what to mend.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    let ended = Box::pin(perform(cli.command)).await;
    telemetry::finish().await;
    ended
}

async fn perform(command: Command) -> anyhow::Result<()> {
    match command {
        #[cfg(feature = "demo")]
        Command::Demo(args) => demo::run(args).await,
        Command::Run(args) => run::run(args).await,
        Command::Invite(settings) => invite::run(settings).await,
        Command::Init(args) => init::run(args).await,
        Command::Config(settings) => config::run(&settings),
        Command::Migrate(args) => migrate::run(args).await,
        Command::Guilds(settings) => guilds::run(settings).await,
        Command::Pages(args) => pages::run(&args, Cli::command()),
        Command::Treasury(act) => treasury::run(act).await,
        Command::Export(args) => export::run(args).await,
        Command::Backup(args) => backup::run(args).await,
        Command::Restore(args) => restore::run(args).await,
        Command::Blobs(act) => blobs::run(act).await,
        Command::Doctor(args) => doctor::run(args).await,
    }
}
