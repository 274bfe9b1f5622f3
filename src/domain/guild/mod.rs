//! A server: what its admins chose, what the operator set, and who asked to be forgotten.

pub mod operator;
pub mod pseudonym;
pub mod settings;
