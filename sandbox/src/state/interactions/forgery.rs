//! Interactions that Discord would never send, for tests of what a bot checks by itself.

use serde_json::{Map, Value, json};

use crate::snowflake::Id;
use crate::state::State;
use crate::state::interactions::invoke::{NewInteraction, command_data};
use crate::state::interactions::options::{CommandTarget, Invocation, Strictness};
use crate::state::model::{ActError, InteractionKind};

/// What a forged interaction says was used. Nobody needs a permission for it, and a button need not
/// be there.
#[derive(Clone, Debug)]
pub enum Forgery {
    /// A slash command (`"credits pool"`) with its options as a flat object.
    Command(String, Value),
    /// Typing in the option that is named last, with the options as a flat object.
    Typing(String, Value, String),
    /// An entry of the menu of a message of the channel.
    Menu(String, u64),
    /// A button with this `custom_id`, on a message of the channel.
    Button(String, u64),
    /// A form with this `custom_id`, opened from a message of the channel, and the texts that were
    /// filled in, by input.
    Form(String, u64, Value),
}

impl State {
    /// Sends the bot a forged interaction of a user in a channel. `changes` overwrites parts of the
    /// event. Returns the interaction's id.
    pub(crate) fn forge(
        &mut self,
        user: Id,
        channel: Id,
        forgery: &Forgery,
        changes: &Value,
    ) -> Result<Id, ActError> {
        let new = match forgery {
            Forgery::Command(name, options) => {
                self.forge_command((user, channel), name, options, Strictness::Sent)?
            }
            Forgery::Typing(name, options, focused) => {
                self.forge_command((user, channel), name, options, Strictness::Typing { focused })?
            }
            Forgery::Menu(name, message) => {
                let unknown = || ActError::Invalid(format!("There is no menu entry {name}"));
                let definition = self.find_command(name, 3).ok_or_else(unknown)?.clone();
                let found = self.message_json(self.message_seen_by(user, channel, *message)?, self.bot());
                let mut data = command_data(&definition, vec![]);
                data["target_id"] = json!(message.to_string());
                data["resolved"] = json!({ "messages": { message.to_string(): found } });
                NewInteraction::new(InteractionKind::Command, user, channel, name, data)
            }
            Forgery::Button(custom_id, message) => {
                let data = json!({ "custom_id": custom_id, "component_type": 2, "id": 1 });
                NewInteraction {
                    source: Some(*message),
                    ..NewInteraction::new(InteractionKind::Component, user, channel, custom_id, data)
                }
            }
            Forgery::Form(custom_id, message, texts) => {
                let empty = Map::new();
                let texts = texts.as_object().unwrap_or(&empty);
                let row = |(at, (input, text)): (u64, (&String, &Value))| {
                    let field = json!({ "type": 4, "id": 2 * at, "custom_id": input, "value": text });
                    json!({ "type": 1, "id": 2 * at - 1, "components": [field] })
                };
                let rows: Vec<Value> = (1..).zip(texts).map(row).collect();
                let data = json!({ "custom_id": custom_id, "components": rows });
                NewInteraction {
                    source: Some(*message),
                    ..NewInteraction::new(InteractionKind::Modal, user, channel, custom_id, data)
                }
            }
        };
        self.start_as(new, changes)
    }

    fn forge_command(
        &mut self,
        (user, channel): (Id, Id),
        name: &str,
        options: &Value,
        strictness: Strictness<'_>,
    ) -> Result<NewInteraction, ActError> {
        let definition = CommandTarget::find(self, name)?.command.clone();
        let filled = self.fill_options(
            &Invocation {
                user,
                channel,
                name,
                options,
                files: &[],
            },
            strictness,
        )?;
        let options = CommandTarget::find(self, name)?.nest(filled.options);
        let mut data = command_data(&definition, options);
        if !filled.resolved.is_empty() {
            data["resolved"] = Value::Object(filled.resolved);
        }
        let kind = match strictness {
            Strictness::Sent => InteractionKind::Command,
            Strictness::Typing { .. } => InteractionKind::Autocomplete,
        };
        Ok(NewInteraction {
            answer_kind: 20,
            ..NewInteraction::new(kind, user, channel, name, data)
        })
    }
}
