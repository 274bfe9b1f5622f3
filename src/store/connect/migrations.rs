//! The migrations that are compiled in.

use std::sync::LazyLock;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

mod files {
    include!(concat!(env!("OUT_DIR"), "/migrations.rs"));
}

/// Those of SQLite.
pub(in crate::store) static SQLITE: LazyLock<Migrator> = LazyLock::new(|| migrator(files::SQLITE));
/// Those of PostgreSQL.
pub(in crate::store) static POSTGRES: LazyLock<Migrator> = LazyLock::new(|| migrator(files::POSTGRES));

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
