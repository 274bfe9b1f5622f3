//! The guild's people: users, members and their roles.

mod guild;
mod json;
mod roles;

use std::collections::BTreeMap;

use crate::snowflake::Id;
use crate::state::model::{Member, Role, User};

/// Everybody that there is, who of them is in the guild, and its roles.
#[derive(Debug, Default)]
pub(crate) struct People {
    users: BTreeMap<Id, User>,
    members: BTreeMap<Id, Member>,
    /// The roles besides @everyone, lowest first.
    roles: Vec<Role>,
}

impl People {
    /// People as they were kept.
    pub(in crate::state) const fn new(
        users: BTreeMap<Id, User>,
        members: BTreeMap<Id, Member>,
        roles: Vec<Role>,
    ) -> Self {
        Self {
            users,
            members,
            roles,
        }
    }

    /// What is kept of them: users, members, roles.
    pub(in crate::state) const fn parts(&self) -> (&BTreeMap<Id, User>, &BTreeMap<Id, Member>, &Vec<Role>) {
        (&self.users, &self.members, &self.roles)
    }

    /// A user, member of the guild or not.
    pub(crate) fn user(&self, user: Id) -> Option<&User> {
        self.users.get(&user)
    }

    /// Everybody, by ascending id, those who left included.
    pub(crate) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// Whether there is such a user, or was one.
    pub(crate) fn knows(&self, user: Id) -> bool {
        self.users.contains_key(&user)
    }

    /// Somebody's membership; `None` if they are not (or no longer) in the guild.
    pub(crate) fn member(&self, user: Id) -> Option<&Member> {
        self.members.get(&user)
    }

    /// Whether somebody is in the guild.
    pub(crate) fn is_member(&self, user: Id) -> bool {
        self.members.contains_key(&user)
    }

    /// The user ids of all members, ascending.
    pub(crate) fn member_ids(&self) -> impl Iterator<Item = Id> {
        self.members.keys().copied()
    }

    /// The roles of a member; none for others.
    pub(crate) fn roles_of(&self, user: Id) -> &[Id] {
        self.member(user).map_or(&[], |member| &member.roles)
    }

    /// The roles besides @everyone, lowest first.
    pub(crate) fn roles(&self) -> &[Role] {
        &self.roles
    }
}
