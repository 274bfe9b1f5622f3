//! Makes a database of the newest schema once, of which each test gets a copy. Only migrations that are the
//! same byte for byte share one.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use greenlight::random;
use greenlight::store::Store;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, PgConnection};
use url::Url;

use super::server::command;

/// Returns the file of the SQLite database that is copied.
pub async fn file() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let template = folder.join(format!("template-{:016x}.db", migrations("sqlite")));
    if !template.exists() {
        let making = tempfile::tempdir_in(folder).expect("a folder");
        let url = format!("sqlite:{}", making.path().join("new.db").display());
        let store = Store::open(&url).await.expect("a store on an empty database");
        store.close().await;
        // What the write-ahead log holds is in the copy too.
        let copy = making.path().join("copy.db");
        let mut connection = AnyConnection::connect(&url).await.expect("a connection");
        let statement = format!("VACUUM INTO '{}'", copy.display());
        let copied = connection.execute(AssertSqlSafe(statement)).await;
        copied.expect("a copy");
        fs::rename(copy, &template).expect("the template at its place");
    }
    template
}

/// Returns the name of the database on a server that is copied. It stays there.
pub async fn on_server(admin: &Url) -> String {
    let name = format!("greenlight_template_{:016x}", migrations("postgres"));
    let mut connection = PgConnection::connect(admin.as_str())
        .await
        .unwrap_or_else(|error| panic!("no server of PostgreSQL answers: {error}"));
    let count = format!("SELECT COUNT(*) FROM pg_database WHERE datname = '{name}'");
    let is_there: i64 = sqlx::query_scalar(AssertSqlSafe(count))
        .fetch_one(&mut connection)
        .await
        .expect("the databases of the server");
    if is_there == 0 {
        let making = format!("greenlight_making_{:016x}", random::bits::<u64>());
        let made = command(admin, format!("CREATE DATABASE {making} TEMPLATE template0"));
        made.await.expect("an empty database");
        let mut url = admin.clone();
        url.set_path(&making);
        let store = Store::open(url.as_str())
            .await
            .expect("a store on an empty database");
        store.close().await;
        let renamed = command(admin, format!("ALTER DATABASE {making} RENAME TO {name}"));
        // Another test may have been faster.
        if renamed.await.is_err() {
            let removed = command(admin, format!("DROP DATABASE {making} WITH (FORCE)"));
            removed.await.expect("the database is removed");
        }
    }
    name
}

/// Returns a number that tells the migrations of a kind of database from others.
fn migrations(kind: &str) -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(kind);
    let files = fs::read_dir(folder).expect("the migrations");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    let mut hash = DefaultHasher::new();
    for file in files {
        fs::read(file).expect("a migration").hash(&mut hash);
    }
    hash.finish()
}
