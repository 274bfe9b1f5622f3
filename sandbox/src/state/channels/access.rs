//! Permissions: what roles, overwrites and timeouts leave of them.

use serde_json::Value;

use crate::permissions::{self, ADMINISTRATOR, MANAGE_ROLES, VIEW_CHANNEL};
use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::errors::{ApiError, ApiResult, FormErrors};
use crate::state::model::wire::id_of;
use crate::state::model::{Channel, ChannelKind, Overwrite};

impl State {
    /// Computes what a member may do in the guild at large.
    pub(crate) fn guild_permissions(&self, user: Id) -> u64 {
        let Some(member) = self.people.member(user) else {
            return 0;
        };
        if user == self.guild.owner {
            return permissions::ALL;
        }
        let roles = self
            .people
            .roles()
            .iter()
            .filter(|role| member.roles.contains(&role.id));
        let all = roles.fold(self.guild.everyone, |all, role| all | role.permissions);
        if all & ADMINISTRATOR != 0 {
            permissions::ALL
        } else if self.silent_until(user).is_some() {
            all & permissions::SILENT
        } else {
            all
        }
    }

    /// Computes what a user may do in a channel, by Discord's rule: the guild's permissions, then
    /// the overwrites of @everyone, of roles, and of the member. A thread takes its parent's.
    pub(crate) fn permissions_in(&self, user: Id, channel: Id) -> u64 {
        if !self.is_here(channel) {
            return 0;
        }
        let base = self.guild_permissions(user);
        if base & ADMINISTRATOR != 0 {
            return base;
        }
        let Some(channel) = self.channels.get(channel) else {
            return 0;
        };
        let carrier = channel
            .parent
            .and_then(|parent| self.channels.get(parent))
            .unwrap_or(channel);
        let roles = self.people.roles_of(user);
        let apply = |bits: u64, of: &dyn Fn(&Overwrite) -> bool| {
            let chosen = carrier.overwrites.iter().filter(|overwrite| of(overwrite));
            let (allow, deny) = chosen.fold((0, 0), |(allow, deny), o| (allow | o.allow, deny | o.deny));
            bits & !deny | allow
        };
        let bits = apply(base, &|o| !o.member && o.id == self.guild.id);
        let bits = apply(bits, &|o| !o.member && roles.contains(&o.id));
        let bits = apply(bits, &|o| o.member && o.id == user);
        let bits = if self.silent_until(user).is_some() {
            bits & permissions::SILENT
        } else {
            bits
        };
        if bits & VIEW_CHANNEL == 0 { 0 } else { bits }
    }

    /// Returns whether a user sees a channel.
    pub(crate) fn sees(&self, user: Id, channel: Id) -> bool {
        let private = self
            .channels
            .get(channel)
            .is_some_and(|c| c.kind == ChannelKind::PrivateThread);
        if private && !self.is_in_private_thread(user, channel) {
            return false;
        }
        self.permissions_in(user, channel) & VIEW_CHANNEL != 0
    }

    fn is_in_private_thread(&self, user: Id, channel: Id) -> bool {
        let member = self.channels.thread(channel);
        member.is_some_and(|thread| thread.member(user).is_some())
            || self.permissions_in(user, channel) & permissions::MANAGE_THREADS != 0
    }

    /// Returns the channel, if the user sees it (10003, 50001).
    pub(crate) fn visible(&self, user: Id, channel: Id) -> ApiResult<&Channel> {
        let found = self.channels.get(channel).ok_or_else(ApiError::unknown_channel)?;
        if self.sees(user, channel) {
            Ok(found)
        } else {
            Err(ApiError::missing_access())
        }
    }

    /// Refuses a user who does not see the channel or lacks a permission there (10003, 50001,
    /// 50013).
    pub(crate) fn require(&self, user: Id, channel: Id, permissions: u64) -> ApiResult<()> {
        self.visible(user, channel)?;
        let has = self.permissions_in(user, channel);
        if has & permissions == permissions {
            Ok(())
        } else {
            Err(ApiError::missing_permissions())
        }
    }

    /// Refuses an actor who lacks a permission in the guild (50013).
    pub(crate) fn require_in_guild(&self, actor: Id, permissions: u64) -> ApiResult<()> {
        let has = self.guild_permissions(actor);
        if has & ADMINISTRATOR != 0 || has & permissions == permissions {
            Ok(())
        } else {
            Err(ApiError::missing_permissions())
        }
    }

    /// Denies the bot these permissions in a channel, or lifts that, by an overwrite as an admin
    /// would.
    pub(crate) fn set_bot_denied(&mut self, channel: Id, bits: u64, denied: bool) {
        self.change_overwrite(channel, self.guild.bot, true, |overwrite| {
            overwrite.deny = if denied {
                overwrite.deny | bits
            } else {
                overwrite.deny & !bits
            };
        });
    }

    /// Allows the bot these permissions in a channel, by an overwrite as an admin would.
    pub(crate) fn grant_bot(&mut self, channel: Id, bits: u64) {
        self.change_overwrite(channel, self.guild.bot, true, |overwrite| overwrite.allow |= bits);
    }

    /// Sets what a role or a member is allowed and denied in a channel; the guild's id means
    /// @everyone. Without any bit the overwrite is removed.
    pub(crate) fn overwrite(&mut self, channel: Id, subject: Id, allow: u64, deny: u64) -> ApiResult<()> {
        let member = self.people.knows(subject);
        if !member && subject != self.guild.id && !self.people.roles().iter().any(|role| role.id == subject) {
            return Err(ApiError::unknown_role());
        }
        if self
            .channels
            .get(channel)
            .is_none_or(|found| found.thread.is_some())
        {
            return Err(ApiError::unknown_channel());
        }
        self.change_overwrite(channel, subject, member, |overwrite| {
            overwrite.allow = allow;
            overwrite.deny = deny;
        });
        Ok(())
    }

    /// Sets an overwrite for an actor, who needs Manage Roles there and every bit that is allowed
    /// or denied (`PUT /channels/{id}/permissions/{overwrite}`).
    pub(crate) fn put_overwrite(
        &mut self,
        actor: Id,
        channel: Id,
        subject: Id,
        form: &Value,
    ) -> ApiResult<()> {
        self.require(actor, channel, MANAGE_ROLES)?;
        let mut errors = FormErrors::default();
        if !matches!(form["type"].as_u64(), Some(0 | 1)) {
            errors.choice("type", "0, 1");
        }
        errors.check()?;
        let bits = |key: &str| id_of(&form[key]).unwrap_or(0);
        let (allow, deny) = (bits("allow"), bits("deny"));
        if self.permissions_in(actor, channel) & ADMINISTRATOR == 0 {
            self.require(actor, channel, allow | deny)?;
        }
        self.overwrite(channel, subject, allow, deny)
    }

    /// Removes an overwrite (10009; `DELETE /channels/{id}/permissions/{overwrite}`).
    pub(crate) fn delete_overwrite(&mut self, actor: Id, channel: Id, subject: Id) -> ApiResult<()> {
        self.require(actor, channel, MANAGE_ROLES)?;
        let known = self
            .channels
            .get(channel)
            .map_or(&[][..], |found| &found.overwrites[..]);
        if !known.iter().any(|overwrite| overwrite.id == subject) {
            return Err(ApiError::unknown_overwrite());
        }
        self.overwrite(channel, subject, 0, 0)
    }

    fn change_overwrite(
        &mut self,
        channel: Id,
        subject: Id,
        member: bool,
        edit: impl FnOnce(&mut Overwrite),
    ) {
        let before = self.seen_by_bot();
        self.put_overwritten(channel, subject, member, edit);
        self.tell_channel(channel, "CHANNEL_UPDATE");
        // A bot hears that it does not see a channel any more.
        if before.contains(&channel) && !self.sees(self.guild.bot, channel) {
            self.tell_bot_of_channel(channel, "CHANNEL_UPDATE");
        }
        self.sync_threads(&before);
    }

    fn put_overwritten(&mut self, channel: Id, subject: Id, member: bool, edit: impl FnOnce(&mut Overwrite)) {
        let Some(found) = self.channels.get_mut(channel) else {
            return;
        };
        let at = found.overwrites.iter().position(|o| o.id == subject);
        let mut overwrite = match at {
            Some(at) => found.overwrites.remove(at),
            None => Overwrite {
                id: subject,
                member,
                allow: 0,
                deny: 0,
            },
        };
        edit(&mut overwrite);
        if overwrite.allow != 0 || overwrite.deny != 0 {
            found.overwrites.push(overwrite);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::{
        ADD_REACTIONS, ALL, MANAGE_MESSAGES, MEMBER, READ_MESSAGE_HISTORY, SEND_MESSAGES,
    };
    use crate::world::{self, World};

    const EVERYONE: Id = world::NORTHLIGHT;
    const LEAD: Id = world::STUDIO_LEAD;

    /// Overwrites in "general" (subject, allow, deny), who looks, and whether they may do this
    /// there.
    type Case = (&'static [(Id, u64, u64)], Id, u64, bool);

    const CASES: &[Case] = &[
        (&[], world::BO, SEND_MESSAGES, true),
        (&[], world::BO, MANAGE_MESSAGES, false),
        (&[(EVERYONE, 0, SEND_MESSAGES)], world::BO, SEND_MESSAGES, false),
        (&[(EVERYONE, 0, SEND_MESSAGES)], world::DANA, SEND_MESSAGES, true),
        (
            &[(EVERYONE, MANAGE_MESSAGES, 0)],
            world::BO,
            MANAGE_MESSAGES,
            true,
        ),
        // A role's overwrite is stronger than @everyone's, a member's stronger than a role's.
        (
            &[(EVERYONE, 0, SEND_MESSAGES), (LEAD, SEND_MESSAGES, 0)],
            world::CEM,
            SEND_MESSAGES,
            true,
        ),
        (
            &[(EVERYONE, SEND_MESSAGES, 0), (LEAD, 0, SEND_MESSAGES)],
            world::CEM,
            SEND_MESSAGES,
            false,
        ),
        (&[(LEAD, 0, SEND_MESSAGES)], world::BO, SEND_MESSAGES, true),
        (
            &[(LEAD, 0, SEND_MESSAGES), (world::CEM, SEND_MESSAGES, 0)],
            world::CEM,
            SEND_MESSAGES,
            true,
        ),
        (
            &[(LEAD, SEND_MESSAGES, 0), (world::CEM, 0, SEND_MESSAGES)],
            world::CEM,
            SEND_MESSAGES,
            false,
        ),
        // Of two roles the one that allows wins.
        (
            &[(LEAD, 0, ADD_REACTIONS), (world::BOT_ROLE, ADD_REACTIONS, 0)],
            world::ANA,
            ADD_REACTIONS,
            true,
        ),
        // Who does not see a channel may do nothing there.
        (
            &[(world::BO, 0, VIEW_CHANNEL)],
            world::BO,
            READ_MESSAGE_HISTORY,
            false,
        ),
        (
            &[(EVERYONE, 0, VIEW_CHANNEL), (world::BO, VIEW_CHANNEL, 0)],
            world::BO,
            SEND_MESSAGES,
            true,
        ),
        (
            &[(EVERYONE, 0, ALL)],
            world::DANA,
            SEND_MESSAGES | MANAGE_MESSAGES,
            true,
        ),
        (
            &[(world::BOT, 0, SEND_MESSAGES)],
            world::BOT,
            SEND_MESSAGES,
            false,
        ),
    ];

    #[test]
    fn overwrites_are_applied_in_discords_order() {
        for (overwrites, who, wanted, expected) in CASES {
            let mut state = State::new(World::default());
            state.set_roles(world::CEM, vec![LEAD]).unwrap();
            state.set_roles(world::ANA, vec![LEAD, world::BOT_ROLE]).unwrap();
            for (subject, allow, deny) in *overwrites {
                state.overwrite(world::GENERAL, *subject, *allow, *deny).unwrap();
            }
            let has = state.permissions_in(*who, world::GENERAL);
            assert_eq!(has & wanted == *wanted, *expected, "{overwrites:?} for {who}");
            let elsewhere = state.permissions_in(*who, world::CAMPAIGN);
            assert_eq!(elsewhere & MEMBER, MEMBER, "another channel is as it was");
        }
    }

    #[test]
    fn an_administrator_passes_every_overwrite_and_an_unknown_subject_is_refused() {
        let mut state = State::new(World::default());
        let admins = state
            .create_role(
                world::DANA,
                &serde_json::json!({ "name": "Admins", "permissions": "8" }),
            )
            .unwrap();
        state.set_roles(world::BO, vec![admins]).unwrap();
        state.overwrite(world::GENERAL, world::BO, 0, ALL).unwrap();
        assert_eq!(state.permissions_in(world::BO, world::GENERAL), ALL);
        assert_eq!(state.overwrite(world::GENERAL, 42, 0, 1).unwrap_err().code, 10011);
        assert_eq!(state.overwrite(42, world::BO, 0, 1).unwrap_err().code, 10003);
    }
}
