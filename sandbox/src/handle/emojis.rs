//! The guild's own emoji, as an all-powerful admin arranges them.

use serde_json::Value;

use crate::handle::sandbox::Sandbox;
use crate::state::model::ActError;

impl Sandbox {
    /// Makes an emoji of the guild; there is no picture of it. Its name has 2 to 32 letters of ASCII, digits and
    /// underscores. Returns its id: who reacts with it says `name:id`.
    ///
    /// # Errors
    /// [`ActError::Refused`] if the name does not fit, or there are as many as the guild's boosts allow: 50, 100, 150 or
    /// 250.
    pub fn create_emoji(&self, name: &str) -> Result<u64, ActError> {
        Ok(self
            .core
            .change(|state| state.create_emoji(state.owner(), name))?)
    }

    /// Takes an emoji from the guild. Reactions with it stay.
    ///
    /// # Errors
    /// [`ActError::Refused`] if there is no such emoji.
    pub fn delete_emoji(&self, emoji: u64) -> Result<(), ActError> {
        Ok(self.core.change(|state| state.delete_emoji(emoji))?)
    }

    /// The guild's own emoji, oldest first, in REST shape.
    #[must_use]
    pub fn emojis(&self) -> Vec<Value> {
        self.core.read(crate::state::State::emojis_json)
    }
}
