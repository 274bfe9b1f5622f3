//! The guild's people: users, members and their roles.

mod guild;
mod json;
mod roles;

use std::collections::BTreeMap;

use crate::snowflake::Id;
use crate::state::model::{Member, Role, User};

/// All users, those of them who are members, and the roles.
#[derive(Debug, Default)]
pub(crate) struct People {
    users: BTreeMap<Id, User>,
    members: BTreeMap<Id, Member>,
    /// The roles besides @everyone, lowest first.
    roles: Vec<Role>,
}

impl People {
    /// Builds people from what was saved.
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

    /// Returns what is saved: users, members, roles.
    pub(in crate::state) const fn parts(&self) -> (&BTreeMap<Id, User>, &BTreeMap<Id, Member>, &Vec<Role>) {
        (&self.users, &self.members, &self.roles)
    }

    /// Changes members and roles for those of another guild.
    pub(in crate::state) const fn swap(&mut self, members: &mut BTreeMap<Id, Member>, roles: &mut Vec<Role>) {
        std::mem::swap(&mut self.members, members);
        std::mem::swap(&mut self.roles, roles);
    }

    /// Returns a user, in the guild or not.
    pub(crate) fn user(&self, user: Id) -> Option<&User> {
        self.users.get(&user)
    }

    /// Returns all users, those who left included, by ascending id.
    pub(crate) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// Returns whether there is such a user, in the guild or not.
    pub(crate) fn knows(&self, user: Id) -> bool {
        self.users.contains_key(&user)
    }

    /// Returns somebody's membership; `None` if they are not in the guild.
    pub(crate) fn member(&self, user: Id) -> Option<&Member> {
        self.members.get(&user)
    }

    /// Returns whether somebody is in the guild.
    pub(crate) fn is_member(&self, user: Id) -> bool {
        self.members.contains_key(&user)
    }

    /// Returns the user ids of all members, ascending.
    pub(crate) fn member_ids(&self) -> impl Iterator<Item = Id> {
        self.members.keys().copied()
    }

    /// Returns the roles of a member; none for others.
    pub(crate) fn roles_of(&self, user: Id) -> &[Id] {
        self.member(user).map_or(&[], |member| &member.roles)
    }

    /// Returns the roles besides @everyone, lowest first.
    pub(crate) fn roles(&self) -> &[Role] {
        &self.roles
    }
}
