//! Opens a database to look at it: nothing is created, migrated or written.

use std::path::Path;
use std::str::FromStr;

use futures::FutureExt;
use sqlx::any::AnyConnectOptions;
use sqlx::{Executor, Row};
use url::Url;

use super::NO_ENGINE;
use super::migrations::{compiled_in, versions};
use crate::store::tx::Engine;
use crate::store::tx::connections::{Connections, Lent, Settings};
use crate::store::{Error, Store};

const SQLITE_LOOKERS: Settings = Settings {
    on_connect: "PRAGMA query_only = ON;",
    most: 2,
    remote: false,
};
const POSTGRES_LOOKERS: Settings = Settings::postgres(2);
/// Has PostgreSQL refuse whatever writes. It goes with the connection, not as a statement: a pool in between
/// would hand that on to a bot.
const READS_ONLY: (&str, &str) = ("options", "-c default_transaction_read_only=on");

/// Asks PostgreSQL how many others are connected to the database at this moment, as `others`.
pub(super) const OTHERS: &str = "SELECT COUNT(*) AS others FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()";

impl Store {
    /// Opens the database at a URL to read it. It must be there, and up to date.
    ///
    /// # Errors
    /// [`Error::Missing`] for a file that is not there; [`Error::Behind`] for a database that lacks
    /// migrations, or that is none of this program; else as [`Store::open`].
    pub async fn look(url: &str) -> Result<Self, Error> {
        let engine = Engine::of(url).ok_or(Error::Url(NO_ENGINE))?;
        let connections = lookers(engine, url)?;
        let mut first = connections.first().await?;
        let applied = applied(engine, &mut first).await?;
        if !compiled_in(engine)
            .iter()
            .all(|one| applied.contains(&one.version))
        {
            return Err(Error::Behind);
        }
        first.give_back();
        Ok(Self::new(engine, connections.clone(), connections))
    }

    /// Lists the migrations that [`Store::open`] would apply to the database at a URL, in their
    /// order, and applies none. A file that is not there lacks all.
    ///
    /// # Errors
    /// [`Error::Url`] for another scheme; [`Error::Database`] when the database cannot be reached.
    pub async fn pending(url: &str) -> Result<Vec<String>, Error> {
        let engine = Engine::of(url).ok_or(Error::Url(NO_ENGINE))?;
        let applied = match lookers(engine, url) {
            Ok(connections) => {
                let mut first = connections.first().await?;
                let applied = applied(engine, &mut first).await?;
                first.give_back();
                connections.close().await;
                applied
            }
            Err(Error::Missing(_)) => Vec::new(),
            Err(error) => return Err(error),
        };
        let missing = compiled_in(engine).iter();
        let missing = missing.filter(|migration| !applied.contains(&migration.version));
        let named = missing.map(|one| format!("{:04} {}", one.version, one.description));
        Ok(named.collect())
    }

    /// Returns the number of the last migration that this program has.
    #[must_use]
    pub fn last_migration(url: &str) -> Option<i64> {
        let versions = compiled_in(Engine::of(url)?).iter().map(|one| one.version);
        versions.max()
    }

    /// Returns how many others are connected to the database at this moment. SQLite does not know.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn others(&self) -> Result<i64, Error> {
        if self.engine == Engine::Sqlite {
            return Ok(0);
        }
        let others = self.read(|tx| {
            async move {
                let row = sqlx::query(OTHERS).fetch_one(tx.conn()).await?;
                Ok::<_, Error>(row.try_get("others")?)
            }
            .boxed()
        });
        others.await
    }

    /// Asks SQLite whether the file is whole. Returns what is wrong with it. PostgreSQL has no such
    /// question.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn faults(&self) -> Result<Vec<String>, Error> {
        if self.engine == Engine::Postgres {
            return Ok(Vec::new());
        }
        let check = self.read(|tx| {
            async move {
                let rows = sqlx::query("PRAGMA quick_check").fetch_all(tx.conn()).await?;
                let lines = rows.iter().map(|row| row.try_get::<String, _>(0));
                Ok::<_, Error>(lines.collect::<Result<Vec<_>, _>>()?)
            }
            .boxed()
        });
        let said = check.await?;
        Ok(said.into_iter().filter(|line| line != "ok").collect())
    }
}

/// Returns connections that only read.
///
/// # Errors
/// [`Error::Missing`] for a file that is not there; [`Error::Database`] for a wrong URL.
fn lookers(engine: Engine, url: &str) -> Result<Connections, Error> {
    sqlx::any::install_default_drivers();
    let (url, settings) = match engine {
        Engine::Sqlite => (read_only(url)?, SQLITE_LOOKERS),
        Engine::Postgres => (reading_only(url), POSTGRES_LOOKERS),
    };
    Ok(Connections::new(AnyConnectOptions::from_str(&url)?, settings))
}

/// Returns the numbers of the migrations that were begun. They are read in a transaction, because a statement
/// outside of one does not get through a pool.
async fn applied(engine: Engine, first: &mut Lent) -> Result<Vec<i64>, Error> {
    first.begin(engine.begin_read()).await?;
    let applied = versions(first.conn()).await?;
    first.conn().execute("COMMIT").await?;
    Ok(applied)
}

/// Returns the URL of PostgreSQL by which nothing is written. One that cannot be read is refused as it is.
fn reading_only(url: &str) -> String {
    let Ok(mut reading) = Url::parse(url) else {
        return url.to_owned();
    };
    reading.query_pairs_mut().append_pair(READS_ONLY.0, READS_ONLY.1);
    reading.into()
}

/// Returns the URL that opens the file of an SQLite URL to read it.
fn read_only(url: &str) -> Result<String, Error> {
    let path = file_of(url);
    if !Path::new(path).is_file() {
        return Err(Error::Missing(path.to_owned()));
    }
    Ok(format!("sqlite:{path}?mode=ro"))
}

/// Returns the path in an SQLite URL.
pub(super) fn file_of(url: &str) -> &str {
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    let path = path.split('?').next().unwrap_or_default();
    path.strip_prefix("//").unwrap_or(path)
}
