//! The gateway: events, sessions, and what goes wrong with both.

mod events;
mod faults;
mod sessions;
