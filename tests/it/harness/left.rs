//! Finds what a story leaves behind in the local Discord.

use discord_sandbox::world;
use serde_json::Value;

use super::World;
use super::laid::files_of;
use super::thread::is;

impl World {
    /// Returns the messages of all channels and threads that everybody sees.
    pub(super) fn all_messages(&self) -> Vec<Value> {
        let everywhere = self.places().into_iter();
        everywhere
            .flat_map(|place| self.discord().messages(place))
            .collect()
    }

    /// Returns all channels and threads.
    fn places(&self) -> Vec<u64> {
        let ids = |all: &[Value]| -> Vec<u64> {
            let ids = all.iter().filter_map(|one| one["id"].as_str()?.parse().ok());
            ids.collect()
        };
        let channels = ids(&self.discord().channels());
        let threads = channels.iter().map(|id| ids(&self.discord().threads(*id)));
        threads.flatten().chain(channels.iter().copied()).collect()
    }

    /// Returns the bot's messages that the story has not read, without those that Discord writes in
    /// its name.
    pub(super) fn unread(&self) -> Vec<String> {
        let messages = self.all_messages().into_iter();
        messages
            .filter(|message| is(&message["author"]["id"], world::BOT) && !system(message))
            .filter(|message| !self.read.contains(message["id"].as_str().unwrap_or_default()))
            .map(|message| message["content"].to_string())
            .collect()
    }

    /// Returns the files of the bot's messages, those included that only one member sees.
    pub fn files_of_the_bot(&self) -> Vec<Value> {
        let mut messages = self.all_messages();
        for place in self.places() {
            for person in [world::ANA, world::BO, world::CEM, world::DANA] {
                messages.extend(self.discord().ephemerals(place, person));
            }
        }
        messages.retain(|message| is(&message["author"]["id"], world::BOT));
        messages.iter().flat_map(files_of).collect()
    }

    /// Returns the files of the bot's messages of which a screen reader says nothing.
    pub(super) fn silent_files(&self) -> Vec<Value> {
        let mut files = self.files_of_the_bot();
        files.retain(|file| file["description"].as_str().is_none_or(str::is_empty));
        files
    }
}

/// Returns whether Discord has written a message: that a thread began, or has another name.
fn system(message: &Value) -> bool {
    [4, 21].iter().any(|kind| message["type"] == *kind)
}
