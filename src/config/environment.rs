//! The environment as a layer of settings: `GREENLIGHT_` and the key, `__` between levels, and a few usual short names.

use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};

const PREFIX: &str = "GREENLIGHT_";
/// The long name wins.
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
            if let Some((_, key)) = SHORT_NAMES.iter().find(|(short, _)| *short == name) {
                short.push(((*key).to_owned(), Value::from(value)));
            } else if let Some(key) = name.strip_prefix(PREFIX) {
                long.push((key.to_lowercase().replace("__", "."), parse(&value)));
            }
        }
        let mut all = Dict::new();
        for (key, value) in short.into_iter().chain(long) {
            insert(&mut all, &key, value);
        }
        Self(all)
    }
}

/// `5`, `true` and `[1, 2]` are what they look like; everything else is text.
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
