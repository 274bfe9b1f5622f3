//! The imperative shell: loads, asks the domain, acts, records. Decisions with effects branch here.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod access;
pub mod announce;
pub mod approval;
mod contact_sheet;
pub mod dispatch;
pub mod done;
pub mod draft;
pub mod engine;
pub mod error;
pub mod image;
mod kept;
mod marks;
pub mod money;
pub mod posting;
pub mod privacy;
pub mod processes;
pub mod restore;
pub mod services;
pub mod settings;

pub use self::error::{Error, chain};
