//! Keeps what the gateway last said of the guilds, and asks Discord where that is not enough.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use serde::Deserialize;
use serenity::all::{GuildChannel, LightMethod, PermissionOverwrite, Permissions, Route};

use super::rights::{Rights, Told, lacking};
use super::{Discord, Error};
use crate::domain::ids::{ChannelId, GuildId, RoleId, UserId};
use crate::domain::limits;
use crate::domain::permission::{Permission, Purpose};

const MIB: usize = 1024 * 1024;
/// The limits of uploads that Discord has, in bytes: by boosts, from the third tier down.
const UPLOADS: [usize; 3] = [100 * MIB, 50 * MIB, 10 * MIB];

/// Returns the limit to try where a file of so many bytes was refused: the next that Discord has, or
/// half of what was refused.
fn below(bytes: usize) -> usize {
    let next = UPLOADS.into_iter().find(|limit| *limit < bytes);
    next.unwrap_or(bytes / 2)
}

/// A role, as REST tells of it.
#[derive(Deserialize)]
struct Role {
    id: serenity::all::RoleId,
    permissions: Permissions,
    #[serde(default)]
    mentionable: bool,
}

/// The roles of a guild, as REST tells of them.
#[derive(Default)]
pub(super) struct Roles {
    /// What each allows.
    pub(super) allow: BTreeMap<RoleId, Permissions>,
    /// Those that anybody may mention.
    pub(super) mentionable: BTreeSet<RoleId>,
}

/// A guild, as REST tells of it.
#[derive(Deserialize)]
struct Guild {
    owner_id: serenity::all::UserId,
    roles: Vec<Role>,
    system_channel_id: Option<serenity::all::ChannelId>,
}

/// A member, as REST tells of them.
#[derive(Deserialize)]
struct Member {
    roles: Vec<serenity::all::RoleId>,
}

/// The users who may manage a guild: its owner, and everybody who has one of these roles.
#[derive(Clone, Debug)]
pub struct Managers {
    guild: GuildId,
    owner: UserId,
    roles: BTreeSet<RoleId>,
}

impl Managers {
    /// Returns who may manage a guild with this owner and these roles.
    fn of(guild: GuildId, owner: UserId, roles: &BTreeMap<RoleId, Permissions>) -> Self {
        let manage = roles
            .iter()
            .filter(|(_, allows)| allows.manage_guild() || allows.administrator());
        Self {
            guild,
            owner,
            roles: manage.map(|(role, _)| *role).collect(),
        }
    }

    /// Returns whether a user with these roles may manage the guild.
    #[must_use]
    pub fn include(&self, user: UserId, roles: &BTreeSet<RoleId>) -> bool {
        // The role @everyone has the guild's id and is in no member's list of roles.
        let everybody = RoleId::new(self.guild.get());
        user == self.owner || self.roles.contains(&everybody) || !self.roles.is_disjoint(roles)
    }
}

impl Discord {
    /// Records a guild's boost tier, 0 to 3, and the member count. `None` if the gateway gave no
    /// count.
    pub fn note_guild(&self, guild: GuildId, tier: u8, members: Option<u64>) {
        self.change(guild, |told| {
            if told.tier != tier {
                told.learnt = None;
            }
            told.tier = tier;
            told.members = members.or(told.members);
        });
    }

    /// Records what decides about the bot's permissions in a guild.
    pub fn note_rights(&self, guild: GuildId, rights: Rights) {
        self.change(guild, |told| told.rights = Some(rights));
    }

    /// Changes what decides about the bot's permissions in a guild, if that is known.
    pub fn change_rights(&self, guild: GuildId, change: impl FnOnce(&mut Rights)) {
        self.change(guild, |told| {
            if let Some(rights) = &mut told.rights {
                change(rights);
            }
        });
    }

    pub(super) fn change<T>(&self, guild: GuildId, change: impl FnOnce(&mut Told) -> T) -> T {
        let mut guilds = self.guilds.lock().unwrap_or_else(PoisonError::into_inner);
        change(guilds.entry(guild).or_default())
    }

    pub(super) fn told<T>(&self, guild: GuildId, look: impl FnOnce(&Told) -> T) -> T {
        let guilds = self.guilds.lock().unwrap_or_else(PoisonError::into_inner);
        look(guilds.get(&guild).unwrap_or(&Told::default()))
    }

    /// Returns how many members a guild had when the gateway's session began, bots included.
    /// Returns `None` if the gateway has not said yet.
    #[must_use]
    pub fn members(&self, guild: GuildId) -> Option<u64> {
        self.told(guild, |told| told.members)
    }

    /// Returns the size of the largest file that the bot may post in a guild, in bytes. A guild of
    /// unknown tier has the smallest limit. What a guild has refused, it is not offered again for a
    /// day, or until its tier is another one.
    #[must_use]
    pub fn upload_limit(&self, guild: GuildId) -> usize {
        let now_ms = self.clock.now_ms();
        self.told(guild, |told| {
            let known = match told.tier {
                2 => UPLOADS[1],
                3 => UPLOADS[0],
                _ => UPLOADS[2],
            };
            let learnt = told.learnt.filter(|(_, until_ms)| now_ms < *until_ms);
            learnt.map_or(known, |(most, _)| most.min(known))
        })
    }

    /// Notes that a guild took no file of so many bytes, whatever its limit should be. Returns the
    /// limit to try next, which files are fitted under from now on.
    #[must_use]
    pub fn note_too_large(&self, guild: GuildId, bytes: usize) -> usize {
        let until_ms = self.clock.now_ms() + limits::LEARNT_UPLOAD_MS;
        let next = below(bytes);
        self.change(guild, |told| told.learnt = Some((next, until_ms)));
        next
    }

    /// Returns what the bot lacks for a purpose in a channel, or in a thread of that channel. Asks
    /// Discord only if the gateway has not said that the bot lacks nothing.
    ///
    /// # Errors
    /// [`Error::Gone`] when there is no such channel; else [`Error`] when Discord refuses or cannot
    /// be reached.
    pub async fn lacks(
        &self,
        guild: GuildId,
        channel: ChannelId,
        purpose: Purpose,
    ) -> Result<Vec<Permission>, Error> {
        let known = self.told(guild, |told| told.rights.as_ref()?.of(guild, self.me, channel));
        if known.is_some_and(|have| lacking(have, purpose).is_empty()) {
            return Ok(Vec::new());
        }
        self.lacks_now(guild, channel, purpose).await
    }

    /// Asks Discord what the bot lacks for a purpose in a channel, whatever the gateway has said: it
    /// may not tell of a channel that the bot does not see any more.
    ///
    /// # Errors
    /// The errors of [`Discord::lacks`].
    pub async fn lacks_now(
        &self,
        guild: GuildId,
        channel: ChannelId,
        purpose: Purpose,
    ) -> Result<Vec<Permission>, Error> {
        let channels = match self.overwrites(channel).await {
            Ok(overwrites) => BTreeMap::from([(channel, overwrites)]),
            // A channel that the bot may not see.
            Err(Error::Forbidden { .. }) => return Ok(purpose.needs().to_vec()),
            Err(error) => return Err(error),
        };
        let rights = self.rights_now(guild, channels).await?;
        let have = rights.of(guild, self.me, channel).unwrap_or_default();
        Ok(lacking(have, purpose))
    }

    /// Asks for what the bot may do in a guild, whose `channels` have these overwrites.
    async fn rights_now(
        &self,
        guild: GuildId,
        channels: BTreeMap<ChannelId, Vec<PermissionOverwrite>>,
    ) -> Result<Rights, Error> {
        let own = self.roles_of(guild, self.me).await?;
        let (owner, roles) = self.roles(guild).await?;
        Ok(Rights {
            owner,
            roles: roles.allow,
            mentionable: roles.mentionable,
            own,
            channels,
        })
    }

    async fn overwrites(&self, channel: ChannelId) -> Result<Vec<PermissionOverwrite>, Error> {
        let route = Route::Channel {
            channel_id: channel.get().into(),
        };
        let channel: GuildChannel = self
            .json(self.request(route, LightMethod::Get, None, Vec::new()))
            .await?;
        Ok(channel.permission_overwrites)
    }

    /// Asks for the owner of a guild, and for its roles.
    pub(super) async fn roles(&self, guild: GuildId) -> Result<(UserId, Roles), Error> {
        let told = self.guild(guild).await?;
        let mut roles = Roles::default();
        for role in told.roles {
            let id = RoleId::new(role.id.get());
            roles.allow.insert(id, role.permissions);
            if role.mentionable {
                roles.mentionable.insert(id);
            }
        }
        Ok((UserId::new(told.owner_id.get()), roles))
    }

    async fn guild(&self, guild: GuildId) -> Result<Guild, Error> {
        let route = Route::Guild {
            guild_id: guild.get().into(),
        };
        self.json(self.request(route, LightMethod::Get, None, Vec::new()))
            .await
    }

    /// Asks for the channel in which Discord itself tells a guild who joined. Returns `None` if the
    /// guild has none.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn system_channel(&self, guild: GuildId) -> Result<Option<ChannelId>, Error> {
        let told = self.guild(guild).await?.system_channel_id;
        Ok(told.map(|channel| ChannelId::new(channel.get())))
    }

    /// Asks for the roles that a member of a guild has.
    pub(super) async fn roles_of(&self, guild: GuildId, member: UserId) -> Result<BTreeSet<RoleId>, Error> {
        let route = Route::GuildMember {
            guild_id: guild.get().into(),
            user_id: member.get().into(),
        };
        let told: Member = self
            .json(self.request(route, LightMethod::Get, None, Vec::new()))
            .await?;
        Ok(told.roles.iter().map(|role| RoleId::new(role.get())).collect())
    }

    /// Asks Discord for the roles that a user has in a guild now. Returns `None` for a user who is
    /// not a member of the guild.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn member(&self, guild: GuildId, user: UserId) -> Result<Option<BTreeSet<RoleId>>, Error> {
        match self.roles_of(guild, user).await {
            Ok(roles) => Ok(Some(roles)),
            Err(error) if error.is_no_member() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns who may manage a guild now. Asks Discord only where the gateway has not said.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn managers(&self, guild: GuildId) -> Result<Managers, Error> {
        let known = self.told(guild, |told| {
            let rights = told.rights.as_ref();
            rights.map(|rights| Managers::of(guild, rights.owner, &rights.roles))
        });
        if let Some(managers) = known {
            return Ok(managers);
        }
        let (owner, roles) = self.roles(guild).await?;
        Ok(Managers::of(guild, owner, &roles.allow))
    }

    /// Returns which of these roles a guild does not have any more. Asks Discord only if the gateway
    /// has not said that all are there.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn gone_roles(
        &self,
        guild: GuildId,
        roles: &BTreeSet<RoleId>,
    ) -> Result<BTreeSet<RoleId>, Error> {
        let all = |there: &BTreeMap<RoleId, Permissions>| roles.iter().all(|role| there.contains_key(role));
        let known = self.told(guild, |told| {
            told.rights.as_ref().is_some_and(|rights| all(&rights.roles))
        });
        if known {
            return Ok(BTreeSet::new());
        }
        let (_, there) = self.roles(guild).await?;
        let gone = roles.iter().filter(|role| !there.allow.contains_key(role));
        Ok(gone.copied().collect())
    }

    /// Returns which of these roles the bot may not mention, or are gone. Asks Discord only if the
    /// gateway has not said that the bot may mention all.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
    pub async fn unmentionable(
        &self,
        guild: GuildId,
        mentioned: &BTreeSet<RoleId>,
    ) -> Result<BTreeSet<RoleId>, Error> {
        let all = |rights: &Rights| {
            let mut mentioned = mentioned.iter();
            mentioned.all(|role| rights.may_mention(guild, self.me, *role))
        };
        if self.told(guild, |told| told.rights.as_ref().is_some_and(all)) {
            return Ok(BTreeSet::new());
        }
        let rights = self.rights_now(guild, BTreeMap::new()).await?;
        let not = mentioned.iter().copied();
        Ok(not
            .filter(|role| !rights.may_mention(guild, self.me, *role))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_that_is_tried_is_less_than_what_was_refused() {
        for (refused, next) in [
            (60 * MIB, 50 * MIB),
            (50 * MIB, 10 * MIB),
            (20 * MIB, 10 * MIB),
            (10 * MIB, 5 * MIB),
            (3, 1),
        ] {
            assert_eq!(below(refused), next, "{refused}");
        }
    }
}
