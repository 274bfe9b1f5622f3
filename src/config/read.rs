//! Reads and checks the settings.

use std::path::Path;

use secrecy::ExposeSecret;

use super::blobs::of_amazon;
use super::error::Error;
use super::layers::{layers, place, without_secrets};
use super::tree::{Config, Settings};

impl Config {
    /// Reads the settings. `environment` is the process's, or a test's.
    ///
    /// # Errors
    /// [`Error`], with the key, the value and what it may be.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let environment: Vec<_> = environment.into_iter().collect();
        let amazon = of_amazon(&environment);
        let (layers, names) = layers(file, environment)?;
        let settings: Settings = layers.extract().map_err(without_secrets)?;
        let checked = settings.check(amazon);
        checked.map_err(|error| error.placed(|key| place(&layers, &names, key)))
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
