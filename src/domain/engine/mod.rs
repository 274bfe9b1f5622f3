//! Engines: what they can draw, what it costs, what they are told, and how much of them may be
//! used.

pub mod availability;
pub mod catalog;
pub mod cost;
pub mod prompt_template;
pub mod quota;
