//! Describes one guild: who may do what there, what its admins chose, what the operator set, and the
//! pseudonyms of members who asked to be forgotten.

pub mod access;
pub mod digest;
pub mod edit;
pub mod lost;
pub mod operator;
pub mod pseudonym;
pub mod retention;
pub mod settings;
