//! Messages as Discord wants them. Nobody is pinged but who is named.

use serde_json::{Value, json};
use serenity::all::CreateAttachment;

use crate::domain::ids::{MessageId, UserId};

/// A message to post.
#[derive(Clone, Default)]
pub struct Post {
    /// The text, at most 2,000 characters.
    pub content: String,
    /// A name of at most 25 characters under which it is posted at most once within some minutes.
    pub nonce: String,
    /// The only people who are pinged.
    pub mention: Vec<UserId>,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
    /// At most 25, in rows of five.
    pub buttons: Vec<Button>,
    /// At most ten.
    pub files: Vec<File>,
}

/// A private answer to an interaction.
#[derive(Clone, Default)]
pub struct Reply {
    /// The text, at most 2,000 characters.
    pub content: String,
    /// At most 25, in rows of five.
    pub buttons: Vec<Button>,
    /// A file.
    pub file: Option<File>,
}

impl From<String> for Reply {
    fn from(content: String) -> Self {
        Self {
            content,
            ..Self::default()
        }
    }
}

impl Reply {
    /// The JSON and the files.
    pub(super) fn into_parts(self) -> (Value, Vec<CreateAttachment>) {
        let mut payload = edit(&self.content, &self.buttons);
        let files = attach(&mut payload, self.file.into_iter().collect());
        (payload, files)
    }
}

/// A file to post.
#[derive(Clone)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A button under a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What comes back when it is pressed, at most 100 characters.
    pub id: String,
    /// What it says, at most 80 characters.
    pub label: String,
    /// How it looks.
    pub style: Style,
}

/// How a button looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Grey.
    Secondary = 2,
    /// Green.
    Success = 3,
}

/// A form with one text to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// What comes back when it is sent, at most 100 characters.
    pub id: String,
    /// What it is, at most 45 characters.
    pub title: String,
    /// What is asked for, at most 45 characters.
    pub label: String,
    /// What stands in it at first, at most as long.
    pub value: Option<String>,
    /// Longest answer, in characters.
    pub max_chars: usize,
}

/// Longest answer that is asked for in a field of one line, in characters.
const ONE_LINE: usize = 100;

impl Form {
    /// The name of its text.
    pub const FIELD: &'static str = "text";

    /// The JSON of an answer that opens it.
    pub(super) fn payload(&self) -> Value {
        let (line, paragraph) = (1, 2);
        let style = if self.max_chars <= ONE_LINE {
            line
        } else {
            paragraph
        };
        let mut input = json!({
            "type": 4, "custom_id": Self::FIELD, "style": style, "label": self.label, "required": true,
            "min_length": 1, "max_length": self.max_chars,
        });
        if let Some(value) = &self.value {
            input["value"] = json!(value);
        }
        json!({ "type": 9, "data": {
            "custom_id": self.id, "title": self.title, "components": [{ "type": 1, "components": [input] }],
        } })
    }
}

impl Post {
    /// The JSON and the files.
    pub(super) fn into_parts(self) -> (Value, Vec<CreateAttachment>) {
        let pinged: Vec<String> = self.mention.iter().map(ToString::to_string).collect();
        let mut payload = json!({
            "content": self.content,
            "nonce": self.nonce,
            "enforce_nonce": true,
            "allowed_mentions": { "parse": [], "users": pinged, "replied_user": false },
            "components": rows(&self.buttons),
        });
        if let Some(message) = self.reply_to {
            // A reply to a message that is gone is still posted.
            payload["message_reference"] =
                json!({ "message_id": message.to_string(), "fail_if_not_exists": false });
        }
        let files = attach(&mut payload, self.files);
        (payload, files)
    }
}

/// Names files in the JSON of a message. Without any, those that a message has are not named, and stay.
fn attach(payload: &mut Value, files: Vec<File>) -> Vec<CreateAttachment> {
    if !files.is_empty() {
        let named = files.iter().enumerate();
        payload["attachments"] = named
            .map(|(i, file)| json!({ "id": i.to_string(), "filename": file.name }))
            .collect();
    }
    files
        .into_iter()
        .map(|file| CreateAttachment::bytes(file.bytes, file.name))
        .collect()
}

/// The JSON of an edit. Attachments are not named, so they stay.
pub(super) fn edit(content: &str, buttons: &[Button]) -> Value {
    json!({ "content": content, "components": rows(buttons), "allowed_mentions": { "parse": [] } })
}

/// The JSON of an edit that leaves nothing but a text and buttons.
pub(super) fn strip(content: &str, buttons: &[Button]) -> Value {
    let mut payload = edit(content, buttons);
    payload["attachments"] = json!([]);
    payload
}

/// The JSON of an edit that puts a file in the place of those that are there. Text and buttons are not named, so they stay.
pub(super) fn replace_files(name: &str) -> Value {
    json!({ "attachments": [{ "id": "0", "filename": name }], "allowed_mentions": { "parse": [] } })
}

/// Buttons in rows of five, which is as many as fit.
fn rows(buttons: &[Button]) -> Value {
    let rows = buttons.chunks(5).map(|row| {
        let buttons: Vec<Value> = row
            .iter()
            .map(|button| {
                json!({ "type": 2, "style": button.style as u8, "label": button.label, "custom_id": button.id })
            })
            .collect();
        json!({ "type": 1, "components": buttons })
    });
    rows.collect()
}
