//! One server: what its admins chose, what the operator set, and the pseudonyms of members who
//! asked to be forgotten.

mod checked;
pub mod operator;
pub mod pseudonym;
pub mod settings;
