//! Channels and threads, and who may do what in them.

mod access;
pub(crate) mod archive;
mod edit;
pub(crate) mod json;
pub(crate) mod membership;
mod threads;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::snowflake::Id;
use crate::state::model::{Channel, Thread};

/// The guild's channels and threads, by id.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Channels(BTreeMap<Id, Channel>);

impl Channels {
    /// Returns a channel or a thread.
    pub(crate) fn get(&self, channel: Id) -> Option<&Channel> {
        self.0.get(&channel)
    }

    /// Returns whether there is such a channel or thread.
    pub(crate) fn contains(&self, channel: Id) -> bool {
        self.0.contains_key(&channel)
    }

    /// Returns all channels and threads, by ascending id.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Channel> {
        self.0.values()
    }

    /// Returns the threads of a channel, archived ones included, by ascending id.
    pub(crate) fn threads_of(&self, parent: Id) -> impl Iterator<Item = &Channel> {
        self.all().filter(move |channel| channel.parent == Some(parent))
    }

    /// Returns the thread part of a channel; `None` if it is no thread.
    pub(crate) fn thread(&self, channel: Id) -> Option<&Thread> {
        self.get(channel)?.thread.as_ref()
    }

    /// Borrows a channel to change it.
    pub(in crate::state) fn get_mut(&mut self, channel: Id) -> Option<&mut Channel> {
        self.0.get_mut(&channel)
    }

    /// Borrows a thread to change it.
    pub(in crate::state) fn thread_mut(&mut self, channel: Id) -> Option<&mut Thread> {
        self.get_mut(channel)?.thread.as_mut()
    }

    /// Borrows all channels and threads to change them.
    pub(in crate::state) fn all_mut(&mut self) -> impl Iterator<Item = &mut Channel> {
        self.0.values_mut()
    }

    fn insert(&mut self, channel: Channel) {
        self.0.insert(channel.id, channel);
    }

    fn remove(&mut self, channel: Id) -> Option<Channel> {
        self.0.remove(&channel)
    }
}
