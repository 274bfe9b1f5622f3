//! Modals: what a bot may ask for, and what a person filled in.

use serde_json::{Map, Value, json};

use crate::state::messages::{layout, validate};
use crate::state::model::ActError;
use crate::state::model::errors::FormErrors;
use crate::state::model::wire::{list, text};

const TITLE_MAX: usize = 45;
const LABEL_MAX: usize = 45;
const DESCRIPTION_MAX: usize = 100;
const PARTS_MAX: usize = 5;
const TEXT_MAX: u64 = 4_000;

/// Component types: a row, a text input, a text to read, a label around an input.
const ROW: u64 = 1;
const INPUT: u64 = 4;
const TEXT: u64 = 10;
const LABEL: u64 = 18;

/// Checks a modal: its title, its id and its inputs.
pub(in crate::state) fn check(modal: &Value, errors: &mut FormErrors) {
    errors.length("data.title", text(&modal["title"]), 1, TITLE_MAX);
    validate::custom_id(&modal["custom_id"], "data.custom_id", errors);
    let parts = list(&modal["components"]);
    if parts.is_empty() || parts.len() > PARTS_MAX {
        errors.length_of_list("data.components", 1, PARTS_MAX);
    }
    let mut seen = Vec::new();
    for (part, at) in parts.iter().zip(0..) {
        let path = format!("data.components.{at}");
        match part["type"].as_u64() {
            Some(ROW) => check_row(part, &path, &mut seen, errors),
            Some(LABEL) => check_label(part, &path, &mut seen, errors),
            Some(TEXT) => errors.length(&format!("{path}.content"), text(&part["content"]), 1, 4_000),
            _ => errors.choice(&format!("{path}.type"), "1, 10, 18"),
        }
    }
}

/// Checks a row, which holds one text input with its label.
fn check_row<'a>(row: &'a Value, path: &str, seen: &mut Vec<&'a str>, errors: &mut FormErrors) {
    let [input] = list(&row["components"]) else {
        errors.length_of_list(&format!("{path}.components"), 1, 1);
        return;
    };
    let path = format!("{path}.components.0");
    if input["type"] != INPUT {
        errors.choice(&format!("{path}.type"), "4");
        return;
    }
    errors.length(&format!("{path}.label"), text(&input["label"]), 1, LABEL_MAX);
    check_input(input, &path, seen, errors);
}

/// Checks a label, which holds a text input or a select.
fn check_label<'a>(label: &'a Value, path: &str, seen: &mut Vec<&'a str>, errors: &mut FormErrors) {
    errors.length(&format!("{path}.label"), text(&label["label"]), 1, LABEL_MAX);
    let description = format!("{path}.description");
    errors.max_length(&description, text(&label["description"]), DESCRIPTION_MAX);
    let (input, path) = (&label["component"], format!("{path}.component"));
    match input["type"].as_u64() {
        Some(INPUT) => check_input(input, &path, seen, errors),
        Some(3 | 5..=8) => {
            validate::select(input, &path, errors);
            if !input["disabled"].is_null() && input["disabled"] != false {
                let message = "Components of a modal cannot be disabled";
                errors.add(&format!("{path}.disabled"), "COMPONENT_DISABLED_INVALID", message);
            }
            if is_required(input) && input["min_values"] == 0 {
                let message = "int value should be greater than or equal to 1.";
                errors.add(&format!("{path}.min_values"), "NUMBER_TYPE_MIN", message);
            }
            check_id(input, &path, seen, errors);
        }
        _ => errors.choice(&format!("{path}.type"), "3, 4, 5, 6, 7, 8"),
    }
}

fn check_input<'a>(input: &'a Value, path: &str, seen: &mut Vec<&'a str>, errors: &mut FormErrors) {
    check_id(input, path, seen, errors);
    if !matches!(input["style"].as_u64(), Some(1 | 2)) {
        errors.choice(&format!("{path}.style"), "1, 2");
    }
    errors.max_length(&format!("{path}.value"), text(&input["value"]), 4_000);
    errors.max_length(&format!("{path}.placeholder"), text(&input["placeholder"]), 100);
    let (min, max) = bounds(input);
    if max == 0 || max > TEXT_MAX || min > max {
        let message = format!("int value should be between {} and {TEXT_MAX}.", min.max(1));
        errors.add(&format!("{path}.max_length"), "NUMBER_TYPE_MAX", message);
    }
}

fn check_id<'a>(input: &'a Value, path: &str, seen: &mut Vec<&'a str>, errors: &mut FormErrors) {
    let path = format!("{path}.custom_id");
    validate::custom_id(&input["custom_id"], &path, errors);
    let custom_id = text(&input["custom_id"]);
    if seen.contains(&custom_id) {
        let message = "Component custom id cannot be duplicated";
        errors.add(&path, "COMPONENT_CUSTOM_ID_DUPLICATED", message);
    }
    seen.push(custom_id);
}

/// Adds what Discord adds to a modal: a number for each component, and the bounds of selects.
pub(in crate::state) fn finish(modal: &mut Value) {
    if let Some(parts) = modal["components"].as_array_mut() {
        layout::number(parts);
    }
}

/// Formats what was filled in, in the shape of the modal. `fields` are texts, or lists of values,
/// by input. `pick` checks the values of a select and returns what they refer to.
pub(in crate::state) fn filled(
    modal: &Value,
    fields: &Value,
    mut pick: impl FnMut(&Value, &[String]) -> Result<Map<String, Value>, ActError>,
) -> Result<(Vec<Value>, Map<String, Value>), ActError> {
    let (mut parts, mut resolved) = (Vec::new(), Map::new());
    for part in list(&modal["components"]) {
        let input = part.get("component").unwrap_or(&part["components"][0]);
        let mut answer = json!({ "type": input["type"], "custom_id": input["custom_id"], "id": input["id"] });
        let given = &fields[text(&input["custom_id"])];
        if input["type"] == INPUT {
            answer["value"] = json!(written(input, given)?);
        } else if input.is_object() {
            let values = picked(input, given);
            for (kind, some) in pick(input, &values)? {
                merge(&mut resolved, &kind, some);
            }
            answer["values"] = json!(values);
        }
        parts.push(match part["type"].as_u64() {
            Some(LABEL) => json!({ "type": LABEL, "id": part["id"], "component": answer }),
            Some(TEXT) => json!({ "type": TEXT, "id": part["id"] }),
            _ => json!({ "type": ROW, "id": part["id"], "components": [answer] }),
        });
    }
    Ok((parts, resolved))
}

fn merge(resolved: &mut Map<String, Value>, kind: &str, some: Value) {
    let known = resolved.entry(kind).or_insert_with(|| json!({}));
    if let (Some(known), Value::Object(some)) = (known.as_object_mut(), some) {
        known.extend(some);
    }
}

fn written(input: &Value, given: &Value) -> Result<String, ActError> {
    let id = text(&input["custom_id"]);
    let value = given.as_str().unwrap_or(text(&input["value"])).to_owned();
    let count = u64::try_from(value.chars().count()).unwrap_or(u64::MAX);
    if value.is_empty() {
        return if is_required(input) {
            Err(ActError::Invalid(format!("{id}: this field is required")))
        } else {
            Ok(value)
        };
    }
    let (min, max) = bounds(input);
    if (min..=max).contains(&count) {
        return Ok(value);
    }
    let message = format!("{id}: must have {min} to {max} characters");
    Err(ActError::Invalid(message))
}

fn picked(select: &Value, given: &Value) -> Vec<String> {
    let one = given.as_str().map(str::to_owned).into_iter();
    let many = list(given)
        .iter()
        .filter_map(|value| value.as_str().map(str::to_owned));
    let values: Vec<String> = one.chain(many).collect();
    if !given.is_null() {
        return values;
    }
    let preset = list(&select["options"])
        .iter()
        .filter(|option| option["default"] == true);
    preset
        .filter_map(|option| option["value"].as_str().map(str::to_owned))
        .collect()
}

/// Returns whether an input must be filled in; it must unless the bot says otherwise.
pub(in crate::state) fn is_required(input: &Value) -> bool {
    input["required"].as_bool().unwrap_or(true)
}

fn bounds(input: &Value) -> (u64, u64) {
    let min = input["min_length"].as_u64().unwrap_or(0);
    (min, input["max_length"].as_u64().unwrap_or(TEXT_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(modal: &Value) -> String {
        let mut errors = FormErrors::default();
        check(modal, &mut errors);
        let refused = errors.check().err().and_then(|error| error.errors);
        refused.unwrap_or_default().to_string()
    }

    fn with(part: &Value) -> Value {
        json!({ "title": "t", "custom_id": "m", "components": [part] })
    }

    #[test]
    fn inputs_stand_in_rows_or_under_labels() {
        let input = json!({ "type": 4, "custom_id": "a", "style": 2, "label": "A" });
        assert_eq!(
            faults(&with(&json!({ "type": 1, "components": [input] }))),
            "null"
        );
        let select = json!({ "type": 5, "custom_id": "b" });
        let label = json!({ "type": 18, "label": "B", "component": select });
        assert_eq!(faults(&with(&label)), "null");
        assert_eq!(faults(&with(&json!({ "type": 10, "content": "Read" }))), "null");
        assert!(faults(&with(&json!({ "type": 1, "components": [select] }))).contains("BASE_TYPE_CHOICES"));
        assert!(faults(&with(&json!({ "type": 2 }))).contains("BASE_TYPE_CHOICES"));
    }

    #[test]
    fn what_is_wrong_with_an_input_is_told_at_its_place() {
        let twice = json!({ "type": 4, "custom_id": "a", "style": 9, "min_length": 9, "max_length": 3 });
        let row = json!({ "type": 1, "components": [twice] });
        let modal = json!({ "title": "t".repeat(46), "custom_id": "", "components": [row, row] });
        let faults: Value = serde_json::from_str(&faults(&modal)).unwrap();
        let at = |pointer: &str| faults.pointer(&format!("/data{pointer}/_errors/0/code")).cloned();
        for (pointer, code) in [
            ("/title", "BASE_TYPE_BAD_LENGTH"),
            ("/custom_id", "BASE_TYPE_BAD_LENGTH"),
            ("/components/0/components/0/style", "BASE_TYPE_CHOICES"),
            ("/components/0/components/0/label", "BASE_TYPE_BAD_LENGTH"),
            ("/components/0/components/0/max_length", "NUMBER_TYPE_MAX"),
            (
                "/components/1/components/0/custom_id",
                "COMPONENT_CUSTOM_ID_DUPLICATED",
            ),
        ] {
            assert_eq!(at(pointer), Some(json!(code)), "{pointer}");
        }
    }
}
