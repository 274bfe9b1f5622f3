//! The options of a command as a person fills them in: checked as the Discord client does, then
//! formatted for the bot.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::wire::{id_of, list, text};
use crate::state::model::{ActError, Upload};

/// A slash command as a person sends it.
pub(crate) struct Invocation<'a> {
    pub(crate) user: Id,
    pub(crate) channel: Id,
    /// `draft` or `credits pool`.
    pub(crate) name: &'a str,
    /// The values as a flat object, by option.
    pub(crate) options: &'a Value,
    /// Files, by option.
    pub(crate) files: &'a [Upload],
}

/// Options and what they refer to, formatted for the bot.
#[derive(Debug, Default)]
pub(crate) struct FilledOptions {
    pub(crate) options: Vec<Value>,
    pub(crate) resolved: Map<String, Value>,
    /// The bytes of files, by attachment. They are kept once the command is sent.
    pub(crate) files: Vec<(Id, Bytes)>,
}

/// How strictly options are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strictness<'a> {
    /// A finished command.
    Sent,
    /// Still typing in this option: missing and incomplete options are accepted.
    Typing { focused: &'a str },
}

/// A command or subcommand that takes options, and the path to it.
pub(crate) struct CommandTarget<'a> {
    pub(crate) command: &'a Value,
    options: &'a [Value],
    path: Vec<(&'a str, u64)>,
}

impl<'a> CommandTarget<'a> {
    /// Finds `credits pool` in the registered commands.
    pub(crate) fn find(state: &'a State, full_name: &str) -> Result<Self, ActError> {
        let mut words = full_name.split_whitespace();
        let unknown = || ActError::Invalid(format!("There is no command /{full_name}"));
        let command = state
            .find_command(words.next().unwrap_or_default(), 1)
            .ok_or_else(unknown)?;
        let mut target = Self {
            command,
            options: list(&command["options"]),
            path: vec![],
        };
        for word in words {
            let inner = target
                .options
                .iter()
                .find(|option| option["name"] == word && is_sub(option));
            let inner = inner.ok_or_else(unknown)?;
            target
                .path
                .push((text(&inner["name"]), inner["type"].as_u64().unwrap_or(1)));
            target.options = list(&inner["options"]);
        }
        if target.options.iter().any(is_sub) {
            let names: Vec<&str> = target
                .options
                .iter()
                .map(|option| text(&option["name"]))
                .collect();
            return Err(ActError::Invalid(format!(
                "/{full_name} needs one of: {}",
                names.join(", ")
            )));
        }
        Ok(target)
    }

    /// Returns the type of an option.
    pub(crate) fn type_of(&self, name: &str) -> Option<u64> {
        let named = self.options.iter().find(|option| option["name"] == name);
        named?["type"].as_u64()
    }

    /// Wraps options in their subcommands, outermost first.
    pub(crate) fn nest(&self, options: Vec<Value>) -> Vec<Value> {
        self.path.iter().rev().fold(options, |inner, (name, kind)| {
            vec![json!({ "name": name, "type": kind, "options": inner })]
        })
    }
}

impl State {
    /// Checks the options that were filled in, and makes attachments of the files.
    pub(crate) fn fill_options(
        &mut self,
        command: &Invocation<'_>,
        strictness: Strictness<'_>,
    ) -> Result<FilledOptions, ActError> {
        let Invocation {
            user,
            channel,
            name: full_name,
            options: given,
            files: uploads,
        } = *command;
        let definitions = CommandTarget::find(self, full_name)?.options.to_vec();
        let empty = Map::new();
        let given = given.as_object().unwrap_or(&empty);
        for name in given
            .keys()
            .map(String::as_str)
            .chain(uploads.iter().map(|file| file.key.as_str()))
        {
            if !definitions.iter().any(|definition| definition["name"] == name) {
                return Err(ActError::Invalid(format!("/{full_name} has no option {name}")));
            }
        }
        let mut filled = FilledOptions::default();
        require_one_each(uploads)?;
        for definition in &definitions {
            let name = text(&definition["name"]);
            let upload = uploads.iter().find(|file| file.key == name);
            let value = given.get(name).filter(|value| !value.is_null());
            let typing = strictness == Strictness::Typing { focused: name };
            let option = match (upload, value) {
                (Some(upload), _) => self.file_option(definition, (user, channel), upload, &mut filled)?,
                (None, Some(value)) if typing || strictness != Strictness::Sent => {
                    json!({ "name": name, "type": definition["type"], "value": value })
                }
                (None, Some(value)) => self.value_option(definition, channel, value, &mut filled)?,
                (None, None) if typing => json!({ "name": name, "type": definition["type"], "value": "" }),
                (None, None) if strictness == Strictness::Sent && definition["required"] == true => {
                    return Err(ActError::Invalid(format!("{name}: this option is required")));
                }
                (None, None) => continue,
            };
            filled.options.push(option);
            if typing && let Some(option) = filled.options.last_mut() {
                option["focused"] = json!(true);
            }
        }
        Ok(filled)
    }

    fn file_option(
        &mut self,
        definition: &Value,
        (user, channel): (Id, Id),
        upload: &Upload,
        filled: &mut FilledOptions,
    ) -> Result<Value, ActError> {
        let name = text(&definition["name"]);
        if definition["type"] != 11 {
            return Err(ActError::Invalid(format!("{name}: this option takes no file")));
        }
        let limit = self.attachment_limit(user);
        if u64::try_from(upload.bytes.len()).unwrap_or(u64::MAX) > limit {
            let mebibytes = limit / (1024 * 1024);
            return Err(ActError::Invalid(format!(
                "{name}: the file is larger than {mebibytes} MB"
            )));
        }
        let attachment = self.measure(upload, None);
        filled.files.push((attachment.id, upload.bytes.clone()));
        let mut shown = self.attachment_json(channel, &attachment);
        shown["ephemeral"] = json!(true);
        resolve(&mut filled.resolved, "attachments", attachment.id, shown);
        Ok(json!({ "name": name, "type": 11, "value": attachment.id.to_string() }))
    }

    fn value_option(
        &self,
        definition: &Value,
        channel: Id,
        value: &Value,
        filled: &mut FilledOptions,
    ) -> Result<Value, ActError> {
        let name = text(&definition["name"]);
        let kind = definition["type"].as_u64().unwrap_or(3);
        let checked = match kind {
            3 => check_text(definition, value),
            4 => check_number(definition, value, true),
            5 => value
                .as_bool()
                .map(Value::from)
                .ok_or_else(|| "must be true or false".to_owned()),
            10 => check_number(definition, value, false),
            6..=9 => self
                .check_reference(kind, value, channel, &mut filled.resolved)
                .and_then(|value| {
                    let fits = self.is_of_types(&definition["channel_types"], &value);
                    fits.then_some(value)
                        .ok_or_else(|| "must be another kind of channel".to_owned())
                }),
            _ => Err("must be a file".to_owned()),
        };
        let value = checked.map_err(|why| ActError::Invalid(format!("{name}: {why}")))?;
        Ok(json!({ "name": name, "type": kind, "value": value }))
    }

    /// Checks the id of a user (6), channel (7), role (8) or mentionable (9), and adds what it
    /// refers to to `resolved`.
    pub(in crate::state) fn check_reference(
        &self,
        kind: u64,
        value: &Value,
        channel: Id,
        resolved: &mut Map<String, Value>,
    ) -> Result<Value, String> {
        let id = id_of(value).ok_or("must be an id")?;
        let role = || {
            self.roles_json()
                .into_iter()
                .find(|role| id_of(&role["id"]) == Some(id))
        };
        if matches!(kind, 6 | 9) && self.people.knows(id) {
            resolve(resolved, "users", id, self.user_json(id));
            if let Some(mut member) = self.partial_member_json(id) {
                member["permissions"] = json!(self.permissions_in(id, channel).to_string());
                resolve(resolved, "members", id, member);
            }
        } else if let Some(role) = role().filter(|_| matches!(kind, 8 | 9)) {
            resolve(resolved, "roles", id, role);
        } else if let Some(found) = self.channels.get(id).filter(|_| kind == 7) {
            let mut shown = self.channel_json(found);
            shown["permissions"] = json!(self.permissions_in(self.guild.bot, id).to_string());
            resolve(resolved, "channels", id, shown);
        } else {
            return Err("there is no such thing".to_owned());
        }
        Ok(json!(id.to_string()))
    }

    /// Returns whether a channel is of one of these types; any is if there are none.
    pub(in crate::state) fn is_of_types(&self, types: &Value, channel: &Value) -> bool {
        let found = id_of(channel).and_then(|id| self.channels.get(id));
        list(types).is_empty() || found.is_some_and(|found| list(types).contains(&json!(found.kind.number())))
    }
}

/// Refuses two files for one option: the client has one place for a file in each.
fn require_one_each(uploads: &[Upload]) -> Result<(), ActError> {
    let is_first = |at: usize, file: &Upload| !uploads[..at].iter().any(|earlier| earlier.key == file.key);
    match (0..).zip(uploads).find(|(at, file)| !is_first(*at, file)) {
        Some((_, second)) => Err(ActError::Invalid(format!(
            "{}: this option takes one file",
            second.key
        ))),
        None => Ok(()),
    }
}

fn resolve(resolved: &mut Map<String, Value>, kind: &str, id: Id, value: Value) {
    resolved.entry(kind).or_insert_with(|| json!({}))[id.to_string()] = value;
}

fn check_text(definition: &Value, value: &Value) -> Result<Value, String> {
    let given = value.as_str().ok_or("must be a text")?;
    check_choice(definition, value)?;
    let count = u64::try_from(given.chars().count()).unwrap_or(u64::MAX);
    let min = definition["min_length"].as_u64().unwrap_or(0);
    let max = definition["max_length"].as_u64().unwrap_or(6_000);
    // The client sends no empty texts: it drops an option that was emptied.
    if given.is_empty() {
        return Err("must not be empty".to_owned());
    }
    if !(min..=max).contains(&count) {
        return Err(format!("must have {min} to {max} characters"));
    }
    Ok(value.clone())
}

fn check_number(definition: &Value, value: &Value, whole: bool) -> Result<Value, String> {
    let number = value.as_f64().ok_or("must be a number")?;
    if whole && value.as_i64().is_none() {
        return Err("must be a whole number".to_owned());
    }
    check_choice(definition, value)?;
    if let Some(min) = definition["min_value"].as_f64().filter(|min| number < *min) {
        return Err(format!("must be at least {min}"));
    }
    if let Some(max) = definition["max_value"].as_f64().filter(|max| number > *max) {
        return Err(format!("must be at most {max}"));
    }
    Ok(value.clone())
}

fn check_choice(definition: &Value, value: &Value) -> Result<(), String> {
    let choices = list(&definition["choices"]);
    if choices.is_empty() || choices.iter().any(|choice| choice["value"] == *value) {
        return Ok(());
    }
    let names: Vec<&str> = choices.iter().map(|choice| text(&choice["name"])).collect();
    Err(format!("must be one of: {}", names.join(", ")))
}

fn is_sub(option: &Value) -> bool {
    matches!(option["type"].as_u64(), Some(1 | 2))
}
