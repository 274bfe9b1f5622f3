//! The names of variables, and the keys that they set.

pub(super) const PREFIX: &str = "GREENLIGHT_";
/// Short names, and their keys. The long name wins.
const SHORT_NAMES: [(&str, &str); 9] = [
    ("DISCORD_TOKEN", "discord.token"),
    ("DATABASE_URL", "database.url"),
    ("OPENAI_API_KEY", "engines.openai.key"),
    ("GEMINI_API_KEY", "engines.gemini.key"),
    ("FAL_KEY", "engines.fal.key"),
    ("AWS_ACCESS_KEY_ID", "blobs.access_key_id"),
    ("AWS_SECRET_ACCESS_KEY", "blobs.secret_access_key"),
    ("AWS_REGION", "blobs.region"),
    ("AWS_ENDPOINT_URL", "blobs.endpoint"),
];
/// Those of them that are no secrets.
const OPEN: [&str; 2] = ["blobs.region", "blobs.endpoint"];

/// Returns the secrets that have short names.
fn short_secrets() -> impl Iterator<Item = &'static str> {
    let keys = SHORT_NAMES.iter().map(|(_, key)| *key);
    keys.filter(|key| !OPEN.contains(key))
}

/// Returns whether a setting is a secret itself.
pub(super) fn is_one(key: &str) -> bool {
    let of_engine = key
        .strip_prefix("engines.")
        .and_then(|rest| rest.strip_suffix(".key"));
    of_engine.is_some_and(|engine| !engine.contains('.')) || short_secrets().any(|secret| secret == key)
}

/// Returns whether a setting is a secret, or a section that holds one.
pub(super) fn is_secret(key: &str) -> bool {
    let holds = |secret: &str| secret.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
    let engine = key.strip_prefix("engines.");
    is_one(key) || engine.is_some_and(|engine| !engine.contains('.')) || short_secrets().any(holds)
}

/// Returns the key of the secret that a variable of this name would hold. `None` if it would hold
/// none.
pub(super) fn secret_key(name: &str) -> Option<String> {
    let key = short_key(name).map(str::to_owned).or_else(|| long_key(name))?;
    is_one(&key).then_some(key)
}

pub(super) fn short_key(name: &str) -> Option<&'static str> {
    let found = SHORT_NAMES.iter().find(|(short, _)| *short == name);
    found.map(|(_, key)| *key)
}

pub(super) fn long_key(name: &str) -> Option<String> {
    let key = name.strip_prefix(PREFIX)?;
    Some(key.to_lowercase().replace("__", "."))
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
