//! Threads: opened from a message or on their own, posted in, archived when idle, locked.

use serde_json::{Value, json};

use crate::permissions::{
    CREATE_PRIVATE_THREADS, CREATE_PUBLIC_THREADS, MANAGE_THREADS, READ_MESSAGE_HISTORY, SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS,
};
use crate::snowflake::Id;
use crate::state::State;
use crate::state::channels::edit::{NAME_MAX, slowmode};
use crate::state::messages::form::MessageForm;
use crate::state::messages::timeline::NewMessage;
use crate::state::model::errors::{ApiError, ApiResult, FormErrors};
use crate::state::model::{Channel, ChannelKind, HAS_THREAD, Reference, Thread, ThreadMember, Upload};
use crate::state::sessions::intent;

/// How many threads of a guild may be active at once.
const ACTIVE_MAX: usize = 1_000;
/// The idle times after which a thread may be archived, in minutes.
const AUTO_ARCHIVE_MINUTES: [u64; 4] = [60, 1_440, 4_320, 10_080];
/// The type of the message that tells a thread's new name.
const RENAMED: u8 = 4;
/// The idle time of a thread that is opened without one, in minutes.
const AUTO_ARCHIVE_DEFAULT: u64 = 1_440;

/// The form by which a thread is opened or edited.
struct ThreadForm {
    name: Option<String>,
    auto_archive_minutes: Option<u64>,
    archived: Option<bool>,
    locked: Option<bool>,
    invitable: Option<bool>,
    slowmode_s: Option<u64>,
}

impl ThreadForm {
    fn parse(form: &Value, name_required: bool) -> ApiResult<Self> {
        let mut errors = FormErrors::default();
        let name = form["name"].as_str().map(str::trim);
        match name {
            Some(name) => errors.length("name", name, 1, NAME_MAX),
            None if name_required => errors.required("name"),
            None => {}
        }
        let minutes = form["auto_archive_duration"].as_u64();
        if minutes.is_some_and(|minutes| !AUTO_ARCHIVE_MINUTES.contains(&minutes)) {
            errors.choice("auto_archive_duration", "60, 1440, 4320, 10080");
        }
        let slowmode_s = slowmode(form, &mut errors);
        errors.check()?;
        Ok(Self {
            name: name.map(str::to_owned),
            auto_archive_minutes: minutes,
            archived: form["archived"].as_bool(),
            locked: form["locked"].as_bool(),
            invitable: form["invitable"].as_bool(),
            slowmode_s,
        })
    }

    /// Returns whether it does nothing but open an archived thread again.
    const fn only_opens(&self) -> bool {
        let edits = self.name.is_some() || self.auto_archive_minutes.is_some();
        let manages = self.locked.is_some() || self.invitable.is_some() || self.slowmode_s.is_some();
        matches!(self.archived, Some(false)) && !edits && !manages
    }

    /// Returns whether only those who manage threads may do it, even to their own.
    const fn needs_manager(&self) -> bool {
        self.locked.is_some() || self.invitable.is_some() || self.slowmode_s.is_some()
    }
}

impl State {
    /// Opens a thread from a message (160004). The thread's id is the message's.
    pub(crate) fn open_thread_from(
        &mut self,
        actor: Id,
        channel: Id,
        message: Id,
        form: &Value,
    ) -> ApiResult<Value> {
        self.require_thread_opener(actor, channel, CREATE_PUBLIC_THREADS | READ_MESSAGE_HISTORY)?;
        self.public_message(channel, message)?;
        let form = ThreadForm::parse(form, true)?;
        if self.channels.contains(message) {
            return Err(ApiError::has_thread());
        }
        self.insert_thread(message, ChannelKind::PublicThread, channel, actor, form);
        if let Some(starter) = self.message_mut(channel, message) {
            starter.flags |= HAS_THREAD;
        }
        self.tell_new_thread(message);
        self.tell_message(channel, message, "MESSAGE_UPDATE");
        let starter = NewMessage {
            kind: 21,
            reference: Some(Reference {
                channel,
                message: Some(message),
            }),
            ..NewMessage::new(message, actor)
        };
        self.insert_message(starter);
        self.thread_json(message)
    }

    /// Opens a thread that starts from no message.
    pub(crate) fn open_thread(
        &mut self,
        actor: Id,
        channel: Id,
        form: &Value,
        files: Vec<Upload>,
    ) -> ApiResult<Value> {
        if self.visible(actor, channel)?.kind == ChannelKind::Forum {
            return self.open_post(actor, channel, form, files);
        }
        // Discord's default here is a private thread.
        let kind = match form["type"].as_u64() {
            None | Some(12) => ChannelKind::PrivateThread,
            Some(11) => ChannelKind::PublicThread,
            Some(_) => return Err(ApiError::wrong_channel_type()),
        };
        let private = kind == ChannelKind::PrivateThread;
        let needed = if private {
            CREATE_PRIVATE_THREADS
        } else {
            CREATE_PUBLIC_THREADS
        };
        self.require_thread_opener(actor, channel, needed)?;
        let form = ThreadForm::parse(form, true)?;
        let name = form.name.clone().unwrap_or_default();
        let thread = self.next_id();
        self.insert_thread(thread, kind, channel, actor, form);
        self.tell_new_thread(thread);
        if !private {
            let created = NewMessage {
                kind: 18,
                content: name,
                reference: Some(Reference {
                    channel: thread,
                    message: None,
                }),
                ..NewMessage::new(channel, actor)
            };
            self.insert_message(created);
        }
        self.thread_json(thread)
    }

    /// Opens a post in a forum: a thread and its first message, which have the same id.
    fn open_post(&mut self, actor: Id, channel: Id, form: &Value, files: Vec<Upload>) -> ApiResult<Value> {
        self.require_thread_opener(actor, channel, SEND_MESSAGES)?;
        let thread = ThreadForm::parse(form, true)?;
        let message = MessageForm::parse(&form["message"], files).map_err(|error| error.under("message"))?;
        message.require_something()?;
        self.require_emojis(&message)
            .map_err(|error| error.under("message"))?;
        let id = self.next_id();
        self.insert_thread(id, ChannelKind::PublicThread, channel, actor, thread);
        self.tell_new_thread(id);
        let first = self.fill(NewMessage::new(id, actor), message, None);
        self.insert_message(NewMessage {
            id: Some(id),
            ..first
        });
        let mut opened = self.thread_json(id)?;
        if let Some(first) = self.message(id, id) {
            opened["message"] = self.message_json(first, actor);
        }
        Ok(opened)
    }

    fn require_thread_opener(&self, actor: Id, channel: Id, permissions: u64) -> ApiResult<()> {
        if self.visible(actor, channel)?.thread.is_some() {
            return Err(ApiError::wrong_channel_type());
        }
        self.require(actor, channel, permissions)?;
        self.require_room_for_a_thread()
    }

    /// Refuses one more active thread than a guild may have (160006).
    pub(crate) fn require_room_for_a_thread(&self) -> ApiResult<()> {
        if self.active_threads().count() >= ACTIVE_MAX {
            return Err(ApiError::too_many_threads());
        }
        Ok(())
    }

    fn insert_thread(&mut self, id: Id, kind: ChannelKind, parent: Id, owner: Id, form: ThreadForm) {
        let now = self.now();
        let thread = Thread {
            owner,
            archived: false,
            locked: false,
            auto_archive_minutes: form.auto_archive_minutes.unwrap_or(AUTO_ARCHIVE_DEFAULT),
            archive_changed_ms: now,
            created_ms: now,
            active_ms: now,
            message_count: 0,
            total_sent: 0,
            members: vec![ThreadMember {
                user: owner,
                joined_ms: now,
            }],
            invitable: form.invitable.unwrap_or(true),
        };
        let channel = Channel {
            id,
            guild: Some(self.guild.id),
            kind,
            name: form.name.unwrap_or_default(),
            topic: None,
            position: 0,
            parent: Some(parent),
            last_message: None,
            overwrites: Vec::new(),
            thread: Some(thread),
            slowmode_s: form.slowmode_s.unwrap_or(0),
        };
        self.channels.insert(channel);
    }

    fn tell_new_thread(&mut self, thread: Id) {
        let Ok(mut body) = self.thread_json(thread) else {
            return;
        };
        body["newly_created"] = json!(true);
        self.pages.tell(None, "THREAD_CREATE", &body);
        if self.sees(self.guild.bot, thread) {
            self.dispatch(intent::GUILDS, "THREAD_CREATE", &body);
        }
        let owner = self.channels.thread(thread).map(|thread| thread.owner);
        self.tell_thread_members(thread, owner, None);
    }

    fn thread_json(&self, thread: Id) -> ApiResult<Value> {
        self.channels
            .get(thread)
            .map(|found| self.channel_json(found))
            .ok_or_else(ApiError::unknown_channel)
    }

    /// Returns the guild's threads that are not archived.
    pub(crate) fn active_threads(&self) -> impl Iterator<Item = &Channel> {
        self.channels
            .all()
            .filter(|c| c.thread.as_ref().is_some_and(|thread| !thread.archived) && self.is_here(c.id))
    }

    /// Edits a thread. Its creator may rename and archive it, whoever can post in it may open it
    /// again unless it is locked, and the rest is for those who manage threads.
    pub(in crate::state) fn edit_thread(&mut self, actor: Id, channel: Id, form: &Value) -> ApiResult<()> {
        let form = ThreadForm::parse(form, false)?;
        let now = self.now();
        let found = self.channels.get(channel).ok_or_else(ApiError::unknown_channel)?;
        let Some(thread) = &found.thread else {
            return Ok(());
        };
        let renamed = form.name.clone().filter(|name| *name != found.name);
        let opens = form.archived == Some(false);
        self.require_thread_editor(actor, channel, thread, &form)?;
        if thread.archived && !opens {
            return Err(ApiError::thread_archived());
        }
        let reopened = thread.archived && opens;
        if reopened {
            self.require_room_for_a_thread()?;
        }
        let Some(found) = self.channels.get_mut(channel) else {
            return Ok(());
        };
        found.slowmode_s = form.slowmode_s.unwrap_or(found.slowmode_s);
        if let Some(name) = form.name {
            found.name = name;
        }
        if let Some(thread) = &mut found.thread {
            if let Some(archived) = form.archived {
                thread.set_archived(archived, now);
            }
            if let Some(minutes) = form.auto_archive_minutes {
                thread.set_auto_archive(minutes, now);
            }
            thread.locked = form.locked.unwrap_or(thread.locked);
            thread.invitable = form.invitable.unwrap_or(thread.invitable);
        }
        self.tell_thread(channel, reopened);
        if let Some(name) = renamed.filter(|_| !self.is_archived(channel)) {
            self.insert_message(NewMessage {
                kind: RENAMED,
                content: name,
                ..NewMessage::new(channel, actor)
            });
        }
        Ok(())
    }

    fn require_thread_editor(
        &self,
        actor: Id,
        channel: Id,
        thread: &Thread,
        form: &ThreadForm,
    ) -> ApiResult<()> {
        let has = self.permissions_in(actor, channel);
        let owns = thread.owner == actor && !form.needs_manager();
        let opens = form.only_opens() && has & SEND_MESSAGES_IN_THREADS != 0;
        if has & MANAGE_THREADS != 0 || (!thread.locked && (owns || opens)) {
            Ok(())
        } else {
            Err(ApiError::missing_permissions())
        }
    }

    /// Refuses an actor who may not post in a channel or thread (50013, 160005).
    pub(crate) fn require_sender(&self, actor: Id, channel: Id) -> ApiResult<()> {
        if self.visible(actor, channel)?.thread.is_some() {
            self.require_thread_poster(actor, channel)
        } else {
            self.require(actor, channel, SEND_MESSAGES)
        }
    }

    /// Refuses an actor who may not post in a thread: a missing permission, or a lock (160005).
    pub(crate) fn require_thread_poster(&self, actor: Id, channel: Id) -> ApiResult<()> {
        self.require(actor, channel, SEND_MESSAGES_IN_THREADS)?;
        self.require_not_locked(actor, channel)
    }

    /// Counts a message that was posted in a thread. It opens an archived thread, and its author
    /// joins. `counted`: it is one of the messages that the thread has besides its first.
    pub(in crate::state) fn count_in_thread(&mut self, channel: Id, author: Id, counted: bool) {
        let now = self.now();
        let Some(thread) = self.channels.thread_mut(channel) else {
            return;
        };
        thread.active_ms = now;
        if counted {
            thread.message_count += 1;
            thread.total_sent += 1;
        }
        let woken = thread.archived;
        if woken {
            thread.set_archived(false, now);
        }
        // A full thread takes the message without its author.
        let _ = self.add_to_thread(channel, author);
        if woken {
            self.tell_thread(channel, true);
        }
    }
}
