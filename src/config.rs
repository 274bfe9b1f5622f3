//! Settings: `config/default.toml`, then a file, then the environment.
//!
//! Whatever cannot be right refuses the start.

mod address;
mod blobs;
mod check;
mod engines;
mod environment;
mod error;
mod layers;
mod names;
mod range;
mod read;
mod secret_files;
mod show;
mod tree;
mod words;

pub use self::engines::{Access, EngineConfig, EngineKind};
pub use self::environment::of_engine;
pub use self::error::Error;
pub use self::names::{key_name, key_variable};
pub use self::show::Shown;
pub use self::tree::{BlobsConfig, Config, DiscordConfig, Log, LogFormat};

#[cfg(test)]
mod tests;
