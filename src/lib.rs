//! Greenlight.
pub mod domain;
pub mod store;
pub mod config;
pub mod clock;
pub mod telemetry;
pub mod media;
pub mod blobs;
pub mod providers;
pub mod discord;
pub mod flow;
pub mod gateway;
pub mod worker;
pub mod app;
pub mod cli;
