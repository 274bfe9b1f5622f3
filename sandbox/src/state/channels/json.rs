//! Channels and threads as JSON, with the fields that client libraries require.

use serde_json::{Value, json};

use crate::clock::iso;
use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::wire::id;
use crate::state::model::{Channel, ChannelKind, Overwrite, Thread};

impl State {
    /// Formats a channel or thread.
    pub(crate) fn channel_json(&self, channel: &Channel) -> Value {
        let mut json = json!({
            "id": channel.id.to_string(),
            "type": channel.kind.number(),
            "guild_id": self.guild.id.to_string(),
            "name": channel.name,
            "parent_id": channel.parent.map(|parent| parent.to_string()),
            "last_message_id": channel.last_message.map(|message| message.to_string()),
            "rate_limit_per_user": 0,
            "flags": 0,
        });
        if let Some(thread) = &channel.thread {
            self.add_thread_fields(&mut json, channel, thread);
        } else {
            json["topic"] = json!(channel.topic);
            json["position"] = json!(channel.position);
            json["nsfw"] = json!(false);
            json["permission_overwrites"] = channel.overwrites.iter().map(overwrite_json).collect();
            json["last_pin_timestamp"] = Value::Null;
        }
        if channel.kind == ChannelKind::Forum {
            json["available_tags"] = json!([]);
            json["default_forum_layout"] = json!(0);
        }
        json
    }

    fn add_thread_fields(&self, json: &mut Value, channel: &Channel, thread: &Thread) {
        json["owner_id"] = id(thread.owner);
        json["message_count"] = json!(thread.message_count);
        json["total_message_sent"] = json!(thread.total_sent);
        json["member_count"] = json!(thread.members.len().min(50));
        json["thread_metadata"] = json!({
            "archived": thread.archived,
            "archive_timestamp": iso(thread.archive_changed_ms),
            "auto_archive_duration": thread.auto_archive_minutes,
            "locked": thread.locked,
            "create_timestamp": iso(thread.created_ms),
        });
        if channel.kind == ChannelKind::PrivateThread {
            json["thread_metadata"]["invitable"] = json!(true);
        }
        if thread.members.contains(&self.guild.bot) {
            json["member"] = thread_member_json(channel.id, self.guild.bot, thread.created_ms);
        }
    }
}

/// Formats somebody's membership of a thread.
pub(crate) fn thread_member_json(thread: Id, user: Id, joined_ms: u64) -> Value {
    json!({
        "id": thread.to_string(), "user_id": user.to_string(), "join_timestamp": iso(joined_ms), "flags": 0,
    })
}

fn overwrite_json(overwrite: &Overwrite) -> Value {
    json!({
        "id": overwrite.id.to_string(),
        "type": u8::from(overwrite.member),
        "allow": overwrite.allow.to_string(),
        "deny": overwrite.deny.to_string(),
    })
}
