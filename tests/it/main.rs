//! One binary for all integration tests: it links once, and all stories share one harness.
//!
//! `store` tests the database's law on SQLite and Postgres; the other modules are stories, told through a local Discord
//! by people who draft, react and press buttons, with the real bot on the other side of a real wire.

#![expect(
    clippy::similar_names,
    reason = "stories speak of one waiting and another waited for"
)]

mod again;
mod approvals;
mod away;
mod books;
mod browser;
mod cancel;
mod caps;
mod chaos;
mod deadlines;
mod demo_engine;
mod doctor;
mod drift;
mod every_call_fails;
mod fal;
mod faults;
mod gallery;
mod gateway_ends;
mod gateway_events;
mod gateway_gaps;
mod gathered;
mod gemini;
mod harness;
mod in_earnest;
mod in_place;
mod ladder;
mod leads;
mod limits;
mod local;
mod log;
mod lost_places;
mod main_job;
mod money;
mod openai;
mod outcomes;
mod privacy;
mod projects;
mod prompts;
mod races;
mod recounts;
mod recovery;
mod references;
mod refusals;
mod reminders;
mod restarts;
mod secrets;
mod settings;
mod starts;
mod store;
mod streaming;
mod tidy;
mod told_once;
mod try_again;
mod two_processes;
mod unresolved;
mod uploads;
mod voting;
