//! Ids and emoji as Discord writes them, and how ids, lists and texts are read.

use serde_json::{Value, json};

use crate::snowflake::Id;
use crate::state::model::emoji::Emoji;

/// Formats an id as Discord does.
pub(crate) fn id(id: Id) -> Value {
    Value::String(id.to_string())
}

/// Formats ids as Discord does.
pub(crate) fn ids(list: &[Id]) -> Vec<Value> {
    list.iter().copied().map(id).collect()
}

/// Formats an emoji as Discord does.
pub(crate) fn emoji(emoji: &Emoji) -> Value {
    match emoji.id {
        Some(custom) => json!({ "id": custom.to_string(), "name": emoji.name, "animated": false }),
        None => json!({ "id": null, "name": emoji.name }),
    }
}

/// Returns the parts of a list. Anything else has none.
pub(in crate::state) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Returns a text. Anything else is an empty one.
pub(in crate::state) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Parses an id that is a string or, as some libraries send it, a number.
pub(crate) fn id_of(value: &Value) -> Option<Id> {
    value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}
