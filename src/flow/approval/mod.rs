//! Votes given and taken back, counted, confirmed with Discord, and listed.

pub mod confirm;
pub mod list;
pub mod recount;
pub mod vote;
