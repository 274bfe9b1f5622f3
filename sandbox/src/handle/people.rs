//! What people's accounts are like, and what bots offer while they type.

use serde_json::Value;

use crate::handle::sandbox::{DEADLINE, Sandbox};
use crate::state::model::ActError;
use crate::state::model::{Nitro, Stage};

impl Sandbox {
    /// The language of somebody's client, such as `de`: it is told in their interactions.
    ///
    /// # Errors
    /// If there is no such user.
    pub fn set_locale(&self, user: u64, locale: &str) -> Result<(), ActError> {
        let locale = Some(locale.to_owned());
        Ok(self
            .core
            .change(|state| state.edit_user(user, |user| user.locale = locale))?)
    }

    /// What somebody pays Discord for: it raises what they may upload, and what their interactions may be answered with,
    /// but not what the bot may post with its token.
    ///
    /// # Errors
    /// If there is no such user.
    pub fn set_nitro(&self, user: u64, nitro: Nitro) -> Result<(), ActError> {
        Ok(self
            .core
            .change(|state| state.edit_user(user, |user| user.nitro = nitro))?)
    }

    /// Waits for what the bot offers for an option that somebody types in. Nothing when it does not answer in time.
    pub async fn choices(&self, interaction: u64) -> Option<Value> {
        let offered = || {
            self.core.read(|state| {
                let found = state.interactions.get(&interaction)?;
                let over = matches!(found.stage, Stage::Answered | Stage::Failed);
                over.then(|| found.choices.clone())
            })
        };
        self.core.wait_for(DEADLINE, offered).await.flatten()
    }
}
