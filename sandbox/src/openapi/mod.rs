//! Discord's own document of its API, and what is checked by it.

pub(crate) mod checks;
pub(crate) mod document;
pub(crate) mod flaws;
pub(crate) mod operations;
mod relaxations;
