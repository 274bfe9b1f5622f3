//! The imperative shell: load, ask the domain, act, record. What branches, branches here.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod announce;
pub mod approval;
pub mod dispatch;
pub mod done;
pub mod draft;
pub mod engine;
pub mod error;
pub mod image;
pub mod money;
pub mod posting;
pub mod privacy;
pub mod services;
pub mod settings;

pub use self::error::{Error, chain};
