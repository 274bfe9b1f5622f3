//! Runs all SQL. One text of every query serves SQLite and Postgres.
//!
//! [`Store`] opens the database and runs transactions; the modules beside it are functions over a
//! [`Tx`]. Everywhere the lock order is: a draft or render row, then the pool row, then the job
//! row. A guild's settings are locked alone.

pub mod alerts;
pub mod bell;
pub mod drafts;
pub mod export;
pub mod fair_queue;
pub mod guilds;
pub mod jobs;
pub mod ledger;
pub mod privacy;
pub mod processes;
pub mod projects;
pub mod renders;
pub mod spend_limits;
pub mod votes;

mod connect;
mod ending;
mod locked;
mod rows;
mod tx;

use futures::future::BoxFuture;
use tracing::Instrument;

use self::bell::Bells;
use self::bell::tray::Trays;
pub use self::connect::{NotTransferred, Transferred, in_words};
use self::ending::Ending;
pub use self::locked::Locked;
use self::processes::Processes;
use self::tx::Engine;
pub use self::tx::Tx;
use self::tx::connections::Connections;
pub use self::tx::error::Error;

/// The database of the bot, SQLite or Postgres. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    writer: Connections,
    reader: Connections,
    ending: Ending,
    engine: Engine,
    bells: Bells,
    trays: Trays,
    /// What several processes share, where several can work.
    processes: Option<Processes>,
}

impl Store {
    /// Makes a store of its connections.
    fn new(engine: Engine, writer: Connections, reader: Connections) -> Self {
        Self {
            writer,
            reader,
            engine,
            ending: Ending::default(),
            bells: Bells::default(),
            trays: Trays::default(),
            processes: None,
        }
    }

    /// Lets several processes share, by connections of their own.
    fn with_processes(self, connections: Connections) -> Self {
        Self {
            processes: Some(Processes::new(connections)),
            ..self
        }
    }

    /// Runs a transaction that may write. Commits when the body succeeds, and rolls back when it
    /// fails. Claims what it has enqueued for a [worker](bell::tray) of this process that has a place
    /// for it.
    ///
    /// Runs it in a task of its own. A caller can stop waiting for the task but cannot cancel it.
    ///
    /// # Errors
    /// The body's error after a rollback; [`Error::Database`] when the commit failed, or for a
    /// statement whose failure the body swallowed; [`Error::Ending`].
    ///
    /// # Panics
    /// Passes on a panic of the body, after a rollback.
    pub async fn write<T, E, F>(&self, body: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: std::error::Error + From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        tracing::trace!("begin to write");
        let ends = (self.engine.begin_write(), self.engine.commit_written());
        self.run(&self.writer, ends, body).await
    }

    /// Runs a transaction that can only read. All its queries see the database as it was at one
    /// moment, and a write fails. The transaction has a task of its own, as in [`Store::write`].
    ///
    /// # Errors
    /// The body's error, [`Error::Database`] or [`Error::Ending`].
    ///
    /// # Panics
    /// Passes on a panic of the body.
    pub async fn read<T, E, F>(&self, body: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: std::error::Error + From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        tracing::trace!("begin to read");
        let ends = (self.engine.begin_read(), "COMMIT");
        self.run(&self.reader, ends, body).await
    }

    /// Runs a transaction between the statements that begin and commit it.
    async fn run<T, E, F>(
        &self,
        connections: &Connections,
        (begin, commit): (&'static str, &'static str),
        body: F,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: std::error::Error + From<Error> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let (connections, engine) = (connections.clone(), self.engine);
        let (bells, trays) = (self.bells.clone(), self.trays.clone());
        let work = async move {
            let opened = Tx::begin(&connections, engine, begin).await;
            let mut tx = opened.map_err(Error::from)?;
            let done = async {
                let outcome = body(&mut tx).await?;
                Ok::<_, E>((outcome, trays.fill(&mut tx).await?))
            };
            match done.await {
                Ok((outcome, filled)) => {
                    let rung = tx.commit(commit).await.map_err(Error::from)?;
                    filled.hand_out();
                    bells.ring(rung);
                    Ok(outcome)
                }
                Err(error) => {
                    tx.roll_back(tx::leaves_doubt(&error)).await;
                    Err(error)
                }
            }
        };
        tokio::select! {
            biased;
            ended = tokio::spawn(work.in_current_span()) => match ended {
                Ok(outcome) => outcome,
                Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
            },
            () = self.ending.passed() => Err(Error::Ending.into()),
        }
    }

    /// Returns whether several processes can share the work on it, on machines of their own.
    #[must_use]
    pub fn can_be_shared(&self) -> bool {
        self.engine == Engine::Postgres
    }

    /// Returns what the processes of the bot share, where several can work on the database.
    #[must_use]
    pub const fn processes(&self) -> Option<&Processes> {
        self.processes.as_ref()
    }

    /// Returns the bells that a commit rings when it has enqueued jobs.
    #[must_use]
    pub const fn bells(&self) -> &Bells {
        &self.bells
    }

    /// Returns the trays on which a commit puts what it has claimed.
    #[must_use]
    pub const fn trays(&self) -> &Trays {
        &self.trays
    }
}
