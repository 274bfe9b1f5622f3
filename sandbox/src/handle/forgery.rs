//! Acting as a forger.

use serde_json::Value;

use crate::handle::member::Member;
use crate::state::interactions::forgery::Forgery;
use crate::state::model::ActError;

impl Member {
    /// Sends the bot an interaction that Discord would never send, in this person's name. `changes`
    /// overwrites parts of the event, such as `{ "guild_id": "7" }`. Returns the interaction's id.
    ///
    /// # Errors
    /// [`ActError::Invalid`] if there is no such command or option, [`ActError::NoAnswer`] if no
    /// bot is there.
    pub fn forge(&self, channel: u64, forgery: &Forgery, changes: &Value) -> Result<u64, ActError> {
        self.act(|state, user| state.forge(user, channel, forgery, changes))
    }
}
