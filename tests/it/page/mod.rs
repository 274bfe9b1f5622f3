//! Tests the demo's page in a headless Chromium.

mod admin;
mod demo;
mod everybody;
mod guilds;
mod history;
mod hostile;
mod layout;
mod machine;
mod messages;
mod newcomer;
mod reply;
mod screenshots;
mod still;
mod tab;
mod tools;
