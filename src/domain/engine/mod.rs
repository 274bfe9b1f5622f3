//! Who draws, at what price: what can be drawn, what it costs, how it is asked for and how often.

pub mod availability;
pub mod catalog;
pub mod cost;
pub mod prompt_template;
pub mod quota;
