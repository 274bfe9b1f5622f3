//! Asks Discord about the bot's servers without the gateway, for whoever checks an installation.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serenity::all::{LightMethod, PermissionOverwrite, Route};

use super::rights::{Rights, lacking};
use super::{Discord, Error};
use crate::domain::ids::{ChannelId, GuildId, RoleId, UserId};
use crate::domain::permission::{Permission, Purpose};

/// How many servers one answer lists at most.
const PAGE: usize = 200;
/// The types of channels in which a thread can be opened from a message: text and announcements.
const OPENS_THREADS: [u8; 2] = [0, 5];

/// A server that the bot is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its id.
    pub id: GuildId,
    /// Its name.
    pub name: String,
}

/// What decides about the bot's work in one server.
#[derive(Clone, Debug)]
pub struct Survey {
    guild: GuildId,
    me: UserId,
    rights: Rights,
    channels: BTreeMap<ChannelId, ChannelTold>,
}

/// The bot's application, as REST tells of it.
#[derive(Deserialize)]
struct ApplicationTold {
    owner: Option<super::User>,
    team: Option<serde_json::Value>,
}

/// A server, as REST lists it.
#[derive(Deserialize)]
struct ServerTold {
    id: serenity::all::GuildId,
    name: String,
}

/// A channel, as REST lists it.
#[derive(Clone, Debug, Deserialize)]
struct ChannelTold {
    id: serenity::all::ChannelId,
    #[serde(default)]
    name: String,
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default)]
    permission_overwrites: Vec<PermissionOverwrite>,
}

impl Discord {
    /// Asks who owns the bot's application. `None` for one of a team, whose owner is not a person.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn owner(&self) -> Result<Option<UserId>, Error> {
        let route = Route::Oauth2ApplicationCurrent;
        let request = self.request(route, LightMethod::Get, None, Vec::new());
        let told: ApplicationTold = self.json(request).await?;
        let owner = told.owner.filter(|_| told.team.is_none());
        Ok(owner.map(|owner| UserId::new(owner.id.get())))
    }

    /// Lists the servers that the bot is in, by their ids.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn servers(&self) -> Result<Vec<Server>, Error> {
        let mut all: Vec<Server> = Vec::new();
        loop {
            let after = all.last().map(|server| vec![("after", server.id.to_string())]);
            let request = self.request(Route::UserMeGuilds, LightMethod::Get, None, Vec::new());
            let page: Vec<ServerTold> = self.json(request.params(after)).await?;
            let is_last = page.len() < PAGE;
            all.extend(page.into_iter().map(|told| Server {
                id: GuildId::new(told.id.get()),
                name: told.name,
            }));
            all.sort_by_key(|server| server.id);
            if is_last {
                return Ok(all);
            }
        }
    }

    /// Asks what the bot may do in every channel of a server: three requests.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn survey(&self, guild: GuildId) -> Result<Survey, Error> {
        let own = self.roles_of(guild, self.me).await?;
        let (owner, roles) = self.roles(guild).await?;
        let route = Route::GuildChannels {
            guild_id: guild.get().into(),
        };
        let request = self.request(route, LightMethod::Get, None, Vec::new());
        let told: Vec<ChannelTold> = self.json(request).await?;
        let told = told.into_iter();
        let channels: BTreeMap<_, _> = told
            .map(|channel| (ChannelId::new(channel.id.get()), channel))
            .collect();
        let overwrites = channels.iter();
        let overwrites = overwrites.map(|(id, channel)| (*id, channel.permission_overwrites.clone()));
        let rights = Rights {
            owner,
            roles: roles.allow,
            mentionable: roles.mentionable,
            own,
            channels: overwrites.collect(),
        };
        Ok(Survey {
            guild,
            me: self.me,
            rights,
            channels,
        })
    }
}

impl Survey {
    /// Returns what the bot lacks for a purpose in a channel. `None` for a channel that is not
    /// there.
    #[must_use]
    pub fn lacks(&self, channel: ChannelId, purpose: Purpose) -> Option<Vec<Permission>> {
        let have = self.rights.of(self.guild, self.me, channel)?;
        Some(lacking(have, purpose))
    }

    /// Returns the name of a channel, with its number sign. A channel without a name has its id.
    #[must_use]
    pub fn name(&self, channel: ChannelId) -> String {
        let told = self.channels.get(&channel).filter(|told| !told.name.is_empty());
        told.map_or_else(|| channel.to_string(), |told| format!("#{}", told.name))
    }

    /// Returns the channels in which drafts can be asked for if the bot is allowed what it needs.
    #[must_use]
    pub fn draft_channels(&self) -> Vec<ChannelId> {
        let opens = self.channels.iter();
        let opens = opens.filter(|(_, told)| OPENS_THREADS.contains(&told.kind));
        opens.map(|(id, _)| *id).collect()
    }

    /// Returns which of these roles the server does not have.
    #[must_use]
    pub fn gone_roles(&self, roles: &BTreeSet<RoleId>) -> Vec<RoleId> {
        let gone = roles.iter().filter(|role| !self.rights.roles.contains_key(role));
        gone.copied().collect()
    }
}
