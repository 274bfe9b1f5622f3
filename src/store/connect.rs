//! Opening a database and bringing it up to date.

use std::str::FromStr;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{Executor, Row};

use super::{Error, Store};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// The build of SQLite that the tests ran on; others may have the WAL-reset fault.
const SQLITE_VERSION: &str = "3.51.3";
const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long a statement waits for a connection or a lock before it fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// WAL lets readers go on while one writes; synchronous FULL keeps the last commit through a power loss.
/// They are set on every connection because `Any` does not read them from the URL.
const SQLITE_PRAGMAS: &str = "PRAGMA busy_timeout = 20000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON;";

impl Store {
    /// Opens the database at a URL (`sqlite:PATH` or `postgres://…`), creates the file if it is SQLite's, and applies
    /// the migrations that are missing.
    ///
    /// # Errors
    /// [`Error::Url`] for another scheme, [`Error::Database`] when it cannot be reached, [`Error::Migrate`] when its
    /// history is not ours.
    pub async fn open(url: &str) -> Result<Self, Error> {
        sqlx::any::install_default_drivers();
        if url.starts_with("sqlite:") {
            Self::open_sqlite(url).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = AnyConnectOptions::from_str(url)?;
            let pool = pool(POSTGRES_CONNECTIONS).connect_with(options).await?;
            POSTGRES.run(&pool).await?;
            Ok(Self {
                writer: pool.clone(),
                reader: pool,
                begin_write: "BEGIN",
            })
        } else {
            Err(Error::Url("it must begin with sqlite: or postgres:".to_owned()))
        }
    }

    /// One writer, because SQLite has one anyway and waiting for a connection is fairer than waiting for a lock.
    async fn open_sqlite(url: &str) -> Result<Self, Error> {
        let separator = if url.contains('?') { '&' } else { '?' };
        let options = AnyConnectOptions::from_str(&format!("{url}{separator}mode=rwc"))?;
        let writer = sqlite_pool(1).connect_with(options.clone()).await?;
        let version: String = sqlx::query("SELECT sqlite_version()")
            .fetch_one(&writer)
            .await?
            .try_get(0)?;
        if version != SQLITE_VERSION {
            return Err(Error::Inconsistent(format!(
                "SQLite {version} is linked, {SQLITE_VERSION} was tested"
            )));
        }
        SQLITE.run(&writer).await?;
        let reader = sqlite_pool(READERS).connect_with(options).await?;
        Ok(Self {
            writer,
            reader,
            begin_write: "BEGIN IMMEDIATE",
        })
    }

    /// Waits for open transactions and closes every connection.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

fn pool(connections: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
}

fn sqlite_pool(connections: u32) -> AnyPoolOptions {
    pool(connections).after_connect(|connection, _| {
        Box::pin(async move {
            connection.execute(SQLITE_PRAGMAS).await?;
            Ok(())
        })
    })
}
