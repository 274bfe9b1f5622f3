//! Speaks to Discord's REST API with the bot's token. serenity's types stop here and in `gateway`.

mod answer;
mod attachment;
mod budget;
mod circuit_breaker;
mod command_links;
mod commands;
mod connect;
mod error;
mod file;
mod gateway;
mod guilds;
mod layout;
mod message;
mod rate_limiter;
mod reactions;
mod rest;
mod rights;
mod survey;
mod threads;

use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use serenity::all::{ApplicationId, Http, LightMethod, Route};

pub use self::answer::Reply;
pub use self::budget::{Budget, Sharing, TOGETHER};
use self::circuit_breaker::{CircuitBreaker, Sort};
use self::command_links::CommandLinks;
pub use self::connect::{ConnectError, client};
pub use self::error::Error;
pub use self::gateway::Allowance;
pub use self::guilds::Managers;
use self::layout::LayoutsTaken;
pub use self::layout::{Block, Layout};
use self::message::first_snowflake;
pub use self::message::{Attached, ButtonView, Carrier, File, Form, ListView, Offers, Post, Style};
use self::rate_limiter::RateLimiter;
pub use self::reactions::{Counted, emoji};
use self::rights::Guilds;
pub use self::rights::{Rights, lacking};
pub use self::survey::{Server, Survey};
use crate::clock::Clock;
use crate::domain::ids::{ChannelId, MessageId, UserId};
use crate::domain::limits;
use crate::telemetry::metrics::Metrics;

/// How many pages of 100 messages are searched for a message that may have been posted.
const SEARCH_PAGES: usize = 10;
const PAGE: usize = 100;

/// The client of Discord's REST API. Cheap to clone.
#[derive(Clone)]
pub struct Discord {
    http: Arc<Http>,
    client: reqwest::Client,
    /// The URL that is used instead of Discord's own. If it is set, serenity's limiter is off.
    base: Option<String>,
    /// The gateway that the server at the base named, checked.
    gateway: Option<String>,
    me: UserId,
    rate_limiter: Arc<RateLimiter>,
    circuit_breaker: Arc<CircuitBreaker>,
    clock: Clock,
    guilds: Guilds,
    metrics: Metrics,
    commands: CommandLinks,
    layouts: Arc<LayoutsTaken>,
}

impl std::fmt::Debug for Discord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Discord")
            .field("base", &self.base)
            .field("me", &self.me)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Id {
    id: serenity::all::GenericId,
}

#[derive(Deserialize)]
struct User {
    id: serenity::all::UserId,
    #[serde(default)]
    bot: bool,
}

#[derive(Deserialize)]
struct Posted {
    id: serenity::all::MessageId,
    author: User,
    content: String,
    attachments: Vec<Attached>,
    components: Value,
}

impl Discord {
    /// Returns the id of the bot's application.
    #[must_use]
    pub fn application(&self) -> u64 {
        self.http
            .application_id()
            .map_or(self.me.get(), ApplicationId::get)
    }

    /// Returns the id of the bot's own user.
    #[must_use]
    pub const fn me(&self) -> UserId {
        self.me
    }

    /// Posts a message, and returns its id. If a message of the same nonce was posted within the
    /// past few minutes, returns the id of that one and posts nothing.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn post(&self, channel: ChannelId, post: Post) -> Result<MessageId, Error> {
        let route = Route::ChannelMessages {
            channel_id: channel.get().into(),
        };
        let (payload, files) = post.into_parts();
        let posted = self.upload(route, LightMethod::Post, &payload, files).await;
        let posted = posted.map_err(Error::of_post)?.json::<Id>().await;
        let posted = posted.map_err(|_| Error::Busy(None))?;
        Ok(MessageId::new(posted.id.get()))
    }

    /// Replaces the text and the buttons of a message of the bot. The files stay.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn edit(
        &self,
        channel: ChannelId,
        message: MessageId,
        content: &str,
        buttons: &[ButtonView],
    ) -> Result<(), Error> {
        self.patch(channel, message, &message::edit(content, buttons))
            .await
    }

    async fn patch(&self, channel: ChannelId, message: MessageId, payload: &Value) -> Result<(), Error> {
        let route = Route::ChannelMessage {
            channel_id: channel.get().into(),
            message_id: message.get().into(),
        };
        let edit = || self.send(self.request(route, LightMethod::Patch, Some(payload), Vec::new()));
        self.in_open_thread(channel, edit).await.map(drop)
    }

    /// Does what an archived thread refuses: if it is refused, opens the thread and tries once
    /// more. Does not open a locked thread.
    async fn in_open_thread<T, F: Future<Output = Result<T, Error>>>(
        &self,
        thread: ChannelId,
        act: impl Fn() -> F,
    ) -> Result<T, Error> {
        const ARCHIVED: i64 = 50_083;
        match act().await {
            Err(Error::Refused { code: ARCHIVED, .. }) => {}
            other => return other,
        }
        let route = Route::Channel {
            channel_id: thread.get().into(),
        };
        let payload = json!({ "archived": false });
        self.send(self.request(route, LightMethod::Patch, Some(&payload), Vec::new()))
            .await?;
        act().await
    }

    /// Opens a thread from a message of the bot, or returns the thread that is there already. The
    /// thread has the id of the message.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn open_thread(
        &self,
        channel: ChannelId,
        from: MessageId,
        name: &str,
    ) -> Result<ChannelId, Error> {
        const ALREADY_THERE: i64 = 160_004;
        let route = Route::ChannelMessageThreads {
            channel_id: channel.get().into(),
            message_id: from.get().into(),
        };
        let payload = json!({ "name": name, "auto_archive_duration": limits::THREAD_ARCHIVE_MINUTES });
        match self
            .json::<Id>(self.request(route, LightMethod::Post, Some(&payload), Vec::new()))
            .await
        {
            Ok(thread) => Ok(ChannelId::new(thread.id.get())),
            Err(Error::Refused {
                code: ALREADY_THERE, ..
            }) => Ok(ChannelId::new(from.get())),
            Err(error) => Err(error),
        }
    }

    /// Renames a thread of the bot. An archived one is opened for it.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn rename_thread(&self, thread: ChannelId, name: &str) -> Result<(), Error> {
        let route = Route::Channel {
            channel_id: thread.get().into(),
        };
        let payload = json!({ "name": name });
        let rename = || self.send(self.request(route, LightMethod::Patch, Some(&payload), Vec::new()));
        self.in_open_thread(thread, rename).await.map(drop)
    }

    /// Searches a thread, newest first, for a message of ours with `marker` in a file's name or a
    /// button's id. Returns it with its first file. Reads at most 1,000 messages.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn find_posted(&self, thread: ChannelId, marker: &str) -> Result<Option<Carrier>, Error> {
        let mut before = None;
        for _ in 0..SEARCH_PAGES {
            let page: Vec<Posted> = self.page(thread, before.map(|id: u64| ("before", id))).await?;
            if let Some(found) = self.carrier(&page, marker) {
                return Ok(Some(found));
            }
            before = page.iter().map(|posted| posted.id.get()).min();
            if page.len() < PAGE {
                break;
            }
        }
        Ok(None)
    }

    /// Searches the 100 messages after a moment, given as a snowflake, for one of ours with
    /// `marker` in a file's name or a button's id.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn find_after(
        &self,
        channel: ChannelId,
        after: u64,
        marker: &str,
    ) -> Result<Option<MessageId>, Error> {
        let page: Vec<Posted> = self.page(channel, Some(("after", after))).await?;
        Ok(self.carrier(&page, marker).map(|(message, _)| message))
    }

    /// Searches the messages of a thread since a time, in milliseconds since 1970, for ours with
    /// exactly this text. Reads at most 1,000 messages.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn find_said(
        &self,
        thread: ChannelId,
        since_ms: i64,
        content: &str,
    ) -> Result<Vec<MessageId>, Error> {
        let content = self.commands.linked(content);
        self.find_ours(thread, since_ms, |text| text == content).await
    }

    /// Searches the messages of a thread since a time, in milliseconds since 1970, for ours with a
    /// text that is wanted. Reads at most 1,000 messages.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn find_ours(
        &self,
        thread: ChannelId,
        since_ms: i64,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<MessageId>, Error> {
        let (mut after, mut found) = (first_snowflake(since_ms), Vec::new());
        for _ in 0..SEARCH_PAGES {
            let page: Vec<Posted> = self.page(thread, Some(("after", after))).await?;
            let ours = page
                .iter()
                .filter(|posted| posted.author.id.get() == self.me.get());
            let same = ours.filter(|posted| wanted(&posted.content));
            found.extend(same.map(|posted| MessageId::new(posted.id.get())));
            after = page.iter().map(|posted| posted.id.get()).max().unwrap_or(after);
            if page.len() < PAGE {
                break;
            }
        }
        Ok(found)
    }

    /// Deletes a message of ours.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn delete(&self, channel: ChannelId, message: MessageId) -> Result<(), Error> {
        let route = Route::ChannelMessage {
            channel_id: channel.get().into(),
            message_id: message.get().into(),
        };
        let delete = self.request(route, LightMethod::Delete, None, Vec::new());
        self.send(delete).await.map(drop)
    }

    async fn page<T: DeserializeOwned>(
        &self,
        channel: ChannelId,
        from: Option<(&'static str, u64)>,
    ) -> Result<Vec<T>, Error> {
        let mut params = vec![("limit", PAGE.to_string())];
        params.extend(from.map(|(side, id)| (side, id.to_string())));
        let route = Route::ChannelMessages {
            channel_id: channel.get().into(),
        };
        self.json(
            self.request(route, LightMethod::Get, None, Vec::new())
                .params(Some(params)),
        )
        .await
    }

    fn carrier(&self, page: &[Posted], marker: &str) -> Option<Carrier> {
        let ours = page
            .iter()
            .filter(|posted| posted.author.id.get() == self.me.get());
        // The description of a file has words of a member's choice.
        let named = |posted: &Posted| {
            let mut files = posted.attachments.iter();
            files.any(|file| file.filename.contains(marker))
        };
        let mut found = ours.filter(|posted| named(posted) || posted.components.to_string().contains(marker));
        let posted = found.next()?;
        Some((
            MessageId::new(posted.id.get()),
            posted.attachments.first().cloned(),
        ))
    }

    /// Takes an interaction, so that a private answer may follow. Discord allows three seconds for
    /// taking one, so the request does not wait for the rate limiter. Returns false if the
    /// interaction was taken before, by an earlier try or another process.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn defer(&self, interaction: u64, token: &str) -> Result<bool, Error> {
        self.take(interaction, token, &json!({ "type": 5, "data": { "flags": 64 } }))
            .await
    }

    /// Takes a press as [`Discord::defer`] takes an interaction. The answer that follows replaces the
    /// message with the button.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn defer_update(&self, interaction: u64, token: &str) -> Result<bool, Error> {
        self.take(interaction, token, &json!({ "type": 6 })).await
    }

    async fn take(&self, interaction: u64, token: &str, payload: &Value) -> Result<bool, Error> {
        const ALREADY_TAKEN: i64 = 40_060;
        let route = Route::InteractionResponse {
            interaction_id: interaction.into(),
            token,
        };
        let request = self.request(route, LightMethod::Post, Some(payload), Vec::new());
        match self.send_now(request, Sort::Answer).await {
            Ok(_) => Ok(true),
            Err(Error::Refused {
                code: ALREADY_TAKEN, ..
            }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Answers an interaction with a form to fill in. Works only within three seconds, and only if
    /// the interaction was not taken before.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn open_form(&self, interaction: u64, token: &str, form: &Form) -> Result<(), Error> {
        let route = Route::InteractionResponse {
            interaction_id: interaction.into(),
            token,
        };
        let payload = form.payload();
        let request = self.request(route, LightMethod::Post, Some(&payload), Vec::new());
        self.send_now(request, Sort::Answer).await.map(drop)
    }
}
