//! One binary for all integration tests: it links once, and all stories share one harness.
//!
//! `store` tests the database's law on SQLite and Postgres, and `repo` tests this repository. The other modules are
//! stories, by their subjects: they are told through a local Discord by people who draft, react and press buttons, with
//! the real bot on the other side of a real wire.

#![expect(
    clippy::similar_names,
    reason = "stories speak of one waiting and another waited for"
)]

mod approval;
mod discord;
mod draft;
mod engines;
mod guild;
mod harness;
mod image;
mod money;
mod page;
mod repo;
mod resilience;
mod store;
