//! One binary for all integration tests. It links once, and all stories share one harness.
//!
//! `store` tests the database's law on SQLite and Postgres, and `repo` tests this repository. The
//! other modules hold stories, one folder a subject. In a story, people draft, react and press
//! buttons in a local Discord, and the real bot answers over a real wire.

#![expect(
    clippy::similar_names,
    reason = "stories speak of one waiting and another waited for"
)]

mod approval;
mod costs;
mod discord;
mod draft;
mod engines;
mod guild;
mod harness;
mod image;
mod money;
mod operator;
mod page;
mod repo;
mod resilience;
mod store;
