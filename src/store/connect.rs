//! Opens a database and brings it up to date.

mod copy;
mod look;
pub(super) mod migrations;
mod transfer;
mod words;

use std::str::FromStr;
use std::time::Duration;

use futures::future::BoxFuture;
use sqlx::any::AnyConnectOptions;
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, Connection, Executor, Row};

use self::migrations::{applied, beside_newer, compiled_in};
pub use self::transfer::{NotTransferred, Transferred};
pub use self::words::in_words;
use super::tx::Engine;
use super::tx::connections::{Connections, Settings};
use super::{Error, Store, processes};

/// WAL lets readers go on while one writes; synchronous FULL keeps the last commit through a power
/// loss. They are set on every connection because `Any` does not read them from the URL. Recursive
/// triggers make a REPLACE ask the triggers that refuse a DELETE.
macro_rules! sqlite_pragmas {
    () => {
        "PRAGMA busy_timeout = 20000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON;"
    };
}

/// The version of SQLite that the tests ran on. Other versions may have the WAL-reset fault.
const SQLITE_VERSION: &str = "3.51.3";

/// SQLite has one writer anyway, and waiting for a connection is fairer than waiting for a lock.
const SQLITE_WRITER: Settings = Settings {
    on_connect: sqlite_pragmas!(),
    most: 1,
    remote: false,
};
const SQLITE_READERS: Settings = Settings {
    on_connect: concat!(sqlite_pragmas!(), " PRAGMA query_only = ON;"),
    most: 4,
    remote: false,
};
const POSTGRES_BOTH: Settings = Settings::postgres(16);
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
        let connections = Connections::new(AnyConnectOptions::from_str(url)?, POSTGRES_BOTH);
        let mut first = connections.first().await?;
        // A statement outside of a transaction does not get through a pool.
        first.begin(Engine::Postgres.begin_read()).await?;
        let age = age(Engine::Postgres, first.conn()).await?;
        first.conn().execute("COMMIT").await?;
        if !matches!(age, Age::Ours) {
            bring_up_to_date(Engine::Postgres, first.conn()).await?;
        }
        first.give_back();
        let processes = Connections::new(AnyConnectOptions::from_str(url)?, processes::SETTINGS);
        let store = Self::new(Engine::Postgres, connections.clone(), connections);
        Ok(store.with_processes(processes))
    }

    /// Opens an SQLite file with one connection that writes and some that read.
    async fn open_sqlite(url: &str) -> Result<Self, Error> {
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(Error::Url(
                "it must name a file: each connection would get a memory of its own",
            ));
        }
        let separator = if url.contains('?') { '&' } else { '?' };
        let options = AnyConnectOptions::from_str(&format!("{url}{separator}mode=rwc"))?;
        let writer = Connections::new(options.clone(), SQLITE_WRITER);
        let mut first = writer.first().await?;
        let version: String = sqlx::query("SELECT sqlite_version()")
            .fetch_one(first.conn())
            .await?
            .try_get(0)?;
        if version != SQLITE_VERSION {
            return Err(Error::Inconsistent(format!(
                "SQLite {version} is linked, {SQLITE_VERSION} was tested"
            )));
        }
        // Two processes may start at once. Under the write lock the second finds the migrations
        // applied.
        let begun = first.conn().begin_with(Engine::Sqlite.begin_write()).await;
        let mut migrating = begun?;
        bring_up_to_date(Engine::Sqlite, &mut migrating).await?;
        migrating.commit().await?;
        first.give_back();
        let reader = Connections::new(options, SQLITE_READERS);
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
            if let Some(processes) = &self.processes {
                processes.close().await;
            }
        };
        tokio::select! {
            biased;
            () = close => {}
            () = self.ending.passed() => tracing::error!("the database does not let go of its connections"),
        }
    }
}

/// Applies the missing migrations, if there are any.
async fn bring_up_to_date(engine: Engine, connection: &mut AnyConnection) -> Result<(), Error> {
    match age(engine, connection).await? {
        Age::Ours => Ok(()),
        Age::Older => Ok(migrate(compiled_in(engine), connection).await?),
        Age::BesideNewer => Ok(migrate(&beside_newer(engine), connection).await?),
    }
}

/// How old a schema is.
enum Age {
    /// No migration is missing. A bot may run on it as a user who may make no table.
    Ours,
    /// Some are missing, or they are not ours, which the attempt to apply them says.
    Older,
    /// Some are missing of a schema that a newer program has made and that still serves this one.
    BesideNewer,
}

/// Reads how old the schema is.
async fn age(engine: Engine, connection: &mut AnyConnection) -> Result<Age, Error> {
    let ours = compiled_in(engine);
    let last = ours.iter().map(|one| one.version).max().unwrap_or_default();
    let done = applied(connection).await?;
    let newest = done.iter().map(|(version, _)| *version).max();
    let has_all = ours
        .iter()
        .all(|one| done.contains(&(one.version, one.checksum.to_vec())));
    match newest.filter(|newest| *newest > last) {
        Some(newest) if reach(connection).await? <= last => {
            tracing::warn!(
                "a newer Greenlight has brought the database up to date ({newest}); this version still works on it"
            );
            Ok(if has_all { Age::Ours } else { Age::BesideNewer })
        }
        None if has_all && done.len() == ours.iter().count() => Ok(Age::Ours),
        Some(_) | None => Ok(Age::Older),
    }
}

/// Reads the number of the last migration that a program must know to work on the schema.
async fn reach(connection: &mut AnyConnection) -> Result<i64, Error> {
    let row = sqlx::query("SELECT MAX(oldest) AS oldest FROM reach").fetch_one(connection);
    Ok(row.await?.try_get("oldest")?)
}

/// Applies migrations. `run` cannot be used: the compiler does not let its future be sent to
/// another thread.
fn migrate<'c>(
    migrations: &'c Migrator,
    connection: &'c mut AnyConnection,
) -> BoxFuture<'c, Result<(), sqlx::migrate::MigrateError>> {
    Box::pin(migrations.run_direct(None, connection, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tx::connections::Lent;

    async fn pragmas(lent: &mut Lent) -> [String; 6] {
        let mut values = Vec::new();
        for query in [
            "PRAGMA journal_mode",
            "PRAGMA synchronous",
            "PRAGMA foreign_keys",
            "PRAGMA busy_timeout",
            "PRAGMA recursive_triggers",
            "PRAGMA query_only",
        ] {
            let row = sqlx::query(query).fetch_one(lent.conn()).await.unwrap();
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
            for _ in 0..SQLITE_READERS.most {
                let mut reader = store.reader.begin("BEGIN").await.unwrap();
                assert_eq!(pragmas(&mut reader).await, ["wal", "2", "1", "20000", "1", "1"]);
                readers.push(reader);
            }
            let mut writer = store.writer.begin("BEGIN").await.unwrap();
            assert_eq!(pragmas(&mut writer).await, ["wal", "2", "1", "20000", "1", "0"]);
            // They end without a COMMIT, so that others replace them, with the same settings.
        }
    }

    #[tokio::test]
    async fn the_tested_build_of_sqlite_is_linked() {
        let (store, _folder) = on_a_file().await;
        let mut lent = store.reader.begin("BEGIN").await.unwrap();
        let row = sqlx::query("SELECT sqlite_version()")
            .fetch_one(lent.conn())
            .await
            .unwrap();
        assert_eq!(row.get::<String, _>(0), SQLITE_VERSION);
    }

    #[tokio::test]
    async fn the_ledger_of_sqlite_is_append_only_for_a_replace_too() {
        let (store, _folder) = on_a_file().await;
        let grant = "INTO entries (id, guild_id, kind, amount, once_key, at_ms) VALUES (1, 1, 'grant', $1, 'first', 1)";
        let statement = |verb: &str| sqlx::AssertSqlSafe(format!("{verb} {grant}"));
        let mut writer = store.writer.begin("BEGIN").await.unwrap();
        writer
            .conn()
            .execute("INSERT INTO pools (guild_id) VALUES (1)")
            .await
            .unwrap();
        sqlx::query(statement("INSERT"))
            .bind(5_i64)
            .execute(writer.conn())
            .await
            .unwrap();
        for verb in ["REPLACE", "INSERT OR REPLACE"] {
            let refused = sqlx::query(statement(verb))
                .bind(9_i64)
                .execute(writer.conn())
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
            .fetch_one(writer.conn())
            .await
            .unwrap();
        assert_eq!(row.get::<i64, _>(0), 5);
    }
}
