//! Buttons, selects and modals as people use them.

use serde_json::{Map, Value, json};

use crate::snowflake::Id;
use crate::state::State;
use crate::state::interactions::invoke::NewInteraction;
use crate::state::interactions::modals;
use crate::state::messages::layout;
use crate::state::model::{ActError, Interaction, InteractionKind, Stage};

impl State {
    /// Clicks a button, or picks `values` from a select, as a user. Returns the interaction's id.
    pub(crate) fn use_component(
        &mut self,
        user: Id,
        channel: Id,
        message: Id,
        custom_id: &str,
        values: &[String],
    ) -> Result<Id, ActError> {
        let found = self.message_seen_by(user, channel, message)?;
        self.require_not_archived(channel)?;
        let component = layout::find(&found.components, custom_id)
            .ok_or_else(|| ActError::Invalid(format!("There is no component {custom_id} on this message")))?;
        if component["disabled"] == true {
            return Err(ActError::Invalid("This component is disabled".to_owned()));
        }
        let kind = &component["type"];
        let mut data = json!({ "custom_id": custom_id, "component_type": kind, "id": component["id"] });
        if *kind != 2 {
            let resolved = self.pick(component, channel, values)?;
            data["values"] = json!(values);
            if !resolved.is_empty() {
                data["resolved"] = Value::Object(resolved);
            }
        }
        self.start(NewInteraction {
            source: Some(message),
            ..NewInteraction::new(InteractionKind::Component, user, channel, custom_id, data)
        })
    }

    /// Checks the values picked from a select. Returns what they refer to.
    fn pick(&self, select: &Value, channel: Id, values: &[String]) -> Result<Map<String, Value>, ActError> {
        let count = u64::try_from(values.len()).unwrap_or(u64::MAX);
        let min = select["min_values"].as_u64().unwrap_or(1);
        let max = select["max_values"].as_u64().unwrap_or(1);
        let unlike = |(value, at): (&String, usize)| !values[..at].contains(value);
        let mut resolved = Map::new();
        let offered = |resolved: &mut Map<String, Value>, value: &String| {
            let value = json!(value);
            // The option types that take the same: users, roles, both, channels.
            let kind = match select["type"].as_u64() {
                Some(5) => 6,
                Some(6) => 8,
                Some(7) => 9,
                Some(8) => 7,
                _ => {
                    let mut options = select["options"].as_array().into_iter().flatten();
                    return options.any(|option| option["value"] == value);
                }
            };
            let known = self.check_reference(kind, &value, channel, resolved).is_ok();
            known && self.is_of_types(&select["channel_types"], &value)
        };
        let fits = (min..=max).contains(&count)
            && values.iter().zip(0..).all(unlike)
            && values.iter().all(|value| offered(&mut resolved, value));
        if fits {
            return Ok(resolved);
        }
        let message = format!("Pick {min} to {max} of the values offered");
        Err(ActError::Invalid(message))
    }

    /// Submits the modal that an earlier interaction was answered with. `fields` are texts, or
    /// lists of values, by input. The modal stays open until the bot answers, so it can be
    /// submitted again. Returns the interaction's id.
    pub(crate) fn submit_modal(&mut self, user: Id, opened_by: Id, fields: &Value) -> Result<Id, ActError> {
        let opener = self
            .interactions
            .get(opened_by)
            .filter(|opener| opener.user == user);
        let open = opener.and_then(|opener| Some((opener, opener.modal.as_ref()?)));
        let (opener, form) = open.ok_or_else(|| ActError::Invalid("This modal is not open".to_owned()))?;
        let sent = |other: &Interaction| other.opened_by == Some(opened_by) && other.stage == Stage::Waiting;
        if self.interactions.all().any(sent) {
            return Err(ActError::Invalid("This modal is being sent".to_owned()));
        }
        let (channel, source) = (opener.channel, opener.source);
        let (parts, resolved) = modals::filled(form, fields, |select, values| {
            if values.is_empty() && !modals::is_required(select) {
                return Ok(Map::new());
            }
            self.pick(select, channel, values)
        })?;
        let custom_id = form["custom_id"].as_str().unwrap_or_default().to_owned();
        let mut data = json!({ "custom_id": custom_id, "components": parts });
        if !resolved.is_empty() {
            data["resolved"] = Value::Object(resolved);
        }
        self.start(NewInteraction {
            source,
            opened_by: Some(opened_by),
            ..NewInteraction::new(InteractionKind::Modal, user, channel, &custom_id, data)
        })
    }

    /// Returns the interaction that opened a user's latest open modal with this `custom_id`.
    pub(crate) fn open_modal(&self, user: Id, custom_id: &str) -> Option<Id> {
        let mut newest_first = self.interactions.newest_first();
        let found = newest_first.find(|interaction| {
            interaction.user == user
                && interaction
                    .modal
                    .as_ref()
                    .is_some_and(|modal| modal["custom_id"] == custom_id)
        });
        found.map(|interaction| interaction.id)
    }
}
