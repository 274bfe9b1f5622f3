//! People's accounts: language and subscription.

use crate::handle::sandbox::Sandbox;
use crate::state::model::{ActError, Nitro};

impl Sandbox {
    /// Sets the language of somebody's client, such as `de`. Their interactions carry it.
    ///
    /// # Errors
    /// If there is no such user.
    pub fn set_locale(&self, user: u64, locale: &str) -> Result<(), ActError> {
        let locale = Some(locale.to_owned());
        Ok(self
            .core
            .change(|state| state.edit_user(user, |user| user.locale = locale))?)
    }

    /// Sets somebody's subscription. It raises what they may upload, and what their interactions
    /// may be answered with, but not what the bot may post with its token.
    ///
    /// # Errors
    /// If there is no such user.
    pub fn set_nitro(&self, user: u64, nitro: Nitro) -> Result<(), ActError> {
        Ok(self
            .core
            .change(|state| state.edit_user(user, |user| user.nitro = nitro))?)
    }
}
