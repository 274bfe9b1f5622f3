//! People who join, change and leave, and the guild's boosts.

use serde_json::json;

use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::errors::{ApiError, ApiResult};
use crate::state::model::{Member, Nitro, Role, User};
use crate::state::sessions::intent;
use crate::world::{Person, RoleSpec};

/// The colours of people who join, in turn.
const COLORS: [&str; 6] = ["#c45f8f", "#5f8fc4", "#8fa84c", "#b5764a", "#5fa8b8", "#9a6fc0"];

impl State {
    pub(in crate::state) fn add_roles(&mut self, roles: Vec<RoleSpec>) {
        self.people.roles = roles
            .into_iter()
            .map(|role| Role {
                id: role.id,
                name: role.name,
                permissions: role.permissions,
                color: role.color,
                mentionable: role.mentionable,
            })
            .collect();
    }

    pub(in crate::state) fn add_people(&mut self, people: Vec<Person>) {
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
            self.people.users.insert(person.id, user);
            self.people
                .members
                .insert(person.id, Member::new(person.roles, joined_ms));
        }
    }

    /// Makes a user a member.
    pub(in crate::state) fn add_member(&mut self, user: Id, roles: Vec<Id>) {
        let joined_ms = self.now();
        self.people.members.insert(user, Member::new(roles, joined_ms));
    }

    /// Adds a new user as a member without roles. Returns the user's id.
    pub(crate) fn join(&mut self, name: &str) -> Id {
        let id = self.next_id();
        let color = COLORS[self.people.users.len() % COLORS.len()].to_owned();
        let person = Person {
            id,
            name: name.to_owned(),
            color,
            roles: vec![],
            hint: String::new(),
            persona: true,
        };
        self.add_people(vec![person]);
        self.tell_joined(id);
        id
    }

    /// Brings a member who left back into the guild, without the roles that the member had. Does
    /// nothing if the user is still a member. Fails with 10013 Unknown User if there was never such
    /// a user.
    pub(crate) fn rejoin(&mut self, user: Id) -> ApiResult<()> {
        if !self.people.users.contains_key(&user) {
            return Err(ApiError::unknown_user());
        }
        if !self.people.members.contains_key(&user) {
            let joined_ms = self.now();
            self.people.members.insert(user, Member::new(vec![], joined_ms));
            self.tell_joined(user);
        }
        Ok(())
    }

    fn tell_joined(&mut self, user: Id) {
        let mut joined = self.member_json(user).unwrap_or_default();
        joined["guild_id"] = json!(self.guild.id.to_string());
        self.dispatch(intent::GUILD_MEMBERS, "GUILD_MEMBER_ADD", &joined);
        if user == self.guild.bot {
            let guild = self.guild_create_json();
            self.dispatch(intent::GUILDS, "GUILD_CREATE", &guild);
        }
        self.tell_people();
    }

    /// Removes a member. Their reactions stay, as on Discord.
    pub(crate) fn leave(&mut self, user: Id) {
        if self.people.members.remove(&user).is_none() {
            return;
        }
        self.leave_all_threads(user);
        if user == self.guild.bot {
            // An outage is told in the same way, with `unavailable`.
            let removed = json!({ "id": self.guild.id.to_string() });
            self.dispatch(intent::GUILDS, "GUILD_DELETE", &removed);
            self.tell_people();
            return;
        }
        let left = json!({ "guild_id": self.guild.id.to_string(), "user": self.user_json(user) });
        self.dispatch(intent::GUILD_MEMBERS, "GUILD_MEMBER_REMOVE", &left);
        self.tell_people();
    }

    /// Sets the roles of a member, without a check of permissions (10007).
    pub(crate) fn set_roles(&mut self, user: Id, roles: Vec<Id>) -> ApiResult<()> {
        if !self.people.members.contains_key(&user) {
            return Err(ApiError::unknown_member());
        }
        self.change_member(user, |member| member.roles = roles);
        Ok(())
    }

    /// Changes a member, and tells bot and pages. The bot is told of itself whatever its intents
    /// are.
    pub(in crate::state) fn change_member(&mut self, user: Id, change: impl FnOnce(&mut Member)) {
        let before = self.seen_by_bot();
        let Some(member) = self.people.members.get_mut(&user) else {
            return;
        };
        change(member);
        let mut updated = self.member_json(user).unwrap_or_default();
        updated["guild_id"] = json!(self.guild.id.to_string());
        let intent = if user == self.guild.bot {
            intent::ALWAYS
        } else {
            intent::GUILD_MEMBERS
        };
        self.dispatch(intent, "GUILD_MEMBER_UPDATE", &updated);
        self.sync_threads(&before);
        self.tell_people();
    }

    /// Changes a user (10013).
    pub(crate) fn edit_user(&mut self, user: Id, edit: impl FnOnce(&mut User)) -> ApiResult<()> {
        edit(
            self.people
                .users
                .get_mut(&user)
                .ok_or_else(ApiError::unknown_user)?,
        );
        Ok(())
    }

    /// Sets the guild's boost tier, and with it its limits. Tells the bot.
    pub(crate) fn set_premium_tier(&mut self, tier: u8) {
        self.guild.premium_tier = tier;
        let guild = self.guild_json();
        self.dispatch(intent::GUILDS, "GUILD_UPDATE", &guild);
    }

    /// Sends all users and roles to the pages.
    pub(in crate::state) fn tell_people(&self) {
        if !self.pages.any() {
            return;
        }
        let body = json!({ "users": self.page_users_json(), "roles": self.roles_json() });
        self.pages.tell(None, "USERS", &body);
    }
}
