//! The guild's people, and who may do what where.

use serde_json::json;

use super::State;
use super::hub::intent;
use super::model::{Channel, ChannelKind, Member, Nitro, Overwrite, Role, User};
use crate::errors::{ApiError, ApiResult};
use crate::permissions::{self, ADMINISTRATOR, VIEW_CHANNEL};
use crate::snowflake::Id;
use crate::world::{ChannelSpec, Person, RoleSpec};

/// Colours for people added later, in turn.
const COLORS: [&str; 6] = ["#c45f8f", "#5f8fc4", "#8fa84c", "#b5764a", "#5fa8b8", "#9a6fc0"];

impl State {
    pub(super) fn add_roles(&mut self, roles: Vec<RoleSpec>) {
        self.roles = roles
            .into_iter()
            .map(|role| Role {
                id: role.id,
                name: role.name,
                permissions: role.permissions,
                color: role.color,
            })
            .collect();
    }

    pub(super) fn add_people(&mut self, people: Vec<Person>) {
        let joined_ms = self.now();
        for person in people {
            let bot = person.id == self.guild.bot;
            let user = User {
                id: person.id,
                name: person.name,
                bot,
                color: person.color,
                hint: person.hint,
                persona: person.persona,
                locale: None,
                nitro: Nitro::None,
            };
            self.users.insert(person.id, user);
            self.members.insert(
                person.id,
                Member {
                    roles: person.roles,
                    joined_ms,
                },
            );
        }
    }

    pub(super) fn add_channels(&mut self, channels: Vec<ChannelSpec>) {
        for (spec, position) in channels.into_iter().zip(0..) {
            let channel = Channel {
                id: spec.id,
                kind: ChannelKind::Text,
                name: spec.name,
                topic: Some(spec.topic),
                position,
                parent: None,
                last_message: None,
                overwrites: Vec::new(),
                thread: None,
            };
            self.channels.insert(spec.id, channel);
        }
    }

    /// A new member with no roles.
    pub(crate) fn join(&mut self, name: &str) -> Id {
        let id = self.next_id();
        let color = COLORS[self.users.len() % COLORS.len()].to_owned();
        let person = Person {
            id,
            name: name.to_owned(),
            color,
            roles: vec![],
            hint: String::new(),
            persona: true,
        };
        self.add_people(vec![person]);
        let mut joined = self.member_json(id).unwrap_or_default();
        joined["guild_id"] = json!(self.guild.id.to_string());
        self.hub.dispatch(
            intent::GUILD_MEMBERS,
            Some(self.guild.id),
            "GUILD_MEMBER_ADD",
            &joined,
        );
        self.tell_people();
        id
    }

    /// A member leaves: their reactions stay, as on Discord.
    pub(crate) fn leave(&mut self, user: Id) {
        if self.members.remove(&user).is_none() {
            return;
        }
        let left = json!({ "guild_id": self.guild.id.to_string(), "user": self.user_json(user) });
        self.hub.dispatch(
            intent::GUILD_MEMBERS,
            Some(self.guild.id),
            "GUILD_MEMBER_REMOVE",
            &left,
        );
        self.tell_people();
    }

    /// Gives and takes roles of a member.
    pub(crate) fn set_roles(&mut self, user: Id, roles: Vec<Id>) -> ApiResult<()> {
        let member = self.members.get_mut(&user).ok_or_else(ApiError::unknown_member)?;
        member.roles = roles;
        let mut updated = self.member_json(user).unwrap_or_default();
        updated["guild_id"] = json!(self.guild.id.to_string());
        self.hub.dispatch(
            intent::GUILD_MEMBERS,
            Some(self.guild.id),
            "GUILD_MEMBER_UPDATE",
            &updated,
        );
        self.tell_people();
        Ok(())
    }

    /// Changes what is known of a user.
    pub(crate) fn edit_user(&mut self, user: Id, edit: impl FnOnce(&mut User)) -> ApiResult<()> {
        edit(self.users.get_mut(&user).ok_or_else(ApiError::unknown_user)?);
        Ok(())
    }

    /// The largest file that a user may upload here, in bytes; answers to their interactions may be as large.
    pub(crate) fn attachment_limit(&self, user: Id) -> u64 {
        let own = self.users.get(&user).map_or(0, |user| user.nitro.upload_limit());
        own.max(self.guild.upload_limit())
    }

    /// Tells the pages who there is.
    fn tell_people(&self) {
        self.hub
            .page(None, "USERS", &json!({ "users": self.page_users_json() }));
    }

    /// What everybody may do.
    #[expect(
        clippy::unused_self,
        reason = "will be the guild's own once servers can edit it"
    )]
    pub(crate) fn everyone_permissions(&self) -> u64 {
        permissions::MEMBER
    }

    /// What a member may do in the guild at large.
    pub(super) fn guild_permissions(&self, user: Id) -> u64 {
        let Some(member) = self.members.get(&user) else {
            return 0;
        };
        if user == self.guild.owner {
            return permissions::ALL;
        }
        let roles = self.roles.iter().filter(|role| member.roles.contains(&role.id));
        let all = roles.fold(self.everyone_permissions(), |all, role| all | role.permissions);
        if all & ADMINISTRATOR == 0 {
            all
        } else {
            permissions::ALL
        }
    }

    /// What a user may do in a channel, by Discord's rule: guild, then @everyone's, the roles' and the
    /// member's overwrites. A thread takes its parent's.
    pub(crate) fn permissions_in(&self, user: Id, channel: Id) -> u64 {
        let base = self.guild_permissions(user);
        if base & ADMINISTRATOR != 0 {
            return base;
        }
        let Some(channel) = self.channels.get(&channel) else {
            return 0;
        };
        let carrier = channel
            .parent
            .and_then(|parent| self.channels.get(&parent))
            .unwrap_or(channel);
        let roles = self
            .members
            .get(&user)
            .map_or(&[][..], |member| &member.roles[..]);
        let apply = |bits: u64, of: &dyn Fn(&Overwrite) -> bool| {
            let chosen = carrier.overwrites.iter().filter(|overwrite| of(overwrite));
            let (allow, deny) = chosen.fold((0, 0), |(allow, deny), o| (allow | o.allow, deny | o.deny));
            bits & !deny | allow
        };
        let bits = apply(base, &|o| !o.member && o.id == self.guild.id);
        let bits = apply(bits, &|o| !o.member && roles.contains(&o.id));
        let bits = apply(bits, &|o| o.member && o.id == user);
        if bits & VIEW_CHANNEL == 0 { 0 } else { bits }
    }

    /// Whether a user sees a channel at all.
    pub(crate) fn sees(&self, user: Id, channel: Id) -> bool {
        let private = self
            .channels
            .get(&channel)
            .is_some_and(|c| c.kind == ChannelKind::PrivateThread);
        if private && !self.is_in_private_thread(user, channel) {
            return false;
        }
        self.permissions_in(user, channel) & VIEW_CHANNEL != 0
    }

    fn is_in_private_thread(&self, user: Id, channel: Id) -> bool {
        let member = self.channels.get(&channel).and_then(|c| c.thread.as_ref());
        member.is_some_and(|thread| thread.members.contains(&user))
            || self.permissions_in(user, channel) & permissions::MANAGE_THREADS != 0
    }

    /// The channel, if the user sees it (10003, 50001).
    pub(crate) fn visible(&self, user: Id, channel: Id) -> ApiResult<&Channel> {
        let found = self
            .channels
            .get(&channel)
            .ok_or_else(ApiError::unknown_channel)?;
        if self.sees(user, channel) {
            Ok(found)
        } else {
            Err(ApiError::missing_access())
        }
    }

    /// Checks that the user sees the channel and may do all of this there (10003, 50001, 50013).
    pub(crate) fn require(&self, user: Id, channel: Id, permissions: u64) -> ApiResult<()> {
        self.visible(user, channel)?;
        let has = self.permissions_in(user, channel);
        if has & permissions == permissions {
            Ok(())
        } else {
            Err(ApiError::missing_permissions())
        }
    }

    /// Takes these bits from the bot in a channel, or gives them back, by an overwrite as an admin would.
    pub(crate) fn set_bot_denied(&mut self, channel: Id, bits: u64, denied: bool) {
        self.overwrite_bot(channel, |overwrite| {
            overwrite.deny = if denied {
                overwrite.deny | bits
            } else {
                overwrite.deny & !bits
            };
        });
    }

    /// Gives the bot these bits in a channel, by an overwrite as an admin would.
    pub(crate) fn grant_bot(&mut self, channel: Id, bits: u64) {
        self.overwrite_bot(channel, |overwrite| overwrite.allow |= bits);
    }

    fn overwrite_bot(&mut self, channel: Id, edit: impl FnOnce(&mut Overwrite)) {
        let bot = self.guild.bot;
        let Some(found) = self.channels.get_mut(&channel) else {
            return;
        };
        let at = found.overwrites.iter().position(|o| o.member && o.id == bot);
        let mut overwrite = match at {
            Some(at) => found.overwrites.remove(at),
            None => Overwrite {
                id: bot,
                member: true,
                allow: 0,
                deny: 0,
            },
        };
        edit(&mut overwrite);
        if overwrite.allow != 0 || overwrite.deny != 0 {
            found.overwrites.push(overwrite);
        }
        self.tell_channel(channel, "CHANNEL_UPDATE");
    }
}
