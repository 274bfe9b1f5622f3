//! Commands and menus as people use them, and how any use of the bot becomes an interaction.

use serde_json::{Value, json};

use crate::permissions::USE_APPLICATION_COMMANDS;
use crate::snowflake::Id;
use crate::state::State;
use crate::state::interactions::options::{CommandTarget, Invocation, Strictness};
use crate::state::model::wire::id_of;
use crate::state::model::{ActError, Interaction, InteractionKind, MenuTarget, Stage};
use crate::state::sessions::intent;

/// What the client shows when the bot does not answer.
pub(crate) const NO_ANSWER: &str = "The application did not respond";

/// An interaction before it has an id.
pub(in crate::state) struct NewInteraction {
    pub(in crate::state) kind: InteractionKind,
    pub(in crate::state) user: Id,
    pub(in crate::state) channel: Id,
    pub(in crate::state) name: String,
    pub(in crate::state) data: Value,
    /// The message whose component was used, or that opened the modal.
    pub(in crate::state) source: Option<Id>,
    /// What a menu was used on.
    pub(in crate::state) target: Option<MenuTarget>,
    /// The interaction that was answered with the modal.
    pub(in crate::state) opened_by: Option<Id>,
    pub(in crate::state) answer_kind: u8,
    /// The type of the option that an autocompletion is for.
    pub(in crate::state) completes: Option<u64>,
    /// The files of a command's options.
    pub(in crate::state) files: Vec<Id>,
}

impl NewInteraction {
    pub(in crate::state) fn new(
        kind: InteractionKind,
        user: Id,
        channel: Id,
        name: &str,
        data: Value,
    ) -> Self {
        Self {
            kind,
            user,
            channel,
            name: name.to_owned(),
            data,
            source: None,
            target: None,
            opened_by: None,
            answer_kind: 0,
            completes: None,
            files: vec![],
        }
    }
}

impl State {
    /// Sends a slash command as a user. Returns the interaction's id.
    pub(crate) fn use_command(&mut self, command: &Invocation<'_>) -> Result<Id, ActError> {
        self.start_command(command, Strictness::Sent, InteractionKind::Command)
    }

    /// Asks for the choices of the option that a user types in. Returns the interaction's id.
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
        let definition = CommandTarget::find(self, command.name)?.command.clone();
        self.require_user_of(&definition, command.user, command.channel)?;
        let completes = match strictness {
            Strictness::Sent => None,
            Strictness::Typing { focused } => CommandTarget::find(self, command.name)?.type_of(focused),
        };
        let filled = self.fill_options(command, strictness)?;
        let options = CommandTarget::find(self, command.name)?.nest(filled.options);
        let mut data = command_data(&definition, options);
        if !filled.resolved.is_empty() {
            data["resolved"] = Value::Object(filled.resolved);
        }
        let name = command.name.split_whitespace().collect::<Vec<_>>().join(" ");
        let id = self.start(NewInteraction {
            answer_kind: 20,
            completes,
            files: filled.files.iter().map(|(file, _)| *file).collect(),
            ..NewInteraction::new(kind, command.user, command.channel, &name, data)
        })?;
        for (file, bytes) in filled.files {
            self.keep(file, bytes);
        }
        Ok(id)
    }

    /// Uses an entry of a message's or a member's menu. Returns the interaction's id.
    pub(crate) fn use_menu(
        &mut self,
        user: Id,
        channel: Id,
        target: MenuTarget,
        name: &str,
    ) -> Result<Id, ActError> {
        let unknown = || ActError::Invalid(format!("There is no menu entry {name}"));
        let definition = self
            .find_command(name, target.command_type())
            .ok_or_else(unknown)?
            .clone();
        self.require_user_of(&definition, user, channel)?;
        let mut data = command_data(&definition, vec![]);
        let (id, resolved) = match target {
            MenuTarget::Message(id) => {
                let message = self.message_json(self.message_seen_by(user, channel, id)?, self.guild.bot);
                (id, json!({ "messages": { id.to_string(): message } }))
            }
            MenuTarget::User(id) => {
                let mut resolved = serde_json::Map::new();
                self.check_reference(6, &json!(id.to_string()), channel, &mut resolved)
                    .map_err(|why| ActError::Invalid(format!("{name}: {why}")))?;
                (id, Value::Object(resolved))
            }
        };
        data["target_id"] = json!(id.to_string());
        data["resolved"] = resolved;
        self.start(NewInteraction {
            target: Some(target),
            answer_kind: 23,
            ..NewInteraction::new(InteractionKind::Command, user, channel, name, data)
        })
    }

    fn require_user_of(&self, definition: &Value, user: Id, channel: Id) -> Result<(), ActError> {
        self.require(user, channel, USE_APPLICATION_COMMANDS)?;
        self.require_not_archived(channel)?;
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

    /// Records an interaction and sends it to the bot. Returns its id.
    pub(in crate::state) fn start(&mut self, start: NewInteraction) -> Result<Id, ActError> {
        self.start_as(start, &json!({}))
    }

    /// Records an interaction and sends it to the bot, with parts of the event overwritten.
    pub(super) fn start_as(&mut self, start: NewInteraction, changes: &Value) -> Result<Id, ActError> {
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
            target: start.target,
            opened_by: start.opened_by,
            stage: Stage::Waiting,
            deferred: false,
            original: None,
            followups: vec![],
            modal: None,
            choices: None,
            completes: start.completes,
            answer_kind: start.answer_kind,
            files: start.files,
        };
        let mut payload = self.interaction_payload(&interaction, &start.data);
        overwrite(&mut payload, changes);
        let pending = json!({
            "id": id.to_string(),
            "name": interaction.name,
            "channel_id": interaction.channel.to_string(),
        });
        self.interactions.insert(interaction);
        if start.kind != InteractionKind::Autocomplete {
            self.pages.tell(Some(start.user), "INTERACTION_PENDING", &pending);
        }
        if !self.sessions.reachable() {
            self.fail_interaction(id);
            return Err(ActError::NoAnswer(NO_ANSWER.to_owned()));
        }
        self.dispatch(intent::ALWAYS, "INTERACTION_CREATE", &payload);
        Ok(id)
    }
}

pub(super) fn command_data(definition: &Value, options: Vec<Value>) -> Value {
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

/// Overwrites parts of a value: a field of an object alone, and anything else whole.
fn overwrite(value: &mut Value, changes: &Value) {
    match (value, changes) {
        (Value::Object(fields), Value::Object(changes)) => {
            for (name, change) in changes {
                overwrite(fields.entry(name).or_insert(Value::Null), change);
            }
        }
        (value, changes) => value.clone_from(changes),
    }
}
