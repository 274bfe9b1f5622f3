//! Makes the commands that a text names clickable.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::Value;

use crate::domain::limits;

/// The ids under which Discord has the commands, by their names: `settings show`.
#[derive(Clone, Default)]
pub(super) struct CommandLinks(Arc<RwLock<BTreeMap<String, String>>>);

impl CommandLinks {
    /// Notes the commands that Discord has.
    pub(super) fn note(&self, registered: &[Value]) {
        let mut all = BTreeMap::new();
        for command in registered {
            if let Some(id) = command["id"].as_str() {
                leaves(command, "", id, &mut all);
            }
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = all;
    }

    /// Returns whether any command is known, and so can be made a link.
    pub(super) fn any(&self) -> bool {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        !all.is_empty()
    }

    /// Returns a text in which each command that stands between backticks, alone and whole, is a link
    /// to that command. A text that would be too long for a message so stays as it is.
    pub(super) fn linked(&self, text: &str) -> String {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut parts = text.split('`');
        let mut linked = parts.next().unwrap_or_default().to_owned();
        let mut ticks = parts.peekable();
        while let Some(part) = ticks.next() {
            let id = part.strip_prefix('/').and_then(|name| all.get(name));
            if let (Some(id), true) = (id, ticks.peek().is_some()) {
                let rest = ticks.next().unwrap_or_default();
                linked.extend(["<", part, ":", id.as_str(), ">", rest]);
            } else {
                linked.push('`');
                linked.push_str(part);
            }
        }
        if linked.chars().count() <= limits::MESSAGE_CHARS {
            linked
        } else {
            text.to_owned()
        }
    }
}

/// Collects the commands that can be given: those without others below them. `above` ends with a
/// space.
fn leaves(command: &Value, above: &str, id: &str, into: &mut BTreeMap<String, String>) {
    const CHAT_INPUT: u64 = 1;
    const SUBCOMMANDS: [u64; 2] = [1, 2];
    if above.is_empty() && command["type"].as_u64().is_some_and(|kind| kind != CHAT_INPUT) {
        return;
    }
    let name = format!("{above}{}", command["name"].as_str().unwrap_or_default());
    let options = command["options"].as_array().map_or(&[][..], Vec::as_slice);
    let below = |option: &&Value| {
        option["type"]
            .as_u64()
            .is_some_and(|kind| SUBCOMMANDS.contains(&kind))
    };
    let mut alone = true;
    for option in options.iter().filter(below) {
        alone = false;
        leaves(option, &format!("{name} "), id, into);
    }
    if alone {
        into.insert(name, id.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn links() -> CommandLinks {
        let links = CommandLinks::default();
        links.note(&[
            json!({ "id": "7", "type": 1, "name": "draft", "options": [{ "type": 3, "name": "prompt" }] }),
            json!({ "id": "8", "type": 1, "name": "settings", "options": [{ "type": 1, "name": "show" }] }),
            json!({ "id": "9", "type": 3, "name": "Greenlight" }),
        ]);
        links
    }

    #[test]
    fn a_command_that_is_named_can_be_clicked() {
        let linked = |text: &str| links().linked(text);
        assert_eq!(
            linked("Use `/draft` or `/settings show`."),
            "Use </draft:7> or </settings show:8>."
        );
        assert_eq!(linked("`/draft`"), "</draft:7>");
        for same in [
            "`/settings`",
            "`/draft images:4`",
            "`/Greenlight`",
            "\\`/draft\\`",
            "a ` and /draft",
            "`/draft",
            "no command",
        ] {
            assert_eq!(linked(same), same);
        }
        assert_eq!(CommandLinks::default().linked("`/draft`"), "`/draft`");
        assert_eq!((links().any(), CommandLinks::default().any()), (true, false));
    }

    #[test]
    fn a_text_that_would_be_too_long_stays_as_it_is() {
        let text = format!("{}`/draft`", "x".repeat(limits::MESSAGE_CHARS - 8));
        assert_eq!(links().linked(&text), text);
    }
}
