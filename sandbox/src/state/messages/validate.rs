//! Limits of embeds, buttons and selects.

use serde_json::{Value, json};

use crate::state::model::errors::FormErrors;
use crate::state::model::wire::list;

const EMBEDS_MAX: usize = 10;
const EMBED_CHARACTERS_MAX: usize = 6_000;
const ROWS_MAX: usize = 5;
const ROW_MAX: usize = 5;
const CUSTOM_ID_MAX: usize = 100;
const LABEL_MAX: usize = 80;
const SELECT_OPTIONS_MAX: usize = 25;
const URL_MAX: usize = 512;
/// The styles of buttons that send no interaction.
const LINK: u64 = 5;
const PREMIUM: u64 = 6;

/// The texts of an embed and how long each may be.
const EMBED_TEXTS: [(&str, usize); 4] = [
    ("/title", 256),
    ("/description", 4_096),
    ("/footer/text", 2_048),
    ("/author/name", 256),
];

/// Checks a message's embeds.
pub(in crate::state) fn embeds(embeds: &[Value], errors: &mut FormErrors) {
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

/// Adds what Discord adds to an embed that it accepts.
pub(in crate::state) fn finish_embed(embed: &mut Value) {
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

/// Cuts the space around the texts of all embeds in a body. Discord does so before it measures them.
pub(crate) fn trim_embeds(body: &mut Value) {
    match body {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::Array(embeds) if name == "embeds" => embeds.iter_mut().for_each(trim_embed),
                    _ => trim_embeds(field),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(trim_embeds),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn trim_embed(embed: &mut Value) {
    for (pointer, _) in EMBED_TEXTS {
        trim(embed, pointer);
    }
    let fields = embed.get_mut("fields").and_then(Value::as_array_mut);
    for field in fields.into_iter().flatten() {
        trim(field, "/name");
        trim(field, "/value");
    }
}

fn trim(part: &mut Value, pointer: &str) {
    if let Some(Value::String(text)) = part.pointer_mut(pointer) {
        *text = text.trim().to_owned();
    }
}

/// Checks the rows of buttons and selects of a message that has nothing else below its text.
pub(in crate::state) fn components(rows: &[Value], errors: &mut FormErrors) {
    errors.max_items("components", rows.len(), ROWS_MAX);
    let mut seen: Vec<&str> = Vec::new();
    for (part, at) in rows.iter().zip(0..) {
        let path = format!("components.{at}");
        if part["type"] == 1 {
            row(part, &path, &mut seen, errors);
        } else {
            errors.choice(&format!("{path}.type"), "1");
        }
    }
}

/// Checks a row of buttons, or of one select. `seen` are the custom ids of the message so far.
pub(in crate::state) fn row<'a>(
    row: &'a Value,
    path: &str,
    seen: &mut Vec<&'a str>,
    errors: &mut FormErrors,
) {
    let children = list(&row["components"]);
    if children.is_empty() || children.len() > ROW_MAX {
        errors.length_of_list(&format!("{path}.components"), 1, ROW_MAX);
    }
    let wide = children
        .iter()
        .any(|child| matches!(child["type"].as_u64(), Some(3 | 5..=8)));
    if wide && children.len() > 1 {
        let message = "The specified component exceeds the maximum width";
        let path = format!("{path}.components.1");
        errors.add(&path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message);
    }
    for (child, index) in children.iter().zip(0..) {
        component(child, &format!("{path}.components.{index}"), seen, errors);
    }
}

/// Checks a button or a select. `seen` are the custom ids of the message so far.
pub(in crate::state) fn component<'a>(
    child: &'a Value,
    path: &str,
    seen: &mut Vec<&'a str>,
    errors: &mut FormErrors,
) {
    match child["type"].as_u64() {
        Some(2) => button(child, path, errors),
        Some(3 | 5..=8) => select(child, path, errors),
        _ => return errors.choice(&format!("{path}.type"), "2, 3, 5, 6, 7, 8"),
    }
    let silent = child["type"] == 2 && matches!(child["style"].as_u64(), Some(LINK | PREMIUM));
    let Some(custom_id) = child["custom_id"].as_str() else {
        if !silent {
            errors.required(&format!("{path}.custom_id"));
        }
        return;
    };
    let id_path = format!("{path}.custom_id");
    self::custom_id(&child["custom_id"], &id_path, errors);
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
    let (needed, foreign): (&[&str], &[&str]) = match button["style"].as_u64() {
        Some(1..=4) => (&[], &["url", "sku_id"]),
        Some(LINK) => (&["url"], &["custom_id", "sku_id"]),
        Some(PREMIUM) => (&["sku_id"], &["custom_id", "url", "label", "emoji"]),
        _ => return errors.choice(&format!("{path}.style"), "1, 2, 3, 4, 5, 6"),
    };
    for field in needed.iter().filter(|field| button[**field].is_null()) {
        errors.required(&format!("{path}.{field}"));
    }
    for field in foreign.iter().filter(|field| !button[**field].is_null()) {
        let message = format!("A button of this style cannot have a {field}");
        errors.add(
            &format!("{path}.{field}"),
            "BUTTON_COMPONENT_FIELD_INVALID",
            message,
        );
    }
    let url = button["url"].as_str().unwrap_or_default();
    errors.max_length(&format!("{path}.url"), url, URL_MAX);
    let named = button["label"].as_str().is_some_and(|label| !label.is_empty());
    if button["style"] != PREMIUM && !named && button["emoji"].is_null() {
        let message = "A button must have a label or an emoji";
        errors.add(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", message);
    }
}

/// Checks a select: its options, and how many may be picked.
pub(in crate::state) fn select(select: &Value, path: &str, errors: &mut FormErrors) {
    let offered = if select["type"] == 3 {
        let options = select["options"].as_array().map_or(&[][..], Vec::as_slice);
        select_options(options, path, errors);
        options.len()
    } else {
        SELECT_OPTIONS_MAX
    };
    let placeholder = select["placeholder"].as_str().unwrap_or_default();
    errors.max_length(&format!("{path}.placeholder"), placeholder, 150);
    let bound = |key: &str| select[key].as_u64().unwrap_or(1);
    let most = u64::try_from(offered.min(SELECT_OPTIONS_MAX)).unwrap_or(25);
    for (key, from) in [("min_values", 0), ("max_values", bound("min_values").max(1))] {
        if !(from..=most.max(from)).contains(&bound(key)) {
            let message = format!("int value should be between {from} and {most}.");
            errors.add(&format!("{path}.{key}"), "NUMBER_TYPE_MAX", message);
        }
    }
}

fn select_options(options: &[Value], path: &str, errors: &mut FormErrors) {
    if options.is_empty() {
        errors.required(&format!("{path}.options"));
    }
    errors.max_items(&format!("{path}.options"), options.len(), SELECT_OPTIONS_MAX);
    for (option, at) in options.iter().zip(0..) {
        for key in ["label", "value"] {
            let text = option[key].as_str().unwrap_or_default();
            errors.length(&format!("{path}.options.{at}.{key}"), text, 1, 100);
        }
        let description = option["description"].as_str().unwrap_or_default();
        errors.max_length(&format!("{path}.options.{at}.description"), description, 100);
        if options[..at]
            .iter()
            .any(|other| other["value"] == option["value"])
        {
            let message = "The specified option value is already used";
            let path = format!("{path}.options.{at}.value");
            errors.add(&path, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message);
        }
    }
}

/// Checks a `custom_id`.
pub(in crate::state) fn custom_id(id: &Value, path: &str, errors: &mut FormErrors) {
    errors.length(path, id.as_str().unwrap_or_default(), 1, CUSTOM_ID_MAX);
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
    fn a_select_has_a_row_of_its_own_and_offers_each_value_once() {
        let option = json!({ "label": "A", "value": "a" });
        let select = json!({ "type": 3, "custom_id": "s", "options": [option] });
        let row = |children: &[&Value]| [json!({ "type": 1, "components": children })];
        assert_eq!(faults(|errors| components(&row(&[&select]), errors)), "null");
        let people = json!({ "type": 5, "custom_id": "p", "max_values": 25 });
        assert_eq!(faults(|errors| components(&row(&[&people]), errors)), "null");
        let both = row(&[&select, &people]);
        assert!(faults(|errors| components(&both, errors)).contains("COMPONENT_LAYOUT_WIDTH_EXCEEDED"));
        for (key, value, code) in [
            ("options", json!([option, option]), "OPTION_VALUE_DUPLICATED"),
            ("options", json!([]), "BASE_TYPE_REQUIRED"),
            ("max_values", json!(2), "NUMBER_TYPE_MAX"),
            ("min_values", json!(2), "NUMBER_TYPE_MAX"),
        ] {
            let mut bad = select.clone();
            bad[key] = value;
            assert!(
                faults(|errors| components(&row(&[&bad]), errors)).contains(code),
                "{bad}"
            );
        }
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
