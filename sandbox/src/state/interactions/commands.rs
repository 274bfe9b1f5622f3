//! Application commands: registered, changed, listed.

use serde_json::{Value, json};

use crate::snowflake::Id;
use crate::state::State;
use crate::state::messages::form::id_of;
use crate::state::model::errors::{ApiError, ApiResult, FormErrors};
use crate::state::model::wire;

/// How many options a command, and how many choices an option may have.
const LIST_MAX: usize = 25;
/// The fields that Discord keeps of a registered command besides its ids.
const KEPT: [&str; 11] = [
    "type",
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "default_member_permissions",
    "dm_permission",
    "nsfw",
    "integration_types",
    "contexts",
];

impl State {
    /// Returns the commands of a guild, or the global ones.
    pub(crate) fn list_commands(&self, guild: Option<Id>) -> Vec<Value> {
        self.interactions
            .commands
            .iter()
            .filter(|command| scope(command) == guild)
            .cloned()
            .collect()
    }

    /// Returns one command (10063).
    pub(crate) fn get_command(&self, guild: Option<Id>, command: Id) -> ApiResult<Value> {
        let found = self
            .interactions
            .commands
            .iter()
            .find(|known| scope(known) == guild && id_of(&known["id"]) == Some(command));
        found.cloned().ok_or_else(ApiError::unknown_command)
    }

    /// Replaces all commands of a guild, or the global ones. Those with a known name and type keep
    /// their id.
    pub(crate) fn overwrite_commands(&mut self, guild: Option<Id>, forms: &[Value]) -> ApiResult<Vec<Value>> {
        let mut errors = FormErrors::default();
        for (form, at) in forms.iter().zip(0..) {
            check_command(form, &format!("{at}."), &mut errors);
            let again = forms[..at].iter().any(|other| key(other) == key(form));
            if again {
                let message = "Application command names must be unique";
                errors.add(&at.to_string(), "APPLICATION_COMMANDS_DUPLICATE_NAME", message);
            }
        }
        errors.check()?;
        let finished: Vec<Value> = forms
            .iter()
            .map(|form| self.finish_command(guild, form))
            .collect();
        self.interactions
            .commands
            .retain(|command| scope(command) != guild);
        self.interactions.commands.extend(finished.iter().cloned());
        self.tell_commands();
        Ok(finished)
    }

    /// Registers one command, or replaces the one with its name. Returns whether it is new.
    pub(crate) fn upsert_command(&mut self, guild: Option<Id>, form: &Value) -> ApiResult<(bool, Value)> {
        let mut errors = FormErrors::default();
        check_command(form, "", &mut errors);
        errors.check()?;
        let finished = self.finish_command(guild, form);
        let before = self.interactions.commands.len();
        self.interactions
            .commands
            .retain(|command| scope(command) != guild || key(command) != key(&finished));
        let new = before == self.interactions.commands.len();
        self.interactions.commands.push(finished.clone());
        self.tell_commands();
        Ok((new, finished))
    }

    /// Changes the named parts of a command.
    pub(crate) fn edit_command(&mut self, guild: Option<Id>, command: Id, form: &Value) -> ApiResult<Value> {
        let mut merged = self.get_command(guild, command)?;
        for key in KEPT {
            if let Some(value) = form.get(key) {
                merged[key] = value.clone();
            }
        }
        let mut errors = FormErrors::default();
        check_command(&merged, "", &mut errors);
        errors.check()?;
        let mut finished = self.finish_command(guild, &merged);
        finished["id"] = wire::id(command);
        self.remove_command(guild, command);
        self.interactions.commands.push(finished.clone());
        self.tell_commands();
        Ok(finished)
    }

    /// Deletes a command.
    pub(crate) fn delete_command(&mut self, guild: Option<Id>, command: Id) -> ApiResult<()> {
        self.get_command(guild, command)?;
        self.remove_command(guild, command);
        self.tell_commands();
        Ok(())
    }

    fn remove_command(&mut self, guild: Option<Id>, command: Id) {
        self.interactions
            .commands
            .retain(|known| scope(known) != guild || id_of(&known["id"]) != Some(command));
    }

    /// Adds ids and defaults to a command. One that did not change keeps its version.
    fn finish_command(&mut self, guild: Option<Id>, form: &Value) -> Value {
        let known = self
            .interactions
            .commands
            .iter()
            .find(|command| scope(command) == guild && key(command) == key(form))
            .cloned();
        let mut finished = json!({
            "type": 1,
            "name_localizations": null,
            "description": "",
            "description_localizations": null,
            "default_member_permissions": null,
            "dm_permission": true,
            "nsfw": false,
            "integration_types": [0],
            "contexts": null,
        });
        for key in KEPT {
            match form.get(key) {
                Some(Value::Null) | None => {}
                Some(value) => finished[key] = value.clone(),
            }
        }
        if let Some(options) = finished.get_mut("options") {
            drop_nulls(options);
        }
        if let Some(bits) = id_of(&finished["default_member_permissions"]) {
            finished["default_member_permissions"] = wire::id(bits);
        }
        finished["application_id"] = wire::id(self.guild.bot);
        if let Some(guild) = guild {
            finished["guild_id"] = wire::id(guild);
        }
        let same = known
            .as_ref()
            .is_some_and(|known| KEPT.iter().all(|key| known.get(key) == finished.get(key)));
        let fresh = wire::id(self.next_id());
        finished["id"] = known
            .as_ref()
            .map_or_else(|| fresh.clone(), |known| known["id"].clone());
        finished["version"] = known
            .filter(|_| same)
            .map_or(fresh, |known| known["version"].clone());
        finished
    }

    fn tell_commands(&self) {
        self.pages.tell(
            None,
            "COMMANDS",
            &json!({ "commands": self.interactions.commands }),
        );
    }

    /// Returns the registered command of this name and type. The guild's own wins over a global
    /// one.
    pub(crate) fn find_command(&self, name: &str, kind: u64) -> Option<&Value> {
        let mut named: Vec<&Value> = self
            .interactions
            .commands
            .iter()
            .filter(|command| command["name"] == name && command["type"] == kind)
            .collect();
        named.sort_by_key(|command| scope(command).is_none());
        named.first().copied()
    }
}

/// Removes fields that are null. serenity sends every limit and list that is not set, and Discord
/// does not return them.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(list) => list.iter_mut().for_each(drop_nulls),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn scope(command: &Value) -> Option<Id> {
    id_of(&command["guild_id"])
}

fn key(command: &Value) -> (String, u64) {
    (
        command["name"].as_str().unwrap_or_default().to_owned(),
        command["type"].as_u64().unwrap_or(1),
    )
}

/// Checks a command by Discord's rules: names, lengths, counts, required options first.
fn check_command(command: &Value, path: &str, errors: &mut FormErrors) {
    let kind = command["type"].as_u64().unwrap_or(1);
    let name = command["name"].as_str().unwrap_or_default();
    let description = command["description"].as_str().unwrap_or_default();
    if kind == 1 {
        check_name(name, &format!("{path}name"), errors);
        errors.length(&format!("{path}description"), description, 1, 100);
        check_options(&command["options"], path, errors);
        return;
    }
    errors.length(&format!("{path}name"), name, 1, 32);
    if !description.is_empty() {
        let message = "Context menu commands cannot have a description";
        errors.add(
            &format!("{path}description"),
            "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID",
            message,
        );
    }
}

fn check_options(options: &Value, path: &str, errors: &mut FormErrors) {
    let options = options.as_array().map_or(&[][..], |options| &options[..]);
    errors.max_items(&format!("{path}options"), options.len(), LIST_MAX);
    let mut optional_seen = false;
    for (option, at) in options.iter().zip(0..) {
        let path = format!("{path}options.{at}.");
        check_name(
            option["name"].as_str().unwrap_or_default(),
            &format!("{path}name"),
            errors,
        );
        let description = option["description"].as_str().unwrap_or_default();
        errors.length(&format!("{path}description"), description, 1, 100);
        check_choices(&option["choices"], &path, errors);
        let required = option["required"] == true;
        if required && optional_seen {
            let message = "Required options must be placed before non-required options";
            errors.add(
                &path[..path.len() - 1],
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                message,
            );
        }
        optional_seen |= !required;
        match option["type"].as_u64() {
            Some(1 | 2) => check_options(&option["options"], &path, errors),
            Some(3..=11) => {}
            _ => errors.choice(&format!("{path}type"), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"),
        }
    }
}

/// Checks the choices of an option, registered or offered by autocompletion.
pub(in crate::state) fn check_choices(choices: &Value, path: &str, errors: &mut FormErrors) {
    let choices = choices.as_array().map_or(&[][..], |choices| &choices[..]);
    errors.max_items(&format!("{path}choices"), choices.len(), LIST_MAX);
    for (choice, at) in choices.iter().zip(0..) {
        let name = choice["name"].as_str().unwrap_or_default();
        errors.length(&format!("{path}choices.{at}.name"), name, 1, 100);
        let path = format!("{path}choices.{at}.value");
        match &choice["value"] {
            Value::String(value) => errors.max_length(&path, value, 100),
            Value::Number(_) => {}
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => errors.required(&path),
        }
    }
}

/// Checks a name by `^[-_'\p{L}\p{N}]{1,32}$`, in lower case.
fn check_name(name: &str, path: &str, errors: &mut FormErrors) {
    let allowed = |c: char| (c.is_alphanumeric() && !c.is_uppercase()) || "-_'".contains(c);
    if name.is_empty() || name.chars().count() > 32 || !name.chars().all(allowed) {
        errors.add(
            path,
            "APPLICATION_COMMAND_INVALID_NAME",
            "Command name is invalid",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(command: &Value) -> String {
        let mut errors = FormErrors::default();
        check_command(command, "", &mut errors);
        errors
            .check()
            .err()
            .and_then(|error| error.errors)
            .unwrap_or_default()
            .to_string()
    }

    #[test]
    fn names_are_lower_case_without_spaces() {
        let named = |name: &str| faults(&json!({ "name": name, "description": "x" }));
        assert_eq!(named("draft-it"), "null");
        for bad in ["", "Draft", "a b", &"x".repeat(33)] {
            assert!(named(bad).contains("APPLICATION_COMMAND_INVALID_NAME"), "{bad}");
        }
        assert_eq!(faults(&json!({ "type": 3, "name": "Crop it" })), "null");
    }

    #[test]
    fn required_options_come_first() {
        let option = |name: &str, required: bool| json!({ "type": 3, "name": name, "description": "x", "required": required });
        let with =
            |options: [Value; 2]| faults(&json!({ "name": "a", "description": "x", "options": options }));
        assert_eq!(with([option("a", true), option("b", false)]), "null");
        assert!(with([option("a", false), option("b", true)]).contains("REQUIRED_INVALID"));
    }
}
