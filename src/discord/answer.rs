//! Answers interactions, for nobody but who asked.

use serenity::all::{LightMethod, Route};

use super::circuit_breaker::Sort;
use super::{Discord, Error, Reply, message};

impl Discord {
    /// Replaces the private answer to an interaction. Works within 15 minutes of the interaction.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn answer(&self, token: &str, reply: Reply) -> Result<(), Error> {
        let application_id = self.application().into();
        let route = Route::WebhookOriginalInteractionResponse {
            application_id,
            token,
        };
        let (payload, files) = reply.into_parts();
        self.send_now(
            self.request(route, LightMethod::Patch, Some(&payload), files),
            Sort::Answer,
        )
        .await
        .map(drop)
    }

    /// Posts a private message beside the answer to an interaction that was answered.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn tell_also(&self, token: &str, text: &str) -> Result<(), Error> {
        let application_id = self.application().into();
        let route = Route::WebhookFollowupMessages {
            application_id,
            token,
        };
        let payload = message::private(text);
        let request = self.request(route, LightMethod::Post, Some(&payload), Vec::new());
        self.send_now(request, Sort::Answer).await.map(drop)
    }
}
