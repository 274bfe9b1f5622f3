//! What several commands begin with: the settings, the log, the database, and when to stop.

use std::path::PathBuf;

use anyhow::Context;
use secrecy::ExposeSecret;

use crate::config::{Config, LogFormat};
use crate::domain::ids::GuildId;
use crate::store::Store;
use crate::telemetry;

/// How many servers an error names at most.
pub(super) const NAMED: i64 = 20;

#[derive(Debug, clap::Args)]
pub(super) struct Settings {
    /// A settings file; see config/default.toml for every key
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Settings {
    pub(super) fn load(&self) -> anyhow::Result<Config> {
        let config =
            Config::load(self.config.as_deref(), std::env::vars()).context("the settings cannot be used")?;
        log_as(&config)?;
        Ok(config)
    }
}

pub(super) fn log_as(config: &Config) -> anyhow::Result<()> {
    telemetry::start(&config.log.filter, matches!(config.log.format, LogFormat::Json))
        .context("log.filter cannot be read")
}

pub(super) async fn open(config: &Config) -> anyhow::Result<Store> {
    Store::open(config.database_url.expose_secret())
        .await
        .context("the database at database.url cannot be used")
}

/// Opens the database to look at it, without making or changing anything.
pub(super) async fn look(config: &Config) -> anyhow::Result<Store> {
    Store::look(config.database_url.expose_secret())
        .await
        .context("the database at database.url cannot be used")
}

/// Returns the error for a server that is not in the books, with those that are.
pub(super) fn no_such_guild(guild: GuildId, known: &[GuildId]) -> String {
    let known: Vec<String> = known.iter().map(GuildId::to_string).collect();
    if known.is_empty() {
        format!("the bot has seen no server with the id {guild} yet, nor any other")
    } else {
        format!(
            "the bot has seen no server with the id {guild} yet; there are: {}",
            known.join(", ")
        )
    }
}

/// Completes when the process is asked to stop, by Ctrl-C or SIGTERM.
pub(super) fn asked_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: paid calls are let to end");
    })
}
