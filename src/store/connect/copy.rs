//! Copies the file of an SQLite database while others write to it.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::any::AnyConnectOptions;

use super::look::file_of;
use crate::store::tx::Engine;
use crate::store::tx::connections::{Connections, Settings};
use crate::store::{Error, Store};

/// A connection that only reads cannot copy: `query_only` refuses to write another file too.
const COPIER: Settings = Settings {
    on_connect: "PRAGMA busy_timeout = 20000;",
    most: 1,
    remote: false,
};

impl Store {
    /// Returns the file of the SQLite database that a URL names. Returns `None` for another
    /// database.
    #[must_use]
    pub fn file(url: &str) -> Option<PathBuf> {
        (Engine::of(url) == Some(Engine::Sqlite)).then(|| PathBuf::from(file_of(url)))
    }

    /// Writes the SQLite database at a URL to a new file, as it is at one moment. A bot that works on
    /// it is not kept waiting. The file has no log beside it, and is on the disk when this returns.
    ///
    /// # Errors
    /// [`Error::Missing`] for a file that is not there; [`Error::Url`] for a path that is no text;
    /// [`Error::Database`] when it cannot be read, or the new file cannot be written.
    pub async fn copy(url: &str, to: &Path) -> Result<(), Error> {
        sqlx::any::install_default_drivers();
        let from = file_of(url);
        if !Path::new(from).is_file() {
            return Err(Error::Missing(from.to_owned()));
        }
        let to_text = to.to_str().ok_or(Error::Url("the path of the copy is no text"))?;
        let options = AnyConnectOptions::from_str(&format!("sqlite:{from}?mode=ro"))?;
        let connections = Connections::new(options, COPIER);
        let mut lent = connections.first().await?;
        let copied = sqlx::query("VACUUM INTO $1").bind(to_text).execute(lent.conn());
        copied.await?;
        lent.give_back();
        connections.close().await;
        // SQLite leaves that to whoever asked.
        let synced = std::fs::File::open(to).and_then(|file| file.sync_all());
        Ok(synced.map_err(sqlx::Error::Io)?)
    }
}
