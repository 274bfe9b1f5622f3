//! One binary for all integration tests: it links once, and all stories share one harness.
//!
//! `store` tests the database's law on SQLite and Postgres; the other modules are stories, told through a local Discord
//! by people who draft, react and press buttons, with the real bot on the other side of a real wire.

mod harness;
mod main_job;
mod outcomes;
mod prompts;
mod refusals;
mod store;
mod tidy;
mod try_again;
mod uploads;
