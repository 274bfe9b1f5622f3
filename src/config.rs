//! Settings: `config/default.toml`, then a file, then the environment.
//!
//! Whatever cannot be right refuses the start.

mod address;
mod check;
mod environment;
mod error;
mod read;
mod tree;

pub use self::environment::{key_variable, of_engine};
pub use self::error::Error;
pub use self::tree::{Access, Config, DiscordConfig, EnginesConfig, Here, Log, LogFormat};

#[cfg(test)]
mod tests;
