//! What of the state outlives the process, and how it is written.
//!
//! The `data` folder holds `state.json` and a file for each attachment. A part of [`State`] that is
//! in neither struct below is lost with the process.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Clock;
use crate::snowflake::{Id, Snowflakes};
use crate::state::State;
use crate::state::channels::Channels;
use crate::state::interactions::Interactions;
use crate::state::messages::{Content, Messages};
use crate::state::model::{Blob, CustomEmoji, Elsewhere, Guild, Interaction, Member, Message, Role, User};
use crate::state::people::People;

/// `state.json` as it is written.
#[derive(Serialize)]
struct Saved<'a> {
    clock: &'a Clock,
    ids: &'a Snowflakes,
    guild: &'a Guild,
    elsewhere: &'a Vec<Elsewhere>,
    users: &'a BTreeMap<Id, User>,
    members: &'a BTreeMap<Id, Member>,
    roles: &'a Vec<Role>,
    emojis: &'a BTreeMap<Id, CustomEmoji>,
    channels: &'a Channels,
    messages: &'a BTreeMap<Id, BTreeMap<Id, Message>>,
    interactions: &'a BTreeMap<Id, Interaction>,
    commands: &'a Vec<Value>,
    blobs: &'a HashMap<Id, Blob>,
    content: &'a Content,
}

/// `state.json` as it is read: the same fields.
#[derive(Deserialize)]
struct Loaded {
    clock: Clock,
    ids: Snowflakes,
    guild: Guild,
    #[serde(default)]
    elsewhere: Vec<Elsewhere>,
    users: BTreeMap<Id, User>,
    members: BTreeMap<Id, Member>,
    roles: Vec<Role>,
    #[serde(default)]
    emojis: BTreeMap<Id, CustomEmoji>,
    channels: Channels,
    messages: BTreeMap<Id, BTreeMap<Id, Message>>,
    interactions: BTreeMap<Id, Interaction>,
    commands: Vec<Value>,
    blobs: HashMap<Id, Blob>,
    #[serde(default)]
    content: Content,
}

/// Reads the saved state, if there is one.
///
/// # Errors
/// If `state.json` cannot be read or parsed.
pub(crate) fn load(data: &Path) -> io::Result<Option<State>> {
    match fs::read(data.join("state.json")) {
        Ok(bytes) => {
            let loaded: Loaded = serde_json::from_slice(&bytes)?;
            Ok(Some(loaded.into()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns the path at which an attachment's bytes are kept.
pub(crate) fn path_of(files: &Path, attachment: Id) -> PathBuf {
    files.join(attachment.to_string())
}

impl From<Loaded> for State {
    fn from(loaded: Loaded) -> Self {
        Self {
            clock: loaded.clock,
            ids: loaded.ids,
            people: People::new(loaded.users, loaded.members, loaded.roles),
            channels: loaded.channels,
            messages: Messages::new(loaded.messages, loaded.blobs, loaded.emojis, loaded.content),
            interactions: Interactions::new(loaded.interactions, loaded.commands),
            elsewhere: loaded.elsewhere,
            ..Self::of(loaded.guild)
        }
    }
}

impl State {
    /// Returns the files whose bytes are not in the data folder yet.
    pub(crate) fn unsaved_files(&self) -> Vec<(Id, Bytes)> {
        self.messages.files_in_memory().collect()
    }

    /// Notes that the bytes of these files are in this folder now.
    pub(crate) fn note_saved(&mut self, attachments: impl Iterator<Item = Id>, files: &Path) {
        for attachment in attachments {
            self.messages.move_file(attachment, path_of(files, attachment));
        }
    }

    /// Formats the state as `state.json`.
    ///
    /// # Errors
    /// If a file's bytes are in memory alone.
    pub(crate) fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        let (users, members, roles) = self.people.parts();
        let (messages, blobs, emojis, content) = self.messages.parts();
        let (interactions, commands) = self.interactions.parts();
        serde_json::to_vec(&Saved {
            clock: &self.clock,
            ids: &self.ids,
            guild: &self.guild,
            elsewhere: &self.elsewhere,
            users,
            members,
            roles,
            emojis,
            channels: &self.channels,
            messages,
            interactions,
            commands,
            blobs,
            content,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::world::{self, World};

    #[test]
    fn what_is_kept_is_read_as_it_was_and_has_the_names_that_it_always_had() {
        let mut state = State::new(World::default());
        let form = json!({ "name": "Admins", "permissions": "8" });
        state.create_role(world::DANA, &form).unwrap();
        state.create_emoji(world::DANA, "fox").unwrap();
        let written = state.to_json().unwrap();
        let json: Value = serde_json::from_slice(&written).unwrap();
        let names: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        let kept = "clock ids guild elsewhere users members roles emojis channels messages interactions commands blobs content";
        assert_eq!(names.join(" "), kept);
        assert!(json["content"]["nonces"].is_array() && json["content"]["key"].is_u64());
        let read = State::from(serde_json::from_slice::<Loaded>(&written).unwrap());
        let again: Value = serde_json::from_slice(&read.to_json().unwrap()).unwrap();
        assert_eq!(again, json);
    }
}
