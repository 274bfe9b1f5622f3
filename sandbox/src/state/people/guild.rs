//! The guild's people: they come, change and go.

use serde_json::json;

use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::errors::{ApiError, ApiResult};
use crate::state::model::{Member, Nitro, Role, User};
use crate::state::sessions::intent;
use crate::world::{Person, RoleSpec};

/// Colours for people added later, in turn.
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

    /// A new member with no roles.
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

    /// Somebody who left comes back, without the roles that they had.
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
        self.tell_people();
    }

    /// A member leaves: their reactions stay, as on Discord.
    pub(crate) fn leave(&mut self, user: Id) {
        if self.people.members.remove(&user).is_none() {
            return;
        }
        let left = json!({ "guild_id": self.guild.id.to_string(), "user": self.user_json(user) });
        self.dispatch(intent::GUILD_MEMBERS, "GUILD_MEMBER_REMOVE", &left);
        self.tell_people();
    }

    /// Gives a member exactly these roles, whoever may.
    pub(crate) fn set_roles(&mut self, user: Id, roles: Vec<Id>) -> ApiResult<()> {
        if !self.people.members.contains_key(&user) {
            return Err(ApiError::unknown_member());
        }
        self.change_member(user, |member| member.roles = roles);
        Ok(())
    }

    /// Changes a member and tells of it. Of itself the bot is told whatever its intents are.
    pub(in crate::state) fn change_member(&mut self, user: Id, change: impl FnOnce(&mut Member)) {
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
        self.tell_people();
    }

    /// Changes what is known of a user.
    pub(crate) fn edit_user(&mut self, user: Id, edit: impl FnOnce(&mut User)) -> ApiResult<()> {
        edit(
            self.people
                .users
                .get_mut(&user)
                .ok_or_else(ApiError::unknown_user)?,
        );
        Ok(())
    }

    /// The guild is boosted, or no longer: its limits change, and everybody is told.
    pub(crate) fn set_premium_tier(&mut self, tier: u8) {
        self.guild.premium_tier = tier;
        let guild = self.guild_json();
        self.dispatch(intent::GUILDS, "GUILD_UPDATE", &guild);
    }

    /// Tells the pages who there is, and which roles.
    pub(in crate::state) fn tell_people(&self) {
        let body = json!({ "users": self.page_users_json(), "roles": self.roles_json() });
        self.pages.tell(None, "USERS", &body);
    }
}
