//! Describes drafts: the prompt that a member writes, and whether the draft may start.

pub mod admission;
pub mod entity;
pub mod fingerprint;
pub mod prompt;
