//! Engines: what they can draw, what it costs, what they are told, what a prompt leaves to
//! chance, and how much of them may be used.

pub mod availability;
pub mod catalog;
pub mod cost;
pub mod hint;
pub mod prompt_template;
pub mod quota;
