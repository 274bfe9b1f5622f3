//! The guild, its people and their roles.

mod guild;
mod json;
mod roles;
