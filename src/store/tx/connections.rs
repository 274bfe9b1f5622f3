//! Keeps a bounded set of connections to one database, and lends them to transactions.
//!
//! sqlx's own pool asks a connection whether it lives whenever it is taken and given back. Here the
//! BEGIN of the transaction tells it. That saves two round trips a transaction, and there is no
//! upkeep.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, AssertSqlSafe, ConnectOptions, Connection, Error, Executor};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

/// How long a transaction waits for a connection before it fails.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the first connection is tried again that SQLite refuses without a wait.
const FIRST_PATIENCE: Duration = Duration::from_secs(2);
/// SQLite's code of a lock that another process has.
const SQLITE_BUSY: &str = "5";
/// How long a connection that is given up may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);
/// The first pause before a server is tried again that takes no connections. Each next is twice as
/// long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// How an address of PostgreSQL says that no prepared statement is to be used again: it leads through a pool.
const NO_CACHE: &str = "statement-cache-capacity=0";

/// What all connections of a set have in common.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Settings {
    /// The statements that each connection begins with.
    pub(in crate::store) on_connect: &'static str,
    /// How many there are at most.
    pub(in crate::store) most: u32,
    /// Whether the other side may cut a connection that nobody uses, and may take none for a while.
    pub(in crate::store) remote: bool,
}

impl Settings {
    /// Returns those of connections to PostgreSQL. All begin with the same statements, because a pool that
    /// stands in between lends a connection to whoever comes next: what one has set, another has.
    ///
    /// The timeouts keep a process that stands still from holding all others up for ever. They are in
    /// milliseconds.
    pub(in crate::store) const fn postgres(most: u32) -> Self {
        Self {
            on_connect: "SET lock_timeout = 20000; SET idle_in_transaction_session_timeout = 60000;",
            most,
            remote: true,
        }
    }
}

/// A bounded set of connections. Who waits for one is served in turn. Cheap to clone; a copy is the
/// same set.
#[derive(Clone, Debug)]
pub(in crate::store) struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: AnyConnectOptions,
    settings: Settings,
    /// Whether each transaction may be on another connection to the server, on which somebody else has
    /// prepared statements, by names that are used here too.
    through_a_pool: bool,
    places: Arc<Semaphore>,
    /// The connections that nobody uses. All of them are outside a transaction.
    idle: Mutex<Vec<AnyConnection>>,
    closed: AtomicBool,
}

/// A connection that was lent. It is closed when this is dropped, because nobody knows then what
/// state it is in. Only [`Lent::give_back`] lets another have it.
#[derive(Debug)]
pub(in crate::store) struct Lent {
    connection: Option<AnyConnection>,
    /// Kept until the connection is closed, so that there are never more than there may be.
    place: Option<OwnedSemaphorePermit>,
    of: Arc<Shared>,
}

impl Connections {
    /// Makes a set without a connection.
    pub(in crate::store) fn new(options: AnyConnectOptions, settings: Settings) -> Self {
        Self(Arc::new(Shared {
            through_a_pool: settings.remote && options.database_url.as_str().contains(NO_CACHE),
            options,
            settings,
            places: Arc::new(Semaphore::new(settings.most as usize)),
            idle: Mutex::default(),
            closed: AtomicBool::new(false),
        }))
    }

    /// Lends a new connection. A server is asked for it only once.
    ///
    /// # Errors
    /// Why there is none.
    pub(in crate::store) async fn first(&self) -> Result<Lent, Error> {
        let place = self.place(Instant::now() + PATIENCE).await?;
        let connection = self.0.connect_first(Instant::now() + FIRST_PATIENCE).await?;
        Ok(self.lent(connection, place))
    }

    /// Lends a connection on which a statement has just begun a transaction.
    ///
    /// # Errors
    /// [`Error::PoolTimedOut`] when none was free, or the server took none, for 20 seconds;
    /// [`Error::PoolClosed`]; why the statement failed.
    pub(in crate::store) async fn begin(&self, statement: &'static str) -> Result<Lent, Error> {
        let deadline = Instant::now() + PATIENCE;
        let mut place = self.place(deadline).await?;
        while let Some(connection) = self.0.take_idle() {
            let mut lent = self.lent(connection, place);
            let begun = lent.begin(statement);
            if !self.0.settings.remote {
                begun.await?;
                return Ok(lent);
            }
            match timeout_at(deadline, begun).await {
                Ok(Ok(())) => return Ok(lent),
                // It was cut while nobody used it. Nothing was done on it yet.
                Ok(Err(error)) => tracing::debug!("a connection to the database is replaced: {error}"),
                Err(_) => return Err(Error::PoolTimedOut),
            }
            place = lent.abandon()?;
        }
        let connection = self.0.connect_before(deadline).await?;
        let mut lent = self.lent(connection, place);
        lent.begin(statement).await?;
        Ok(lent)
    }

    /// Waits until all connections are given back and closes them. Lends none from now on.
    pub(in crate::store) async fn close(&self) {
        self.0.closed.store(true, Ordering::Release);
        let Ok(_all) = self.0.places.acquire_many(self.0.settings.most).await else {
            return;
        };
        self.0.places.close();
        while let Some(connection) = self.0.take_idle() {
            say_goodbye(connection).await;
        }
    }

    async fn place(&self, deadline: Instant) -> Result<OwnedSemaphorePermit, Error> {
        // Whoever closes waits for all places, and nobody is to wait behind that.
        if self.0.closed.load(Ordering::Acquire) {
            return Err(Error::PoolClosed);
        }
        let place = timeout_at(deadline, self.0.places.clone().acquire_owned()).await;
        let place = place.map_err(|_| Error::PoolTimedOut)?;
        match place {
            Ok(place) if !self.0.closed.load(Ordering::Acquire) => Ok(place),
            Ok(_) | Err(_) => Err(Error::PoolClosed),
        }
    }

    fn lent(&self, connection: AnyConnection, place: OwnedSemaphorePermit) -> Lent {
        Lent {
            connection: Some(connection),
            place: Some(place),
            of: self.0.clone(),
        }
    }
}

impl Shared {
    /// Takes the connection that was used last, if one is idle.
    fn take_idle(&self) -> Option<AnyConnection> {
        self.idle().pop()
    }

    fn idle(&self) -> MutexGuard<'_, Vec<AnyConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self) -> Result<AnyConnection, Error> {
        let mut connection = self.options.connect().await?;
        connection.execute(self.settings.on_connect).await?;
        Ok(connection)
    }

    /// Connects. Where several processes make a WAL of a new file at once, SQLite lets one of them and
    /// refuses the others without a wait: those try again.
    async fn connect_first(&self, deadline: Instant) -> Result<AnyConnection, Error> {
        loop {
            match self.connect().await {
                Err(Error::Database(error))
                    if error.code().as_deref() == Some(SQLITE_BUSY) && Instant::now() < deadline =>
                {
                    tokio::time::sleep(FIRST_PAUSE).await;
                }
                connected => return connected,
            }
        }
    }

    /// Connects, and tries again while the server starts or has too many connections.
    async fn connect_before(&self, deadline: Instant) -> Result<AnyConnection, Error> {
        let mut pause = FIRST_PAUSE;
        loop {
            match timeout_at(deadline, self.connect()).await {
                Ok(Err(error)) if self.settings.remote && passes(&error) => {}
                Ok(connected) => return connected,
                Err(_) => return Err(Error::PoolTimedOut),
            }
            if timeout_at(deadline, tokio::time::sleep(pause)).await.is_err() {
                return Err(Error::PoolTimedOut);
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// Returns whether a server that refuses a connection so may take one in a moment.
fn passes(error: &Error) -> bool {
    match error {
        Error::Io(error) => error.kind() == io::ErrorKind::ConnectionRefused,
        Error::Database(error) => error.is_transient_in_connect_phase(),
        _ => false,
    }
}

async fn say_goodbye(connection: AnyConnection) {
    // Whether it is heard changes nothing: the connection is gone afterwards.
    drop(timeout(GOODBYE, connection.close()).await);
}

impl Lent {
    /// Returns the connection.
    pub(in crate::store) fn conn(&mut self) -> &mut AnyConnection {
        self.connection
            .as_mut()
            .expect("only the end of a loan takes the connection")
    }

    /// Begins a transaction by a statement, in one round trip.
    ///
    /// # Errors
    /// Why it failed.
    pub(in crate::store) async fn begin(&mut self, statement: &'static str) -> Result<(), Error> {
        if self.of.through_a_pool {
            let forgets = AssertSqlSafe(format!("{statement}; DEALLOCATE ALL"));
            self.conn().execute(forgets).await?;
        } else {
            self.conn().execute(statement).await?;
        }
        Ok(())
    }

    /// Lets another have the connection, which is outside a transaction.
    pub(in crate::store) fn give_back(mut self) {
        self.of.idle().extend(self.connection.take());
        // The place is free once there is something to take.
        drop(self.place.take());
    }

    /// Drops the connection without a goodbye. Returns its place.
    fn abandon(mut self) -> Result<OwnedSemaphorePermit, Error> {
        drop(self.connection.take());
        self.place.take().ok_or(Error::PoolClosed)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        let place = self.place.take();
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                say_goodbye(connection).await;
                drop(place);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use futures::future::poll_immediate;

    use super::*;

    const MOST: u32 = 3;

    fn on_a_file() -> (Connections, tempfile::TempDir) {
        sqlx::any::install_default_drivers();
        let folder = tempfile::tempdir().unwrap();
        let url = format!(
            "sqlite:{}?mode=rwc",
            folder.path().join("greenlight.db").display()
        );
        let settings = Settings {
            on_connect: "PRAGMA busy_timeout = 20000;",
            most: MOST,
            remote: false,
        };
        let connections = Connections::new(AnyConnectOptions::from_str(&url).unwrap(), settings);
        (connections, folder)
    }

    /// Returns whether a connection was marked before. Its own temporary table is the mark.
    async fn was_marked(lent: &mut Lent) -> bool {
        let marked = lent.conn().execute("CREATE TEMP TABLE mark (n INTEGER)").await;
        marked.is_err()
    }

    #[tokio::test]
    async fn only_a_connection_that_was_given_back_is_lent_again() {
        let (connections, _folder) = on_a_file();
        let mut first = connections.begin("BEGIN").await.unwrap();
        assert!(!was_marked(&mut first).await);
        first.conn().execute("COMMIT").await.unwrap();
        first.give_back();
        let mut again = connections.begin("BEGIN").await.unwrap();
        assert!(was_marked(&mut again).await, "it was given back");
        drop(again);
        let mut other = connections.begin("BEGIN").await.unwrap();
        assert!(
            !was_marked(&mut other).await,
            "nobody knows how the last transaction ended"
        );
    }

    #[tokio::test]
    async fn nobody_who_stops_waiting_takes_a_place_along() {
        let (connections, _folder) = on_a_file();
        for polls in 0..60 {
            let mut caller = Box::pin(connections.begin("BEGIN IMMEDIATE"));
            for _ in 0..polls {
                if poll_immediate(&mut caller).await.is_some() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(caller);
            // One that was left inside its transaction would hold the write lock.
            let mut next = connections.begin("BEGIN IMMEDIATE").await.unwrap();
            next.conn().execute("ROLLBACK").await.unwrap();
            next.give_back();
        }
        let mut all = Vec::new();
        for _ in 0..MOST {
            all.push(connections.begin("BEGIN").await.unwrap());
        }
        let more = poll_immediate(connections.begin("BEGIN")).await;
        assert!(more.is_none(), "there are never more than there may be");
    }

    #[tokio::test]
    async fn a_set_that_is_closed_waits_for_what_it_lent_and_lends_no_more() {
        let (connections, _folder) = on_a_file();
        let lent = connections.begin("BEGIN").await.unwrap();
        let mut closing = Box::pin(connections.close());
        assert!(poll_immediate(&mut closing).await.is_none(), "one is lent");
        let late = connections.begin("BEGIN").await;
        assert!(matches!(late, Err(Error::PoolClosed)), "{late:?}");
        drop(lent);
        closing.await;
        connections.close().await;
    }
}
