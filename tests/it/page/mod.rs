//! Tests the demo's page in a headless Chromium.

mod admin;
mod demo;
mod hostile;
mod machine;
mod tab;
