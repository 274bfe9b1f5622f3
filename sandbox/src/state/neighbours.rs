//! More guilds than one. The state is always *in* one of them: its people, roles and emoji are those
//! of [`State::guild`], and the others wait here. Whatever is done begins by entering the guild that
//! it is about; in the wrong one nobody sees a channel, so nothing can cross by oversight.

use std::collections::BTreeMap;
use std::mem::swap;

use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::{Elsewhere, Guild};
use crate::world::Neighbour;

impl State {
    /// Adds a guild with its roles, members and channels.
    pub(super) fn add_neighbour(&mut self, neighbour: Neighbour) {
        let guild = Guild {
            id: neighbour.guild,
            name: neighbour.guild_name,
            owner: neighbour.owner,
            system_channel: None,
            ..self.guild.clone()
        };
        let id = guild.id;
        self.elsewhere.push(Elsewhere {
            guild,
            members: BTreeMap::new(),
            roles: Vec::new(),
            emojis: BTreeMap::new(),
        });
        self.enter(Some(id));
        self.add_roles(neighbour.roles);
        for (user, roles) in neighbour.members {
            self.add_member(user, roles);
        }
        self.add_channels(neighbour.channels);
        self.enter(None);
    }

    /// Enters a guild; without one, the first. Does nothing if there is no such guild.
    pub(crate) fn enter(&mut self, guild: Option<Id>) {
        let wanted = guild.unwrap_or(self.home);
        if wanted == self.guild.id {
            return;
        }
        let Some(at) = self.elsewhere.iter().position(|one| one.guild.id == wanted) else {
            return;
        };
        let mut other = self.elsewhere.swap_remove(at);
        swap(&mut self.guild, &mut other.guild);
        self.people.swap(&mut other.members, &mut other.roles);
        self.messages.swap_emojis(&mut other.emojis);
        self.elsewhere.push(other);
        self.pages.enter(self.guild.id);
    }

    /// Enters the guild of a channel, if there is such a channel.
    pub(crate) fn enter_channel(&mut self, channel: Id) {
        if let Some(guild) = self.guild_of(channel) {
            self.enter(Some(guild));
        }
    }

    /// Returns the guild of a channel or thread.
    pub(crate) fn guild_of(&self, channel: Id) -> Option<Id> {
        self.channels
            .get(channel)
            .map(|found| found.guild.unwrap_or(self.home))
    }

    /// Returns the guild in which an interaction was begun, by its id or its token.
    pub(crate) fn guild_of_interaction(&self, id: Option<Id>, token: &str) -> Option<Id> {
        let by_id = id.and_then(|id| self.interactions.get(id));
        let found = by_id.or_else(|| self.interactions.by_token(token))?;
        self.guild_of(found.channel)
    }

    /// Returns whether a channel is in the guild that the state is in.
    pub(crate) fn is_here(&self, channel: Id) -> bool {
        self.guild_of(channel).is_none_or(|guild| guild == self.guild.id)
    }

    /// Returns all guilds that the local Discord serves, by ascending id.
    pub(crate) fn guilds(&self) -> Vec<&Guild> {
        let others = self.elsewhere.iter().map(|one| &one.guild);
        let mut all: Vec<&Guild> = std::iter::once(&self.guild).chain(others).collect();
        all.sort_by_key(|guild| guild.id);
        all
    }

    /// Returns the ids of the guilds that the bot is in, by ascending id.
    pub(crate) fn served_guilds(&self) -> Vec<Id> {
        let bot = self.guild.bot;
        let others = self.elsewhere.iter();
        let others = others.filter(|one| one.members.contains_key(&bot));
        let here = self.people.is_member(bot).then_some(self.guild.id);
        let mut all: Vec<Id> = here.into_iter().chain(others.map(|one| one.guild.id)).collect();
        all.sort_unstable();
        all
    }

    /// Returns the ids of all guilds, by ascending id.
    pub(crate) fn guild_ids(&self) -> Vec<Id> {
        self.guilds().iter().map(|guild| guild.id).collect()
    }
}
