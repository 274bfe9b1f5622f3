//! Builds messages as Discord wants them. Only those who are named in `mention` and
//! `roles` are pinged.

use serde::Deserialize;
use serde_json::{Value, json};
use serenity::all::CreateAttachment;

use crate::domain::button::Button;
use crate::domain::ids::{ChannelId, DISCORD_EPOCH_MS, MessageId, RoleId, UserId};
use crate::domain::image::mark::Contents;
use crate::domain::nonce::Nonce;
use crate::domain::text::AltText;

/// The flag of a message that only who asked sees.
pub(super) const EPHEMERAL: u64 = 1 << 6;

/// Returns the smallest id that Discord gives at a time, in milliseconds since 1970.
pub(super) fn first_snowflake(at_ms: i64) -> u64 {
    u64::try_from(at_ms - DISCORD_EPOCH_MS).unwrap_or_default() << 22
}

/// A message to post.
#[derive(Clone)]
pub struct Post {
    /// The text, at most 2,000 characters.
    pub content: String,
    /// The nonce of the post, by which Discord does not post it twice.
    pub nonce: Nonce,
    /// The only people who are pinged by name.
    pub mention: Vec<UserId>,
    /// The only roles that are pinged.
    pub roles: Vec<RoleId>,
    /// The message that the post replies to. `None` for a post that is no reply.
    pub reply_to: Option<MessageId>,
    /// The buttons below the text, at most 25, shown in rows of five.
    pub buttons: Vec<ButtonView>,
    /// The files, at most ten.
    pub files: Vec<File>,
}

/// A file of a message that is posted.
#[derive(Clone, Debug, Deserialize)]
pub struct Attached {
    /// Its name.
    pub filename: String,
    /// How many bytes it has.
    pub size: u64,
}

/// A message that was searched, with its first file.
pub type Carrier = (MessageId, Option<Attached>);

/// A file to post.
#[derive(Clone)]
pub struct File {
    /// The name under which people see and download the file.
    pub name: String,
    /// What the file contains.
    pub contents: Contents,
    /// What a screen reader says of the file.
    pub alt: AltText,
}

impl File {
    /// Returns what the JSON of a message says of its `n`th file.
    pub(super) fn told(&self, n: usize) -> Value {
        json!({ "id": n.to_string(), "filename": self.name, "description": self.alt.as_str() })
    }

    pub(super) fn into_attachment(self) -> CreateAttachment {
        CreateAttachment::bytes(self.contents.into_bytes(), self.name)
    }
}

/// A button under a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ButtonView {
    /// The action of the button. Discord sends the id back when somebody presses the button.
    pub id: Button,
    /// The text on the button, at most 80 characters.
    pub label: String,
    /// The colour of the button.
    pub style: Style,
}

/// The colour of a button, as Discord numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Grey.
    Secondary = 2,
    /// Green.
    Success = 3,
}

/// A list to pick from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListView {
    /// What is picked. Discord sends the id back with what was picked.
    pub id: Button,
    /// The text on a list from which nothing is picked, at most 150 characters.
    pub placeholder: String,
    /// How many can be picked: at least, and at most 25.
    pub picks: (u8, u8),
    /// What the list offers, and what is picked.
    pub offers: Offers,
}

/// What a list offers, and what is picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offers {
    /// Texts, at most 25: the value, what people read, and whether it is picked.
    Texts(Vec<(String, String, bool)>),
    /// The roles of the server.
    Roles(Vec<RoleId>),
    /// Channels of the server in which people write. `forums`: also those with nothing but threads.
    Channels {
        /// Whether forums are offered.
        forums: bool,
        /// What is picked.
        picked: Vec<ChannelId>,
    },
}

impl ListView {
    pub(super) fn row(&self) -> Value {
        let mut list = json!({
            "custom_id": self.id.to_string(), "placeholder": self.placeholder,
            "min_values": self.picks.0, "max_values": self.picks.1,
        });
        let picked = |ids: &mut dyn Iterator<Item = String>, kind: &str| -> Value {
            ids.map(|id| json!({ "id": id, "type": kind })).collect()
        };
        match &self.offers {
            Offers::Texts(texts) => {
                list["type"] = json!(3);
                let texts = texts.iter().map(
                    |(value, label, picked)| json!({ "value": value, "label": label, "default": picked }),
                );
                list["options"] = texts.collect();
            }
            Offers::Roles(roles) => {
                list["type"] = json!(6);
                list["default_values"] = picked(&mut roles.iter().map(ToString::to_string), "role");
            }
            Offers::Channels {
                forums,
                picked: chosen,
            } => {
                let (text, news, forum) = (0, 5, 15);
                list["type"] = json!(8);
                list["channel_types"] = if *forums {
                    json!([text, news, forum])
                } else {
                    json!([text, news])
                };
                list["default_values"] = picked(&mut chosen.iter().map(ToString::to_string), "channel");
            }
        }
        json!({ "type": 1, "components": [list] })
    }
}

/// A form with one text field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The action of the form. Discord sends the id back when somebody sends the form.
    pub id: Button,
    /// The title of the form, at most 45 characters.
    pub title: String,
    /// The label of the field, at most 45 characters.
    pub label: String,
    /// The text that the field holds at first, at most `max_chars` characters.
    pub value: Option<String>,
    /// What the field shows while it is empty, at most 100 characters.
    pub example: Option<&'static str>,
    /// The longest text that can be sent, in characters.
    pub max_chars: usize,
}

/// The longest text for which a field of one line is shown, in characters. A longer one gets a
/// paragraph.
const ONE_LINE: usize = 100;

impl Form {
    /// The id of the text field.
    pub const FIELD: &'static str = "text";

    /// Returns the JSON of an interaction's answer that opens the form.
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
        if let Some(example) = self.example {
            input["placeholder"] = json!(example);
        }
        json!({ "type": 9, "data": {
            "custom_id": self.id.to_string(), "title": self.title, "components": [{ "type": 1, "components": [input] }],
        } })
    }
}

impl Post {
    /// Makes a post that is text and nothing else.
    #[must_use]
    pub const fn new(nonce: Nonce, content: String) -> Self {
        Self {
            content,
            nonce,
            mention: Vec::new(),
            roles: Vec::new(),
            reply_to: None,
            buttons: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Returns the JSON and the files.
    pub(super) fn into_parts(self) -> (Value, Vec<CreateAttachment>) {
        let pinged: Vec<String> = self.mention.iter().map(ToString::to_string).collect();
        let roles: Vec<String> = self.roles.iter().map(ToString::to_string).collect();
        let mut payload = json!({
            "content": self.content,
            "nonce": self.nonce.to_string(),
            "enforce_nonce": true,
            "allowed_mentions": { "parse": [], "users": pinged, "roles": roles, "replied_user": false },
            "components": rows(&self.buttons),
        });
        if let Some(message) = self.reply_to {
            // Discord still posts a reply whose message is gone.
            payload["message_reference"] =
                json!({ "message_id": message.to_string(), "fail_if_not_exists": false });
        }
        let files = attach(&mut payload, self.files);
        (payload, files)
    }
}

/// Names the files in the JSON of a message and returns them for the upload. Without files it names
/// none, and an edited message keeps its own.
pub(super) fn attach(payload: &mut Value, files: Vec<File>) -> Vec<CreateAttachment> {
    if !files.is_empty() {
        let named = files.iter().enumerate();
        payload["attachments"] = named.map(|(n, file)| file.told(n)).collect();
    }
    files.into_iter().map(File::into_attachment).collect()
}

/// Returns the JSON of an edit. It names no attachments, so they stay.
pub(super) fn edit(content: &str, buttons: &[ButtonView]) -> Value {
    json!({ "content": content, "components": rows(buttons), "allowed_mentions": { "parse": [] } })
}

/// Returns the JSON of a message that only who asked sees.
pub(super) fn private(content: &str) -> Value {
    json!({ "content": content, "flags": EPHEMERAL, "allowed_mentions": { "parse": [] } })
}

/// Returns the JSON of an edit that leaves nothing but the text and the buttons.
pub(super) fn strip(content: &str, buttons: &[ButtonView]) -> Value {
    let mut payload = edit(content, buttons);
    payload["attachments"] = json!([]);
    payload
}

/// Returns the JSON of an edit that replaces the files by one. It names no text and no buttons, so
/// they stay.
pub(super) fn replace_files(file: &File) -> Value {
    json!({ "attachments": [file.told(0)], "allowed_mentions": { "parse": [] } })
}

/// Returns the JSON of an edit that replaces all: the text, the buttons and the files.
pub(super) fn replace(
    content: &str,
    buttons: &[ButtonView],
    files: Vec<File>,
) -> (Value, Vec<CreateAttachment>) {
    let mut payload = strip(content, buttons);
    let files = attach(&mut payload, files);
    (payload, files)
}

/// Returns the buttons in rows of five, which is as many as Discord allows.
pub(super) fn rows(buttons: &[ButtonView]) -> Value {
    buttons.chunks(5).map(row).collect()
}

/// Returns a row of buttons, of which Discord allows five.
pub(super) fn row(buttons: &[ButtonView]) -> Value {
    let buttons = buttons.iter().map(|button| {
        json!({ "type": 2, "style": button.style as u8, "label": button.label, "custom_id": button.id.to_string() })
    });
    json!({ "type": 1, "components": buttons.collect::<Vec<_>>() })
}
