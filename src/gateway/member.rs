//! Reads who acted from what Discord says of a member.

use serenity::all::Member;

use crate::domain::actor::{Actor, Membership};
use crate::domain::ids::{RoleId, UserId};

/// Returns who acted, with the roles and rights that came with the press or the command.
pub(in crate::gateway) fn actor(user: serenity::all::UserId, member: Option<&Member>) -> Actor {
    let roles = member.iter().flat_map(|member| &member.roles);
    let permissions = member.and_then(|member| member.permissions).unwrap_or_default();
    Actor {
        user: UserId::new(user.get()),
        member: Membership {
            roles: roles.map(|role| RoleId::new(role.get())).collect(),
            manages: permissions.manage_guild() || permissions.administrator(),
        },
    }
}
