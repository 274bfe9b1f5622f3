//! Members, roles and overwrites, managed by an all-powerful admin.

use serde_json::json;

use crate::handle::sandbox::Sandbox;
use crate::state::model::ActError;

impl Sandbox {
    /// Adds a new member without roles. Returns the user id.
    #[must_use]
    pub fn add_member(&self, name: &str) -> u64 {
        self.core.change(|state| state.join(name))
    }

    /// Adds so many new members, "Member 1" and so on. Returns their user ids.
    #[must_use]
    pub fn add_members(&self, count: usize) -> Vec<u64> {
        (1..=count)
            .map(|n| self.add_member(&format!("Member {n}")))
            .collect()
    }

    /// Removes a member. Their messages and reactions stay.
    pub fn remove_member(&self, user: u64) {
        self.core.change(|state| state.leave(user));
    }

    /// Brings a member who left back into the guild, without the roles that the member had. Does
    /// nothing if the user is still a member.
    ///
    /// # Errors
    /// 10013 Unknown User if there was never such a user.
    pub fn rejoin_member(&self, user: u64) -> Result<(), ActError> {
        Ok(self.core.change(|state| state.rejoin(user))?)
    }

    /// Creates a role above all others, with these [`permissions`](crate::permissions). Returns its
    /// id.
    ///
    /// # Errors
    /// If the name does not fit or there are 250 roles.
    pub fn create_role(&self, name: &str, permissions: u64) -> Result<u64, ActError> {
        let form = json!({ "name": name, "permissions": permissions.to_string() });
        Ok(self
            .core
            .change(|state| state.create_role(state.owner(), &form))?)
    }

    /// Sets what a role may do; the guild's id means @everyone.
    ///
    /// # Errors
    /// If there is no such role.
    pub fn set_role_permissions(&self, role: u64, permissions: u64) -> Result<(), ActError> {
        let form = json!({ "permissions": permissions.to_string() });
        Ok(self
            .core
            .change(|state| state.edit_role(state.owner(), role, &form))?)
    }

    /// Sets whether anybody may mention a role. A new role may not be mentioned.
    ///
    /// # Errors
    /// If there is no such role.
    pub fn set_mentionable(&self, role: u64, mentionable: bool) -> Result<(), ActError> {
        let form = json!({ "mentionable": mentionable });
        Ok(self
            .core
            .change(|state| state.edit_role(state.owner(), role, &form))?)
    }

    /// Deletes a role; its members lose it.
    ///
    /// # Errors
    /// If there is no such role, or it is the bot's own.
    pub fn delete_role(&self, role: u64) -> Result<(), ActError> {
        Ok(self.core.change(|state| state.delete_role(state.owner(), role))?)
    }

    /// Sets the roles of a member.
    ///
    /// # Errors
    /// If there is no such member.
    pub fn set_roles(&self, user: u64, roles: Vec<u64>) -> Result<(), ActError> {
        Ok(self.core.change(|state| state.set_roles(user, roles))?)
    }

    /// Gives a member a role.
    ///
    /// # Errors
    /// If there is no such member or role, or the role is the bot's own.
    pub fn give_role(&self, user: u64, role: u64) -> Result<(), ActError> {
        Ok(self
            .core
            .change(|state| state.set_role(state.owner(), user, role, true))?)
    }

    /// Takes a role from a member.
    ///
    /// # Errors
    /// As [`Sandbox::give_role`].
    pub fn take_role(&self, user: u64, role: u64) -> Result<(), ActError> {
        Ok(self
            .core
            .change(|state| state.set_role(state.owner(), user, role, false))?)
    }

    /// Sets which [`permissions`](crate::permissions) a role or a member is allowed and denied in a
    /// channel and its threads; the guild's id means @everyone. Without any bit the overwrite is
    /// removed.
    ///
    /// # Errors
    /// If there is no such channel, role or user.
    pub fn overwrite(&self, channel: u64, subject: u64, allow: u64, deny: u64) -> Result<(), ActError> {
        Ok(self
            .core
            .change(|state| state.overwrite(channel, subject, allow, deny))?)
    }
}
