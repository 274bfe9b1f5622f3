//! What everything that speaks HTTP shares: the listener, bodies, files.

pub(crate) mod cdn;
#[cfg(test)]
mod foreigners;
pub(crate) mod payload;
pub(crate) mod server;
