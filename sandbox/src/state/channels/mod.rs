//! Channels and threads, and who may do what in them.

mod access;
mod edit;
pub(crate) mod json;
mod threads;
