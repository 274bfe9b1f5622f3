//! Runs `greenlight migrate`: brings the database up to date, says what would be done, or copies it
//! to PostgreSQL.

use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};

use super::start::{Settings, look, open, unusable};
use super::told::Told;
use crate::config::Config;
use crate::domain::database_url::shown;
use crate::flow::money::export;
use crate::store::{NotTransferred, Store, Transferred};

/// The exit code if there is something to migrate.
const PENDING: u8 = 4;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    settings: Settings,
    /// Only list what would be done, and change nothing; the exit code is 4 if there is anything
    #[arg(long)]
    check: bool,
    /// Copy an SQLite database to an empty one of PostgreSQL (`postgres://…`), check the books of both,
    /// and say what to change; stop the bot before. The old database stays as it is
    #[arg(long, value_name = "URL", conflicts_with = "check")]
    to: Option<SecretString>,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let config = args.settings.load()?;
    if let Some(to) = &args.to {
        return transfer(&config, to.expose_secret()).await;
    }
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

/// Copies the database to another, and says how to go over to it.
async fn transfer(config: &Config, to: &str) -> anyhow::Result<()> {
    let from = config.database_url.expose_secret();
    if Store::file(from).is_some_and(|file| file.is_file()) {
        // Before this process opens it.
        let in_use = Store::is_in_use(from).with_context(|| unusable(from))?;
        if in_use {
            bail!(
                "database.url = {}: a program has it open, and what it writes would not be copied: stop the bot, and run this again",
                shown(from)
            );
        }
        let store = look(config).await?;
        let wrong = export::recount(&store).await;
        store.close().await;
        if let Some(first) = wrong?.first() {
            bail!("nothing was copied: the books of the old database do not agree: {first}");
        }
    }
    let copied = Store::transfer(from, to).await.map_err(|error| {
        let of = match &error {
            NotTransferred::Old(_) => unusable(from),
            NotTransferred::New(_) => format!("--to {}: nothing was copied", shown(to)),
            _ => "nothing was copied".to_owned(),
        };
        anyhow::Error::new(error).context(of)
    })?;
    tell(config, to, &copied);
    Ok(())
}

fn tell(config: &Config, to: &str, copied: &Transferred) {
    let (old, new) = (shown(config.database_url.expose_secret()), shown(to));
    let rows: u64 = copied.tables.iter().map(|(_, rows)| rows).sum();
    println!(
        "Copied {rows} rows of {} tables from {old} to {new}. Every table is the same in both, and the books of both agree.",
        copied.tables.len()
    );
    if copied.replaced > 0 {
        println!(
            "Texts in which a letter that PostgreSQL cannot keep (number 0) became U+FFFD: {}.",
            copied.replaced
        );
    }
    println!(
        "The old database was only read. To go over to the new one:
1. Set database.url to its address: DATABASE_URL in the environment, or `database.url` in the settings file.
2. Pictures are not in the database. They stay at {}, which the bot has to reach from where it runs; `greenlight blobs move` copies them elsewhere.
3. Run `greenlight doctor`, then `greenlight run`.
What is written to {old} from now on is not in the new one: start no bot on it any more. To go back before the bot has run on the new one, leave database.url as it is. Once it has run, what happens is in the new one only.",
        config.blobs
    );
}
