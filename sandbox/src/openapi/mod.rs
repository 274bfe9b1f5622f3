//! Discord's own document of its API, and what is checked by it.
//!
//! Reading schemas takes a third of the build, so the feature `openapi` can be left out. Then
//! nothing is checked by the document.

#[cfg(not(feature = "openapi"))]
mod absent;
pub(crate) mod checks;
#[cfg(feature = "openapi")]
mod document;
#[cfg(feature = "openapi")]
mod explanation;
pub(crate) mod flaws;
pub(crate) mod operations;
#[cfg(feature = "openapi")]
mod relaxations;

use std::path::PathBuf;

#[cfg(not(feature = "openapi"))]
pub(crate) use self::absent::{Document, official};
#[cfg(feature = "openapi")]
pub(crate) use self::document::{Document, official};

/// The environment variable with the document's path.
const PATH_VARIABLE: &str = "DISCORD_OPENAPI";

/// Why the document cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{PATH_VARIABLE} names {}, which is not Discord's own document of its API: {why}", path.display())]
pub struct DocumentError {
    path: PathBuf,
    why: String,
}
