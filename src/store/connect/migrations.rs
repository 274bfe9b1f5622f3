//! The migrations that are compiled in.

use std::sync::LazyLock;

use sqlx::any::AnyRow;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, Row, SqlSafeStr};

use crate::store::Error;
use crate::store::tx::Engine;

/// The codes of a table that is not there: SQLite's, which is that of every wrong statement, and
/// PostgreSQL's.
const NO_TABLE: [&str; 2] = ["1", "42P01"];

mod files {
    include!(concat!(env!("OUT_DIR"), "/migrations.rs"));
}

/// Those of SQLite.
static SQLITE: LazyLock<Migrator> = LazyLock::new(|| migrator(files::SQLITE));
/// Those of PostgreSQL.
static POSTGRES: LazyLock<Migrator> = LazyLock::new(|| migrator(files::POSTGRES));

/// Returns the migrations that a database should have.
pub(in crate::store) fn compiled_in(engine: Engine) -> &'static Migrator {
    match engine {
        Engine::Sqlite => &SQLITE,
        Engine::Postgres => &POSTGRES,
    }
}

/// Returns the same for a database that has more of them, of a newer program.
pub(super) fn beside_newer(engine: Engine) -> Migrator {
    let mut migrator = migrator(match engine {
        Engine::Sqlite => files::SQLITE,
        Engine::Postgres => files::POSTGRES,
    });
    migrator.set_ignore_missing(true);
    migrator
}

/// Returns the numbers of the migrations that were begun. A database without the table of them is none of
/// ours, and has none.
///
/// # Errors
/// [`Error::Database`] when it cannot be read.
pub(in crate::store) async fn versions(connection: &mut AnyConnection) -> Result<Vec<i64>, Error> {
    let rows = rows(connection, "SELECT version FROM _sqlx_migrations").await?;
    Ok(rows.iter().filter_map(|row| row.try_get(0).ok()).collect())
}

/// Returns the numbers of the migrations that were applied to their end, each with the sum of its text.
///
/// # Errors
/// [`Error::Database`] when it cannot be read.
pub(super) async fn applied(connection: &mut AnyConnection) -> Result<Vec<(i64, Vec<u8>)>, Error> {
    let rows = rows(
        connection,
        "SELECT version, checksum FROM _sqlx_migrations WHERE success",
    )
    .await?;
    let read = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    read.collect()
}

async fn rows(connection: &mut AnyConnection, query: &'static str) -> Result<Vec<AnyRow>, Error> {
    match sqlx::query(query).fetch_all(connection).await {
        Err(sqlx::Error::Database(said)) if said.code().is_some_and(|code| NO_TABLE.contains(&&*code)) => {
            Ok(Vec::new())
        }
        rows => Ok(rows?),
    }
}

/// Makes a migrator of files. A file is called by its number and what it does: `0001_main_job`.
fn migrator(files: &'static [(&'static str, &'static str)]) -> Migrator {
    let migrations = files.iter().map(|(name, sql)| {
        let (number, what) = name
            .split_once('_')
            .expect("a migration's name begins with its number");
        let number = number.parse().expect("a migration's name begins with its number");
        let what = what.replace('_', " ");
        Migration::new(
            number,
            what.into(),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_knows_the_migrations_of_a_release_by_their_sums() {
        for migrations in [&SQLITE, &POSTGRES] {
            let first = migrations.iter().next().unwrap();
            assert_eq!((first.version, &*first.description), (1, "main job"));
            assert_eq!(first.migration_type, MigrationType::Simple);
            assert!(!first.no_tx);
        }
        // As sqlx wrote it into `_sqlx_migrations` of databases that are there.
        let sum = &SQLITE.iter().next().unwrap().checksum[..8];
        assert_eq!(sum, 0x9323_56b2_6142_5247_u64.to_be_bytes());
    }
}
