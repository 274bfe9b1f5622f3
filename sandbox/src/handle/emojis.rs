//! The guild's own emoji, managed by an all-powerful admin.

use serde_json::Value;

use crate::handle::sandbox::Sandbox;
use crate::state::model::ActError;

impl Sandbox {
    /// Creates an emoji of the guild, without a picture. Its name has 2 to 32 ASCII letters, digits
    /// and underscores. Returns its id; a reaction names it as `name:id`.
    ///
    /// # Errors
    /// [`ActError::Refused`] if the name does not fit, or there are as many as the guild's boosts
    /// allow: 50, 100, 150 or 250.
    pub fn create_emoji(&self, name: &str) -> Result<u64, ActError> {
        Ok(self
            .core
            .change(|state| state.create_emoji(state.owner(), name))?)
    }

    /// Deletes an emoji of the guild. Reactions with it stay.
    ///
    /// # Errors
    /// [`ActError::Refused`] if there is no such emoji.
    pub fn delete_emoji(&self, emoji: u64) -> Result<(), ActError> {
        Ok(self.core.change(|state| state.delete_emoji(emoji))?)
    }

    /// Returns the guild's own emoji, oldest first, in REST shape.
    #[must_use]
    pub fn emojis(&self) -> Vec<Value> {
        self.core.read(crate::state::State::emojis_json)
    }
}
