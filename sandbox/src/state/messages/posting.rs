//! Posting and editing messages: permissions, mentions, nonces.

use serde_json::Value;

use crate::permissions::{
    ATTACH_FILES, EMBED_LINKS, MANAGE_MESSAGES, MENTION_EVERYONE, READ_MESSAGE_HISTORY,
};
use crate::snowflake::Id;
use crate::state::State;
use crate::state::messages::form::{AllowedMentions, MessageForm, ReplyTo};
use crate::state::messages::layout;
use crate::state::messages::timeline::{Mentions, NewMessage};
use crate::state::model::errors::{ApiError, ApiResult, FormErrors, invalid};
use crate::state::model::wire::id_of;
use crate::state::model::{
    Attachment, ChannelKind, EPHEMERAL, IS_COMPONENTS_V2, LOADING, Message, Reference, SUPPRESS_EMBEDS,
};

/// How many files a message may have.
const FILES_MAX: usize = 10;

impl State {
    /// Posts a message as `author`. Returns its id; with an enforced nonce, that of an earlier
    /// message.
    pub(crate) fn post(&mut self, author: Id, channel: Id, form: MessageForm) -> ApiResult<Id> {
        self.require_poster(author, channel, &form)?;
        form.require_something()?;
        self.require_emojis(&form)?;
        let nonce = form.nonce.clone();
        if let Some(nonce) = nonce.as_deref().filter(|_| form.enforce_nonce)
            && let Some(first) = self.first_with_nonce(author, channel, nonce)?
        {
            return Ok(first);
        }
        let reference = form
            .reply_to
            .map(|to| self.reply_reference(author, channel, to))
            .transpose()?
            .flatten();
        let mut new = self.fill(NewMessage::new(channel, author), form, reference);
        new.flags &= !EPHEMERAL;
        let message = self.insert_message(new);
        if let Some(nonce) = nonce {
            self.note_nonce(author, channel, nonce, message);
        }
        Ok(message)
    }

    fn require_poster(&self, author: Id, channel: Id, form: &MessageForm) -> ApiResult<()> {
        let found = self.visible(author, channel)?;
        if found.kind == ChannelKind::Forum {
            return Err(ApiError::no_messages_here());
        }
        self.require_sender(author, channel)?;
        if self.is_archived(channel) {
            self.require_room_for_a_thread()?;
        }
        let mut needed = 0;
        if !form.files.is_empty() {
            needed |= ATTACH_FILES;
        }
        if form.embeds.as_ref().is_some_and(|embeds| !embeds.is_empty()) {
            needed |= EMBED_LINKS;
        }
        self.require(author, channel, needed)
    }

    fn reply_reference(&self, author: Id, channel: Id, to: ReplyTo) -> ApiResult<Option<Reference>> {
        if self.permissions_in(author, channel) & READ_MESSAGE_HISTORY == 0 {
            return Err(ApiError::no_history());
        }
        match self.public_message(channel, to.message) {
            Ok(original) if original.is_system() => Err(invalid(
                "message_reference",
                "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE",
                "Cannot reply to a system message",
            )),
            Ok(_) => Ok(Some(Reference {
                channel,
                message: Some(to.message),
            })),
            Err(_) if !to.must_exist => Ok(None),
            Err(_) => Err(invalid(
                "message_reference",
                "MESSAGE_REFERENCE_UNKNOWN_MESSAGE",
                "Unknown message",
            )),
        }
    }

    /// Fills a new message with the parts of a form.
    pub(in crate::state) fn fill(
        &mut self,
        new: NewMessage,
        form: MessageForm,
        reference: Option<Reference>,
    ) -> NewMessage {
        let written = form.written();
        let content = form.content.unwrap_or_default();
        let mut mentions = self.mentions_in(new.channel, new.author, &written, &form.mentions);
        let replied = reference
            .and_then(|r| self.message(r.channel, r.message?))
            .map(|original| original.author);
        if let Some(replied) = replied.filter(|_| form.mentions.replied_user) {
            mentions.users.retain(|user| *user != replied);
            mentions.users.insert(0, replied);
        }
        let uploads = form.files;
        let mut attachments: Vec<Attachment> = uploads
            .iter()
            .map(|(upload, description)| self.store(upload, description.clone()))
            .collect();
        let mut embeds = form.embeds.unwrap_or_default();
        let mut components = form.components.unwrap_or_default();
        self.place_files(&mut embeds, &mut components, &mut attachments);
        NewMessage {
            content,
            flags: form.flags.unwrap_or(0) | new.flags,
            mentions,
            attachments,
            embeds,
            components,
            nonce: form.nonce,
            kind: if reference.is_some() && new.kind == 0 {
                19
            } else {
                new.kind
            },
            reference: reference.or(new.reference),
            ..new
        }
    }

    /// Finds whom `content` mentions, as far as `allowed` lets it.
    fn mentions_in(&self, channel: Id, author: Id, content: &str, allowed: &AllowedMentions) -> Mentions {
        let mut mentions = Mentions::default();
        let may_shout = self.permissions_in(author, channel) & MENTION_EVERYONE != 0;
        let can_be = |role: Id| {
            let role = self.people.roles().iter().find(|known| known.id == role);
            role.is_some_and(|role| role.mentionable || may_shout)
        };
        for tag in content
            .split('<')
            .skip(1)
            .filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag))
        {
            let role = tag.strip_prefix("@&").and_then(|id| id.parse::<Id>().ok());
            let user = tag
                .strip_prefix("@!")
                .or(tag.strip_prefix('@'))
                .and_then(|id| id.parse::<Id>().ok());
            let role = role.filter(|role| allowed.all_roles || allowed.roles.contains(role));
            if let Some(role) = role.filter(|role| can_be(*role)) {
                push_new(&mut mentions.roles, role);
            }
            let known = user.filter(|user| self.people.knows(*user));
            if let Some(user) = known.filter(|user| allowed.all_users || allowed.users.contains(user)) {
                push_new(&mut mentions.users, user);
            }
        }
        let shouts = content.contains("@everyone") || content.contains("@here");
        mentions.everyone = shouts && allowed.everyone && may_shout;
        mentions
    }

    /// Links embeds and components to the files that they show (`attachment://name`, or a file's
    /// URL). Such a file is shown there alone. Each reading of the message makes its URL anew.
    fn place_files(&self, embeds: &mut [Value], components: &mut [Value], attachments: &mut [Attachment]) {
        for file in &mut *attachments {
            file.placed = false;
        }
        let mut place = |media: &mut Value| {
            let linked = id_of(&media["attachment"]);
            let url = media["url"].as_str().unwrap_or_default();
            let own = url.strip_prefix(&self.origin);
            let id = own.and_then(|path| path.split('?').next()?.rsplit('/').nth(1)?.parse::<Id>().ok());
            let name = url.strip_prefix("attachment://");
            let shown = attachments.iter_mut().find(|file| {
                linked.or(id) == Some(file.id) || name.is_some_and(|name| name == file.filename)
            });
            if let Some(file) = shown {
                file.placed = true;
                *media = serde_json::json!({ "attachment": file.id.to_string() });
            }
        };
        for embed in embeds {
            for key in ["image", "thumbnail"] {
                if embed[key].is_object() {
                    place(&mut embed[key]);
                }
            }
        }
        layout::change_media(components, &mut |part, field| place(&mut part[field]));
    }

    /// Edits the editor's own message, or with Manage Messages the flags of another's.
    pub(crate) fn edit(&mut self, editor: Id, channel: Id, message: Id, form: MessageForm) -> ApiResult<()> {
        self.visible(editor, channel)?;
        let found = self.public_message(channel, message)?;
        let sent_ms = found.sent_ms;
        if found.is_system() {
            return Err(ApiError::system_message());
        }
        if found.author != editor {
            // Others may change nothing but the flags.
            if !form.is_flags_alone() {
                return Err(ApiError::not_the_author());
            }
            self.require(editor, channel, MANAGE_MESSAGES)?;
        }
        self.require_not_archived(channel)?;
        self.require_not_locked(editor, channel)?;
        if !form.files.is_empty() {
            self.require(editor, channel, ATTACH_FILES)?;
        }
        self.require_emojis(&form)?;
        self.count_old_edit(channel, sent_ms)?;
        self.apply_edit(channel, message, form)
    }

    /// Changes the parts that the form names and keeps the rest. Refuses to leave a message empty
    /// (50006), and to change one in an archived thread (50083).
    pub(in crate::state) fn apply_edit(
        &mut self,
        channel: Id,
        message: Id,
        form: MessageForm,
    ) -> ApiResult<()> {
        let old = self
            .message(channel, message)
            .ok_or_else(ApiError::unknown_message)?
            .clone();
        // What only one person sees is no part of the thread.
        if old.only_for.is_none() {
            self.require_not_archived(channel)?;
        }
        let now = self.now();
        let edited = self.edited(old.clone(), form, now)?;
        let kept: Vec<Id> = edited
            .attachments
            .iter()
            .map(|attachment| attachment.id)
            .collect();
        for dropped in old
            .attachments
            .iter()
            .filter(|attachment| !kept.contains(&attachment.id))
        {
            self.messages.forget_file(dropped.id);
        }
        self.messages.insert(edited);
        self.tell_message(channel, message, "MESSAGE_UPDATE");
        Ok(())
    }

    fn edited(&mut self, mut message: Message, mut form: MessageForm, now: u64) -> ApiResult<Message> {
        let loading = message.flags & LOADING != 0;
        let becomes = message.flags | form.flags.unwrap_or_default() & IS_COMPONENTS_V2;
        if let Some(kept) = &form.kept {
            require_known(kept, &message.attachments)?;
            message
                .attachments
                .retain(|attachment| kept.contains(&attachment.id));
        }
        require_form(&message, &form)?;
        form.finish();
        message.flags = becomes;
        let stays = form
            .content
            .as_ref()
            .unwrap_or(&message.content)
            .trim()
            .is_empty()
            && form.embeds.as_ref().unwrap_or(&message.embeds).is_empty()
            && form.components.as_ref().unwrap_or(&message.components).is_empty()
            && form.files.is_empty()
            && message.attachments.is_empty();
        if stays {
            return Err(ApiError::empty_message());
        }
        if message.attachments.len() + form.files.len() > FILES_MAX {
            return Err(ApiError::too_many_attachments());
        }
        for (upload, description) in &form.files {
            message.attachments.push(self.store(upload, description.clone()));
        }
        if form.content.is_some() || message.is_layout() && form.components.is_some() {
            let written = form.written();
            let mentions = self.mentions_in(message.channel, message.author, &written, &form.mentions);
            message.content = form.content.unwrap_or_default();
            // Whom a reply pinged stays pinged by it.
            let replied = message
                .reference
                .and_then(|r| self.message(r.channel, r.message?))
                .map(|original| original.author)
                .filter(|author| form.mentions.replied_user && message.mentions.contains(author));
            message.mentions = mentions.users;
            if let Some(replied) = replied.filter(|author| !message.mentions.contains(author)) {
                message.mentions.insert(0, replied);
            }
            message.mention_roles = mentions.roles;
            message.mention_everyone = mentions.everyone;
        }
        message.embeds = form.embeds.unwrap_or(message.embeds);
        message.components = form.components.unwrap_or(message.components);
        self.place_files(
            &mut message.embeds,
            &mut message.components,
            &mut message.attachments,
        );
        if !layout::has_its_files(&message.components, &message.attachments) {
            let (code, said) = layout::NO_FILE;
            return Err(invalid("components", code, said));
        }
        if let Some(flags) = form.flags {
            message.flags = message.flags & !SUPPRESS_EMBEDS | flags & SUPPRESS_EMBEDS;
        }
        message.flags &= !LOADING;
        if !loading {
            message.edited_ms = Some(now);
        }
        Ok(message)
    }
}

/// Refuses an edit that this message cannot take: a layout stays one, and then has neither text nor
/// embeds.
fn require_form(message: &Message, form: &MessageForm) -> ApiResult<()> {
    let mut errors = FormErrors::default();
    if message.is_layout() && form.flags.is_some() && !form.is_layout() {
        let (code, message) = (
            "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG",
            "The IS_COMPONENTS_V2 flag cannot be removed",
        );
        errors.add("flags", code, message);
    }
    let is_layout = message.is_layout() || form.is_layout();
    form.check_components(is_layout, &message.attachments, &mut errors);
    if is_layout {
        let has_text = form.content.is_none() && !message.content.is_empty();
        let has_embeds = form.embeds.is_none() && !message.embeds.is_empty();
        for (field, is_used) in [("content", has_text), ("embeds", has_embeds)] {
            if is_used {
                errors.legacy_field(field);
            }
        }
    }
    errors.check()
}

fn require_known(kept: &[Id], attachments: &[Attachment]) -> ApiResult<()> {
    let mut errors = FormErrors::default();
    for (id, at) in kept.iter().zip(0..) {
        if !attachments.iter().any(|attachment| attachment.id == *id) {
            let message = "Attachment data is not found";
            errors.add(&format!("attachments.{at}"), "ATTACHMENT_NOT_FOUND", message);
        }
    }
    errors.check()
}

fn push_new(list: &mut Vec<Id>, id: Id) {
    if !list.contains(&id) {
        list.push(id);
    }
}
