//! Writes what a package has beside the program: completions of shells and man pages.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Command, ValueEnum};
use clap_complete::Shell;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder to write to; it is made
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn run(args: &Args, mut command: Command) -> anyhow::Result<()> {
    let failed = || format!("{} cannot be written to", args.folder.display());
    fs::create_dir_all(&args.folder).with_context(failed)?;
    for shell in Shell::value_variants() {
        clap_complete::generate_to(*shell, &mut command, "greenlight", &args.folder).with_context(failed)?;
    }
    clap_mangen::generate_to(command, &args.folder).with_context(failed)?;
    Ok(())
}
