//! People use commands, buttons, selects, modals and menus: each becomes an interaction.

use serde_json::{Value, json};

use super::State;
use super::actions::ActError;
use super::attachments::Upload;
use super::form::id_of;
use super::hub::intent;
use super::model::{Interaction, InteractionKind, Stage};
use super::options::{Strictness, Target};
use super::validate::modal_inputs;
use crate::permissions::USE_APPLICATION_COMMANDS;
use crate::snowflake::Id;

/// What the client shows when nobody answers.
pub(crate) const NO_ANSWER: &str = "The application did not respond";

/// An interaction before it has an id.
struct Start {
    kind: InteractionKind,
    user: Id,
    channel: Id,
    name: String,
    data: Value,
    source: Option<Id>,
    answer_kind: u8,
}

/// A slash command as somebody sends it.
pub(crate) struct Invocation<'a> {
    pub(crate) user: Id,
    pub(crate) channel: Id,
    /// `draft` or `credits pool`.
    pub(crate) name: &'a str,
    /// A flat object by option.
    pub(crate) options: &'a Value,
    /// Files, by option.
    pub(crate) files: &'a [Upload],
}

impl State {
    /// Somebody sends a slash command.
    pub(crate) fn use_command(&mut self, command: &Invocation<'_>) -> Result<Id, ActError> {
        self.start_command(command, Strictness::Sent, InteractionKind::Command)
    }

    /// Somebody types in an option that has completion.
    pub(crate) fn autocomplete(&mut self, command: &Invocation<'_>, focused: &str) -> Result<Id, ActError> {
        self.start_command(
            command,
            Strictness::Typing { focused },
            InteractionKind::Autocomplete,
        )
    }

    fn start_command(
        &mut self,
        command: &Invocation<'_>,
        strictness: Strictness<'_>,
        kind: InteractionKind,
    ) -> Result<Id, ActError> {
        let definition = Target::find(self, command.name)?.command.clone();
        self.require_user_of(&definition, command.user, command.channel)?;
        let filled = self.fill_options(
            command.name,
            command.channel,
            command.options,
            command.files,
            strictness,
        )?;
        let options = Target::find(self, command.name)?.nest(filled.options);
        let mut data = command_data(&definition, options);
        if !filled.resolved.is_empty() {
            data["resolved"] = Value::Object(filled.resolved);
        }
        let name = command.name.split_whitespace().collect::<Vec<_>>().join(" ");
        let (user, channel) = (command.user, command.channel);
        self.start(Start {
            kind,
            user,
            channel,
            name,
            data,
            source: None,
            answer_kind: 20,
        })
    }

    /// Somebody uses a message's menu.
    pub(crate) fn use_menu(
        &mut self,
        user: Id,
        channel: Id,
        message: Id,
        name: &str,
    ) -> Result<Id, ActError> {
        let unknown = || ActError::Invalid(format!("There is no menu entry {name}"));
        let definition = self.find_command(name, 3).ok_or_else(unknown)?.clone();
        self.require_user_of(&definition, user, channel)?;
        let target = self.message_json(self.message_seen_by(user, channel, message)?, self.guild.bot);
        let mut data = command_data(&definition, vec![]);
        data["target_id"] = json!(message.to_string());
        data["resolved"] = json!({ "messages": { message.to_string(): target } });
        let kind = InteractionKind::Command;
        self.start(Start {
            kind,
            user,
            channel,
            name: name.to_owned(),
            data,
            source: None,
            answer_kind: 23,
        })
    }

    fn require_user_of(&self, definition: &Value, user: Id, channel: Id) -> Result<(), ActError> {
        self.require(user, channel, USE_APPLICATION_COMMANDS)?;
        let needed = id_of(&definition["default_member_permissions"]);
        let has = self.permissions_in(user, channel);
        let admin = user == self.guild.owner || has & crate::permissions::ADMINISTRATOR != 0;
        let allowed = admin || needed.is_none_or(|bits| bits != 0 && has & bits == bits);
        if allowed {
            return Ok(());
        }
        Err(ActError::Invalid(
            "You do not have permission to use this command".to_owned(),
        ))
    }

    /// Somebody clicks a button, or picks from a select (then with `values`).
    pub(crate) fn use_component(
        &mut self,
        user: Id,
        channel: Id,
        message: Id,
        custom_id: &str,
        values: &[String],
    ) -> Result<Id, ActError> {
        let found = self.message_seen_by(user, channel, message)?;
        let component = find_component(&found.components, custom_id)
            .ok_or_else(|| ActError::Invalid(format!("There is no component {custom_id} on this message")))?;
        if component["disabled"] == true {
            return Err(ActError::Invalid("This component is disabled".to_owned()));
        }
        let kind = &component["type"];
        let mut data = json!({ "custom_id": custom_id, "component_type": kind, "id": component["id"] });
        if *kind != 2 {
            check_values(component, values)?;
            data["values"] = json!(values);
        }
        self.start(Start {
            kind: InteractionKind::Component,
            user,
            channel,
            name: custom_id.to_owned(),
            data,
            source: Some(message),
            answer_kind: 0,
        })
    }

    /// Somebody sends a modal that an earlier interaction was answered with. `fields`: texts by input.
    pub(crate) fn submit_modal(&mut self, user: Id, opened_by: Id, fields: &Value) -> Result<Id, ActError> {
        let opener = self
            .interactions
            .get(&opened_by)
            .filter(|opener| opener.user == user);
        let open = opener.and_then(|opener| Some((opener, opener.modal.as_ref()?)));
        let (opener, modal) = open.ok_or_else(|| ActError::Invalid("This modal is not open".to_owned()))?;
        let mut rows = Vec::new();
        for input in modal_inputs(modal) {
            let value = input_value(input, fields)?;
            let filled =
                json!({ "type": 4, "custom_id": input["custom_id"], "id": input["id"], "value": value });
            rows.push(json!({ "type": 1, "components": [filled] }));
        }
        let custom_id = modal["custom_id"].as_str().unwrap_or_default().to_owned();
        let data = json!({ "custom_id": custom_id, "components": rows });
        let (channel, source) = (opener.channel, opener.source);
        let kind = InteractionKind::Modal;
        let id = self.start(Start {
            kind,
            user,
            channel,
            name: custom_id,
            data,
            source,
            answer_kind: 0,
        })?;
        if let Some(opener) = self.interactions.get_mut(&opened_by) {
            opener.modal = None;
        }
        Ok(id)
    }

    /// The latest open modal of a user with this id.
    pub(crate) fn open_modal(&self, user: Id, custom_id: &str) -> Option<Id> {
        let mut newest_first = self.interactions.values().rev();
        let found = newest_first.find(|interaction| {
            interaction.user == user
                && interaction
                    .modal
                    .as_ref()
                    .is_some_and(|modal| modal["custom_id"] == custom_id)
        });
        found.map(|interaction| interaction.id)
    }

    fn start(&mut self, start: Start) -> Result<Id, ActError> {
        let id = self.next_id();
        let interaction = Interaction {
            id,
            token: format!("interaction-{id}"),
            kind: start.kind,
            user: start.user,
            channel: start.channel,
            created_ms: self.now(),
            name: start.name,
            source: start.source,
            stage: Stage::Waiting,
            deferred: false,
            original: None,
            followups: vec![],
            modal: None,
            choices: None,
            answer_kind: start.answer_kind,
        };
        let payload = self.interaction_payload(&interaction, &start.data);
        let pending = json!({
            "id": id.to_string(),
            "name": interaction.name,
            "channel_id": interaction.channel.to_string(),
        });
        self.interactions.insert(id, interaction);
        if start.kind != InteractionKind::Autocomplete {
            self.hub.page(Some(start.user), "INTERACTION_PENDING", &pending);
        }
        if !self.hub.reachable() {
            self.fail_interaction(id);
            return Err(ActError::NoAnswer(NO_ANSWER.to_owned()));
        }
        self.hub.dispatch(
            intent::ALWAYS,
            Some(self.guild.id),
            "INTERACTION_CREATE",
            &payload,
        );
        Ok(id)
    }
}

fn command_data(definition: &Value, options: Vec<Value>) -> Value {
    let mut data = json!({
        "id": definition["id"],
        "name": definition["name"],
        "type": definition["type"],
    });
    if !options.is_empty() {
        data["options"] = Value::Array(options);
    }
    if let Some(guild) = definition.get("guild_id") {
        data["guild_id"] = guild.clone();
    }
    data
}

fn find_component<'a>(rows: &'a [Value], custom_id: &str) -> Option<&'a Value> {
    let children = rows
        .iter()
        .flat_map(|row| row["components"].as_array().into_iter().flatten());
    children.into_iter().find(|child| child["custom_id"] == custom_id)
}

fn check_values(select: &Value, values: &[String]) -> Result<(), ActError> {
    let known = |value: &String| {
        let mut options = select["options"].as_array().into_iter().flatten();
        select["type"] != 3 || options.any(|option| option["value"] == *value)
    };
    let count = u64::try_from(values.len()).unwrap_or(u64::MAX);
    let min = select["min_values"].as_u64().unwrap_or(1);
    let max = select["max_values"].as_u64().unwrap_or(1);
    if (min..=max).contains(&count) && values.iter().all(known) {
        return Ok(());
    }
    Err(ActError::Invalid(format!(
        "Pick {min} to {max} of the values offered"
    )))
}

fn input_value(input: &Value, fields: &Value) -> Result<String, ActError> {
    let id = input["custom_id"].as_str().unwrap_or_default();
    let preset = input["value"].as_str().unwrap_or_default();
    let value = fields[id].as_str().unwrap_or(preset).to_owned();
    let count = u64::try_from(value.chars().count()).unwrap_or(u64::MAX);
    let required = input["required"].as_bool().unwrap_or(true);
    if value.is_empty() {
        return if required {
            Err(ActError::Invalid(format!("{id}: this field is required")))
        } else {
            Ok(value)
        };
    }
    let min = input["min_length"].as_u64().unwrap_or(0);
    let max = input["max_length"].as_u64().unwrap_or(4_000);
    if (min..=max).contains(&count) {
        return Ok(value);
    }
    Err(ActError::Invalid(format!(
        "{id}: must have {min} to {max} characters"
    )))
}
