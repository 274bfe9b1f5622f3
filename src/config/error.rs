//! Why the start is refused.

use std::borrow::Cow;

use crate::domain::engine::catalog::BadCatalog;

/// Why the start is refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A key is unknown, or its value is of the wrong kind. Says the key, the value, the place and
    /// what to do.
    #[error("{0}")]
    Settings(String),
    /// The settings file is not there.
    #[error("there is no settings file {path}: name one that is there with --config, or leave it out")]
    NoFile {
        /// The file that was named.
        path: String,
    },
    /// The same of a key that holds a secret, or of a section that does.
    #[error("{0}: this is not what it may be; a secret is a text, in quotes in a file. It is not shown here")]
    Secret(String),
    /// The file of a secret cannot be read.
    #[error(
        "{variable} = {path}: {why}; name a file that the bot's user may read and that holds the secret alone"
    )]
    SecretFile {
        /// The variable that names the file, or the folder that it is in.
        variable: String,
        /// The file.
        path: String,
        /// Why it cannot be read.
        why: String,
    },
    /// A value is out of range.
    #[error("{key} = {value}: {fix}")]
    Value {
        /// The key, dotted.
        key: Cow<'static, str>,
        /// What it was set to.
        value: String,
        /// What it may be.
        fix: String,
    },
    /// The models file cannot be read.
    #[error("models_file = {path}: {why}")]
    Models {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The data in the models file, or a stage's use of it, cannot be right.
    #[error(transparent)]
    Catalog(#[from] BadCatalog),
}

impl Error {
    /// Adds where a value was set, by its key, if that is known.
    #[must_use]
    pub(super) fn placed(self, place: impl Fn(&str) -> Option<String>) -> Self {
        match self {
            Self::Value { key, value, fix } => {
                let fix = match place(&key) {
                    Some(place) => format!("{fix}; it is set in {place}"),
                    None => fix,
                };
                Self::Value { key, value, fix }
            }
            other => other,
        }
    }
}
