//! Knows whether a thread is locked: by what the gateway said, or else by asking Discord.

use std::collections::HashSet;

use serenity::all::{GuildChannel, LightMethod, Route};

use super::{Discord, Error};
use crate::domain::ids::{ChannelId, GuildId};

impl Discord {
    /// Records which threads of a guild are neither archived nor locked. Of all others nothing is
    /// known then.
    pub fn note_threads(&self, guild: GuildId, open: HashSet<ChannelId>) {
        self.change(guild, |told| told.open_threads = open);
    }

    /// Records whether a thread is neither archived nor locked. Returns whether it was not known to
    /// be and now is.
    #[must_use]
    pub fn note_thread(&self, guild: GuildId, thread: ChannelId, open: bool) -> bool {
        self.change(guild, |told| {
            if open {
                told.open_threads.insert(thread)
            } else {
                told.open_threads.remove(&thread);
                false
            }
        })
    }

    /// Returns whether a thread is locked. Asks Discord only if the gateway has not said that it is
    /// open.
    ///
    /// # Errors
    /// [`Error::Gone`] when there is no such thread; else [`Error`] when Discord refuses or cannot
    /// be reached.
    pub async fn is_locked(&self, guild: GuildId, thread: ChannelId) -> Result<bool, Error> {
        if self.told(guild, |told| told.open_threads.contains(&thread)) {
            return Ok(false);
        }
        let route = Route::Channel {
            channel_id: thread.get().into(),
        };
        let found: GuildChannel = self
            .json(self.request(route, LightMethod::Get, None, Vec::new()))
            .await?;
        Ok(found.thread_metadata.is_some_and(|thread| thread.locked))
    }
}
