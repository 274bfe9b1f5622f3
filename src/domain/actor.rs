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

/// Somebody who presses a button, as the press tells.
#[derive(Clone, Debug)]
pub struct Presser {
    /// Who.
    pub user: UserId,
    /// What they are in the guild.
    pub member: Membership,
}

/// Somebody at the treasury, as the command tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Treasurer {
    /// Who.
    pub user: UserId,
    /// Whether they may manage the server.
    pub manages: bool,
}
