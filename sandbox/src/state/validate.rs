//! Limits of embeds and components.

use serde_json::{Value, json};

use crate::errors::FormErrors;

const EMBEDS_MAX: usize = 10;
const EMBED_CHARACTERS_MAX: usize = 6_000;
const ROWS_MAX: usize = 5;
const ROW_MAX: usize = 5;
const CUSTOM_ID_MAX: usize = 100;
const LABEL_MAX: usize = 80;
const SELECT_OPTIONS_MAX: usize = 25;

/// The texts of an embed and how long each may be.
const EMBED_TEXTS: [(&str, usize); 4] = [
    ("/title", 256),
    ("/description", 4_096),
    ("/footer/text", 2_048),
    ("/author/name", 256),
];

/// Checks a message's embeds.
pub(super) fn embeds(embeds: &[Value], errors: &mut FormErrors) {
    errors.max_items("embeds", embeds.len(), EMBEDS_MAX);
    let mut total = 0;
    for (embed, at) in embeds.iter().zip(0..) {
        for (pointer, limit) in EMBED_TEXTS {
            let text = embed.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            total += text.chars().count();
            errors.max_length(&format!("embeds.{at}{}", pointer.replace('/', ".")), text, limit);
        }
        total += embed_fields(&embed["fields"], at, errors);
    }
    if total > EMBED_CHARACTERS_MAX {
        errors.add(
            "embeds",
            "MAX_EMBED_SIZE_EXCEEDED",
            "Embed size exceeds maximum size of 6000",
        );
    }
}

fn embed_fields(fields: &Value, embed: usize, errors: &mut FormErrors) -> usize {
    let fields = fields.as_array().map_or(&[][..], |fields| &fields[..]);
    errors.max_items(&format!("embeds.{embed}.fields"), fields.len(), 25);
    let mut total = 0;
    for (field, at) in fields.iter().zip(0..) {
        for (key, limit) in [("name", 256), ("value", 1_024)] {
            let text = field[key].as_str().unwrap_or_default();
            let path = format!("embeds.{embed}.fields.{at}.{key}");
            if text.is_empty() {
                errors.required(&path);
            }
            total += text.chars().count();
            errors.max_length(&path, text, limit);
        }
    }
    total
}

/// What Discord adds to an embed that it takes.
pub(super) fn finish_embed(embed: &mut Value) {
    if let Some(map) = embed.as_object_mut() {
        map.retain(|_, value| !value.is_null());
        map.insert("type".to_owned(), json!("rich"));
        for field in map
            .get_mut("fields")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if field["inline"].is_null() {
                field["inline"] = json!(false);
            }
        }
    }
}

/// Checks a message's rows of buttons and selects.
pub(super) fn components(rows: &[Value], errors: &mut FormErrors) {
    errors.max_items("components", rows.len(), ROWS_MAX);
    let mut seen: Vec<&str> = Vec::new();
    for (row, at) in rows.iter().zip(0..) {
        let path = format!("components.{at}");
        if row["type"] != 1 {
            errors.choice(&format!("{path}.type"), "1");
            continue;
        }
        let children = row["components"]
            .as_array()
            .map_or(&[][..], |children| &children[..]);
        if children.is_empty() || children.len() > ROW_MAX {
            errors.add(
                &format!("{path}.components"),
                "BASE_TYPE_BAD_LENGTH",
                "Must be between 1 and 5 in length.",
            );
        }
        for (child, index) in children.iter().zip(0..) {
            component(child, &format!("{path}.components.{index}"), &mut seen, errors);
        }
    }
}

fn component<'a>(child: &'a Value, path: &str, seen: &mut Vec<&'a str>, errors: &mut FormErrors) {
    match child["type"].as_u64() {
        Some(2) => button(child, path, errors),
        Some(3) => select(child, path, errors),
        Some(5..=8) => {}
        _ => return errors.choice(&format!("{path}.type"), "2, 3, 5, 6, 7, 8"),
    }
    let linked = child["type"] == 2 && child["style"] == 5;
    let Some(custom_id) = child["custom_id"].as_str() else {
        if !linked {
            errors.required(&format!("{path}.custom_id"));
        }
        return;
    };
    let id_path = format!("{path}.custom_id");
    errors.length(&id_path, custom_id, 1, CUSTOM_ID_MAX);
    if seen.contains(&custom_id) {
        errors.add(
            &id_path,
            "COMPONENT_CUSTOM_ID_DUPLICATED",
            "Component custom id cannot be duplicated",
        );
    }
    seen.push(custom_id);
}

fn button(button: &Value, path: &str, errors: &mut FormErrors) {
    errors.max_length(
        &format!("{path}.label"),
        button["label"].as_str().unwrap_or_default(),
        LABEL_MAX,
    );
    match button["style"].as_u64() {
        Some(1..=4) => {}
        Some(5) if button["url"].is_string() => {}
        Some(5) => errors.required(&format!("{path}.url")),
        _ => errors.choice(&format!("{path}.style"), "1, 2, 3, 4, 5"),
    }
    let named = button["label"].as_str().is_some_and(|label| !label.is_empty());
    if !named && button["emoji"].is_null() {
        let message = "A button must have a label or an emoji";
        errors.add(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", message);
    }
}

fn select(select: &Value, path: &str, errors: &mut FormErrors) {
    let options = select["options"]
        .as_array()
        .map_or(&[][..], |options| &options[..]);
    if options.is_empty() {
        errors.required(&format!("{path}.options"));
    }
    errors.max_items(&format!("{path}.options"), options.len(), SELECT_OPTIONS_MAX);
    for (option, at) in options.iter().zip(0..) {
        for key in ["label", "value"] {
            let text = option[key].as_str().unwrap_or_default();
            errors.length(&format!("{path}.options.{at}.{key}"), text, 1, 100);
        }
    }
    errors.max_length(
        &format!("{path}.placeholder"),
        select["placeholder"].as_str().unwrap_or_default(),
        150,
    );
}

/// Discord gives every component a number within its message, and selects their bounds.
pub(super) fn number_components(rows: &mut [Value]) {
    let mut next = 1_u64;
    let mut number = |component: &mut Value| {
        if let Some(map) = component.as_object_mut() {
            map.retain(|_, value| !value.is_null());
            map.entry("id").or_insert_with(|| json!(next));
            next += 1;
            if matches!(map.get("type").and_then(Value::as_u64), Some(3 | 5..=8)) {
                for bound in ["min_values", "max_values"] {
                    map.entry(bound).or_insert_with(|| json!(1));
                }
            }
        }
    };
    for row in rows {
        number(row);
        row["components"]
            .as_array_mut()
            .into_iter()
            .flatten()
            .for_each(&mut number);
    }
}

/// Checks a modal: its title, its id and its inputs.
pub(super) fn modal(modal: &Value, errors: &mut FormErrors) {
    errors.length("title", modal["title"].as_str().unwrap_or_default(), 1, 45);
    errors.length(
        "custom_id",
        modal["custom_id"].as_str().unwrap_or_default(),
        1,
        CUSTOM_ID_MAX,
    );
    let rows = modal["components"].as_array().map_or(&[][..], |rows| &rows[..]);
    if rows.is_empty() || rows.len() > ROWS_MAX {
        errors.add(
            "components",
            "BASE_TYPE_BAD_LENGTH",
            "Must be between 1 and 5 in length.",
        );
    }
    for (input, at) in modal_inputs(modal).into_iter().zip(0..) {
        let path = format!("components.{at}.components.0");
        errors.length(
            &format!("{path}.custom_id"),
            input["custom_id"].as_str().unwrap_or_default(),
            1,
            100,
        );
        errors.max_length(
            &format!("{path}.label"),
            input["label"].as_str().unwrap_or_default(),
            45,
        );
        errors.max_length(
            &format!("{path}.value"),
            input["value"].as_str().unwrap_or_default(),
            4_000,
        );
        errors.max_length(
            &format!("{path}.placeholder"),
            input["placeholder"].as_str().unwrap_or_default(),
            100,
        );
    }
}

/// The text inputs of a modal, whether in rows (type 1) or in labels (type 18).
pub(super) fn modal_inputs(modal: &Value) -> Vec<&Value> {
    let rows = modal["components"].as_array().into_iter().flatten();
    rows.flat_map(|row| {
        row["components"]
            .as_array()
            .into_iter()
            .flatten()
            .chain(row.get("component"))
    })
    .filter(|input| input["type"] == 4)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(check: impl FnOnce(&mut FormErrors)) -> String {
        let mut errors = FormErrors::default();
        check(&mut errors);
        errors
            .check()
            .err()
            .and_then(|error| error.errors)
            .unwrap_or_default()
            .to_string()
    }

    #[test]
    fn two_buttons_cannot_share_an_id() {
        let button = json!({ "type": 2, "style": 1, "label": "Go", "custom_id": "go" });
        let rows = [json!({ "type": 1, "components": [button, button] })];
        assert!(faults(|errors| components(&rows, errors)).contains("COMPONENT_CUSTOM_ID_DUPLICATED"));
        assert_eq!(faults(|errors| components(&[], errors)), "null");
    }

    #[test]
    fn embeds_have_6000_characters_in_all() {
        let long = json!({ "description": "x".repeat(4_000) });
        assert_eq!(
            faults(|errors| embeds(std::slice::from_ref(&long), errors)),
            "null"
        );
        assert!(faults(|errors| embeds(&[long.clone(), long], errors)).contains("MAX_EMBED_SIZE_EXCEEDED"));
    }
}
