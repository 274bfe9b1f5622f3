//! How long engines take, and what the operator is told of them.

pub mod eta;
pub mod operator_log;
