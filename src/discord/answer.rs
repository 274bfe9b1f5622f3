//! Answers interactions, for nobody but who asked: plainly, or as a layout.

use serde_json::{Value, json};
use serenity::all::{CreateAttachment, LightMethod, Route};

use super::layout::Layout;
use super::message::{self, ButtonView, File, ListView};
use super::{Discord, Error};

/// A private answer to an interaction.
#[derive(Clone, Default)]
pub struct Reply {
    /// The text, at most 2,000 characters.
    pub content: String,
    /// The buttons below the text, shown in rows of five.
    pub buttons: Vec<ButtonView>,
    /// Buttons in rows of their own, below the others. All together are at most 25.
    pub below: Vec<ButtonView>,
    /// Lists to pick from, each in a row of its own, above the buttons.
    pub lists: Vec<ListView>,
    /// The file of the answer, if there is one.
    pub file: Option<File>,
    /// More files, after the first: ten at most with it. A layout does not show them.
    pub also: Vec<File>,
    /// What is answered where Discord does not take the file because it is too large.
    pub without_file: Option<String>,
    /// The same as a layout, which is shown where Discord takes it.
    pub layout: Option<Layout>,
}

impl From<String> for Reply {
    fn from(content: String) -> Self {
        Self {
            content,
            ..Self::default()
        }
    }
}

impl Reply {
    /// Returns the JSON and the files of the layout, if the answer has one.
    fn laid_out(&self) -> Option<(Value, Vec<CreateAttachment>)> {
        let layout = self.layout.clone()?;
        Some(layout.into_parts(self.file.clone()))
    }

    /// Returns the JSON and the files of the plain answer.
    fn plain(&self) -> (Value, Vec<CreateAttachment>) {
        // An answer that replaces another one leaves no file of it.
        let mut payload = message::strip(&self.content, &self.buttons);
        if let (Value::Array(all), Value::Array(below)) =
            (&mut payload["components"], message::rows(&self.below))
        {
            all.extend(below);
            all.splice(..0, self.lists.iter().map(ListView::row));
        }
        let files = message::attach(
            &mut payload,
            self.file.iter().chain(&self.also).cloned().collect(),
        );
        (payload, files)
    }
}

impl Discord {
    /// Replaces the private answer to an interaction. Works within 15 minutes of the interaction.
    ///
    /// An answer that has a layout is laid out, unless Discord has refused a layout within the last
    /// hour. Where it refuses this one, the answer is given plainly. A plain answer cannot replace a
    /// layout: it is given beside it.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn answer(&self, token: &str, reply: &Reply) -> Result<(), Error> {
        if self.layouts.are_taken()
            && let Some(layout) = reply.laid_out()
        {
            match self.replace_answer(token, layout).await {
                Err(error) if error.is_bad_form() => {
                    tracing::warn!("Discord refuses a layout, so answers are plain for an hour: {error}");
                    self.layouts.are_refused();
                }
                other => return other,
            }
        }
        match self.replace_answer(token, reply.plain()).await {
            Err(error) if error.is_bad_form() => {
                let (mut payload, files) = reply.plain();
                payload["flags"] = json!(message::EPHEMERAL);
                self.follow_up(token, (payload, files)).await
            }
            other => other,
        }
    }

    async fn replace_answer(
        &self,
        token: &str,
        (payload, files): (Value, Vec<CreateAttachment>),
    ) -> Result<(), Error> {
        let route = Route::WebhookOriginalInteractionResponse {
            application_id: self.application().into(),
            token,
        };
        let sent = self.upload_now(route, LightMethod::Patch, &payload, files);
        sent.await.map(drop)
    }

    async fn follow_up(
        &self,
        token: &str,
        (payload, files): (Value, Vec<CreateAttachment>),
    ) -> Result<(), Error> {
        let route = Route::WebhookFollowupMessages {
            application_id: self.application().into(),
            token,
        };
        let sent = self.upload_now(route, LightMethod::Post, &payload, files);
        sent.await.map(drop)
    }

    /// Posts a private message beside the answer to an interaction that was answered.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn tell_also(&self, token: &str, text: &str) -> Result<(), Error> {
        self.follow_up(token, (message::private(text), Vec::new())).await
    }
}
