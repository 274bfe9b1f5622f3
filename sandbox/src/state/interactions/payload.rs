//! Interactions as the bot gets them.

use serde_json::{Value, json};

use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::Interaction;

impl State {
    /// Formats the data of an `INTERACTION_CREATE`.
    pub(in crate::state) fn interaction_payload(&self, interaction: &Interaction, data: &Value) -> Value {
        let (user, channel) = (interaction.user, interaction.channel);
        let mut payload = json!({
            "id": interaction.id.to_string(),
            "application_id": self.guild.bot.to_string(),
            "type": interaction.kind.number(),
            "token": interaction.token,
            "version": 1,
            "data": data,
            "guild_id": self.guild.id.to_string(),
            "guild": { "id": self.guild.id.to_string(), "locale": "en-US", "features": [] },
            "guild_locale": "en-US",
            "locale": self.people.user(user).and_then(|user| user.locale.as_deref()).unwrap_or("en-US"),
            "channel_id": channel.to_string(),
            "channel": self.interaction_channel(user, channel),
            "member": self.interaction_member(user, channel),
            "app_permissions": self.permissions_in(self.guild.bot, channel).to_string(),
            "authorizing_integration_owners": { "0": self.guild.id.to_string() },
            "context": 0,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "attachment_size_limit": self.attachment_limit(user),
        });
        if let Some(source) = interaction
            .source
            .and_then(|source| self.message(channel, source))
        {
            payload["message"] = self.message_json(source, self.guild.bot);
        }
        payload
    }

    fn interaction_channel(&self, user: Id, channel: Id) -> Value {
        let Some(found) = self.channels.get(channel) else {
            return Value::Null;
        };
        let mut json = self.channel_json(found);
        json["permissions"] = json!(self.permissions_in(user, channel).to_string());
        json
    }

    fn interaction_member(&self, user: Id, channel: Id) -> Value {
        let mut member = self.member_json(user).unwrap_or_default();
        member["permissions"] = json!(self.permissions_in(user, channel).to_string());
        member
    }
}
