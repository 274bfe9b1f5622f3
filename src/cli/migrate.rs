//! Runs `greenlight migrate`: brings the database up to date, or says what would be done.

use anyhow::Context;
use secrecy::ExposeSecret;

use super::start::{Settings, open, unusable};
use super::told::Told;
use crate::store::Store;

/// The exit code if there is something to migrate.
const PENDING: u8 = 4;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    settings: Settings,
    /// Only list what would be done, and change nothing; the exit code is 4 if there is anything
    #[arg(long)]
    check: bool,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let config = args.settings.load()?;
    if !args.check {
        open(&config).await?.close().await;
        println!("The database is up to date.");
        return Ok(());
    }
    let url = config.database_url.expose_secret();
    let pending = Store::pending(url).await.with_context(|| unusable(url))?;
    if pending.is_empty() {
        println!("The database is up to date: nothing would be done.");
        return Ok(());
    }
    for migration in &pending {
        println!("{migration}");
    }
    let exit_code = PENDING;
    let said = format!(
        "{} migrations are to be applied: `greenlight migrate` does, and so does `run`",
        pending.len()
    );
    Err(Told { exit_code, said }.into())
}
