//! Copies an SQLite database that was lived in to an empty one of PostgreSQL, and compares the two.
//!
//! The old one is read in one transaction that only reads. The new one is written in one transaction
//! too, which commits only if every table has the same rows and the books of both agree.

mod error;
mod tables;

use std::io;
use std::path::Path;
use std::str::FromStr;

use rustix::fs::FlockOperation;
use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, AssertSqlSafe, Executor, Row};

pub use self::error::NotTransferred;
use self::error::{on_new, on_old};
use self::tables::{Sum, Tables};
use super::bring_up_to_date;
use super::look::{OTHERS, file_of};
use super::migrations::versions;
use crate::store::tx::connections::{Connections, Settings};
use crate::store::tx::{Engine, Tx};
use crate::store::{Error, Store, ledger};

/// The connection that writes. It stands still while the old database is read.
const WRITER: Settings = Settings::postgres(1);

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transferred {
    /// Each table, in the order of their names, and how many rows it has.
    pub tables: Vec<(String, u64)>,
    /// In how many texts a letter with the number 0 became U+FFFD, because PostgreSQL keeps none.
    pub replaced: u64,
}

impl Store {
    /// Returns whether a process has the SQLite database at a URL open. Must not be called by a
    /// process that has it open itself: it would lose its own locks.
    ///
    /// # Errors
    /// Why the file cannot be opened to lock it.
    pub fn is_in_use(url: &str) -> io::Result<bool> {
        let file = std::fs::File::options()
            .read(true)
            .write(true)
            .open(Path::new(file_of(url)))?;
        // Every connection to a database with a WAL keeps a part of the file locked.
        match rustix::fs::fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(false),
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::ACCESS) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Copies the SQLite database at a URL, as it is at one moment, to the PostgreSQL database at
    /// another, and compares both. Brings the new one up to date first. The old one is only read.
    ///
    /// # Errors
    /// [`NotTransferred`]; the new database has no row then.
    pub async fn transfer(from: &str, to: &str) -> Result<Transferred, NotTransferred> {
        if Engine::of(from) != Some(Engine::Sqlite) {
            return Err(NotTransferred::OldIsNotSqlite);
        }
        if Engine::of(to) != Some(Engine::Postgres) {
            return Err(NotTransferred::NewIsNotPostgres);
        }
        let old = Self::look(from).await.map_err(NotTransferred::Old)?;
        let options = AnyConnectOptions::from_str(to).map_err(on_new)?;
        let new = Connections::new(options, WRITER);
        let copied = copy(&old, &new).await;
        old.close().await;
        new.close().await;
        copied
    }
}

async fn copy(old: &Store, new: &Connections) -> Result<Transferred, NotTransferred> {
    let mut from = Tx::begin(&old.reader, Engine::Sqlite, Engine::Sqlite.begin_read())
        .await
        .map_err(on_old)?;
    let tables = tables::of_sqlite(from.conn()).await.map_err(on_old)?;
    let applied = versions(from.conn()).await.map_err(on_old)?;
    let written = times_written(from.conn()).await.map_err(on_old)?;
    agree(&mut from, "old").await?;
    prepare(new, &tables, applied).await?;
    let begun = Tx::begin(new, Engine::Postgres, Engine::Postgres.begin_write()).await;
    // Dropped, they are rolled back.
    let mut to = begun.map_err(on_new)?;
    let transferred = fill(&mut from, &mut to, &tables).await?;
    // What the transaction sees does not change.
    from.conn().execute("COMMIT").await.map_err(on_old)?;
    if times_written(from.conn()).await.map_err(on_old)? != written {
        return Err(NotTransferred::WrittenTo);
    }
    to.commit(Engine::Postgres.commit_written())
        .await
        .map_err(on_new)?;
    Ok(transferred)
}

/// Returns a number that changes when another connection has committed.
async fn times_written(connection: &mut AnyConnection) -> Result<i64, Error> {
    let row = sqlx::query("PRAGMA data_version").fetch_one(connection);
    Ok(row.await?.try_get(0)?)
}

/// Looks whether the new database is free and empty before anything in it is changed, and brings it up
/// to date.
async fn prepare(new: &Connections, tables: &Tables, mut applied: Vec<i64>) -> Result<(), NotTransferred> {
    let mut first = new.first().await.map_err(on_new)?;
    let row = sqlx::query(OTHERS)
        .fetch_one(first.conn())
        .await
        .map_err(on_new)?;
    let others: i64 = row.try_get("others").map_err(on_new)?;
    if others > 0 {
        return Err(NotTransferred::Others(others));
    }
    if !versions(first.conn()).await.map_err(on_new)?.is_empty() {
        let there = tables::of_postgres(first.conn()).await.map_err(on_new)?;
        let ours = tables.keys().filter(|table| there.contains_key(*table));
        must_be_empty(first.conn(), ours).await?;
    }
    bring_up_to_date(Engine::Postgres, first.conn())
        .await
        .map_err(NotTransferred::New)?;
    let mut there = versions(first.conn()).await.map_err(on_new)?;
    there.sort_unstable();
    applied.sort_unstable();
    if there != applied {
        return Err(NotTransferred::OtherSchema(format!(
            "the old one has {} migrations, the new one {}; a newer Greenlight was there",
            applied.len(),
            there.len()
        )));
    }
    first.give_back();
    Ok(())
}

async fn must_be_empty(
    connection: &mut AnyConnection,
    tables: impl Iterator<Item = &String>,
) -> Result<(), NotTransferred> {
    for table in tables {
        let any = AssertSqlSafe(format!("SELECT 1 FROM \"{table}\" LIMIT 1"));
        let any = connection
            .fetch_optional(sqlx::query(any))
            .await
            .map_err(on_new)?;
        if any.is_some() {
            return Err(NotTransferred::NotEmpty(table.clone()));
        }
    }
    Ok(())
}

/// Copies every row inside the two transactions, and compares what came of it.
async fn fill(from: &mut Tx, to: &mut Tx, tables: &Tables) -> Result<Transferred, NotTransferred> {
    tables::lock(to.conn(), tables).await.map_err(on_new)?;
    let there = tables::of_postgres(to.conn()).await.map_err(on_new)?;
    for (table, columns) in tables {
        if there.get(table) != Some(columns) {
            return Err(NotTransferred::OtherSchema(format!(
                "the table {table} has other columns"
            )));
        }
    }
    // A bot may have begun on it since it was looked at.
    must_be_empty(to.conn(), tables.keys()).await?;
    let references = tables::references(to.conn(), tables).await.map_err(on_new)?;
    tables::defer(to.conn(), &references).await.map_err(on_new)?;
    let (mut sums, mut replaced) = (Vec::new(), 0);
    for (table, columns) in tables {
        let copied = tables::copy(from.conn(), to.conn(), table, columns).await?;
        tracing::info!(table, rows = copied.sum.rows, "a table is copied");
        replaced += copied.replaced;
        sums.push((table, columns, copied.sum));
    }
    tables::check_references(to.conn(), &references)
        .await
        .map_err(on_new)?;
    tables::count_on(to.conn(), tables).await.map_err(on_new)?;
    for (table, columns, old) in &sums {
        let new = Sum::of(to.conn(), table, columns).await.map_err(on_new)?;
        if new != *old {
            return Err(NotTransferred::Differs {
                table: (*table).clone(),
                old: old.rows,
                new: new.rows,
            });
        }
    }
    agree(to, "new").await?;
    Ok(Transferred {
        tables: sums
            .into_iter()
            .map(|(table, _, sum)| (table.clone(), sum.rows))
            .collect(),
        replaced,
    })
}

/// Recounts the books.
async fn agree(tx: &mut Tx, database: &'static str) -> Result<(), NotTransferred> {
    let of = if database == "old" {
        NotTransferred::Old
    } else {
        NotTransferred::New
    };
    match ledger::audit(tx).await.map_err(of)?.into_iter().next() {
        Some(first) => Err(NotTransferred::Books { database, first }),
        None => Ok(()),
    }
}
