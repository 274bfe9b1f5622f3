//! The guild, its people and their roles.

mod guild;
pub(crate) mod json;
mod roles;
