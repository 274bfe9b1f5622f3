//! Describes drafts: the prompt that a member writes, whether the draft may start, and when it is over.

pub mod admission;
pub mod entity;
pub mod fingerprint;
pub mod prompt;
pub mod retention;
