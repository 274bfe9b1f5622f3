//! Archived threads: what is left to do in them, who opens them again, how they are listed.

use std::cmp::Reverse;

use serde_json::{Value, json};

use crate::permissions::{MANAGE_THREADS, READ_MESSAGE_HISTORY};
use crate::snowflake::Id;
use crate::state::State;
use crate::state::channels::json::membership_json;
use crate::state::model::errors::{ApiError, ApiResult};
use crate::state::model::{Channel, ChannelKind, Thread};

/// Which archived threads of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArchivedThreads {
    Public,
    Private,
    /// Private threads that the reader is in.
    Joined,
}

/// A page of archived threads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ArchivedPage {
    pub(crate) which: ArchivedThreads,
    /// Before this time of archiving, in milliseconds since 1970; of joined ones, before this id.
    pub(crate) before: Option<u64>,
    pub(crate) limit: usize,
}

impl ArchivedPage {
    /// Returns what the threads are ordered by.
    const fn key(&self, id: Id, thread: &Thread) -> u64 {
        match self.which {
            ArchivedThreads::Joined => id,
            ArchivedThreads::Public | ArchivedThreads::Private => thread.archive_changed_ms,
        }
    }

    const fn kind(&self) -> ChannelKind {
        match self.which {
            ArchivedThreads::Public => ChannelKind::PublicThread,
            ArchivedThreads::Private | ArchivedThreads::Joined => ChannelKind::PrivateThread,
        }
    }
}

impl State {
    /// Formats a page of a channel's archived threads, the last first.
    pub(crate) fn archived_threads(&self, reader: Id, channel: Id, page: ArchivedPage) -> ApiResult<Value> {
        let needed = match page.which {
            ArchivedThreads::Public | ArchivedThreads::Joined => READ_MESSAGE_HISTORY,
            ArchivedThreads::Private => READ_MESSAGE_HISTORY | MANAGE_THREADS,
        };
        if self.visible(reader, channel)?.thread.is_some() {
            return Err(ApiError::wrong_channel_type());
        }
        self.require(reader, channel, needed)?;
        let joined =
            |thread: &Thread| page.which != ArchivedThreads::Joined || thread.member(reader).is_some();
        let mut listed: Vec<(u64, &Channel)> = self
            .channels
            .threads_of(channel)
            .filter(|child| child.kind == page.kind())
            .filter_map(|child| Some((child, child.thread.as_ref()?)))
            .filter(|(_, thread)| thread.archived && joined(thread))
            .map(|(child, thread)| (page.key(child.id, thread), child))
            .filter(|(key, _)| page.before.is_none_or(|before| *key < before))
            .collect();
        listed.sort_by_key(|(key, child)| Reverse((*key, child.id)));
        let has_more = listed.len() > page.limit;
        listed.truncate(page.limit);
        let threads: Vec<Value> = listed.iter().map(|(_, child)| self.channel_json(child)).collect();
        let members = listed
            .iter()
            .filter_map(|(_, child)| membership_json(child, reader));
        let members: Vec<Value> = members.collect();
        Ok(json!({ "threads": threads, "members": members, "has_more": has_more }))
    }

    /// Archives threads whose auto-archive time has passed without a message. Reactions do not
    /// count. Returns whether there were any.
    pub(in crate::state) fn archive_idle(&mut self, now: u64) -> bool {
        let idle: Vec<(Id, u64)> = self
            .active_threads()
            .filter_map(|channel| Some((channel.id, channel.thread.as_ref()?.idle_from())))
            .filter(|(_, from)| now >= *from)
            .collect();
        for &(channel, from) in &idle {
            if let Some(thread) = self.channels.thread_mut(channel) {
                thread.set_archived(true, from);
            }
            self.tell_channel(channel, "THREAD_UPDATE");
        }
        !idle.is_empty()
    }

    /// Tells that a thread changed, and if it was opened again, the bot that it is in it.
    pub(in crate::state) fn tell_thread(&mut self, channel: Id, reopened: bool) {
        self.tell_channel(channel, "THREAD_UPDATE");
        if reopened {
            self.tell_own_membership(channel);
        }
    }

    /// Returns whether a thread is archived; false for other channels.
    pub(crate) fn is_archived(&self, channel: Id) -> bool {
        let thread = self.channels.thread(channel);
        thread.is_some_and(|thread| thread.archived)
    }

    /// Refuses whatever is not allowed in an archived thread (50083): all but reading and deleting.
    pub(in crate::state) fn require_not_archived(&self, channel: Id) -> ApiResult<()> {
        if self.is_archived(channel) {
            return Err(ApiError::thread_archived());
        }
        Ok(())
    }

    /// Refuses an actor who does not manage threads to write in a locked one (160005).
    pub(in crate::state) fn require_not_locked(&self, actor: Id, channel: Id) -> ApiResult<()> {
        if self.is_locked_for(actor, channel) {
            return Err(ApiError::thread_locked());
        }
        Ok(())
    }

    /// Refuses an actor who does not manage threads to delete in one that is both locked and
    /// archived (50083).
    pub(in crate::state) fn require_deletable(&self, actor: Id, channel: Id) -> ApiResult<()> {
        if self.is_locked_for(actor, channel) {
            return self.require_not_archived(channel);
        }
        Ok(())
    }

    fn is_locked_for(&self, actor: Id, channel: Id) -> bool {
        let locked = self.channels.thread(channel).is_some_and(|thread| thread.locked);
        locked && self.permissions_in(actor, channel) & MANAGE_THREADS == 0
    }
}

impl Thread {
    pub(super) fn set_archived(&mut self, archived: bool, now: u64) {
        if self.archived != archived {
            self.archived = archived;
            self.archive_changed_ms = now;
            if !archived {
                self.active_ms = now;
            }
        }
    }

    /// Sets after how long without activity the thread is archived. That is activity itself.
    pub(super) fn set_auto_archive(&mut self, minutes: u64, now: u64) {
        if self.auto_archive_minutes != minutes {
            self.auto_archive_minutes = minutes;
            self.archive_changed_ms = now;
            self.active_ms = now;
        }
    }

    /// Returns from when on the thread is idle, in milliseconds since 1970.
    const fn idle_from(&self) -> u64 {
        self.active_ms + self.auto_archive_minutes * 60_000
    }
}
