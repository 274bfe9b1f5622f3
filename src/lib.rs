//! Greenlight.
pub mod domain;
pub mod store;
