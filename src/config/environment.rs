//! The environment as a layer of settings.
//!
//! A variable is `GREENLIGHT_` and the key, with `__` between levels. A few have usual short names.

use std::collections::BTreeMap;

use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};

use super::error::Error;
use super::names::{PREFIX, is_one, long_key, secret_key, short_key};
use super::secret_files;

/// What the layer is called.
pub(super) const NAME: &str = "the environment";
/// What each key was set by: a variable, or the file of a credential.
pub(super) type Names = BTreeMap<String, String>;

/// The environment as a layer of settings.
pub(super) struct Environment {
    values: Dict,
    /// What each key was set by.
    pub(super) names: Names,
}

impl Environment {
    /// Takes what is ours out of a process's variables, and reads the secrets that they name files
    /// of.
    ///
    /// # Errors
    /// [`Error`] for a secret's file that cannot be read, or a secret that is given twice.
    pub(super) fn new(variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, Error> {
        let variables: Vec<(String, String)> = variables.into_iter().collect();
        // By precedence: the last one wins.
        let (mut short, mut long) = (Vec::new(), Vec::new());
        let mut take = |name: &str, value: &str, from: String| {
            if let Some(key) = short_key(name) {
                short.push((key.to_owned(), Value::from(value), from));
            } else if let Some(key) = long_key(name) {
                // A secret of digits alone is a text all the same.
                let value = if is_one(&key) { value.into() } else { parse(value) };
                long.push((key, value, from));
            }
        };
        for secret in secret_files::read(&variables)? {
            take(&secret.name, &secret.value, secret.from);
        }
        for (name, value) in &variables {
            let names_a_file = name.strip_suffix(secret_files::SUFFIX).and_then(secret_key);
            if names_a_file.is_none() {
                take(name, value, name.clone());
            }
        }
        let (mut values, mut names) = (Dict::new(), Names::new());
        for (key, value, from) in short.into_iter().chain(long) {
            insert(&mut values, &key, value);
            names.insert(key, from);
        }
        Ok(Self { values, names })
    }
}

/// Returns the variables that set something of one engine, such as its key.
pub fn of_engine(
    engine: &str,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Vec<(String, String)> {
    let section = format!("engines.{engine}.");
    let ours = |name: &str| {
        let name = name.strip_suffix(secret_files::SUFFIX).unwrap_or(name);
        let key = short_key(name).map(str::to_owned).or_else(|| long_key(name));
        key.is_some_and(|key| key.starts_with(&section))
    };
    variables.into_iter().filter(|(name, _)| ours(name)).collect()
}

/// Reads a value. `5`, `true` and `[1, 2]` are what they look like. Everything else is text.
fn parse(value: &str) -> Value {
    value
        .parse()
        .unwrap_or_else(|never: std::convert::Infallible| match never {})
}

fn insert(into: &mut Dict, key: &str, value: Value) {
    let Some((head, rest)) = key.split_once('.') else {
        into.insert(key.to_owned(), value);
        return;
    };
    let entry = into
        .entry(head.to_owned())
        .or_insert_with(|| Value::from(Dict::new()));
    if let Value::Dict(_, inner) = entry {
        insert(inner, rest, value);
    }
}

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named(NAME).interpolater(|_, keys| format!("{PREFIX}{}", keys.join("__").to_uppercase()))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.values.clone())]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::names::{is_secret, key_name, key_variable};

    #[test]
    fn a_secret_of_digits_is_a_text_and_the_sections_around_it_are_secret_too() {
        for engine in ["openai", "rack"] {
            let name = format!("GREENLIGHT_ENGINES__{}__KEY", engine.to_uppercase());
            let read = Environment::new([(name, "12345".to_owned())]).unwrap();
            let key = Value::from(read.values).find(&format!("engines.{engine}.key"));
            assert_eq!(key.and_then(Value::into_string).as_deref(), Some("12345"));
        }
        for secret in [
            "discord.token",
            "discord",
            "engines",
            "engines.openai",
            "engines.rack",
            "engines.rack.key",
        ] {
            assert!(is_secret(secret), "{secret}");
        }
        for open in [
            "discord.api_base",
            "disco",
            "engines.openai.base_url",
            "engines.rack.kind",
            "worker",
        ] {
            assert!(!is_secret(open), "{open}");
        }
    }

    #[test]
    fn of_an_environment_an_engine_gets_what_is_its_own() {
        let variables = [
            ("OPENAI_API_KEY", "a"),
            ("GREENLIGHT_ENGINES__OPENAI__BASE_URL", "b"),
            ("GREENLIGHT_ENGINES__OPENAIX__KEY", "c"),
            ("GREENLIGHT_STAGES__EXPLORE__ENGINE", "openai"),
            ("DISCORD_TOKEN", "d"),
            ("PATH", "/bin"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let own: Vec<String> = of_engine("openai", variables.clone())
            .into_iter()
            .map(|(_, value)| value)
            .collect();
        assert_eq!(own, ["a", "b"]);
        assert_eq!(of_engine("sketch", variables), []);
        assert_eq!(key_variable("openai"), Some("OPENAI_API_KEY"));
        assert_eq!(key_variable("sketch"), None);
        assert_eq!(key_name("openai"), "OPENAI_API_KEY");
        assert_eq!(key_name("my_rack"), "GREENLIGHT_ENGINES__MY_RACK__KEY");
    }
}
