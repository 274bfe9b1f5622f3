//! Tests the demo's page in a headless Chromium.

mod admin;
mod demo;
mod everybody;
mod hostile;
mod machine;
mod tab;
