//! Takes votes, counts them, confirms them with Discord, and lists them.

mod ask_lead;
pub mod barred;
pub mod confirm;
pub mod list;
pub mod look_up;
pub mod notes;
pub mod press;
pub mod reading;
pub mod recount;
pub mod replies;
pub mod resume;
pub mod spend;
pub mod tell_stop;
pub mod vote;
