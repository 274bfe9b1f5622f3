//! Why a flow did not come to its end.

pub use crate::telemetry::chain;
use crate::{blobs, store};

/// Why a flow did not come to its end. A person's mistake is no error: it is an answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something is busy or away. The same call may work later.
    #[error("{what}")]
    Retry {
        /// The part that is away.
        what: &'static str,
        /// When to try again, in milliseconds from now, if somebody said so.
        after_ms: Option<i64>,
        /// The error of that part.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// Another worker took the job over. Only that worker may record its outcome.
    #[error("another worker has this job now")]
    LeaseLost,
    /// A state that must not occur. The job is kept and looked at again, rarely.
    #[error("{0}")]
    Broken(String, #[source] Option<Box<dyn std::error::Error + Send + Sync>>),
}

impl Error {
    /// Makes an error for a state that must not occur.
    #[must_use]
    pub fn broken(what: impl Into<String>) -> Self {
        Self::Broken(what.into(), None)
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::LeaseLost => Self::LeaseLost,
            store::Error::Inconsistent(what) => Self::broken(what),
            error @ (store::Error::Database(_)
            | store::Error::Migrate(_)
            | store::Error::Url(_)
            | store::Error::Missing(_)
            | store::Error::Behind
            | store::Error::Ending) => Self::Retry {
                what: "the database failed",
                after_ms: None,
                source: Some(error.into()),
            },
        }
    }
}

impl From<blobs::Error> for Error {
    fn from(error: blobs::Error) -> Self {
        Self::Retry {
            what: "the store of the pictures failed",
            after_ms: None,
            source: Some(error.into()),
        }
    }
}
