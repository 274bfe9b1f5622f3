//! Users, members, roles and the guild as JSON, with the fields that client libraries require.

use serde_json::{Value, json};

use crate::clock::iso;
use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::wire::ids;
use crate::state::model::{Channel, Role, User};

/// Fields of a guild that ours has not set.
const GUILD_UNSET: [&str; 19] = [
    "icon",
    "icon_hash",
    "splash",
    "discovery_splash",
    "banner",
    "description",
    "vanity_url_code",
    "application_id",
    "afk_channel_id",
    "widget_channel_id",
    "rules_channel_id",
    "public_updates_channel_id",
    "safety_alerts_channel_id",
    "max_presences",
    "hub_type",
    "home_header",
    "latest_onboarding_question_id",
    "incidents_data",
    "inventory_settings",
];

/// How many channels a server has that only the gateway knows.
const OTHER_CHANNELS: Id = 40;

impl State {
    /// Formats a user as others see them.
    pub(crate) fn user_json(&self, user: Id) -> Value {
        let (name, bot) = self
            .people
            .users
            .get(&user)
            .map_or(("Deleted User", false), |u| (u.name.as_str(), u.bot));
        json!({
            "id": user.to_string(),
            "username": if bot { name.to_owned() } else { name.to_lowercase().replace(' ', "_") },
            "global_name": if bot { Value::Null } else { json!(name) },
            "discriminator": if bot { "0001" } else { "0" },
            "avatar": null,
            "avatar_decoration_data": null,
            "banner": null,
            "accent_color": null,
            "bot": bot,
            "system": false,
            "flags": 0,
            "public_flags": 0,
            "collectibles": null,
            "clan": null,
            "primary_guild": null,
        })
    }

    /// Formats all users for the page, those who left included.
    pub(crate) fn page_users_json(&self) -> Vec<Value> {
        let page_user = |user: &User| {
            let mut json = self.user_json(user.id);
            let member = self.people.members.get(&user.id);
            let has = |role: &&Role| member.is_some_and(|member| member.roles.contains(&role.id));
            let roles: Vec<&str> = self
                .people
                .roles
                .iter()
                .filter(has)
                .map(|role| role.name.as_str())
                .collect();
            json["name"] = json!(user.name);
            json["color"] = json!(user.color);
            json["hint"] = json!(user.hint);
            json["persona"] = json!(user.persona);
            json["member"] = json!(member.is_some());
            json["roles"] = json!(roles);
            json["role_ids"] = json!(member.map(|member| ids(&member.roles)).unwrap_or_default());
            json["permissions"] = json!(self.guild_permissions(user.id).to_string());
            json
        };
        self.people.users.values().map(page_user).collect()
    }

    /// Formats the bot's user, as `/users/@me` and READY show it.
    pub(crate) fn me_json(&self) -> Value {
        let mut me = self.user_json(self.guild.bot);
        me["mfa_enabled"] = json!(false);
        me["verified"] = json!(true);
        me["locale"] = json!("en-US");
        me["email"] = Value::Null;
        me["premium_type"] = json!(0);
        me
    }

    /// Formats the application, whose id is the bot's.
    pub(crate) fn application_json(&self) -> Value {
        let bot = self.guild.bot;
        json!({
            "id": bot.to_string(),
            "name": self.people.users.get(&bot).map_or("Bot", |user| user.name.as_str()),
            "icon": null,
            "description": "",
            "type": null,
            "bot": self.user_json(bot),
            "summary": "",
            "bot_public": true,
            "bot_require_code_grant": false,
            "verify_key": "0".repeat(64),
            "owner": self.user_json(self.guild.owner),
            "team": null,
            "flags": 0,
            "redirect_uris": [],
            "interactions_endpoint_url": null,
            "integration_types_config": { "0": {} },
            "role_connections_verification_url": null,
            "explicit_content_filter": 0,
            "eligible_oauth2_scopes": [],
            "flags_new": "0",
            "approximate_guild_count": 1,
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
        })
    }

    /// Formats a member with their user. Returns `None` for somebody who is not in the guild.
    pub(crate) fn member_json(&self, user: Id) -> Option<Value> {
        let mut member = self.partial_member_json(user)?;
        member["user"] = self.user_json(user);
        Some(member)
    }

    /// Formats a member without their user, as in messages.
    pub(crate) fn partial_member_json(&self, user: Id) -> Option<Value> {
        let member = self.people.members.get(&user)?;
        Some(json!({
            "roles": ids(&member.roles),
            "nick": member.nick,
            "avatar": null,
            "banner": null,
            "joined_at": iso(member.joined_ms),
            "premium_since": null,
            "deaf": false,
            "mute": false,
            "flags": 0,
            "pending": false,
            "communication_disabled_until": self.timeout_json(user),
        }))
    }

    /// Formats all roles, @everyone first.
    pub(crate) fn roles_json(&self) -> Vec<Value> {
        let everyone = role_json(self.guild.id, "@everyone", self.guild.everyone, 0, 0);
        let others = self.people.roles.iter().zip(1..).map(|(role, position)| {
            let mut json = role_json(role.id, &role.name, role.permissions, role.color, position);
            json["mentionable"] = json!(role.mentionable);
            let bots = self.people.roles_of(self.guild.bot).contains(&role.id);
            if bots {
                json["managed"] = json!(true);
                json["tags"] = json!({ "bot_id": self.guild.bot.to_string() });
            }
            json
        });
        std::iter::once(everyone).chain(others).collect()
    }

    /// Formats the guild as REST returns it.
    pub(crate) fn guild_json(&self) -> Value {
        let guild = &self.guild;
        let mut json = json!({
            "id": guild.id.to_string(), "name": guild.name, "owner_id": guild.owner.to_string(),
            "region": "us-west", "afk_timeout": 300, "widget_enabled": false, "system_channel_flags": 0,
            "verification_level": 1, "default_message_notifications": 1, "explicit_content_filter": 2,
            "mfa_level": 0, "nsfw": false, "nsfw_level": 0, "preferred_locale": "en-US",
            "premium_tier": guild.premium_tier, "premium_subscription_count": 0,
            "premium_progress_bar_enabled": false, "features": [], "emojis": self.emojis_json(), "stickers": [],
            "roles": self.roles_json(), "max_members": 500_000,
            "max_video_channel_users": 25, "max_stage_video_channel_users": 50,
        });
        for unset in GUILD_UNSET {
            json[unset] = Value::Null;
        }
        json["system_channel_id"] = json!(guild.system_channel.map(|id| id.to_string()));
        json
    }

    /// Formats the guild as `GUILD_CREATE` shows it.
    pub(crate) fn guild_create_json(&self) -> Value {
        let mut guild = self.guild_json();
        let bot_sees = |channel: &&Channel| self.sees(self.guild.bot, channel.id);
        let (threads, channels): (Vec<&Channel>, Vec<&Channel>) = self
            .channels
            .all()
            .filter(bot_sees)
            .partition(|channel| channel.thread.is_some());
        let active = threads
            .into_iter()
            .filter(|c| c.thread.as_ref().is_some_and(|thread| !thread.archived));
        guild["joined_at"] = json!(iso(self
            .people
            .members
            .get(&self.guild.bot)
            .map_or(0, |bot| bot.joined_ms)));
        guild["large"] = json!(false);
        guild["unavailable"] = json!(false);
        guild["member_count"] = json!(self.people.members.len());
        guild["members"] = self.member_json(self.guild.bot).into_iter().collect();
        guild["channels"] = channels
            .into_iter()
            .map(|channel| self.channel_json(channel))
            .collect();
        guild["threads"] = active.map(|channel| self.channel_json(channel)).collect();
        for empty in [
            "voice_states",
            "presences",
            "stage_instances",
            "guild_scheduled_events",
            "soundboard_sounds",
        ] {
            guild[empty] = json!([]);
        }
        guild
    }

    /// Formats a server that only the gateway knows as `GUILD_CREATE` shows it. It has the roles
    /// and members of the guild, and [`OTHER_CHANNELS`] channels.
    pub(crate) fn other_guild_create_json(&self, id: Id) -> Value {
        let mut guild = self.guild_create_json();
        guild["id"] = json!(id.to_string());
        guild["name"] = json!(format!("Server {}", id >> 22));
        // An @everyone role has the id of its server.
        guild["roles"][0]["id"] = json!(id.to_string());
        guild["threads"] = json!([]);
        let channels = guild["channels"].as_array().cloned().unwrap_or_default();
        let channels = channels.iter().cycle().zip(1..=OTHER_CHANNELS);
        let channels = channels.map(|(like, number)| {
            let mut channel = like.clone();
            channel["id"] = json!((id + number).to_string());
            channel["guild_id"] = json!(id.to_string());
            channel
        });
        guild["channels"] = channels.collect();
        guild
    }
}

fn role_json(role: Id, name: &str, permissions: u64, color: u32, position: u16) -> Value {
    json!({
        "id": role.to_string(), "name": name, "permissions": permissions.to_string(), "position": position,
        "color": color, "hoist": position > 0, "managed": false, "mentionable": false, "flags": 0,
        "colors": { "primary_color": color, "secondary_color": null, "tertiary_color": null },
        "icon": null, "unicode_emoji": null,
    })
}
