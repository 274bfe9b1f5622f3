//! Threads: opened from a message or on their own, posted in, archived when idle, locked.

use serde_json::{Value, json};

use crate::permissions::{
    CREATE_PRIVATE_THREADS, CREATE_PUBLIC_THREADS, MANAGE_THREADS, READ_MESSAGE_HISTORY, SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS,
};
use crate::snowflake::Id;
use crate::state::State;
use crate::state::channels::edit::NAME_MAX;
use crate::state::channels::json::thread_member_json;
use crate::state::messages::form::MessageForm;
use crate::state::messages::timeline::NewMessage;
use crate::state::model::errors::{ApiError, ApiResult, FormErrors};
use crate::state::model::{Channel, ChannelKind, HAS_THREAD, Reference, Thread};
use crate::state::sessions::intent;

/// How many threads of a guild may be active at once.
const ACTIVE_MAX: usize = 1_000;
/// The idle times after which a thread may be archived, in minutes.
const AUTO_ARCHIVE_MINUTES: [u64; 4] = [60, 1_440, 4_320, 10_080];
/// The idle time of a thread that is opened without one, in minutes.
const AUTO_ARCHIVE_DEFAULT: u64 = 1_440;

/// The form by which a thread is opened or edited.
struct ThreadForm {
    name: Option<String>,
    auto_archive_minutes: Option<u64>,
    archived: Option<bool>,
    locked: Option<bool>,
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
        errors.check()?;
        Ok(Self {
            name: name.map(str::to_owned),
            auto_archive_minutes: minutes,
            archived: form["archived"].as_bool(),
            locked: form["locked"].as_bool(),
        })
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
    pub(crate) fn open_thread(&mut self, actor: Id, channel: Id, form: &Value) -> ApiResult<Value> {
        if self.visible(actor, channel)?.kind == ChannelKind::Forum {
            return self.open_post(actor, channel, form);
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
    fn open_post(&mut self, actor: Id, channel: Id, form: &Value) -> ApiResult<Value> {
        self.require_thread_opener(actor, channel, SEND_MESSAGES)?;
        let thread = ThreadForm::parse(form, true)?;
        let message = MessageForm::parse(&form["message"], Vec::new())?;
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
        self.thread_json(id)
    }

    fn require_thread_opener(&self, actor: Id, channel: Id, permissions: u64) -> ApiResult<()> {
        if self.visible(actor, channel)?.thread.is_some() {
            return Err(ApiError::wrong_channel_type());
        }
        self.require(actor, channel, permissions)?;
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
            members: vec![owner],
        };
        let channel = Channel {
            id,
            kind,
            name: form.name.unwrap_or_default(),
            topic: None,
            position: 0,
            parent: Some(parent),
            last_message: None,
            overwrites: Vec::new(),
            thread: Some(thread),
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
            .filter(|c| c.thread.as_ref().is_some_and(|thread| !thread.archived))
    }

    /// Renames, archives or locks a thread. Its owner may rename and archive; locking needs Manage
    /// Threads.
    pub(in crate::state) fn edit_thread(&mut self, actor: Id, channel: Id, form: &Value) -> ApiResult<()> {
        let form = ThreadForm::parse(form, false)?;
        let manages = self.permissions_in(actor, channel) & MANAGE_THREADS != 0;
        let now = self.now();
        let found = self
            .channels
            .get_mut(channel)
            .ok_or_else(ApiError::unknown_channel)?;
        let Some(thread) = found.thread.as_mut() else {
            return Ok(());
        };
        let opens = form.archived == Some(false);
        let allowed =
            manages || (form.locked.is_none() && (thread.owner == actor || opens) && !thread.locked);
        if !allowed {
            return Err(ApiError::missing_permissions());
        }
        let edits = form.name.is_some() || form.auto_archive_minutes.is_some();
        if thread.archived && !opens && edits {
            return Err(ApiError::thread_archived());
        }
        if let Some(archived) = form.archived {
            thread.set_archived(archived, now);
        }
        thread.locked = form.locked.unwrap_or(thread.locked);
        thread.auto_archive_minutes = form.auto_archive_minutes.unwrap_or(thread.auto_archive_minutes);
        if let Some(name) = form.name {
            found.name = name;
        }
        self.tell_channel(channel, "THREAD_UPDATE");
        Ok(())
    }

    /// Refuses an actor who may not post in a thread: a missing permission, or a lock (160005).
    pub(crate) fn require_thread_poster(&self, actor: Id, channel: Id) -> ApiResult<()> {
        self.require(actor, channel, SEND_MESSAGES_IN_THREADS)?;
        let thread = self.channels.thread(channel);
        let locked = thread.is_some_and(|thread| thread.locked);
        if locked && self.permissions_in(actor, channel) & MANAGE_THREADS == 0 {
            return Err(ApiError::thread_locked());
        }
        Ok(())
    }

    /// Counts a message that was posted in a thread. It opens an archived thread, and its author
    /// joins.
    pub(in crate::state) fn count_in_thread(&mut self, channel: Id, author: Id, system: bool) {
        let now = self.now();
        let Some(thread) = self.channels.thread_mut(channel) else {
            return;
        };
        thread.active_ms = now;
        if !system {
            thread.message_count += 1;
            thread.total_sent += 1;
        }
        let woken = thread.archived;
        if woken {
            thread.set_archived(false, now);
        }
        self.join_thread(channel, author);
        if woken {
            self.tell_channel(channel, "THREAD_UPDATE");
        }
    }

    /// Adds somebody to a thread.
    pub(crate) fn join_thread(&mut self, channel: Id, user: Id) {
        if let Some(thread) = self.channels.thread_mut(channel)
            && !thread.members.contains(&user)
        {
            thread.members.push(user);
        }
    }

    /// Removes somebody from a thread.
    pub(crate) fn leave_thread(&mut self, channel: Id, user: Id) {
        if let Some(thread) = self.channels.thread_mut(channel) {
            thread.members.retain(|member| *member != user);
        }
    }

    /// Formats the members of a thread.
    pub(crate) fn thread_members_json(&self, channel: Id) -> ApiResult<Vec<Value>> {
        let found = self.channels.get(channel).ok_or_else(ApiError::unknown_channel)?;
        let thread = found.thread.as_ref().ok_or_else(ApiError::wrong_channel_type)?;
        Ok(thread
            .members
            .iter()
            .map(|user| thread_member_json(channel, *user, thread.created_ms))
            .collect())
    }

    /// Archives threads whose auto-archive time has passed without a message. Reactions do not
    /// count. Returns whether there were any.
    pub(in crate::state) fn archive_idle(&mut self, now: u64) -> bool {
        let idle: Vec<Id> = self
            .active_threads()
            .filter(|c| is_idle(c, now))
            .map(|channel| channel.id)
            .collect();
        for &channel in &idle {
            if let Some(thread) = self.channels.thread_mut(channel) {
                thread.set_archived(true, now);
            }
            self.tell_channel(channel, "THREAD_UPDATE");
        }
        !idle.is_empty()
    }

    /// Returns whether a thread is archived; false for other channels.
    pub(crate) fn is_archived(&self, channel: Id) -> bool {
        let thread = self.channels.thread(channel);
        thread.is_some_and(|thread| thread.archived)
    }
}

impl Thread {
    fn set_archived(&mut self, archived: bool, now: u64) {
        if self.archived != archived {
            self.archived = archived;
            self.archive_changed_ms = now;
            if !archived {
                self.active_ms = now;
            }
        }
    }
}

fn is_idle(channel: &Channel, now: u64) -> bool {
    channel
        .thread
        .as_ref()
        .is_some_and(|thread| now >= thread.active_ms + thread.auto_archive_minutes * 60_000)
}
