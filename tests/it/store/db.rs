//! Creates a database of its own for every test, of either kind.

mod server;
mod template;

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use greenlight::store::{Error, Store, Tx, ledger};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use tempfile::TempDir;

use self::server::{OnServer, admin};

/// The longest that a test may take. It is far more than any needs, so that only one that hangs
/// passes it.
const DEADLINE: Duration = Duration::from_mins(2);
/// How often a condition is checked that nothing announces.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// The kinds of database that the store speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file of its own in a temporary folder.
    Sqlite,
    /// A database of its own on the server that the environment names.
    Postgres,
}

/// An empty database. It is removed when this is dropped, however the test ended.
pub struct Somewhere {
    url: String,
    _home: Home,
}

/// What the database is kept in, and is removed with.
enum Home {
    Folder(#[expect(dead_code, reason = "kept for its drop")] TempDir),
    Server(#[expect(dead_code, reason = "kept for its drop")] OnServer),
}

impl Somewhere {
    /// Creates a database that has the newest schema already: a copy of one that is made once.
    pub async fn migrated(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => {
                let template = template::file().await;
                let place = Self::new(kind).await;
                let file = place.url.strip_prefix("sqlite:").expect("a file");
                std::fs::copy(template, file).expect("a copy of the template");
                place
            }
            Kind::Postgres => {
                let server = OnServer::create(&template::on_server(&admin()).await).await;
                Self {
                    url: server.url.to_string(),
                    _home: Home::Server(server),
                }
            }
        }
    }

    /// Creates an empty database.
    pub async fn new(kind: Kind) -> Self {
        let (url, home) = match kind {
            Kind::Sqlite => {
                let folder = temporary_folder();
                let url = format!("sqlite:{}", folder.path().join("greenlight.db").display());
                (url, Home::Folder(folder))
            }
            Kind::Postgres => {
                // Nobody can be connected to template0.
                let server = OnServer::create("template0").await;
                (server.url.to_string(), Home::Server(server))
            }
        };
        Self { url, _home: home }
    }

    /// Returns the URL with which [`Store::open`] finds it.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Makes a folder in memory where possible, because many tests at once wait long for a slow disk.
fn temporary_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .expect("a temporary folder")
}

/// A new database with a store on it.
pub struct TestDb {
    kind: Kind,
    store: Store,
    place: Somewhere,
}

/// Creates a database and opens a store on it.
pub async fn fresh(kind: Kind) -> TestDb {
    let place = Somewhere::migrated(kind).await;
    let store = Store::open(place.url()).await;
    TestDb {
        kind,
        store: store.expect("a store on a fresh database"),
        place,
    }
}

/// Runs a test on each kind of database, and names the one on which it failed.
pub async fn on_both(story: impl AsyncFn(&TestDb) -> Result<(), Error>) {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let db = fresh(kind).await;
        let told = tokio::time::timeout(DEADLINE, story(&db));
        match AssertUnwindSafe(told).catch_unwind().await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => panic!("on {kind:?}: {error}: {error:?}"),
            Ok(Err(_)) => panic!("on {kind:?}: the story did not end within {DEADLINE:?}"),
            Err(panic) => {
                eprintln!("the story failed on {kind:?}");
                resume_unwind(panic);
            }
        }
    }
}

impl TestDb {
    /// Returns the kind of the database.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the URL with which [`Store::open`] finds it.
    pub fn url(&self) -> &str {
        self.place.url()
    }

    /// Returns the store that was opened with it.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Calls [`Store::write`] with the store's own error.
    pub async fn write<T, F>(&self, body: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        self.store.write(body).await
    }

    /// Calls [`Store::read`] with the store's own error.
    pub async fn read<T, F>(&self, body: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        self.store.read(body).await
    }

    /// Fails unless every pool and every render agrees with the ledger.
    pub async fn assert_books_agree(&self) -> Result<(), Error> {
        let wrong = self.read(|tx| ledger::audit(tx).boxed()).await?;
        assert_eq!(wrong, Vec::<String>::new(), "the books of {:?}", self.kind);
        Ok(())
    }

    /// Opens a connection that is not the store's. It sees what another process would see.
    pub async fn other(&self) -> AnyConnection {
        AnyConnection::connect(self.url())
            .await
            .expect("another connection")
    }

    /// Runs one statement behind the store's back. Returns how many rows it changed.
    pub async fn sql(&self, statement: &str) -> Result<u64, sqlx::Error> {
        let mut other = self.other().await;
        let done = other.execute(AssertSqlSafe(statement)).await?;
        Ok(done.rows_affected())
    }

    /// Queries one number behind the store's back.
    pub async fn number(&self, query: &str) -> i64 {
        let mut other = self.other().await;
        let answer = sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut other);
        answer.await.unwrap_or_else(|error| panic!("{query}: {error}"))
    }

    /// Waits until a query returns this number.
    pub async fn until(&self, query: &str, wanted: i64) {
        let mut other = self.other().await;
        let begun = Instant::now();
        let mut looks = tokio::time::interval(LOOK_EVERY);
        loop {
            looks.tick().await;
            let now: i64 = sqlx::query_scalar(AssertSqlSafe(query))
                .fetch_one(&mut other)
                .await
                .unwrap_or_else(|error| panic!("{query}: {error}"));
            if now == wanted {
                return;
            }
            assert!(
                begun.elapsed() < DEADLINE / 4,
                "on {:?}: {query} still is {now}, not {wanted}",
                self.kind
            );
        }
    }
}
