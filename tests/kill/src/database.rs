//! The database as it is behind the bots' backs: where it is, and what is in it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::{AnyPool, AssertSqlSafe, FromRow, Row};

/// Which database the bots keep their books in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Kind {
    /// Returns the name, as people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// Longer than any lease, in milliseconds: no process lives.
pub const NOBODY_LIVES_MS: i64 = 60_000;
/// What is left of a lease, in milliseconds, that nobody has renewed for some seconds. A lease is of
/// 15 seconds, and is renewed every three.
pub const NOBODY_RENEWS_MS: i64 = 10_500;
/// The furthest ahead that a job lies which belongs to work of now, in milliseconds. Votes end days
/// later.
const SOON_MS: i64 = 60 * 60_000;
/// How often a write is tried that bots may be in the way of.
const TRIES: u32 = 20;

/// Where the database is.
#[derive(Clone, Debug)]
pub enum Place {
    /// The file.
    File(PathBuf),
    /// The parts of a URL of PostgreSQL: the user with the password, the host with the port, and the
    /// name of this database.
    Server(String, String, String),
}

impl Place {
    /// Makes an empty database: a file in a folder, or one of this name on a server.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn new(kind: Kind, folder: &Path, server: Option<&str>, name: &str) -> anyhow::Result<Self> {
        sqlx::any::install_default_drivers();
        if kind == Kind::Sqlite {
            return Ok(Self::File(folder.join("greenlight.db")));
        }
        let Some(url) = server else {
            bail!("name a PostgreSQL with --postgres-url or TEST_POSTGRES_URL");
        };
        let parts = url.split_once("://").and_then(|(_, rest)| rest.split_once('@'));
        let (user, rest) = parts.context("the URL of PostgreSQL has no user")?;
        let host = rest.split('/').next().unwrap_or_default();
        let host = if host.contains(':') {
            host.to_owned()
        } else {
            format!("{host}:5432")
        };
        on_server(url, &format!("CREATE DATABASE {name}")).await?;
        Ok(Self::Server(user.to_owned(), host, name.to_owned()))
    }

    /// Removes a database from its server. A file goes with its folder.
    pub async fn remove(&self, server: Option<&str>) {
        if let (Self::Server(_, _, name), Some(url)) = (self, server) {
            // What cannot be removed is left: it has a name of its own.
            let _ = on_server(url, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }

    /// Returns the host and the port of the server, if there is one.
    pub fn server(&self) -> Option<String> {
        match self {
            Self::File(_) => None,
            Self::Server(_, host, _) => Some(host.clone()),
        }
    }

    /// Returns the URL at which a bot finds the database, through a port on loopback.
    pub fn url_through(&self, port: u16) -> String {
        match self {
            Self::File(path) => format!("sqlite:{}", path.display()),
            Self::Server(user, _, name) => {
                format!("postgres://{user}@127.0.0.1:{port}/{name}?sslmode=disable")
            }
        }
    }

    /// Returns the URL of the database itself.
    pub fn url(&self) -> String {
        match self {
            Self::File(_) => self.url_through(0),
            Self::Server(user, host, name) => format!("postgres://{user}@{host}/{name}"),
        }
    }
}

async fn on_server(url: &str, statement: &str) -> anyhow::Result<()> {
    let one = AnyPoolOptions::new().max_connections(1).connect(url).await;
    let one = one.context("PostgreSQL cannot be reached")?;
    let done = sqlx::query(AssertSqlSafe(statement)).execute(&one).await;
    one.close().await;
    done.context("PostgreSQL refuses")?;
    Ok(())
}

/// The database, past all wires.
#[derive(Clone, Debug)]
pub struct Database {
    pool: AnyPool,
    kind: Kind,
}

impl Database {
    /// Opens it.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn open(place: &Place) -> anyhow::Result<Self> {
        let options = AnyPoolOptions::new().max_connections(6);
        let pool = options
            .connect(&place.url())
            .await
            .context("the database cannot be opened")?;
        let kind = match place {
            Place::File(_) => Kind::Sqlite,
            Place::Server(..) => Kind::Postgres,
        };
        Ok(Self { pool, kind })
    }

    /// Reads all rows of a query.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn all<T>(&self, query: &str) -> anyhow::Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let read = sqlx::query_as(AssertSqlSafe(query)).fetch_all(&self.pool).await;
        read.with_context(|| query.to_owned())
    }

    /// Reads one number.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn number(&self, query: &str) -> anyhow::Result<i64> {
        let read = sqlx::query(AssertSqlSafe(query)).fetch_one(&self.pool).await;
        let row = read.with_context(|| query.to_owned())?;
        Ok(row.try_get(0)?)
    }

    /// Returns how large it is, in bytes, without what SQLite keeps beside its file.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn bytes(&self) -> anyhow::Result<i64> {
        let query = match self.kind {
            Kind::Sqlite => "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
            Kind::Postgres => "SELECT pg_database_size(current_database())",
        };
        self.number(query).await
    }

    /// Makes time pass for the queue: what is due within an hour is due now, and a lease that lasts
    /// less than `lease_ms` is over. A process that lives renews its leases every few seconds.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn let_time_pass(&self, now_ms: i64, lease_ms: i64) -> anyhow::Result<()> {
        self.pass(now_ms, lease_ms, "").await
    }

    /// Makes time pass for the queue, but not for what waits to forget somebody. Where that cannot be done
    /// yet, it would be tried as often as time passes, and the queue never be empty.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn let_time_pass_but_to_forget(&self, now_ms: i64) -> anyhow::Result<()> {
        self.pass(now_ms, 0, "AND kind <> 'forget'").await
    }

    async fn pass(&self, now_ms: i64, lease_ms: i64, which: &str) -> anyhow::Result<()> {
        let over_ms = now_ms + lease_ms;
        let statement = format!(
            "UPDATE jobs SET run_at_ms = CASE WHEN run_at_ms > {now_ms} THEN {now_ms} ELSE run_at_ms END, \
             lease_until_ms = 0 WHERE run_at_ms < {} AND lease_until_ms < {over_ms} {which}",
            now_ms + SOON_MS
        );
        // Bots lock the same rows in an order of their own.
        for _ in 0..TRIES {
            let passed = sqlx::query(AssertSqlSafe(&*statement)).execute(&self.pool).await;
            if passed.is_ok() {
                return Ok(());
            }
        }
        bail!("time cannot be made to pass for the queue")
    }

    /// Returns what is still to be done: jobs of now, images that are drawn, drafts that open. Where
    /// something of a member cannot be forgotten yet, that is tried again for ever.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn left_to_do(&self, now_ms: i64) -> anyhow::Result<Vec<(String, i64)>> {
        self.all(&format!(
            "SELECT kind, target FROM jobs WHERE lease_until_ms > {now_ms} OR run_at_ms <= {now_ms} \
             OR (run_at_ms < {soon} AND kind <> 'forget') \
             UNION ALL SELECT state, id FROM renders WHERE state IN ('queued', 'rendering') \
             UNION ALL SELECT state, id FROM drafts WHERE state = 'opening'",
            soon = now_ms + SOON_MS
        ))
        .await
    }

    /// Returns how many images of a prompt at a stage are being drawn and have their price held. A call that
    /// was cut may go on, and its image is of unknown end while the price stays held.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn held_for(&self, prompt: &str, stage: &str) -> anyhow::Result<i64> {
        self.number(&format!(
            "SELECT count(*) FROM renders r JOIN drafts d ON d.id = r.draft_id \
             JOIN entries h ON h.render_id = r.id AND h.kind = 'hold' \
             WHERE d.prompt = '{prompt}' AND r.stage = '{stage}' AND r.state IN ('rendering', 'unknown') \
             AND NOT EXISTS (SELECT 1 FROM entries c WHERE c.closes = h.id)"
        ))
        .await
    }

    /// Returns the drafts of a prompt.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn drafts_of(&self, prompt: &str) -> anyhow::Result<Vec<(i64,)>> {
        self.all(&format!("SELECT id FROM drafts WHERE prompt = '{prompt}'"))
            .await
    }

    /// Keeps everybody else from writing for a while, and lets go whatever becomes of the caller.
    /// Only SQLite has one lock for all.
    pub async fn lock_for(&self, time: Duration) {
        let pool = self.pool.clone();
        let locked = tokio::spawn(async move {
            let mut one = pool.acquire().await?;
            sqlx::query("BEGIN IMMEDIATE").execute(&mut *one).await?;
            tokio::time::sleep(time).await;
            sqlx::query("ROLLBACK").execute(&mut *one).await
        });
        // Somebody else may write just now, for longer than this waits.
        let _ = locked.await;
    }

    /// Closes it.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
