//! Channels and threads as JSON, with the fields that client libraries require.

use serde_json::{Value, json};

use crate::clock::iso;
use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::wire::id;
use crate::state::model::{Channel, ChannelKind, Overwrite, Thread, ThreadMember};

impl State {
    /// Formats a channel or thread.
    pub(crate) fn channel_json(&self, channel: &Channel) -> Value {
        let mut json = json!({
            "id": channel.id.to_string(),
            "type": channel.kind.number(),
            "guild_id": channel.guild.unwrap_or(self.home).to_string(),
            "name": channel.name,
            "parent_id": channel.parent.map(|parent| parent.to_string()),
            "last_message_id": channel.last_message.map(|message| message.to_string()),
            "rate_limit_per_user": channel.slowmode_s,
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
        json["member_count"] = json!(thread.shown_members());
        json["thread_metadata"] = json!({
            "archived": thread.archived,
            "archive_timestamp": iso(thread.archive_changed_ms),
            "auto_archive_duration": thread.auto_archive_minutes,
            "locked": thread.locked,
            "create_timestamp": iso(thread.created_ms),
        });
        if channel.kind == ChannelKind::PrivateThread {
            json["thread_metadata"]["invitable"] = json!(thread.invitable);
        }
        if let Some(member) = thread.member(self.guild.bot) {
            json["member"] = thread_member_json(channel.id, member);
        }
    }
}

/// Formats somebody's membership of a thread.
pub(super) fn thread_member_json(thread: Id, member: &ThreadMember) -> Value {
    json!({
        "id": thread.to_string(), "user_id": member.user.to_string(),
        "join_timestamp": iso(member.joined_ms), "flags": 0,
    })
}

/// Formats a user's membership of a thread, if they are in it.
pub(crate) fn membership_json(channel: &Channel, user: Id) -> Option<Value> {
    let member = channel.thread.as_ref()?.member(user)?;
    Some(thread_member_json(channel.id, member))
}

fn overwrite_json(overwrite: &Overwrite) -> Value {
    json!({
        "id": overwrite.id.to_string(),
        "type": u8::from(overwrite.member),
        "allow": overwrite.allow.to_string(),
        "deny": overwrite.deny.to_string(),
    })
}
