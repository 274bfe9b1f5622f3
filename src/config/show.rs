//! Shows what is in force, without secrets.

use std::path::Path;

use serde_json::Value;

use super::address::shown;
use super::error::Error;
use super::layers::{layers, place, without_secrets};
use super::names::is_secret;
use super::tree::Config;
use crate::domain::database_url;

/// What the names of settings that are addresses end with.
const ADDRESSES: [&str; 4] = ["base_url", "api_base", "endpoint", "blobs.url"];

/// A setting that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The key, dotted.
    pub key: String,
    /// The value as JSON; of a secret only whether there is one.
    pub value: String,
    /// The layer that it came from: `default`, a file, or a variable.
    pub from: String,
}

impl Config {
    /// Lists what is in force, by the keys. Nothing is checked: what is wrong is shown too.
    ///
    /// # Errors
    /// [`Error`] for a file or an environment that cannot be read.
    pub fn show(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Vec<Shown>, Error> {
        let (layers, names) = layers(file, environment)?;
        let all: Value = layers.extract().map_err(without_secrets)?;
        let mut lines = Vec::new();
        flatten("", &all, &mut |key, value| {
            lines.push(Shown {
                value: masked(key, value),
                from: place(&layers, &names, key).unwrap_or_else(|| "default".to_owned()),
                key: key.to_owned(),
            });
        });
        Ok(lines)
    }
}

fn flatten(key: &str, value: &Value, each: &mut impl FnMut(&str, &Value)) {
    let Value::Object(section) = value else {
        return each(key, value);
    };
    for (name, value) in section {
        let key = if key.is_empty() {
            name.clone()
        } else {
            format!("{key}.{name}")
        };
        flatten(&key, value, each);
    }
}

fn masked(key: &str, value: &Value) -> String {
    let text = value.as_str().unwrap_or("(not shown)");
    if key == "database.url" {
        return Value::from(database_url::shown(text)).to_string();
    }
    if is_secret(key) {
        return if text.is_empty() { "(empty)" } else { "(set)" }.to_owned();
    }
    match value.as_str() {
        // An address that is no good may hold a password.
        Some(text) if ADDRESSES.iter().any(|name| key.ends_with(name)) => {
            Value::from(shown(text)).to_string()
        }
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "hidden-word";

    #[test]
    fn each_value_has_its_layer_and_no_secret_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let (file, token) = (folder.path().join("bot.toml"), folder.path().join("token"));
        std::fs::write(&file, "[pool]\nfirst_grant = 5\n[stages.final]\nquorum = 3\n").unwrap();
        std::fs::write(&token, SECRET).unwrap();
        let variables = [
            ("DISCORD_TOKEN_FILE", token.display().to_string()),
            (
                "DATABASE_URL",
                format!("postgres://bot:{SECRET}@db/bot?password={SECRET}"),
            ),
            ("GREENLIGHT_ENGINES__OPENAI__KEY", SECRET.to_owned()),
            ("GREENLIGHT_STAGES__FINAL__QUORUM", "4".to_owned()),
            (
                "GREENLIGHT_ENGINES__OPENAI__BASE_URL",
                format!("https://{SECRET}@gateway/v1"),
            ),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value));
        let shown = Config::show(Some(&file), variables).unwrap();
        let line = |key: &str| {
            let found = shown.iter().find(|line| line.key == key).expect(key);
            (found.value.clone(), found.from.clone())
        };
        let at = |value: &str, from: &str| (value.to_owned(), from.to_owned());
        let path = file.display().to_string();
        assert_eq!(line("pool.first_grant"), at("5", &path));
        assert_eq!(
            line("stages.final.quorum"),
            at("4", "GREENLIGHT_STAGES__FINAL__QUORUM")
        );
        assert_eq!(line("stages.review.quorum"), at("1", "default"));
        assert_eq!(line("discord.token"), at("(set)", "DISCORD_TOKEN_FILE"));
        assert_eq!(line("engines.fal.key"), at("(empty)", "default"));
        assert_eq!(
            line("engines.openai.key"),
            at("(set)", "GREENLIGHT_ENGINES__OPENAI__KEY")
        );
        assert_eq!(line("database.url"), at("\"postgres://db/bot\"", "DATABASE_URL"));
        assert!(!format!("{shown:?}").contains(SECRET), "{shown:?}");
    }
}
