//! Estimates waits, and tells the operator of an engine's troubles.

pub mod eta;
pub mod operator_log;
