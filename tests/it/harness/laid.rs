//! Reads messages, whether they are plain or laid out of components.

use serde_json::{Value, json};

const ROW: u64 = 1;
const TEXT: u64 = 10;
const GALLERY: u64 = 12;

/// Returns what a message says: its text, or the texts of its layout, a line each.
pub fn words_of(message: &Value) -> String {
    let mut texts = vec![message["content"].as_str().unwrap_or_default()];
    texts.retain(|text| !text.is_empty());
    let parts = parts_of(&message["components"]);
    let shown = parts.iter().filter(|part| part["type"] == TEXT);
    texts.extend(shown.filter_map(|part| part["content"].as_str()));
    texts.join("\n")
}

/// Returns the files that a message shows, with what a screen reader says of each.
pub fn files_of(message: &Value) -> Vec<Value> {
    let mut files = message["attachments"].as_array().cloned().unwrap_or_default();
    for part in parts_of(&message["components"]) {
        if part["type"] != GALLERY {
            continue;
        }
        for item in part["items"].as_array().into_iter().flatten() {
            let url = item["media"]["url"].as_str().unwrap_or_default();
            let path = url.split('?').next().unwrap_or_default();
            files.push(json!({
                "url": url, "description": item["description"], "filename": path.rsplit('/').next(),
            }));
        }
    }
    files
}

/// Returns the buttons and lists that stand in the rows of a message.
pub fn buttons_of(message: &Value) -> Vec<Value> {
    let rows = parts_of(&message["components"]).into_iter();
    rows.filter(|part| part["type"] == ROW)
        .flat_map(|row| row["components"].as_array().cloned().unwrap_or_default())
        .collect()
}

/// Returns all components, those within others after these.
fn parts_of(components: &Value) -> Vec<&Value> {
    let parts = components.as_array().into_iter().flatten();
    parts
        .flat_map(|part| std::iter::once(part).chain(parts_of(&part["components"])))
        .collect()
}
