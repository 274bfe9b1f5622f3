//! Greenlight: a Discord bot that drafts images cheaply and draws larger ones only of what the team
//! approves.
//!
//! The modules stand in reading order. `ARCHITECTURE.md` walks one command and one reaction through
//! them.

// What the product is: rules without effects.
pub mod domain;

// What it says: every sentence that a person reads.
pub mod wording;

// What it stands on: each module is the only one that knows its outside crate.
pub mod blobs;
pub mod clock;
pub mod config;
pub mod discord;
pub mod media;
pub mod providers;
pub mod random;
pub mod store;
pub mod telemetry;

// What it does: rules applied to what it stands on.
pub mod flow;

// What sets it going: events from Discord, work from the queue.
pub mod gateway;
pub mod worker;

// What tells how it is, and gives files.
pub mod links;
pub mod watch;

// How it is put together and started.
pub mod app;
pub mod cli;
