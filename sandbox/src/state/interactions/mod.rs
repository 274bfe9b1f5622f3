//! Commands, components and modals: how people use the bot, and how it answers.

pub(crate) mod answers;
pub(crate) mod commands;
mod components;
mod creates;
mod definitions;
mod expiry;
pub(crate) mod forgery;
pub(crate) mod invoke;
mod modals;
pub(crate) mod options;
mod payload;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::snowflake::Id;
use crate::state::interactions::creates::Creates;
use crate::state::model::Interaction;

/// The interactions of the last day, and the commands that are registered.
#[derive(Debug, Default)]
pub(crate) struct Interactions {
    by_id: BTreeMap<Id, Interaction>,
    /// As Discord returns them.
    commands: Vec<Value>,
    /// The commands that were created in the last day. They are not saved.
    creates: Creates,
}

impl Interactions {
    /// Builds interactions from what was saved.
    pub(in crate::state) fn new(by_id: BTreeMap<Id, Interaction>, commands: Vec<Value>) -> Self {
        Self {
            by_id,
            commands,
            creates: Creates::default(),
        }
    }

    /// Returns what is saved: interactions, commands.
    pub(in crate::state) const fn parts(&self) -> (&BTreeMap<Id, Interaction>, &Vec<Value>) {
        (&self.by_id, &self.commands)
    }

    /// Returns one interaction.
    pub(crate) fn get(&self, interaction: Id) -> Option<&Interaction> {
        self.by_id.get(&interaction)
    }

    /// Returns the registered commands, global and of the guild, as Discord returns them.
    pub(crate) fn commands(&self) -> &[Value] {
        &self.commands
    }

    /// Returns the interaction whose answers carry this token.
    pub(in crate::state) fn by_token(&self, token: &str) -> Option<&Interaction> {
        self.newest_first().find(|interaction| interaction.token == token)
    }

    fn all(&self) -> impl Iterator<Item = &Interaction> {
        self.by_id.values()
    }

    fn newest_first(&self) -> impl Iterator<Item = &Interaction> {
        self.by_id.values().rev()
    }

    fn get_mut(&mut self, interaction: Id) -> Option<&mut Interaction> {
        self.by_id.get_mut(&interaction)
    }

    /// Changes an interaction, if there is one.
    fn edit(&mut self, interaction: Id, edit: impl FnOnce(&mut Interaction)) {
        if let Some(found) = self.get_mut(interaction) {
            edit(found);
        }
    }

    /// Removes and returns the interactions that `wanted` accepts.
    fn take(&mut self, wanted: impl Fn(&Interaction) -> bool) -> Vec<Interaction> {
        let taken = self.by_id.extract_if(.., |_, found| wanted(found));
        taken.map(|(_, found)| found).collect()
    }

    fn insert(&mut self, interaction: Interaction) {
        self.by_id.insert(interaction.id, interaction);
    }
}
