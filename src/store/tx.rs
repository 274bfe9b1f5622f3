//! Begins a transaction, ends it, and closes the connection of one that did not end well.

pub(super) mod connections;
pub(super) mod error;

use std::error::Error as StdError;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::error::ErrorKind;
use sqlx::{AnyConnection, Executor};

use self::connections::{Connections, Lent};
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

    /// Returns the statement that commits what was written. It fails if a statement failed and the
    /// body went on. Postgres has undone such a transaction by then, and would answer its COMMIT as
    /// if all had been written; it refuses the SELECT, and passes over what is behind it. SQLite
    /// refuses the COMMIT itself.
    pub(super) const fn commit_written(self) -> &'static str {
        match self {
            Self::Sqlite => "COMMIT",
            Self::Postgres => "SELECT 1; COMMIT",
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
/// Only a connection that has acknowledged a COMMIT or a ROLLBACK is given back. Every other is
/// closed, whatever happened to it: a statement or a commit that failed, a panic, a drop.
#[derive(Debug)]
pub struct Tx {
    connection: Lent,
    /// Tells this transaction from all others of the process.
    serial: u64,
    engine: Engine,
    /// The lanes in which it has enqueued jobs.
    rung: Rung,
}

/// Counts the transactions that this process has begun.
static BEGUN: AtomicU64 = AtomicU64::new(0);

impl Tx {
    pub(super) async fn begin(
        connections: &Connections,
        engine: Engine,
        statement: &'static str,
    ) -> sqlx::Result<Self> {
        Ok(Self {
            connection: connections.begin(statement).await?,
            serial: BEGUN.fetch_add(1, Ordering::Relaxed),
            engine,
            rung: Rung::default(),
        })
    }

    pub(super) const fn serial(&self) -> u64 {
        self.serial
    }

    pub(super) const fn engine(&self) -> Engine {
        self.engine
    }

    /// Notes that a job was enqueued in a lane, which is due at a time in milliseconds since 1970.
    /// The commit rings the lane's bell, unless [somebody answers](Self::answer) before.
    pub(super) fn ring(&mut self, lane: Lane, due_ms: i64) {
        self.rung.note(lane, due_ms);
    }

    /// Notes that nobody need look at the queue for what was enqueued in a lane so far.
    pub(super) fn answer(&mut self, lane: Lane) {
        self.rung.answer(lane);
    }

    /// Returns the lanes in which it has enqueued jobs.
    pub(super) const fn rung(&self) -> Rung {
        self.rung
    }

    pub(super) fn conn(&mut self) -> &mut AnyConnection {
        self.connection.conn()
    }

    /// Commits with a statement. Returns the lanes whose bells are to be rung.
    pub(super) async fn commit(mut self, statement: &'static str) -> sqlx::Result<Rung> {
        self.conn().execute(statement).await?;
        self.connection.give_back();
        Ok(self.rung)
    }

    /// Undoes the transaction. Closes its connection if there is doubt about it.
    pub(super) async fn roll_back(mut self, doubt: bool) {
        match self.conn().execute("ROLLBACK").await {
            Ok(_) if !doubt => self.connection.give_back(),
            Ok(_) => {}
            Err(error) => {
                tracing::warn!("a transaction could not be rolled back: its connection is closed: {error}");
            }
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
