//! Runs `greenlight guilds`: lists the servers that the books or Discord know.

use std::collections::BTreeMap;

use anyhow::Context;
use futures::FutureExt;

use super::start::{Settings, look};
use crate::clock::Clock;
use crate::config::Config;
use crate::discord::{Discord, Server};
use crate::domain::credits::Pool;
use crate::domain::guild::settings::GuildSettings;
use crate::domain::ids::GuildId;
use crate::flow::error::chain;
use crate::store::{Error, Store, guilds, ledger};

/// What the books have of a server.
struct Books {
    pool: Pool,
    /// Whether a setting is not the operator's default.
    has_settings: bool,
    /// How often its admins changed settings.
    version: i64,
}

pub(super) async fn run(settings: Settings) -> anyhow::Result<()> {
    let config = settings.load()?;
    let store = look(&config).await?;
    let books = books(&store).await;
    store.close().await;
    let books = books.context("the books could not be read")?;
    let names = match names(&config).await {
        Ok(names) => Some(names),
        Err(why) => {
            eprintln!("Names are not known: {why}");
            None
        }
    };
    print!("{}", table(&books, names.as_ref()));
    Ok(())
}

async fn books(store: &Store) -> Result<BTreeMap<GuildId, Books>, Error> {
    let read = store.read(|tx| {
        async move {
            let mut all = BTreeMap::new();
            for guild in ledger::guilds(tx, i64::MAX).await? {
                let pool = ledger::read(tx, guild).await?;
                let has_settings = guilds::read(tx, guild).await? != GuildSettings::default();
                let version = guilds::version(tx, guild).await?;
                let books = Books {
                    pool,
                    has_settings,
                    version,
                };
                all.insert(guild, books);
            }
            Ok::<_, Error>(all)
        }
        .boxed()
    });
    read.await
}

/// Asks Discord for the servers that the bot is in.
async fn names(config: &Config) -> Result<BTreeMap<GuildId, String>, String> {
    config.require_token().map_err(|error| error.to_string())?;
    let (token, base) = (&config.discord.token, &config.discord.api_base);
    let discord = Discord::connect_once(token, base, Clock::system()).await;
    let servers = discord.map_err(|error| chain(&error))?.servers().await;
    let servers = servers.map_err(|error| chain(&error))?.into_iter();
    Ok(servers.map(|Server { id, name }| (id, name)).collect())
}

/// Writes whose settings a server has, and their version: how often they were changed.
fn settings(books: &Books) -> String {
    let whose = if books.has_settings { "own" } else { "default" };
    match books.version {
        0 => whose.to_owned(),
        version => format!("{whose}.{version}"),
    }
}

/// Writes a line for each server: its id, its pool, whose settings it has, and its name.
fn table(books: &BTreeMap<GuildId, Books>, names: Option<&BTreeMap<GuildId, String>>) -> String {
    let mut ids: Vec<GuildId> = books.keys().copied().collect();
    let there = names.into_iter().flat_map(BTreeMap::keys);
    ids.extend(there.filter(|guild| !books.contains_key(guild)));
    ids.sort_unstable();
    if ids.is_empty() {
        return "The bot is in no server that it has seen: invite it, and start it with `greenlight run`.\n"
            .to_owned();
    }
    let mut lines = format!(
        "{:>20} {:>12} {:>8} {:>12}  {:<12}  NAME\n",
        "ID", "AVAILABLE", "HELD", "SPENT", "SETTINGS"
    );
    for id in ids {
        let name = match names {
            None => "?",
            Some(names) => names.get(&id).map_or("(the bot is not there)", String::as_str),
        };
        let line = match books.get(&id) {
            None => format!(
                "{id:>20} {:>12} {:>8} {:>12}  {:<12}  {name}\n",
                "-", "-", "-", "-"
            ),
            Some(books) => format!(
                "{id:>20} {:>12} {:>8} {:>12}  {:<12}  {name}\n",
                books.pool.available.get(),
                books.pool.held.get(),
                books.pool.settled.get(),
                settings(books),
            ),
        };
        lines.push_str(&line);
    }
    lines
}
