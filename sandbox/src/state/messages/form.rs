//! The form by which a message is posted or edited, parsed and checked once.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::snowflake::Id;
use crate::state::messages::attachments::safe_name;
use crate::state::messages::{layout, validate};
use crate::state::model::errors::{ApiError, ApiResult, FormErrors};
use crate::state::model::wire::id_of;
use crate::state::model::{
    Attachment, EPHEMERAL, IS_COMPONENTS_V2, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, Upload,
};

/// The longest text of a message, in characters.
const CONTENT_MAX: usize = 2_000;
/// How many files a message may have.
const FILES_MAX: usize = 10;
/// The longest nonce, in characters.
const NONCE_MAX: usize = 25;
/// The longest description of a file, in characters.
const DESCRIPTION_MAX: usize = 1_024;
/// The flags a bot may set; others are dropped.
const SETTABLE: u64 = EPHEMERAL | SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | IS_COMPONENTS_V2;

/// The parts of a message. In an edit, `None` leaves a part as it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct MessageForm {
    pub(crate) content: Option<String>,
    pub(crate) embeds: Option<Vec<Value>>,
    pub(crate) components: Option<Vec<Value>>,
    pub(crate) flags: Option<u64>,
    pub(crate) mentions: AllowedMentions,
    pub(crate) nonce: Option<String>,
    pub(crate) enforce_nonce: bool,
    pub(crate) reply_to: Option<ReplyTo>,
    /// The attachments that an edit keeps. `None`: all.
    pub(crate) kept: Option<Vec<Id>>,
    /// New files with their descriptions.
    pub(crate) files: Vec<(Upload, Option<String>)>,
}

/// The message that is replied to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReplyTo {
    pub(crate) message: Id,
    /// Whether a missing original fails the request.
    pub(crate) must_exist: bool,
}

/// Which mentions in a text count.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are the switches of Discord's own object"
)]
pub(crate) struct AllowedMentions {
    pub(crate) everyone: bool,
    pub(crate) all_users: bool,
    pub(crate) all_roles: bool,
    pub(crate) users: Vec<Id>,
    pub(crate) roles: Vec<Id>,
    pub(crate) replied_user: bool,
}

impl Default for AllowedMentions {
    /// Makes every mention count, as without the field.
    fn default() -> Self {
        Self {
            everyone: true,
            all_users: true,
            all_roles: true,
            users: vec![],
            roles: vec![],
            replied_user: true,
        }
    }
}

impl MessageForm {
    /// Parses a new message from a JSON body and the files beside it (50035).
    pub(crate) fn parse(body: &Value, files: Vec<Upload>) -> ApiResult<Self> {
        let mut errors = FormErrors::default();
        let mut form = Self::read(body, files, &mut errors);
        form.check_components(form.is_layout(), &[], &mut errors);
        errors.check()?;
        form.finish();
        Ok(form)
    }

    /// Parses an edit (50035). What its components may be depends on the message that it is of.
    pub(crate) fn parse_edit(body: &Value, files: Vec<Upload>) -> ApiResult<Self> {
        let mut errors = FormErrors::default();
        let form = Self::read(body, files, &mut errors);
        errors.check()?;
        Ok(form)
    }

    fn read(body: &Value, files: Vec<Upload>, errors: &mut FormErrors) -> Self {
        let mut form = Self {
            content: text_field(body, "content", errors),
            embeds: list_field(body, "embeds", errors),
            components: list_field(body, "components", errors),
            flags: body["flags"].as_u64().map(|flags| flags & SETTABLE),
            mentions: AllowedMentions::parse(&body["allowed_mentions"], errors),
            nonce: nonce(&body["nonce"], errors),
            enforce_nonce: body["enforce_nonce"].as_bool().unwrap_or(false),
            reply_to: reply_to(&body["message_reference"], errors),
            kept: None,
            files: Vec::new(),
        };
        errors.max_length(
            "content",
            form.content.as_deref().unwrap_or_default(),
            CONTENT_MAX,
        );
        validate::embeds(form.embeds.as_deref().unwrap_or_default(), errors);
        form.take_files(&body["attachments"], files, errors);
        form
    }

    /// Returns whether it makes a message a layout of components.
    pub(crate) const fn is_layout(&self) -> bool {
        matches!(self.flags, Some(flags) if flags & IS_COMPONENTS_V2 != 0)
    }

    /// Checks the components of what is, or becomes, a layout or another message. `kept` are the
    /// files that the message has already.
    pub(in crate::state) fn check_components(
        &self,
        is_layout: bool,
        kept: &[Attachment],
        errors: &mut FormErrors,
    ) {
        let components = self.components.as_deref().unwrap_or_default();
        if !is_layout {
            return validate::components(components, errors);
        }
        let has_text = self.content.as_deref().is_some_and(|text| !text.is_empty());
        let has_embeds = self.embeds.as_ref().is_some_and(|embeds| !embeds.is_empty());
        for (field, is_used) in [("content", has_text), ("embeds", has_embeds)] {
            if is_used {
                errors.legacy_field(field);
            }
        }
        let has = |name: &str| {
            let new = |(file, _): &(Upload, _)| safe_name(&file.filename) == name;
            kept.iter().any(|file| file.filename == name) || self.files.iter().any(new)
        };
        layout::check(components, &has, errors);
    }

    /// Adds what Discord adds to a form that it accepts.
    pub(in crate::state) fn finish(&mut self) {
        for embed in self.embeds.iter_mut().flatten() {
            validate::finish_embed(embed);
        }
        if let Some(components) = &mut self.components {
            layout::number(components);
        }
    }

    /// Splits `attachments` into kept ones (snowflakes) and descriptions of `files[n]` (small
    /// numbers).
    fn take_files(&mut self, attachments: &Value, files: Vec<Upload>, errors: &mut FormErrors) {
        let mut told: BTreeMap<String, (Option<String>, Option<String>)> = BTreeMap::new();
        let uploaded = |id: &str| files.iter().any(|file| file.key == id);
        if let Some(list) = attachments.as_array() {
            let mut kept = Vec::new();
            for (entry, at) in list.iter().zip(0..) {
                let Some(id) = id_of(&entry["id"]) else {
                    errors.required(&format!("attachments.{at}.id"));
                    continue;
                };
                let description = entry["description"].as_str().map(str::to_owned);
                let path = format!("attachments.{at}.description");
                errors.max_length(&path, description.as_deref().unwrap_or_default(), DESCRIPTION_MAX);
                if uploaded(&id.to_string()) {
                    let filename = entry["filename"].as_str().map(str::to_owned);
                    told.insert(id.to_string(), (filename, description));
                } else {
                    kept.push(id);
                }
            }
            self.kept = Some(kept);
        } else if attachments.is_null() {
            self.kept = None;
        }
        errors.max_items("attachments", files.len(), FILES_MAX);
        self.files = files
            .into_iter()
            .map(|mut file| {
                let (filename, description) = told.remove(&file.key).unwrap_or_default();
                file.filename = filename.unwrap_or(file.filename);
                (file, description)
            })
            .collect();
    }

    /// Returns the text in which people are mentioned: that of the message, or the texts of a layout.
    pub(in crate::state) fn written(&self) -> String {
        let content = self.content.clone().unwrap_or_default();
        let texts = layout::texts(self.components.as_deref().unwrap_or_default());
        if texts.is_empty() { content } else { texts }
    }

    /// Returns whether there is nothing to show.
    pub(crate) fn is_empty(&self) -> bool {
        self.content.as_deref().unwrap_or_default().trim().is_empty()
            && self.embeds.as_ref().is_none_or(Vec::is_empty)
            && self.components.as_ref().is_none_or(Vec::is_empty)
            && self.files.is_empty()
    }

    /// Returns whether an edit changes nothing but flags.
    pub(crate) fn is_flags_alone(&self) -> bool {
        let text = self.content.is_none() && self.embeds.is_none() && self.components.is_none();
        text && self.kept.is_none() && self.files.is_empty() && self.flags.is_some()
    }

    /// Refuses an empty message (50006).
    pub(crate) fn require_something(&self) -> ApiResult<()> {
        if self.is_empty() {
            Err(ApiError::empty_message())
        } else {
            Ok(())
        }
    }
}

impl AllowedMentions {
    fn parse(value: &Value, errors: &mut FormErrors) -> Self {
        if value.is_null() {
            return Self::default();
        }
        let parse: Vec<&str> = value["parse"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let ids = |key: &str| {
            value[key]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(id_of)
                .collect::<Vec<Id>>()
        };
        let allowed = Self {
            everyone: parse.contains(&"everyone"),
            all_users: parse.contains(&"users"),
            all_roles: parse.contains(&"roles"),
            users: ids("users"),
            roles: ids("roles"),
            replied_user: value["replied_user"].as_bool().unwrap_or(false),
        };
        for (both, key) in [
            (allowed.all_users && !allowed.users.is_empty(), "users"),
            (allowed.all_roles && !allowed.roles.is_empty(), "roles"),
        ] {
            if both {
                let message = format!("parse:[\"{key}\"] and {key}: [ids...] are mutually exclusive.");
                errors.add(
                    "allowed_mentions",
                    "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                    message,
                );
            }
        }
        errors.max_items("allowed_mentions.users", allowed.users.len(), 100);
        errors.max_items("allowed_mentions.roles", allowed.roles.len(), 100);
        allowed
    }
}

fn text_field(body: &Value, key: &str, errors: &mut FormErrors) -> Option<String> {
    match body.get(key)? {
        // In an edit `null` empties the text.
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            errors.add(key, "STRING_TYPE_CONVERT", "Could not interpret value as string.");
            None
        }
    }
}

fn list_field(body: &Value, key: &str, errors: &mut FormErrors) -> Option<Vec<Value>> {
    match body.get(key)? {
        Value::Null => Some(Vec::new()),
        Value::Array(list) => Some(list.clone()),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            errors.add(
                key,
                "LIST_TYPE_CONVERT",
                "Only iterables may be used in a ListType",
            );
            None
        }
    }
}

fn nonce(value: &Value, errors: &mut FormErrors) -> Option<String> {
    let nonce = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    errors.max_length("nonce", &nonce, NONCE_MAX);
    Some(nonce)
}

fn reply_to(value: &Value, errors: &mut FormErrors) -> Option<ReplyTo> {
    if value.is_null() {
        return None;
    }
    let Some(message) = id_of(&value["message_id"]) else {
        errors.required("message_reference.message_id");
        return None;
    };
    Some(ReplyTo {
        message,
        must_exist: value["fail_if_not_exists"].as_bool().unwrap_or(true),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn upload(key: &str) -> Upload {
        let bytes = bytes::Bytes::from_static(b"x");
        Upload {
            key: key.into(),
            filename: "a.txt".into(),
            content_type: None,
            bytes,
        }
    }

    #[test]
    fn a_text_of_2000_characters_passes_and_one_more_does_not() {
        let form = |length: usize| MessageForm::parse(&json!({ "content": "ä".repeat(length) }), vec![]);
        assert!(form(2_000).is_ok());
        let error = form(2_001).unwrap_err();
        assert_eq!(error.code, 50035);
        assert_eq!(
            error.errors.unwrap()["content"]["_errors"][0]["code"],
            "BASE_TYPE_MAX_LENGTH"
        );
    }

    #[test]
    fn attachments_are_kept_by_id_and_described_by_index() {
        let body =
            json!({ "attachments": [{ "id": "1100000000000000099" }, { "id": 0, "description": "a fox" }] });
        let form = MessageForm::parse(&body, vec![upload("0")]).unwrap();
        assert_eq!(form.kept, Some(vec![1_100_000_000_000_000_099]));
        assert_eq!(form.files[0].1.as_deref(), Some("a fox"));
    }

    #[test]
    fn without_attachments_in_an_edit_all_are_kept() {
        assert_eq!(
            MessageForm::parse(&json!({ "content": "x" }), vec![])
                .unwrap()
                .kept,
            None
        );
    }

    #[test]
    fn a_nonce_of_26_characters_is_refused() {
        assert!(MessageForm::parse(&json!({ "content": "x", "nonce": "n".repeat(25) }), vec![]).is_ok());
        assert!(MessageForm::parse(&json!({ "content": "x", "nonce": "n".repeat(26) }), vec![]).is_err());
    }

    #[test]
    fn parse_users_and_a_list_of_users_exclude_each_other() {
        let body = json!({ "content": "x", "allowed_mentions": { "parse": ["users"], "users": ["1"] } });
        assert_eq!(MessageForm::parse(&body, vec![]).unwrap_err().code, 50035);
    }
}
