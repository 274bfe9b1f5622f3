//! Opens a database and brings it up to date.

pub(super) mod migrations;

use std::str::FromStr;
use std::time::Duration;

use futures::future::BoxFuture;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, ConnectOptions, Connection, Executor, Row};

use self::migrations::{POSTGRES, SQLITE};
use super::tx::Engine;
use super::{Error, Store};

/// The version of SQLite that the tests ran on. Other versions may have the WAL-reset fault.
const SQLITE_VERSION: &str = "3.51.3";
const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long a statement waits for a connection before it fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// WAL lets readers go on while one writes; synchronous FULL keeps the last commit through a power
/// loss. They are set on every connection because `Any` does not read them from the URL. Recursive
/// triggers make a REPLACE ask the triggers that refuse a DELETE.
const SQLITE_PRAGMAS: &str = "PRAGMA busy_timeout = 20000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON;";
/// Makes a reader's write fail at once. Without it such a write would fail only now and then,
/// whenever a writer came first.
pub(super) const SQLITE_READ_ONLY: &str = "PRAGMA query_only = ON;";
/// Keeps a process that stands still from holding all others up for ever. In milliseconds.
const POSTGRES_TIMEOUTS: &str = "SET lock_timeout = 20000; SET idle_in_transaction_session_timeout = 60000;";
/// What a URL of no database that is known is answered with.
pub(super) const NO_ENGINE: &str = "it must begin with sqlite: or postgres:";

impl Store {
    /// Opens the database at a URL (`sqlite:PATH` or `postgres://…`) and applies the missing
    /// migrations. Creates the file of an SQLite database.
    ///
    /// # Errors
    /// [`Error::Url`] for another scheme; [`Error::Database`] when the database cannot be reached;
    /// [`Error::Migrate`] when its history is not that of this program.
    pub async fn open(url: &str) -> Result<Self, Error> {
        sqlx::any::install_default_drivers();
        match Engine::of(url) {
            Some(Engine::Sqlite) => Self::open_sqlite(url).await,
            Some(Engine::Postgres) => Self::open_postgres(url).await,
            None => Err(Error::Url(NO_ENGINE)),
        }
    }

    async fn open_postgres(url: &str) -> Result<Self, Error> {
        let options = AnyConnectOptions::from_str(url)?;
        // The pool would try until its timeout ends, and then say only that it timed out.
        options.connect().await?.close().await?;
        let pool = postgres_pool().connect_with(options).await?;
        migrate(&POSTGRES, &mut *pool.acquire().await?).await?;
        Ok(Self::new(Engine::Postgres, pool.clone(), pool))
    }

    /// Opens an SQLite file with one writer. SQLite has one anyway, and waiting for a connection is
    /// fairer than waiting for a lock.
    async fn open_sqlite(url: &str) -> Result<Self, Error> {
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(Error::Url(
                "it must name a file: each connection would get a memory of its own",
            ));
        }
        let separator = if url.contains('?') { '&' } else { '?' };
        let options = AnyConnectOptions::from_str(&format!("{url}{separator}mode=rwc"))?;
        let writer = sqlite_pool(1, false).connect_with(options.clone()).await?;
        let version: String = sqlx::query("SELECT sqlite_version()")
            .fetch_one(&writer)
            .await?
            .try_get(0)?;
        if version != SQLITE_VERSION {
            return Err(Error::Inconsistent(format!(
                "SQLite {version} is linked, {SQLITE_VERSION} was tested"
            )));
        }
        // Two processes may start at once. Under the write lock the second finds the migrations
        // applied.
        let mut migrating = writer.begin_with(Engine::Sqlite.begin_write()).await?;
        migrate(&SQLITE, &mut migrating).await?;
        migrating.commit().await?;
        let reader = sqlite_pool(READERS, true).connect_with(options).await?;
        Ok(Self::new(Engine::Sqlite, writer, reader))
    }
}

impl Store {
    /// Tells the store that the process is to end: from now on nobody waits longer than `patience`
    /// for one transaction. A database that does not answer so cannot keep the process alive.
    pub fn end_within(&self, patience: Duration) {
        self.ending.begin(patience);
    }

    /// Completes when the process is to end and has waited, from this call on, as long as it may.
    /// Never completes before [`Store::end_within`].
    pub async fn given_up(&self) {
        self.ending.passed().await;
    }

    /// Waits for open transactions and closes every connection.
    pub async fn close(&self) {
        let close = async {
            self.reader.close().await;
            self.writer.close().await;
        };
        tokio::select! {
            biased;
            () = close => {}
            () = self.ending.passed() => tracing::error!("the database does not let go of its connections"),
        }
    }
}

/// Applies migrations. `run` cannot be used: the compiler does not let its future be sent to
/// another thread.
fn migrate<'c>(
    migrations: &'static Migrator,
    connection: &'c mut AnyConnection,
) -> BoxFuture<'c, Result<(), sqlx::migrate::MigrateError>> {
    Box::pin(migrations.run_direct(None, connection, false))
}

fn postgres_pool() -> AnyPoolOptions {
    pool(POSTGRES_CONNECTIONS).after_connect(|connection, _| {
        Box::pin(async move {
            connection.execute(POSTGRES_TIMEOUTS).await?;
            Ok(())
        })
    })
}

/// Makes a pool that needs no upkeep. A connection lives until it fails, and is looked at before it
/// is used.
///
/// sqlx 0.9.0's upkeep can spin for ever. It loops over a count of idle connections, and that count
/// passes below zero for a moment when a release meets an acquire: the release raises it only after
/// others can take the connection. Upkeep runs for an age, for idleness, or for a least number of
/// connections; a pool without them has none.
fn pool(connections: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .min_connections(0)
        .max_lifetime(None)
        .idle_timeout(None)
        .test_before_acquire(true)
        .acquire_timeout(PATIENCE)
}

fn sqlite_pool(connections: u32, read_only: bool) -> AnyPoolOptions {
    pool(connections).after_connect(move |connection, _| {
        Box::pin(async move {
            connection.execute(SQLITE_PRAGMAS).await?;
            if read_only {
                connection.execute(SQLITE_READ_ONLY).await?;
            }
            Ok(())
        })
    })
}

#[cfg(test)]
mod tests {
    use sqlx::Any;
    use sqlx::pool::PoolConnection;

    use super::*;

    async fn pragmas(connection: &mut PoolConnection<Any>) -> [String; 6] {
        let mut values = Vec::new();
        for query in [
            "PRAGMA journal_mode",
            "PRAGMA synchronous",
            "PRAGMA foreign_keys",
            "PRAGMA busy_timeout",
            "PRAGMA recursive_triggers",
            "PRAGMA query_only",
        ] {
            let row = sqlx::query(query).fetch_one(&mut **connection).await.unwrap();
            let number = row.try_get(0).map(|n: i64| n.to_string());
            values.push(number.unwrap_or_else(|_| row.get(0)));
        }
        values.try_into().unwrap()
    }

    async fn on_a_file() -> (Store, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("greenlight.db").display());
        (Store::open(&url).await.unwrap(), folder)
    }

    #[tokio::test]
    async fn every_connection_to_sqlite_is_durable_patient_and_strict() {
        let (store, _folder) = on_a_file().await;
        for _ in 0..2 {
            let mut readers = Vec::new();
            for _ in 0..READERS {
                let mut reader = store.reader.acquire().await.unwrap();
                assert_eq!(pragmas(&mut reader).await, ["wal", "2", "1", "20000", "1", "1"]);
                readers.push(reader);
            }
            let mut writer = store.writer.acquire().await.unwrap();
            assert_eq!(pragmas(&mut writer).await, ["wal", "2", "1", "20000", "1", "0"]);
            assert!(store.writer.try_acquire().is_none(), "there is one writer");
            assert!(store.reader.try_acquire().is_none());
            // The connections that replace these have the same settings.
            writer.close().await.unwrap();
            for reader in readers {
                reader.close().await.unwrap();
            }
        }
    }

    #[test]
    fn no_pool_has_an_upkeep_that_could_spin() {
        for options in [postgres_pool(), sqlite_pool(1, false), sqlite_pool(READERS, true)] {
            let upkeep = (options.get_max_lifetime(), options.get_idle_timeout());
            assert_eq!((upkeep, options.get_min_connections()), ((None, None), 0));
        }
    }

    #[tokio::test]
    async fn the_tested_build_of_sqlite_is_linked() {
        let (store, _folder) = on_a_file().await;
        let row = sqlx::query("SELECT sqlite_version()")
            .fetch_one(&store.reader)
            .await
            .unwrap();
        assert_eq!(row.get::<String, _>(0), SQLITE_VERSION);
    }

    #[tokio::test]
    async fn the_ledger_of_sqlite_is_append_only_for_a_replace_too() {
        let (store, _folder) = on_a_file().await;
        let grant = "INTO entries (id, guild_id, kind, amount, once_key, at_ms) VALUES (1, 1, 'grant', $1, 'first', 1)";
        let statement = |verb: &str| sqlx::AssertSqlSafe(format!("{verb} {grant}"));
        store
            .writer
            .execute("INSERT INTO pools (guild_id) VALUES (1)")
            .await
            .unwrap();
        sqlx::query(statement("INSERT"))
            .bind(5_i64)
            .execute(&store.writer)
            .await
            .unwrap();
        for verb in ["REPLACE", "INSERT OR REPLACE"] {
            let refused = sqlx::query(statement(verb))
                .bind(9_i64)
                .execute(&store.writer)
                .await;
            assert!(
                refused
                    .unwrap_err()
                    .to_string()
                    .contains("the ledger is append-only"),
                "{verb}"
            );
        }
        let row = sqlx::query("SELECT amount FROM entries")
            .fetch_one(&store.reader)
            .await
            .unwrap();
        assert_eq!(row.get::<i64, _>(0), 5);
    }
}
