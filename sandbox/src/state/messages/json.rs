//! Messages as JSON, with the fields that client libraries require.

use serde_json::{Value, json};

use crate::clock::iso;
use crate::snowflake::Id;
use crate::state::State;
use crate::state::messages::layout;
use crate::state::model::wire::{emoji, id, id_of, ids};
use crate::state::model::{
    Attachment, InteractionKind, MenuTarget, Message, Origin, Reaction, Reference, SUPPRESS_EMBEDS,
};

impl State {
    /// Formats a message as REST returns it to `viewer`.
    pub(crate) fn message_json(&self, message: &Message, viewer: Id) -> Value {
        let mut json = self.bare_message_json(message, viewer);
        if let Some(reference) = message.reference {
            json["message_reference"] = self.reference_json(reference, message.kind);
            if message.kind == 19 || message.kind == 21 {
                json["referenced_message"] = reference
                    .message
                    .and_then(|id| self.message(reference.channel, id))
                    .map_or(Value::Null, |original| self.bare_message_json(original, viewer));
            }
        }
        json
    }

    fn bare_message_json(&self, message: &Message, viewer: Id) -> Value {
        let mut json = json!({
            "id": message.id.to_string(),
            "channel_id": message.channel.to_string(),
            "type": message.kind,
            "author": self.user_json(message.author),
            "content": message.content,
            "timestamp": iso(message.sent_ms),
            "edited_timestamp": message.edited_ms.map(iso),
            "tts": false,
            "pinned": false,
            "flags": message.flags,
            "mention_everyone": message.mention_everyone,
            "mentions": message.mentions.iter().map(|user| self.user_json(*user)).collect::<Vec<_>>(),
            "mention_roles": ids(&message.mention_roles),
            "attachments": self.attachments_json(message),
            "embeds": self.embeds_json(message),
            "components": self.components_json(message),
        });
        if !message.reactions.is_empty() {
            json["reactions"] = message
                .reactions
                .iter()
                .map(|r| reaction_json(r, viewer))
                .collect();
        }
        if let Some(nonce) = &message.nonce {
            json["nonce"] = json!(nonce);
        }
        if let Some(origin) = &message.interaction {
            json["application_id"] = id(self.guild.bot);
            json["webhook_id"] = id(self.guild.bot);
            json["interaction_metadata"] = self.origin_json(origin);
            if origin.kind == InteractionKind::Command {
                let user = self.user_json(origin.user);
                json["interaction"] =
                    json!({ "id": origin.id.to_string(), "type": 2, "name": origin.name, "user": user });
            }
        }
        // A thread opened from a message has the message's id.
        if let Some(thread) = self
            .channels
            .get(message.id)
            .filter(|channel| channel.thread.is_some())
        {
            json["thread"] = self.channel_json(thread);
        }
        json
    }

    fn reference_json(&self, reference: Reference, kind: u8) -> Value {
        let mut json = json!({
            "type": 0,
            "channel_id": reference.channel.to_string(),
            "guild_id": self.guild.id.to_string(),
        });
        if let Some(message) = reference.message.filter(|_| kind != 18) {
            json["message_id"] = id(message);
        }
        json
    }

    fn origin_json(&self, origin: &Origin) -> Value {
        let user = self.user_json(origin.user);
        let mut json = json!({
            "id": origin.id.to_string(),
            "type": origin.kind.number(),
            "user": user,
            "name": origin.name,
            "authorizing_integration_owners": { "0": self.guild.id.to_string() },
        });
        if let Some(original) = origin.original {
            json["original_response_message_id"] = id(original);
        }
        match origin.kind {
            InteractionKind::Component => {
                json["interacted_message_id"] = json!(origin.source.map(|s| s.to_string()));
            }
            InteractionKind::Modal => {
                json["triggering_interaction_metadata"] = origin
                    .opener
                    .as_ref()
                    .map_or(Value::Null, |opener| self.origin_json(opener));
            }
            InteractionKind::Command => {
                json["command_type"] = json!(origin.target.map_or(1, MenuTarget::command_type));
                match origin.target {
                    Some(MenuTarget::User(user)) => json["target_user"] = self.user_json(user),
                    Some(MenuTarget::Message(message)) => json["target_message_id"] = id(message),
                    None => {}
                }
            }
            InteractionKind::Autocomplete => {}
        }
        json
    }

    fn attachments_json(&self, message: &Message) -> Vec<Value> {
        let listed = message.attachments.iter().filter(|attachment| !attachment.placed);
        listed
            .map(|attachment| {
                let mut json = self.attachment_json(message.channel, attachment);
                if message.only_for.is_some() {
                    json["ephemeral"] = json!(true);
                }
                json
            })
            .collect()
    }

    /// Formats the embeds, unless they are suppressed, with fresh URLs of files.
    fn embeds_json(&self, message: &Message) -> Vec<Value> {
        if message.flags & SUPPRESS_EMBEDS != 0 {
            return vec![];
        }
        let mut embeds = message.embeds.clone();
        for embed in &mut embeds {
            for key in ["image", "thumbnail"] {
                let shown = id_of(&embed[key]["attachment"]);
                let file = message.attachments.iter().find(|file| Some(file.id) == shown);
                if let Some(file) = file {
                    let url = self.attachment_url(message.channel, file);
                    embed[key] = json!({
                        "url": url, "proxy_url": url, "width": file.width, "height": file.height,
                    });
                }
            }
        }
        embeds
    }

    /// Formats the components, with fresh URLs of files.
    fn components_json(&self, message: &Message) -> Vec<Value> {
        let mut parts = message.components.clone();
        layout::change_media(&mut parts, &mut |part, field| {
            let shown = id_of(&part[field]["attachment"]);
            let file = message.attachments.iter().find(|file| Some(file.id) == shown);
            let Some(file) = file else {
                let url = part[field]["url"].take();
                part[field] = json!({ "id": message.id.to_string(), "url": url, "proxy_url": url });
                return;
            };
            if field == "file" {
                part["name"] = json!(file.filename);
                part["size"] = json!(file.size);
            }
            let url = self.attachment_url(message.channel, file);
            part[field] = json!({
                "id": file.id.to_string(), "url": url, "proxy_url": url, "width": file.width,
                "height": file.height, "content_type": file.content_type,
                "attachment_id": file.id.to_string(),
            });
        });
        parts
    }

    /// Formats a file of a message or of a command's option.
    pub(crate) fn attachment_json(&self, channel: Id, attachment: &Attachment) -> Value {
        let url = self.attachment_url(channel, attachment);
        let mut json = json!({
            "id": attachment.id.to_string(),
            "filename": attachment.filename,
            "size": attachment.size,
            "url": url,
            "proxy_url": url,
            "content_type": attachment.content_type,
        });
        if let Some(description) = &attachment.description {
            json["description"] = json!(description);
        }
        if let (Some(width), Some(height)) = (attachment.width, attachment.height) {
            json["width"] = json!(width);
            json["height"] = json!(height);
        }
        json
    }

    /// Returns where a file can be fetched, for about a day.
    pub(crate) fn attachment_url(&self, channel: Id, attachment: &Attachment) -> String {
        let path = format!("/attachments/{channel}/{}/{}", attachment.id, attachment.filename);
        format!("{}{path}?{}", self.origin, self.signature(&path, attachment.id))
    }
}

fn reaction_json(reaction: &Reaction, viewer: Id) -> Value {
    json!({
        "emoji": emoji(&reaction.emoji),
        "count": reaction.users.len() + reaction.burst.len(),
        "count_details": { "normal": reaction.users.len(), "burst": reaction.burst.len() },
        "me": reaction.users.contains(&viewer),
        "me_burst": reaction.burst.contains(&viewer),
        "burst_me": reaction.burst.contains(&viewer),
        "burst_count": reaction.burst.len(),
        "burst_colors": [],
    })
}
