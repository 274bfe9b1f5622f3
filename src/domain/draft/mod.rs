//! A draft: what people write, and whether it may start.

pub mod admission;
pub mod prompt;
