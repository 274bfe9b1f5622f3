//! Who acts: a member, as a press or a command tells.

use std::collections::BTreeSet;

use super::ids::{RoleId, UserId};

/// A member, as far as the rules of a vote look at one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// Their roles, the one that everybody has left out.
    pub roles: BTreeSet<RoleId>,
    /// Whether they may manage the server.
    pub manages: bool,
}

/// Somebody who presses a button or gives a command, with the rights that came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub user: UserId,
    /// What they are in the guild.
    pub member: Membership,
}
