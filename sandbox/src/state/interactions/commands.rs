//! Application commands: registered, changed, listed.

use serde_json::{Value, json};

use crate::snowflake::Id;
use crate::state::State;
use crate::state::interactions::definitions::check_command;
use crate::state::model::errors::{ApiError, ApiResult, FormErrors};
use crate::state::model::wire;
use crate::state::model::wire::id_of;

/// How many commands of each type a bot may have globally, and in each guild.
const COMMANDS_MAX: [(u64, usize); 3] = [(1, 100), (2, 15), (3, 15)];
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
        require_room(forms)?;
        self.count_creates(guild, forms)?;
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
        let others = self.list_commands(guild).into_iter();
        let mut all: Vec<Value> = others.filter(|other| key(other) != key(form)).collect();
        all.push(form.clone());
        require_room(&all)?;
        self.count_creates(guild, std::slice::from_ref(form))?;
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
        let named = |other: &Value| key(other) == key(&merged) && id_of(&other["id"]) != Some(command);
        if self.list_commands(guild).iter().any(named) {
            return Err(ApiError::name_taken());
        }
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

    /// Counts the commands among these that are new (30034).
    fn count_creates(&mut self, guild: Option<Id>, forms: &[Value]) -> ApiResult<()> {
        let known = self.list_commands(guild);
        let is_new = |form: &&Value| !known.iter().any(|command| key(command) == key(form));
        let count = forms.iter().filter(is_new).count();
        let now = self.now();
        self.interactions.creates.count(guild, count, now)
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
            .filter(|command| scope(command).is_none_or(|guild| guild == self.guild.id))
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

/// Refuses more commands of a type than a bot may have (30032).
fn require_room(commands: &[Value]) -> ApiResult<()> {
    let full =
        |(kind, max): &(u64, usize)| commands.iter().filter(|form| key(form).1 == *kind).count() > *max;
    if COMMANDS_MAX.iter().any(full) {
        return Err(ApiError::too_many_commands());
    }
    Ok(())
}
