//! What the gateway said of a guild: its boosts, its members, and what decides about the bot's
//! permissions there. The gateway says it again when a session begins.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use serenity::all::{PermissionOverwrite, PermissionOverwriteType, Permissions};

use crate::domain::ids::{ChannelId, GuildId, RoleId, UserId};
use crate::domain::permission::{Permission, Purpose};

/// What the gateway said of all guilds.
pub(super) type Guilds = Arc<Mutex<HashMap<GuildId, Told>>>;

/// What the gateway said of a guild.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// The boost tier, 0 to 3.
    pub(super) tier: u8,
    /// How many members the guild had when the session began, bots included.
    pub(super) members: Option<u64>,
    /// What decides about permissions there. `None`: the gateway has not said yet.
    pub(super) rights: Option<Rights>,
    /// The most bytes of a file that it is known to take, after it refused a larger one, and until when
    /// that is believed, in milliseconds since 1970.
    pub(super) learnt: Option<(usize, i64)>,
    /// The threads that are neither archived nor locked.
    pub(super) open_threads: HashSet<ChannelId>,
}

/// What decides what the bot may do in the channels of a guild.
#[derive(Clone, Debug)]
pub struct Rights {
    /// The owner of the guild.
    pub owner: UserId,
    /// What each role allows, that of everybody included, which has the guild's id.
    pub roles: BTreeMap<RoleId, Permissions>,
    /// The roles that anybody may mention.
    pub mentionable: BTreeSet<RoleId>,
    /// The bot's own roles, without that of everybody.
    pub own: BTreeSet<RoleId>,
    /// The overwrites of each channel.
    pub channels: BTreeMap<ChannelId, Vec<PermissionOverwrite>>,
}

impl Rights {
    /// Returns whether a member with these roles may mention a role, whatever a channel says of it.
    pub(super) fn may_mention(&self, guild: GuildId, user: UserId, role: RoleId) -> bool {
        let base = self.base(guild);
        let all = user == self.owner || base.administrator() || base.mention_everyone();
        self.roles.contains_key(&role) && (all || self.mentionable.contains(&role))
    }

    /// Returns what the roles of a member allow in the guild.
    fn base(&self, guild: GuildId) -> Permissions {
        let of_role = |role: &RoleId| self.roles.get(role).copied().unwrap_or_default();
        let everybody = of_role(&RoleId::new(guild.get()));
        self.own.iter().map(of_role).fold(everybody, Permissions::union)
    }

    /// Returns what a member with these roles may do in a channel, in Discord's order: the roles,
    /// then the channel's overwrites for everybody, for roles, and for the member. Returns nothing
    /// for a channel that is not there.
    pub(super) fn of(&self, guild: GuildId, user: UserId, channel: ChannelId) -> Option<Permissions> {
        let overwrites = self.channels.get(&channel)?;
        let everybody = RoleId::new(guild.get());
        let base = self.base(guild);
        if user == self.owner || base.administrator() {
            return Some(Permissions::all());
        }
        let apply = |have: Permissions, whom: &dyn Fn(PermissionOverwriteType) -> bool| {
            let (mut deny, mut allow) = (Permissions::empty(), Permissions::empty());
            for overwrite in overwrites.iter().filter(|overwrite| whom(overwrite.kind)) {
                deny |= overwrite.deny;
                allow |= overwrite.allow;
            }
            (have - deny) | allow
        };
        let is_role = |kind, wanted: &dyn Fn(RoleId) -> bool| match kind {
            PermissionOverwriteType::Role(role) => wanted(RoleId::new(role.get())),
            _ => false,
        };
        let have = apply(base, &|kind| is_role(kind, &|role| role == everybody));
        let have = apply(have, &|kind| is_role(kind, &|role| self.own.contains(&role)));
        Some(apply(have, &|kind| match kind {
            PermissionOverwriteType::Member(member) => member.get() == user.get(),
            _ => false,
        }))
    }
}

/// Returns what somebody with these permissions lacks for a purpose.
#[must_use]
pub fn lacking(have: Permissions, purpose: Purpose) -> Vec<Permission> {
    if have.administrator() {
        return Vec::new();
    }
    let missing = |needed: &&Permission| !have.contains(bit(**needed));
    purpose.needs().iter().filter(missing).copied().collect()
}

/// Returns the permissions that the bot needs for all that it does in a server.
#[must_use]
pub fn needed() -> Permissions {
    let needs = Purpose::ALL.iter().flat_map(|purpose| purpose.needs());
    needs.fold(Permissions::empty(), |all, one| all | bit(*one))
}

const fn bit(permission: Permission) -> Permissions {
    match permission {
        Permission::ViewChannel => Permissions::VIEW_CHANNEL,
        Permission::SendMessages => Permissions::SEND_MESSAGES,
        Permission::CreatePublicThreads => Permissions::CREATE_PUBLIC_THREADS,
        Permission::SendMessagesInThreads => Permissions::SEND_MESSAGES_IN_THREADS,
        Permission::AttachFiles => Permissions::ATTACH_FILES,
        Permission::AddReactions => Permissions::ADD_REACTIONS,
        Permission::ReadMessageHistory => Permissions::READ_MESSAGE_HISTORY,
        Permission::ManageThreads => Permissions::MANAGE_THREADS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUILD: GuildId = GuildId::new(1);
    const ME: UserId = UserId::new(2);
    const CHANNEL: ChannelId = ChannelId::new(3);
    const BOT: RoleId = RoleId::new(4);

    fn overwrite(
        kind: PermissionOverwriteType,
        allow: Permissions,
        deny: Permissions,
    ) -> PermissionOverwrite {
        PermissionOverwrite { allow, deny, kind }
    }

    fn rights(overwrites: Vec<PermissionOverwrite>) -> Rights {
        let everybody = RoleId::new(GUILD.get());
        Rights {
            owner: UserId::new(9),
            roles: BTreeMap::from([
                (everybody, Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES),
                (BOT, Permissions::ATTACH_FILES),
            ]),
            mentionable: BTreeSet::new(),
            own: BTreeSet::from([BOT]),
            channels: BTreeMap::from([(CHANNEL, overwrites)]),
        }
    }

    #[test]
    fn the_bot_asks_for_no_more_than_it_needs() {
        let named = "VIEW_CHANNEL | SEND_MESSAGES | CREATE_PUBLIC_THREADS | SEND_MESSAGES_IN_THREADS | ATTACH_FILES \
                     | ADD_REACTIONS | READ_MESSAGE_HISTORY";
        assert_eq!(needed().iter_names().count(), named.split('|').count());
        assert_eq!(needed().bits(), 309_237_746_752);
        assert!(
            Purpose::ALL
                .iter()
                .all(|purpose| lacking(needed(), *purpose).is_empty())
        );
    }

    #[test]
    fn overwrites_hold_in_discords_order() {
        let everybody = PermissionOverwriteType::Role(GUILD.get().into());
        let (bot, me) = (
            PermissionOverwriteType::Role(BOT.get().into()),
            PermissionOverwriteType::Member(ME.get().into()),
        );
        let (send, none) = (Permissions::SEND_MESSAGES, Permissions::empty());
        for (overwrites, may_send) in [
            (vec![], true),
            (vec![overwrite(everybody, none, send)], false),
            (
                vec![overwrite(everybody, none, send), overwrite(bot, send, none)],
                true,
            ),
            (vec![overwrite(bot, send, none), overwrite(me, none, send)], false),
            (vec![overwrite(me, send, none), overwrite(bot, none, send)], true),
            (
                vec![overwrite(PermissionOverwriteType::Member(8.into()), none, send)],
                true,
            ),
        ] {
            let have = rights(overwrites.clone()).of(GUILD, ME, CHANNEL).unwrap();
            assert_eq!(have.send_messages(), may_send, "{overwrites:?}");
            assert!(have.attach_files());
        }
        assert_eq!(rights(vec![]).of(GUILD, ME, ChannelId::new(7)), None);
        let owner = rights(vec![overwrite(everybody, none, send)]).of(GUILD, UserId::new(9), CHANNEL);
        assert!(owner.unwrap().send_messages());
    }

    #[test]
    fn a_role_is_mentioned_that_anybody_may_mention_or_by_who_may_mention_all() {
        let may = |rights: &Rights| rights.may_mention(GUILD, ME, BOT);
        let mut rights = rights(vec![]);
        assert!(!may(&rights), "nobody may");
        rights.mentionable = BTreeSet::from([BOT]);
        assert!(may(&rights));
        rights.mentionable.clear();
        rights.roles.insert(BOT, Permissions::MENTION_EVERYONE);
        assert!(may(&rights));
        assert!(!rights.may_mention(GUILD, ME, RoleId::new(7)), "it is gone");
    }

    #[test]
    fn what_is_lacking_is_named_and_an_administrator_lacks_nothing() {
        let have = Permissions::VIEW_CHANNEL | Permissions::ATTACH_FILES;
        assert_eq!(lacking(have, Purpose::Gallery), [Permission::SendMessages]);
        assert_eq!(lacking(Permissions::ADMINISTRATOR, Purpose::Drafts), []);
    }
}
