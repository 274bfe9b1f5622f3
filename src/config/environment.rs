//! The environment as a layer of settings.
//!
//! A variable is `GREENLIGHT_` and the key, with `__` between levels. A few have usual short names.

use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};

const PREFIX: &str = "GREENLIGHT_";
/// Short names, and their keys. The long name wins.
const SHORT_NAMES: [(&str, &str); 5] = [
    ("DISCORD_TOKEN", "discord.token"),
    ("DATABASE_URL", "database.url"),
    ("OPENAI_API_KEY", "engines.openai.key"),
    ("GEMINI_API_KEY", "engines.gemini.key"),
    ("FAL_KEY", "engines.fal.key"),
];

/// The environment as a layer of settings.
pub(super) struct Environment(Dict);

impl Environment {
    /// Takes what is ours out of a process's variables.
    pub(super) fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut short = Vec::new();
        let mut long = Vec::new();
        for (name, value) in variables {
            if let Some(key) = short_key(&name) {
                short.push((key.to_owned(), Value::from(value)));
            } else if let Some(key) = long_key(&name) {
                // A secret of digits alone is a text all the same.
                let value = if is_one(&key) { value.into() } else { parse(&value) };
                long.push((key, value));
            }
        }
        let mut all = Dict::new();
        for (key, value) in short.into_iter().chain(long) {
            insert(&mut all, &key, value);
        }
        Self(all)
    }
}

/// Returns whether a setting is a secret itself.
fn is_one(key: &str) -> bool {
    let of_engine = key
        .strip_prefix("engines.")
        .and_then(|rest| rest.strip_suffix(".key"));
    of_engine.is_some_and(|engine| !engine.contains('.'))
        || SHORT_NAMES.iter().any(|(_, secret)| *secret == key)
}

/// Returns whether a setting is a secret, or a section that holds one.
pub(super) fn is_secret(key: &str) -> bool {
    let holds = |secret: &str| secret.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
    let engine = key.strip_prefix("engines.");
    is_one(key)
        || engine.is_some_and(|engine| !engine.contains('.'))
        || SHORT_NAMES.iter().any(|(_, secret)| holds(secret))
}

fn short_key(name: &str) -> Option<&'static str> {
    let found = SHORT_NAMES.iter().find(|(short, _)| *short == name);
    found.map(|(_, key)| *key)
}

fn long_key(name: &str) -> Option<String> {
    let key = name.strip_prefix(PREFIX)?;
    Some(key.to_lowercase().replace("__", "."))
}

/// Returns the variables that set something of one engine, such as its key.
pub fn of_engine(
    engine: &str,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Vec<(String, String)> {
    let section = format!("engines.{engine}.");
    let ours = |name: &str| {
        let key = short_key(name).map(str::to_owned).or_else(|| long_key(name));
        key.is_some_and(|key| key.starts_with(&section))
    };
    variables.into_iter().filter(|(name, _)| ours(name)).collect()
}

/// Returns the short name of the variable that holds an engine's key, if it takes one.
#[must_use]
pub fn key_variable(engine: &str) -> Option<&'static str> {
    let key = format!("engines.{engine}.key");
    let found = SHORT_NAMES.iter().find(|(_, of)| *of == key);
    found.map(|(short, _)| *short)
}

/// Returns the name of the variable that holds an engine's key: the short one, if there is one.
#[must_use]
pub fn key_name(engine: &str) -> String {
    key_variable(engine).map_or_else(
        || format!("{PREFIX}ENGINES__{}__KEY", engine.to_uppercase()),
        str::to_owned,
    )
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
        Metadata::named("the environment")
            .interpolater(|_, keys| format!("{PREFIX}{}", keys.join("__").to_uppercase()))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.0.clone())]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_of_digits_is_a_text_and_the_sections_around_it_are_secret_too() {
        for engine in ["openai", "rack"] {
            let name = format!("GREENLIGHT_ENGINES__{}__KEY", engine.to_uppercase());
            let Environment(read) = Environment::new([(name, "12345".to_owned())]);
            let key = Value::from(read).find(&format!("engines.{engine}.key"));
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
