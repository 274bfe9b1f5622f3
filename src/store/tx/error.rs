//! Says why a query or a transaction failed.

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
    #[error("{0}")]
    Url(&'static str),
    /// There is no file of an SQLite database where one was to be looked at.
    #[error(
        "there is no database file {0}: set database.url to the one that is used; `greenlight migrate` makes a new one"
    )]
    Missing(String),
    /// A database that was to be looked at lacks migrations, or is none of this program.
    #[error("the database is not one of this version: `greenlight migrate` brings it up to date")]
    Behind,
    /// A row that the rules do not allow. Trying again does not help.
    #[error("a row cannot be: {0}")]
    Inconsistent(String),
    /// Another claim replaced this worker's lease. Only the worker of the newer claim may record
    /// the outcome of the job.
    #[error("the lease on this job was lost")]
    LeaseLost,
    /// The process is to end, and the database has not answered in the time that was left. Nobody
    /// knows whether the transaction took place.
    #[error("the database does not answer, and the process is to end")]
    Ending,
}
