//! Runs all SQL. One text of every query serves SQLite and Postgres.
//!
//! [`Store`] opens the database and runs transactions; the modules beside it are functions over a
//! [`Tx`]. Everywhere the lock order is: a draft or render row, then the pool row, then the job
//! row. A guild's settings are locked alone.

pub mod alerts;
pub mod drafts;
pub mod export;
pub mod fair_queue;
pub mod guilds;
pub mod jobs;
pub mod ledger;
pub mod privacy;
pub mod projects;
pub mod renders;
pub mod spend_limits;
pub mod votes;

mod connect;
mod locked;
mod rows;

use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::BoxFuture;
use sqlx::{Any, AnyConnection, AnyPool, Transaction};
use tracing::Instrument;

pub use self::locked::Locked;

/// Why a query or a transaction failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database could not be reached, was busy, or refused. Trying again later may help.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The migrations could not be applied.
    #[error("the database could not be migrated")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The URL of the database cannot be used.
    #[error("database.url: {0}")]
    Url(String),
    /// A row that the rules do not allow. Trying again does not help.
    #[error("a row cannot be: {0}")]
    Inconsistent(String),
    /// Another claim replaced this worker's lease. Only the worker of the newer claim may record
    /// the outcome of the job.
    #[error("the lease on this job was lost")]
    LeaseLost,
}

/// The database of the bot, SQLite or Postgres. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    writer: AnyPool,
    reader: AnyPool,
    begin_write: &'static str,
    begin_read: &'static str,
}

/// An open transaction, which every query of the store takes. [`Store::write`] and [`Store::read`]
/// begin and end it.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Any>,
    /// Tells this transaction from all others of the process.
    serial: u64,
}

/// Counts the transactions that this process has begun.
static BEGUN: AtomicU64 = AtomicU64::new(0);

impl Tx {
    fn new(inner: Transaction<'static, Any>) -> Self {
        let serial = BEGUN.fetch_add(1, Ordering::Relaxed);
        Self { inner, serial }
    }

    const fn serial(&self) -> u64 {
        self.serial
    }

    fn conn(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }

    /// Fails if a statement failed and the body went on. Postgres has undone such a transaction by
    /// then, and would answer its COMMIT as if all had been written.
    async fn is_whole(&mut self) -> Result<(), Error> {
        sqlx::query("SELECT 1").execute(self.conn()).await?;
        Ok(())
    }
}

impl Store {
    /// Runs a transaction that may write. Commits when the body succeeds, and rolls back when it
    /// fails.
    ///
    /// Runs it in a task of its own. A caller can stop waiting for the task but cannot cancel it: a
    /// dropped `BEGIN` would leave a pooled Postgres connection inside a transaction that nobody
    /// commits.
    ///
    /// # Errors
    /// The body's error after a rollback; [`Error::Database`] when the commit failed, or for a
    /// statement whose failure the body swallowed.
    ///
    /// # Panics
    /// Passes on a panic of the body, after a rollback.
    pub async fn write<T, E, F>(&self, body: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        run(self.writer.clone(), self.begin_write, |tx| {
            Box::pin(async move {
                let outcome = body(tx).await?;
                tx.is_whole().await?;
                Ok(outcome)
            })
        })
        .await
    }

    /// Runs a transaction that can only read. All its queries see the database as it was at one
    /// moment, and a write fails. The transaction has a task of its own, as in [`Store::write`].
    ///
    /// # Errors
    /// The body's error, or [`Error::Database`].
    ///
    /// # Panics
    /// Passes on a panic of the body.
    pub async fn read<T, E, F>(&self, body: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        run(self.reader.clone(), self.begin_read, body).await
    }
}

async fn run<T, E, F>(pool: AnyPool, begin: &'static str, body: F) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
{
    let work = async move {
        let mut tx = Tx::new(pool.begin_with(begin).await.map_err(Error::from)?);
        let outcome = body(&mut tx).await;
        match &outcome {
            Ok(_) => tx.inner.commit().await.map_err(Error::from)?,
            Err(_) => tx.inner.rollback().await.map_err(Error::from)?,
        }
        outcome
    };
    match tokio::spawn(work.in_current_span()).await {
        Ok(outcome) => outcome,
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}
