//! The imperative shell: load, ask the domain, act, record. What branches, branches here.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod account;
pub mod again;
pub mod approvals;
pub mod books;
pub mod caps;
pub mod deliver;
pub mod done;
pub mod draft;
mod drift;
pub mod error;
pub mod gallery;
pub mod glimpse;
pub mod job;
pub mod log;
pub mod pace;
pub mod picture;
mod posting;
pub mod privacy;
pub mod project;
pub mod quorum;
pub mod recover;
pub mod references;
pub mod remind;
pub mod render;
pub mod services;
pub mod settings;
pub mod treasury;
pub mod trouble;
pub mod unresolved;
pub mod vote;

pub use self::error::{Error, chain};
