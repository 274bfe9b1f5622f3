//! Roles, and what members do to members by them. Who has the higher role may act on who has the
//! lower.

use serde_json::{Value, json};

use crate::clock::{iso, parse_iso};
use crate::permissions::{ADMINISTRATOR, KICK_MEMBERS, MANAGE_NICKNAMES, MANAGE_ROLES, MODERATE_MEMBERS};
use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::errors::{ApiError, ApiResult, FormErrors};
use crate::state::model::wire::id_of;
use crate::state::model::{ActError, Role};
use crate::state::sessions::intent;

/// How many roles a guild may have, @everyone included.
const ROLES_MAX: usize = 250;
/// The longest name of a role, in characters.
const NAME_MAX: usize = 100;
/// The longest nickname, in characters.
const NICK_MAX: usize = 32;
/// The longest timeout, in milliseconds: 28 days.
const TIMEOUT_MAX_MS: u64 = 28 * 24 * 60 * 60 * 1_000;

impl State {
    /// Returns a role besides @everyone (10011).
    fn role(&self, role: Id) -> ApiResult<&Role> {
        self.people
            .roles
            .iter()
            .find(|known| known.id == role)
            .ok_or_else(ApiError::unknown_role)
    }

    /// Returns the place of a member's highest role. The owner ranks above all, those who left
    /// below.
    fn rank(&self, user: Id) -> usize {
        if user == self.guild.owner {
            return usize::MAX;
        }
        let roles = self.people.roles_of(user);
        let held = self
            .people
            .roles
            .iter()
            .zip(1..)
            .filter(|(role, _)| roles.contains(&role.id));
        held.map(|(_, place)| place).max().unwrap_or(0)
    }

    fn place(&self, role: Id) -> usize {
        let at = self.people.roles.iter().position(|known| known.id == role);
        at.map_or(0, |at| at + 1)
    }

    fn require_above_role(&self, actor: Id, role: Id) -> ApiResult<()> {
        self.require_in_guild(actor, MANAGE_ROLES)?;
        if self.rank(actor) > self.place(role) {
            Ok(())
        } else {
            Err(ApiError::missing_permissions())
        }
    }

    fn require_above_member(&self, actor: Id, user: Id, permissions: u64) -> ApiResult<()> {
        self.require_in_guild(actor, permissions)?;
        if !self.people.members.contains_key(&user) {
            return Err(ApiError::unknown_member());
        }
        if self.rank(actor) > self.rank(user) {
            Ok(())
        } else {
            Err(ApiError::missing_permissions())
        }
    }

    /// Creates a role below the actor's highest. It has no permission that the actor lacks (50013).
    /// Returns its id.
    pub(crate) fn create_role(&mut self, actor: Id, form: &Value) -> ApiResult<Id> {
        self.require_in_guild(actor, MANAGE_ROLES)?;
        if self.people.roles.len() + 1 >= ROLES_MAX {
            return Err(ApiError::too_many_roles());
        }
        let mut role = Role {
            id: self.next_id(),
            name: "new role".to_owned(),
            permissions: self.guild.everyone,
            color: 0,
            mentionable: false,
        };
        let id = role.id;
        self.apply_role_form(actor, form, &mut role)?;
        let below = if self.rank(actor) == usize::MAX {
            self.people.roles.len()
        } else {
            self.rank(actor).saturating_sub(1)
        };
        self.people.roles.insert(below.min(self.people.roles.len()), role);
        self.tell_role(id, "GUILD_ROLE_CREATE");
        Ok(id)
    }

    /// Edits a role, or with the guild's id what @everyone may do.
    pub(crate) fn edit_role(&mut self, actor: Id, role: Id, form: &Value) -> ApiResult<()> {
        let before = self.seen_by_bot();
        if role == self.guild.id {
            self.require_in_guild(actor, MANAGE_ROLES)?;
            if let Some(permissions) = id_of(&form["permissions"]) {
                self.require_in_guild(actor, permissions & !self.guild.everyone)?;
                self.guild.everyone = permissions;
            }
        } else {
            let mut edited = self.role(role)?.clone();
            self.require_above_role(actor, role)?;
            self.apply_role_form(actor, form, &mut edited)?;
            if let Some(known) = self.people.roles.iter_mut().find(|known| known.id == role) {
                *known = edited;
            }
        }
        self.tell_role(role, "GUILD_ROLE_UPDATE");
        self.sync_threads(&before);
        Ok(())
    }

    fn apply_role_form(&self, actor: Id, form: &Value, role: &mut Role) -> ApiResult<()> {
        let mut errors = FormErrors::default();
        if let Some(name) = form["name"].as_str() {
            errors.length("name", name, 1, NAME_MAX);
            name.clone_into(&mut role.name);
        }
        errors.check()?;
        if let Some(permissions) = id_of(&form["permissions"]) {
            self.require_in_guild(actor, permissions & !role.permissions)?;
            role.permissions = permissions;
        }
        let color = form["colors"]["primary_color"]
            .as_u64()
            .or(form["color"].as_u64());
        role.color = color
            .and_then(|color| u32::try_from(color).ok())
            .unwrap_or(role.color);
        role.mentionable = form["mentionable"].as_bool().unwrap_or(role.mentionable);
        Ok(())
    }

    /// Deletes a role; its members lose it.
    pub(crate) fn delete_role(&mut self, actor: Id, role: Id) -> ApiResult<()> {
        self.role(role)?;
        self.require_above_role(actor, role)?;
        if self.is_managed(role) {
            return Err(ApiError::invalid_role());
        }
        self.people.roles.retain(|known| known.id != role);
        let holders: Vec<Id> = self.holders(role).collect();
        for user in holders {
            self.change_member(user, |member| member.roles.retain(|held| *held != role));
        }
        for channel in self.channels.all_mut() {
            channel.overwrites.retain(|overwrite| overwrite.id != role);
        }
        let body = json!({ "guild_id": self.guild.id.to_string(), "role_id": role.to_string() });
        self.dispatch(intent::GUILDS, "GUILD_ROLE_DELETE", &body);
        self.tell_people();
        Ok(())
    }

    fn holders(&self, role: Id) -> impl Iterator<Item = Id> {
        let held = self
            .people
            .members
            .iter()
            .filter(move |(_, member)| member.roles.contains(&role));
        held.map(|(user, _)| *user)
    }

    /// Returns whether a role is the bot's own, which nobody may give, take or delete.
    fn is_managed(&self, role: Id) -> bool {
        self.people.roles_of(self.guild.bot).contains(&role)
    }

    fn tell_role(&mut self, role: Id, event: &str) {
        let Some(found) = self.role_json_of(role) else {
            return;
        };
        let body = json!({ "guild_id": self.guild.id.to_string(), "role": found });
        self.dispatch(intent::GUILDS, event, &body);
        self.tell_people();
    }

    /// Formats one role; the guild's id means @everyone.
    pub(crate) fn role_json_of(&self, role: Id) -> Option<Value> {
        let id = role.to_string();
        self.roles_json().into_iter().find(|found| found["id"] == id)
    }

    /// Formats how many members hold each role.
    pub(crate) fn role_counts(&self) -> Value {
        let counts = self
            .people
            .roles
            .iter()
            .map(|role| (role.id.to_string(), json!(self.holders(role.id).count())));
        Value::Object(counts.collect())
    }

    /// Gives a member a role, or takes it. Does nothing if it is so already.
    pub(crate) fn set_role(&mut self, actor: Id, user: Id, role: Id, has: bool) -> ApiResult<()> {
        if !self.people.members.contains_key(&user) {
            return Err(ApiError::unknown_member());
        }
        self.role(role)?;
        self.require_above_role(actor, role)?;
        if self.is_managed(role) {
            return Err(ApiError::invalid_role());
        }
        let held = self.people.roles_of(user).contains(&role);
        if held != has {
            self.change_member(user, |member| {
                member.roles.retain(|held| *held != role);
                if has {
                    member.roles.push(role);
                }
            });
        }
        Ok(())
    }

    /// Edits a member's roles, nickname and timeout, each by its own permission
    /// (`PATCH /guilds/{id}/members/{user}`).
    pub(crate) fn edit_member(&mut self, actor: Id, user: Id, form: &Value) -> ApiResult<()> {
        let held = self
            .people
            .members
            .get(&user)
            .ok_or_else(ApiError::unknown_member)?
            .roles
            .clone();
        let nick = form
            .get("nick")
            .map(|nick| nick.as_str().unwrap_or_default().to_owned());
        let mut errors = FormErrors::default();
        errors.max_length("nick", nick.as_deref().unwrap_or_default(), NICK_MAX);
        errors.check()?;
        let timeout = form
            .get("communication_disabled_until")
            .map(timeout_of)
            .transpose()?;
        if nick.is_some() && actor != user {
            self.require_above_member(actor, user, MANAGE_NICKNAMES)?;
        }
        if let Some(until_ms) = timeout {
            self.require_timeout(actor, user, until_ms)?;
        }
        if let Some(wanted) = form["roles"].as_array() {
            let wanted: Vec<Id> = wanted.iter().filter_map(id_of).collect();
            let changed = self.people.roles.iter().map(|role| role.id);
            let changed: Vec<Id> = changed
                .filter(|role| held.contains(role) != wanted.contains(role))
                .collect();
            self.require_in_guild(actor, MANAGE_ROLES)?;
            for role in &wanted {
                self.role(*role)?;
            }
            for role in &changed {
                self.require_above_role(actor, *role)?;
            }
            self.change_member(user, |member| member.roles = wanted);
        }
        if nick.is_some() || timeout.is_some() {
            self.change_member(user, |member| {
                if let Some(nick) = nick {
                    member.nick = Some(nick).filter(|nick| !nick.is_empty());
                }
                if let Some(until_ms) = timeout {
                    member.silent_until_ms = until_ms;
                }
            });
        }
        Ok(())
    }

    fn require_timeout(&self, actor: Id, user: Id, until_ms: Option<u64>) -> ApiResult<()> {
        self.require_above_member(actor, user, MODERATE_MEMBERS)?;
        if self.guild_permissions(user) & ADMINISTRATOR != 0 {
            return Err(ApiError::missing_permissions());
        }
        let too_long = until_ms.is_some_and(|until_ms| until_ms > self.now() + TIMEOUT_MAX_MS);
        if too_long {
            let mut errors = FormErrors::default();
            let message = "Timeout must be at most 28 days in the future.";
            errors.add("communication_disabled_until", "TIMEOUT_TOO_LONG", message);
            errors.check()?;
        }
        Ok(())
    }

    /// Kicks a member (`DELETE /guilds/{id}/members/{user}`).
    pub(crate) fn kick(&mut self, actor: Id, user: Id) -> ApiResult<()> {
        self.require_above_member(actor, user, KICK_MEMBERS)?;
        self.leave(user);
        Ok(())
    }

    /// Leaves the guild as the actor, or kicks another. The owner cannot leave, and the bot stays.
    pub(crate) fn part(&mut self, actor: Id, user: Id) -> Result<(), ActError> {
        if user == self.guild.bot {
            return Err(ActError::Invalid("The bot of a sandbox stays in it".to_owned()));
        }
        if actor != user {
            return Ok(self.kick(actor, user)?);
        }
        if user == self.guild.owner {
            return Err(ActError::Invalid(
                "The owner of a server cannot leave it".to_owned(),
            ));
        }
        self.leave(user);
        Ok(())
    }

    /// Returns when somebody's timeout ends, in milliseconds since 1970, if it lasts still.
    pub(in crate::state) fn silent_until(&self, user: Id) -> Option<u64> {
        let until_ms = self.people.members.get(&user)?.silent_until_ms?;
        (until_ms > self.now()).then_some(until_ms)
    }

    /// Formats when somebody's timeout ends, if it lasts still.
    pub(in crate::state) fn timeout_json(&self, user: Id) -> Value {
        self.silent_until(user)
            .map_or(Value::Null, |until_ms| json!(iso(until_ms)))
    }
}

/// Parses the end of a timeout; null lifts it.
fn timeout_of(value: &Value) -> ApiResult<Option<u64>> {
    let Some(text) = value.as_str() else {
        return Ok(None);
    };
    let mut errors = FormErrors::default();
    let until_ms = parse_iso(text);
    if until_ms.is_none() {
        let message = "Could not parse the value as an ISO8601 date.";
        errors.add("communication_disabled_until", "DATETIME_TYPE_PARSE", message);
    }
    errors.check()?;
    Ok(until_ms)
}
