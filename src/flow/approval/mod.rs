//! Votes given and taken back, counted, confirmed with Discord, and listed.

pub mod confirm;
pub mod list;
pub mod reading;
pub mod recount;
pub mod resume;
pub mod spend;
pub mod vote;
