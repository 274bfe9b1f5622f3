//! What everything that speaks HTTP shares: the listener, bodies, errors, files.

pub(crate) mod act;
pub(crate) mod cdn;
pub(crate) mod errors;
#[cfg(test)]
pub(crate) mod foreigners;
pub(crate) mod hang_up;
pub(crate) mod id;
pub(crate) mod notes;
pub(crate) mod path;
pub(crate) mod payload;
pub(crate) mod place;
pub(crate) mod query;
pub(crate) mod server;
