//! Reads `config/default.toml`, then a file, then the environment.

use std::path::Path;

use figment::Figment;
use figment::error::Kind;
use figment::providers::Format;
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;

use super::environment::{self, Environment};
use super::error::Error;
use super::tree::{Config, Settings};
use super::words;

const DEFAULT: &str = include_str!("../../config/default.toml");

/// TOML, read by the crate that reads the models file too. figment's own has another version of it.
struct Toml;

impl Format for Toml {
    type Error = toml::de::Error;

    const NAME: &'static str = "TOML";

    fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, Self::Error> {
        toml::from_str(text)
    }
}

impl Config {
    /// Reads the settings. `environment` is the process's, or a test's.
    ///
    /// # Errors
    /// [`Error`], with the key, the value and what it may be.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let mut layers = Figment::new().merge(Toml::string(DEFAULT));
        if let Some(file) = file {
            if !file.is_file() {
                let path = file.display().to_string();
                return Err(Error::NoFile { path });
            }
            layers = layers.merge(Toml::file_exact(file));
        }
        let settings: Settings = layers
            .merge(Environment::new(environment))
            .extract()
            .map_err(without_secrets)?;
        settings.check()
    }

    /// Checks that there is a token. Only talking to Discord needs one.
    ///
    /// # Errors
    /// [`Error::Value`] when there is none.
    pub fn require_token(&self) -> Result<(), Error> {
        if !self.discord.token.expose_secret().trim().is_empty() {
            return Ok(());
        }
        let fix = "set DISCORD_TOKEN to the bot's token, or try everything without one: greenlight demo";
        Err(Error::Value {
            key: "discord.token".into(),
            value: "(empty)".to_owned(),
            fix: fix.to_owned(),
        })
    }
}

/// Returns what is wrong, without the value of a secret and without lines of a file, which may hold
/// one.
fn without_secrets(mut error: figment::Error) -> Error {
    let key = error.path.join(".");
    if !key.is_empty() && environment::is_secret(&key) && !matches!(error.kind, Kind::UnknownField(..)) {
        return Error::Secret(key);
    }
    if let Kind::Message(text) = &mut error.kind {
        let harmless = text.lines().filter(|line| !line.contains('|'));
        *text = harmless.collect::<Vec<_>>().join(": ");
    }
    Error::Settings(words::of(&error))
}
