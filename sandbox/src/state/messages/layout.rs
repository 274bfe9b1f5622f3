//! Layouts: messages that are components alone, by the flag `IS_COMPONENTS_V2`. Checks them, and
//! walks through the components of any message.

use serde_json::{Value, json};

use crate::state::messages::validate;
use crate::state::model::Attachment;
use crate::state::model::errors::FormErrors;
use crate::state::model::wire::{id_of, list, text};

/// How many components a layout may have, those within others included.
const PARTS_MAX: usize = 40;
/// How many characters all texts of a layout may have together.
const TEXTS_MAX: usize = 4_000;
const SECTION_TEXTS_MAX: usize = 3;
const GALLERY_MAX: usize = 10;
const DESCRIPTION_MAX: usize = 1_024;
const URL_MAX: usize = 2_048;
const COLOR_MAX: u64 = 0x00FF_FFFF;

/// The types of components.
const ROW: u64 = 1;
const BUTTON: u64 = 2;
const SECTION: u64 = 9;
const TEXT: u64 = 10;
const THUMBNAIL: u64 = 11;
const GALLERY: u64 = 12;
const FILE: u64 = 13;
const SEPARATOR: u64 = 14;
const CONTAINER: u64 = 17;

/// The URL of a file of the message itself, before its name.
const ATTACHED: &str = "attachment://";

/// What is said of a component that shows a file of the message which is not there.
pub(in crate::state) const NO_FILE: (&str, &str) = (
    "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
    "The referenced attachment was not found",
);

/// Checks the components of a layout. `has` says whether the message has a file of a name.
pub(in crate::state) fn check(parts: &[Value], has: &dyn Fn(&str) -> bool, errors: &mut FormErrors) {
    let (mut count, mut characters) = (0, 0);
    each(parts, "components", &mut |part, path| {
        count += 1;
        if part["type"] == TEXT {
            characters += text(&part["content"]).chars().count();
        }
        for (media, at) in media_of(part) {
            check_media(media, &format!("{path}.{at}"), part["type"] == FILE, has, errors);
        }
    });
    if count > PARTS_MAX {
        let message = format!("Total number of components cannot exceed {PARTS_MAX}");
        errors.add("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message);
    }
    if characters > TEXTS_MAX {
        let message = format!("Components displayable text size exceeds maximum size of {TEXTS_MAX}");
        errors.add("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message);
    }
    let mut seen = Vec::new();
    for (part, at) in parts.iter().zip(0..) {
        let path = format!("components.{at}");
        if part["type"] == CONTAINER {
            container(part, &path, &mut seen, errors);
        } else {
            block(part, &path, "1, 9, 10, 12, 13, 14, 17", &mut seen, errors);
        }
    }
}

fn container<'a>(part: &'a Value, path: &str, seen: &mut Vec<&'a str>, errors: &mut FormErrors) {
    let color = &part["accent_color"];
    if !color.is_null() && color.as_u64().is_none_or(|color| color > COLOR_MAX) {
        let message = format!("int value should be between 0 and {COLOR_MAX}.");
        errors.add(&format!("{path}.accent_color"), "NUMBER_TYPE_MAX", message);
    }
    let children = list(&part["components"]);
    if children.is_empty() {
        errors.length_of_list(&format!("{path}.components"), 1, PARTS_MAX);
    }
    for (child, at) in children.iter().zip(0..) {
        let path = format!("{path}.components.{at}");
        block(child, &path, "1, 9, 10, 12, 13, 14", seen, errors);
    }
}

/// Checks what may stand in a layout and in a container alike. `allowed` are the types.
fn block<'a>(part: &'a Value, path: &str, allowed: &str, seen: &mut Vec<&'a str>, errors: &mut FormErrors) {
    match part["type"].as_u64() {
        Some(ROW) => validate::row(part, path, seen, errors),
        Some(SECTION) => section(part, path, seen, errors),
        Some(TEXT) => display(part, path, errors),
        Some(GALLERY) => {
            let items = list(&part["items"]);
            if items.is_empty() || items.len() > GALLERY_MAX {
                errors.length_of_list(&format!("{path}.items"), 1, GALLERY_MAX);
            }
            for (item, at) in items.iter().zip(0..) {
                described(item, &format!("{path}.items.{at}"), errors);
            }
        }
        Some(FILE) => {}
        Some(SEPARATOR) => {
            if !part["spacing"].is_null() && !matches!(part["spacing"].as_u64(), Some(1 | 2)) {
                errors.choice(&format!("{path}.spacing"), "1, 2");
            }
        }
        _ => errors.union(path, allowed),
    }
}

fn section<'a>(part: &'a Value, path: &str, seen: &mut Vec<&'a str>, errors: &mut FormErrors) {
    let texts = list(&part["components"]);
    if texts.is_empty() || texts.len() > SECTION_TEXTS_MAX {
        errors.length_of_list(&format!("{path}.components"), 1, SECTION_TEXTS_MAX);
    }
    for (text, at) in texts.iter().zip(0..) {
        let path = format!("{path}.components.{at}");
        if text["type"] == TEXT {
            display(text, &path, errors);
        } else {
            errors.choice(&format!("{path}.type"), "10");
        }
    }
    let (accessory, path) = (&part["accessory"], format!("{path}.accessory"));
    match accessory["type"].as_u64() {
        Some(BUTTON) => validate::component(accessory, &path, seen, errors),
        Some(THUMBNAIL) => described(accessory, &path, errors),
        _ if accessory.is_null() => errors.required(&path),
        _ => errors.union(&path, "2, 11"),
    }
}

fn display(part: &Value, path: &str, errors: &mut FormErrors) {
    errors.length(&format!("{path}.content"), text(&part["content"]), 1, TEXTS_MAX);
}

/// Checks the description of a picture, which may be missing but not empty.
fn described(part: &Value, path: &str, errors: &mut FormErrors) {
    if !part["description"].is_null() {
        let path = format!("{path}.description");
        errors.length(&path, text(&part["description"]), 1, DESCRIPTION_MAX);
    }
}

fn check_media(
    media: &Value,
    path: &str,
    is_file: bool,
    has: &dyn Fn(&str) -> bool,
    errors: &mut FormErrors,
) {
    let path = format!("{path}.url");
    let Some(url) = media["url"].as_str() else {
        // What an edit keeps is linked to its file already.
        if media["attachment"].is_null() {
            errors.required(&path);
        }
        return;
    };
    errors.max_length(&path, url, URL_MAX);
    let name = url.strip_prefix(ATTACHED);
    let is_elsewhere = url.starts_with("https://") || url.starts_with("http://");
    if name.is_some_and(|name| !has(name)) {
        let (code, message) = NO_FILE;
        errors.add(&path, code, message);
    } else if name.is_none() && (is_file || !is_elsewhere) {
        let schemes = if is_file {
            "'attachment'"
        } else {
            "'http', 'https', 'attachment'"
        };
        let message = format!("Scheme must be one of ({schemes}).");
        errors.add(&path, "URL_TYPE_INVALID_SCHEME", message);
    }
}

/// Visits all components with their paths, those within others after these.
pub(in crate::state) fn each<'a>(parts: &'a [Value], path: &str, visit: &mut dyn FnMut(&'a Value, &str)) {
    for (part, at) in parts.iter().zip(0..) {
        let path = format!("{path}.{at}");
        visit(part, &path);
        each(list(&part["components"]), &format!("{path}.components"), visit);
        let accessory = &part["accessory"];
        if accessory.is_object() {
            visit(accessory, &format!("{path}.accessory"));
        }
    }
}

/// Returns the component with a custom id.
pub(in crate::state) fn find<'a>(parts: &'a [Value], custom_id: &str) -> Option<&'a Value> {
    let mut found = None;
    each(parts, "", &mut |part, _| {
        if part["custom_id"] == custom_id {
            found = Some(part);
        }
    });
    found
}

/// Returns all texts of a layout, a line each.
pub(in crate::state) fn texts(parts: &[Value]) -> String {
    let mut texts = Vec::new();
    each(parts, "", &mut |part, _| {
        if part["type"] == TEXT {
            texts.push(text(&part["content"]));
        }
    });
    texts.join("\n")
}

/// Returns the pictures and the file that a component shows, with their paths below it.
fn media_of(part: &Value) -> Vec<(&Value, String)> {
    match part["type"].as_u64() {
        Some(GALLERY) => {
            let items = list(&part["items"]).iter().zip(0..);
            items
                .map(|(item, at)| (&item["media"], format!("items.{at}.media")))
                .collect()
        }
        Some(THUMBNAIL) => vec![(&part["media"], "media".to_owned())],
        Some(FILE) => vec![(&part["file"], "file".to_owned())],
        _ => vec![],
    }
}

/// Returns whether all files that the components show are among these.
pub(in crate::state) fn has_its_files(parts: &[Value], files: &[Attachment]) -> bool {
    let mut has_all = true;
    each(parts, "", &mut |part, _| {
        for (media, _) in media_of(part) {
            let shown = id_of(&media["attachment"]);
            has_all &= shown.is_none_or(|shown| files.iter().any(|file| file.id == shown));
        }
    });
    has_all
}

/// Changes each picture and file that the components show: what has it, and as which field.
pub(in crate::state) fn change_media(parts: &mut [Value], change: &mut dyn FnMut(&mut Value, &str)) {
    for part in parts {
        if let Some(children) = part.get_mut("components").and_then(Value::as_array_mut) {
            change_media(children, change);
        }
        if let Some(accessory) = part.get_mut("accessory") {
            change_media(std::slice::from_mut(accessory), change);
        }
        match part["type"].as_u64() {
            Some(GALLERY) => {
                let items = part["items"].as_array_mut();
                for item in items.into_iter().flatten() {
                    change(item, "media");
                }
            }
            Some(THUMBNAIL) => change(part, "media"),
            Some(FILE) => change(part, "file"),
            _ => {}
        }
    }
}

/// Numbers components, and adds what Discord adds to those that it accepts.
pub(in crate::state) fn number(parts: &mut [Value]) {
    let mut next = 1;
    for part in parts {
        number_one(part, &mut next);
    }
}

fn number_one(part: &mut Value, next: &mut u64) {
    let kind = part["type"].as_u64();
    let Some(map) = part.as_object_mut() else {
        return;
    };
    map.retain(|_, value| !value.is_null());
    map.entry("id").or_insert_with(|| json!(*next));
    *next += 1;
    for (key, value) in added(kind) {
        map.entry(key).or_insert(value);
    }
    for (key, inner) in map.iter_mut() {
        match (key.as_str(), inner) {
            ("components", Value::Array(children)) => {
                for child in children {
                    number_one(child, next);
                }
            }
            // An input of a modal, under its label; what stands beside the texts of a section.
            ("component" | "accessory", child) => number_one(child, next),
            ("items", Value::Array(items)) if kind == Some(GALLERY) => {
                for item in items.iter_mut().filter_map(Value::as_object_mut) {
                    for (key, value) in added(Some(THUMBNAIL)) {
                        item.entry(key).or_insert(value);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Returns the fields that a component of a type has even if it came without.
fn added(kind: Option<u64>) -> Vec<(&'static str, Value)> {
    match kind {
        Some(3 | 5..=8) => vec![("min_values", json!(1)), ("max_values", json!(1))],
        Some(THUMBNAIL) => vec![("description", Value::Null), ("spoiler", json!(false))],
        Some(FILE) => vec![("spoiler", json!(false))],
        Some(SEPARATOR) => vec![("spacing", json!(1)), ("divider", json!(true))],
        Some(CONTAINER) => vec![("accent_color", Value::Null), ("spoiler", json!(false))],
        _ => vec![],
    }
}
