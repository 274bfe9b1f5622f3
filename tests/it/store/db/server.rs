//! Creates databases on the server of PostgreSQL that the tests were given.

use greenlight::random;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use url::Url;

/// The variable that names a Postgres server on which the tests may create databases.
const POSTGRES: &str = "TEST_POSTGRES_URL";

/// Returns the server on which the tests may create databases.
pub(super) fn admin() -> Url {
    let Ok(admin) = std::env::var(POSTGRES) else {
        panic!("{POSTGRES} is not set: run scripts/test, which starts a Postgres for the tests");
    };
    Url::parse(&admin).unwrap_or_else(|error| panic!("{POSTGRES} is no URL: {error}"))
}

/// A database on the tests' server.
pub(super) struct OnServer {
    admin: Url,
    /// How it is reached.
    pub(super) url: Url,
    name: String,
}

impl OnServer {
    /// Creates a database as a copy of another.
    pub(super) async fn create(template: &str) -> Self {
        let admin = admin();
        let name = format!("greenlight_test_{:016x}", random::bits::<u64>());
        let mut url = admin.clone();
        url.set_path(&name);
        command(&admin, format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .await
            .unwrap_or_else(|error| panic!("{POSTGRES} is set, but no database can be made there: {error}"));
        Self { admin, url, name }
    }
}

impl Drop for OnServer {
    /// Drops the database in a thread with a runtime of its own, because a drop cannot wait for the
    /// one that it may be on.
    fn drop(&mut self) {
        let (admin, name) = (self.admin.clone(), self.name.clone());
        let removed = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(command(&admin, format!("DROP DATABASE {name} WITH (FORCE)")))
        });
        if let Ok(Err(error)) = removed.join() {
            eprintln!("the database {} is left behind: {error}", self.name);
        }
    }
}

/// Runs a statement on a server.
///
/// # Errors
/// What the server says.
pub(super) async fn command(server: &Url, statement: String) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(server.as_str()).await?;
    connection.execute(AssertSqlSafe(statement)).await?;
    connection.close().await
}
