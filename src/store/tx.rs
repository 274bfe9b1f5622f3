//! Begins a transaction, ends it, and closes the connection of one that did not end well.

use std::error::Error as StdError;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::error::ErrorKind;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Executor};

use super::bell::{Lane, Rung};

/// Which database it is, for the few texts that must differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// Returns the database that a URL names, if there is one of this kind.
    pub(super) fn of(url: &str) -> Option<Self> {
        match url.split_once(':')?.0 {
            "sqlite" => Some(Self::Sqlite),
            "postgres" | "postgresql" => Some(Self::Postgres),
            _ => None,
        }
    }

    /// Returns the statement that begins a transaction which may write. SQLite would else begin it
    /// as one that reads, and refuse its first write if another came before.
    pub(super) const fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Returns the statement that begins a transaction which only reads. It makes one of Postgres see
    /// one moment, as one of SQLite always does.
    pub(super) const fn begin_read(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        }
    }
}

/// An open transaction, which every query of the store takes. [`Store::write`](super::Store::write)
/// and [`Store::read`](super::Store::read) begin and end it.
///
/// It begins and ends by statements of its own. sqlx counts the transactions of a connection, and
/// its count is wrong for good once SQLite has rolled back by itself, as it does when the disk is
/// full: nothing could begin on that connection any more.
///
/// Only a connection that has acknowledged a COMMIT or a ROLLBACK goes back to the pool. Every other
/// is closed, whatever happened to it: a statement or a commit that failed, a panic, a drop.
#[derive(Debug)]
pub struct Tx {
    connection: PoolConnection<Any>,
    /// Tells this transaction from all others of the process.
    serial: u64,
    /// Whether the connection may still be inside the transaction, or may be broken.
    open: bool,
    engine: Engine,
    /// The lanes in which it has enqueued jobs.
    rung: Rung,
}

/// Counts the transactions that this process has begun.
static BEGUN: AtomicU64 = AtomicU64::new(0);

impl Tx {
    pub(super) async fn begin(pool: &AnyPool, engine: Engine, statement: &'static str) -> sqlx::Result<Self> {
        let mut tx = Self {
            connection: pool.acquire().await?,
            serial: BEGUN.fetch_add(1, Ordering::Relaxed),
            open: true,
            engine,
            rung: Rung::default(),
        };
        tx.conn().execute(statement).await?;
        Ok(tx)
    }

    pub(super) const fn serial(&self) -> u64 {
        self.serial
    }

    pub(super) const fn engine(&self) -> Engine {
        self.engine
    }

    /// Notes that a job was enqueued in a lane. The commit rings its bell.
    pub(super) const fn ring(&mut self, lane: Lane) {
        match lane {
            Lane::Render => self.rung.render = true,
            Lane::Quick => self.rung.quick = true,
        }
    }

    pub(super) fn conn(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }

    /// Fails if a statement failed and the body went on. Postgres has undone such a transaction by
    /// then, and would answer its COMMIT as if all had been written. SQLite refuses the COMMIT
    /// itself.
    pub(super) async fn is_whole(&mut self) -> sqlx::Result<()> {
        if self.engine == Engine::Sqlite {
            return Ok(());
        }
        sqlx::query("SELECT 1").execute(self.conn()).await?;
        Ok(())
    }

    /// Commits. Returns the lanes whose bells are to be rung.
    pub(super) async fn commit(mut self) -> sqlx::Result<Rung> {
        self.conn().execute("COMMIT").await?;
        self.open = false;
        Ok(self.rung)
    }

    /// Undoes the transaction. Closes its connection if there is doubt about it.
    pub(super) async fn roll_back(mut self, doubt: bool) {
        match self.conn().execute("ROLLBACK").await {
            Ok(_) => self.open = doubt,
            Err(error) => {
                tracing::warn!("a transaction could not be rolled back: its connection is closed: {error}");
            }
        }
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if self.open {
            self.connection.close_on_drop();
        }
    }
}

/// Returns whether an error leaves doubt about the connection that it came from. All failures of the
/// database do, such as a disk that is full or cannot be read, but for a rule of the schema that a
/// statement would have broken.
pub(super) fn leaves_doubt(error: &(dyn StdError + 'static)) -> bool {
    let mut causes =
        std::iter::successors(Some(error), |cause: &&(dyn StdError + 'static)| (*cause).source());
    causes.any(|cause| match cause.downcast_ref::<sqlx::Error>() {
        Some(sqlx::Error::Database(refused)) => matches!(refused.kind(), ErrorKind::Other),
        Some(_) => true,
        None => false,
    })
}
