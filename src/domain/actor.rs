//! Says who acts: a member, as a press or a command names them.

use std::collections::BTreeSet;

use super::ids::{RoleId, UserId};

/// What the rules of a vote must know of a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// The member's roles, without @everyone.
    pub roles: BTreeSet<RoleId>,
    /// Whether the member may manage the server.
    pub manages: bool,
}

/// A user who presses a button or gives a command, with the rights that Discord sent along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The user who acts.
    pub user: UserId,
    /// The user's roles and rights in the guild.
    pub member: Membership,
}
