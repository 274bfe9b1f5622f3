//! Ids and emoji as Discord writes them.

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
