//! What several commands begin with: the settings, the log, the database, and when to stop.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::Context;
use secrecy::ExposeSecret;

use crate::config::{Config, LogFormat};
use crate::domain::database_url;
use crate::domain::ids::GuildId;
use crate::store::{self, Store};
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
    /// Returns the settings file that was named.
    pub(super) fn file(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    pub(super) fn load(&self) -> anyhow::Result<Config> {
        let config =
            Config::load(self.config.as_deref(), std::env::vars()).context("the settings cannot be used")?;
        log_as(&config)?;
        Ok(config)
    }
}

pub(super) fn log_as(config: &Config) -> anyhow::Result<()> {
    let filter = &config.log.filter;
    telemetry::start(filter, matches!(config.log.format, LogFormat::Json)).map_err(|_| {
        anyhow::anyhow!("log.filter = {filter}: it must be a level, such as info, or levels of parts, such as info,greenlight=debug")
    })
}

/// Returns an error with its causes as one sentence. What the database's driver or the system says
/// is put in our own words: theirs tell nobody what to do.
#[must_use]
pub fn in_one_sentence(error: &anyhow::Error) -> String {
    let mut parts = Vec::new();
    for cause in error.chain() {
        let words = store::in_words(cause).or_else(|| cause.downcast_ref().and_then(of_a_file));
        if let Some(words) = words {
            tracing::debug!(%cause, "the cause of what ends the program");
            parts.push(words);
            break;
        }
        parts.push(cause.to_string());
    }
    parts.join(": ")
}

/// Says why a file or a folder cannot be used. Says nothing of what has another reason.
fn of_a_file(error: &io::Error) -> Option<String> {
    let words = match error.kind() {
        ErrorKind::NotFound => "it is not there; make it, or name another",
        ErrorKind::PermissionDenied => "the bot is not allowed to; allow it, or name another",
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => "a part of its path is a file; name another",
        ErrorKind::IsADirectory => "it is a folder; name a file",
        ErrorKind::ReadOnlyFilesystem => "its disk can only be read; name one on another disk",
        ErrorKind::StorageFull => "the disk is full; make room on it",
        _ => return None,
    };
    Some(words.to_owned())
}

pub(super) async fn open(config: &Config) -> anyhow::Result<Store> {
    let url = config.database_url.expose_secret();
    Store::open(url).await.with_context(|| unusable(url))
}

/// Says which database cannot be used.
pub(super) fn unusable(url: &str) -> String {
    format!(
        "database.url = {}: the database cannot be used",
        database_url::shown(url)
    )
}

/// Opens the database to look at it, without making or changing anything.
pub(super) async fn look(config: &Config) -> anyhow::Result<Store> {
    let url = config.database_url.expose_secret();
    Store::look(url).await.with_context(|| unusable(url))
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
