//! Why nothing was copied.

use crate::store::Error;

/// Why nothing was copied.
#[derive(Debug, thiserror::Error)]
pub enum NotTransferred {
    /// The old database could not be read.
    #[error("the old database cannot be read")]
    Old(#[source] Error),
    /// The new database could not be written.
    #[error("the new database cannot be written")]
    New(#[source] Error),
    /// The old database is of another kind.
    #[error("the old database is not one of SQLite, and only those are copied")]
    OldIsNotSqlite,
    /// The new database is of another kind.
    #[error("the new database must begin with postgres:")]
    NewIsNotPostgres,
    /// So many others are connected to the new database.
    #[error("{0} others are connected to the new database: stop every bot and tool on it")]
    Others(i64),
    /// A table of the new database has rows.
    #[error(
        "the new database is not empty, and nothing in it is overwritten: its table {0} has rows; name an empty one"
    )]
    NotEmpty(String),
    /// The two have not the same migrations, tables or columns.
    #[error("the two databases are not of the same version: {0}")]
    OtherSchema(String),
    /// A row breaks a rule of the new database, or a table is not the same after all.
    #[error(
        "the table {table} is not the same in both: {old} rows in the old one, {new} in the new one, or others"
    )]
    Differs {
        /// Its name.
        table: String,
        /// How many rows were read.
        old: u64,
        /// How many rows are there now.
        new: u64,
    },
    /// A sum of the ledger does not agree.
    #[error("the books of the {database} database do not agree: {first}")]
    Books {
        /// Whether it is the old or the new one.
        database: &'static str,
        /// The first fault.
        first: String,
    },
    /// Somebody wrote to the old database meanwhile.
    #[error("the old database was written to meanwhile: stop the bot and run this again")]
    WrittenTo,
}

/// Says that the old database could not be read.
pub(super) fn on_old(error: impl Into<Error>) -> NotTransferred {
    NotTransferred::Old(error.into())
}

/// Says that the new database could not be written.
pub(super) fn on_new(error: impl Into<Error>) -> NotTransferred {
    NotTransferred::New(error.into())
}
