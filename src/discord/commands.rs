//! Reads and replaces the commands that Discord has for this application.

use serde_json::Value;
use serenity::all::{LightMethod, Route};

use super::rights::needed;
use super::{Discord, Error};

impl Discord {
    /// Returns the commands that Discord has for this application.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn commands(&self) -> Result<Vec<Value>, Error> {
        let request = self.request(self.commands_route(), LightMethod::Get, None, Vec::new());
        let registered: Vec<Value> = self.json(request).await?;
        self.commands.note(&registered);
        Ok(registered)
    }

    /// Replaces the commands that Discord has for this application. Discord allows 200 new ones a
    /// day.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn register(&self, commands: &Value) -> Result<(), Error> {
        let route = self.commands_route();
        let request = self.request(route, LightMethod::Put, Some(commands), Vec::new());
        let registered: Vec<Value> = self.json(request).await?;
        self.commands.note(&registered);
        Ok(())
    }

    /// Returns whether the commands are known, and so are links where a message names them.
    #[must_use]
    pub fn knows_commands(&self) -> bool {
        self.commands.any()
    }

    /// Returns the link with which somebody invites the bot into a server, with the permissions that it
    /// needs and no others.
    #[must_use]
    pub fn invitation(&self) -> String {
        let application = self.application();
        let permissions = needed().bits();
        format!(
            "https://discord.com/oauth2/authorize?client_id={application}&scope=bot%20applications.commands&permissions={permissions}"
        )
    }

    fn commands_route(&self) -> Route<'static> {
        Route::Commands {
            application_id: self.application().into(),
        }
    }
}
