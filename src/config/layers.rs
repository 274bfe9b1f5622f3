//! Lays `config/default.toml`, a file and the environment over each other.

use std::path::Path;

use figment::error::Kind;
use figment::providers::Format;
use figment::{Figment, Source};
use serde::de::DeserializeOwned;

use super::environment::{self, Environment, Names};
use super::error::Error;
use super::names::is_secret;
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

/// Lays the environment over a file, and both over the defaults. Returns what each key of the
/// environment was set by, too.
pub(super) fn layers(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<(Figment, Names), Error> {
    let mut layers = Figment::new().merge(Toml::string(DEFAULT));
    if let Some(file) = file {
        if !file.is_file() {
            let path = file.display().to_string();
            return Err(Error::NoFile { path });
        }
        layers = layers.merge(Toml::file_exact(file));
    }
    let environment = Environment::new(environment)?;
    let names = environment.names.clone();
    Ok((layers.merge(environment), names))
}

/// Returns what is wrong, without the value of a secret and without lines of a file, which may hold
/// one.
pub(super) fn without_secrets(mut error: figment::Error) -> Error {
    let key = error.path.join(".");
    if !key.is_empty() && is_secret(&key) && !matches!(error.kind, Kind::UnknownField(..)) {
        return Error::Secret(key);
    }
    if let Kind::Message(text) = &mut error.kind {
        let harmless = text.lines().filter(|line| !line.contains('|'));
        *text = harmless.collect::<Vec<_>>().join(": ");
    }
    Error::Settings(words::of(&error))
}

/// Returns the file or the variable that a setting came from; of one that is missing, that of its
/// section. `None` for a default.
pub(super) fn place(layers: &Figment, names: &Names, key: &str) -> Option<String> {
    let Some(metadata) = layers.find_metadata(key) else {
        let (section, _) = key.rsplit_once('.')?;
        return place(layers, names, section);
    };
    match &metadata.source {
        Some(Source::File(path)) => Some(path.display().to_string()),
        _ if metadata.name == environment::NAME => {
            let inside = format!("{key}.");
            let of_section = || {
                names
                    .iter()
                    .find(|(name, _)| name.starts_with(&inside))
                    .map(|(_, from)| from)
            };
            names.get(key).or_else(of_section).cloned()
        }
        _ => None,
    }
}
