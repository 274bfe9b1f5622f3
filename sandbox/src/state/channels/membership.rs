//! Who is in a thread: joined, added, left, removed, listed.

use serde_json::{Value, json};

use crate::permissions::MANAGE_THREADS;
use crate::snowflake::Id;
use crate::state::State;
use crate::state::channels::json::{membership_json, thread_member_json};
use crate::state::messages::timeline::{Mentions, NewMessage};
use crate::state::model::errors::{ApiError, ApiResult};
use crate::state::model::{Channel, ChannelKind, ThreadMember};
use crate::state::sessions::intent;

/// How many members a thread may have.
const MEMBERS_MAX: usize = 1_000;
/// The types of the messages that say who was added to a thread, and who was removed.
const ADDED: u8 = 1;
const REMOVED: u8 = 2;

/// Which members of a thread to list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ThreadMemberPage {
    /// With their guild members. Only then the list has pages.
    pub(crate) with_member: bool,
    pub(crate) after: Id,
    pub(crate) limit: usize,
}

impl State {
    /// Joins a thread (50083, 30033).
    pub(crate) fn join_thread(&mut self, actor: Id, channel: Id) -> ApiResult<()> {
        self.require_active_thread(actor, channel)?;
        self.add_to_thread(channel, actor).map(|_| ())
    }

    /// Adds somebody to a thread (10007, 10013, 50083, 30033). The actor must be able to post there.
    pub(crate) fn add_thread_member(&mut self, actor: Id, channel: Id, user: Id) -> ApiResult<()> {
        let found = self.require_active_thread(actor, channel)?;
        let closed = found.thread.as_ref().is_some_and(|thread| !thread.invitable);
        let closed = closed && found.kind == ChannelKind::PrivateThread;
        self.require_thread_poster(actor, channel)?;
        if closed && self.permissions_in(actor, channel) & MANAGE_THREADS == 0 {
            return Err(ApiError::missing_permissions());
        }
        if !self.people.knows(user) {
            return Err(ApiError::unknown_user());
        }
        if !self.people.is_member(user) {
            return Err(ApiError::unknown_member());
        }
        if self.add_to_thread(channel, user)? && user != actor {
            self.say_who(channel, actor, user, ADDED);
        }
        Ok(())
    }

    /// Leaves a thread (50083).
    pub(crate) fn leave_thread(&mut self, actor: Id, channel: Id) -> ApiResult<()> {
        self.require_active_thread(actor, channel)?;
        self.take_from_thread(channel, actor);
        Ok(())
    }

    /// Removes somebody from a thread (50083). The actor must manage threads, or have created a
    /// private one.
    pub(crate) fn remove_thread_member(&mut self, actor: Id, channel: Id, user: Id) -> ApiResult<()> {
        let found = self.require_active_thread(actor, channel)?;
        let created = found.thread.as_ref().is_some_and(|thread| thread.owner == actor);
        let own = created && found.kind == ChannelKind::PrivateThread;
        if !own {
            self.require(actor, channel, MANAGE_THREADS)?;
        }
        if self.take_from_thread(channel, user) && user != actor {
            self.say_who(channel, actor, user, REMOVED);
        }
        Ok(())
    }

    /// Returns a thread that the actor sees, unless it is archived (50024, 50083).
    fn require_active_thread(&self, actor: Id, channel: Id) -> ApiResult<&Channel> {
        let found = self.visible(actor, channel)?;
        let thread = found.thread.as_ref().ok_or_else(ApiError::wrong_channel_type)?;
        if thread.archived {
            return Err(ApiError::thread_archived());
        }
        Ok(found)
    }

    /// Adds a member, and tells who is concerned (30033). Returns whether they were not in it.
    pub(in crate::state) fn add_to_thread(&mut self, channel: Id, user: Id) -> ApiResult<bool> {
        let now = self.now();
        let Some(thread) = self.channels.thread_mut(channel) else {
            return Ok(false);
        };
        if thread.member(user).is_some() {
            return Ok(false);
        }
        if thread.members.len() >= MEMBERS_MAX {
            return Err(ApiError::too_many_thread_members());
        }
        thread.members.push(ThreadMember { user, joined_ms: now });
        if user == self.guild.bot {
            // A client that is added may not know the thread yet.
            self.tell_channel(channel, "THREAD_CREATE");
        } else {
            self.tell_pages_of_thread(channel);
        }
        self.tell_thread_members(channel, Some(user), None);
        Ok(true)
    }

    fn take_from_thread(&mut self, channel: Id, user: Id) -> bool {
        let Some(thread) = self.channels.thread_mut(channel) else {
            return false;
        };
        let before = thread.members.len();
        thread.members.retain(|member| member.user != user);
        let left = thread.members.len() < before;
        if left {
            self.tell_pages_of_thread(channel);
            self.tell_thread_members(channel, None, Some(user));
        }
        left
    }

    /// Removes somebody who left the guild from all its threads.
    pub(in crate::state) fn leave_all_threads(&mut self, user: Id) {
        let (home, here) = (self.home, self.guild.id);
        let ours = |channel: &&mut Channel| channel.guild.unwrap_or(home) == here;
        for channel in self.channels.all_mut().filter(ours) {
            if let Some(thread) = &mut channel.thread {
                thread.members.retain(|member| member.user != user);
            }
        }
    }

    /// Tells a session of the bot who came and went: one that hears of members, or any if it is the
    /// bot itself.
    pub(in crate::state) fn tell_thread_members(
        &mut self,
        channel: Id,
        added: Option<Id>,
        removed: Option<Id>,
    ) {
        let Some(thread) = self.channels.thread(channel) else {
            return;
        };
        let joined = |user: Id| {
            let mut member = thread_member_json(channel, thread.member(user)?);
            member["member"] = self.member_json(user).unwrap_or_default();
            member["presence"] = Value::Null;
            Some(member)
        };
        let mut event = json!({
            "id": channel.to_string(),
            "guild_id": self.guild.id.to_string(),
            "member_count": thread.shown_members(),
        });
        if let Some(member) = added.and_then(joined) {
            event["added_members"] = json!([member]);
        }
        if let Some(user) = removed {
            event["removed_member_ids"] = json!([user.to_string()]);
        }
        let itself = added.or(removed) == Some(self.guild.bot);
        let heard_by = if itself {
            intent::GUILDS | intent::GUILD_MEMBERS
        } else {
            intent::GUILD_MEMBERS
        };
        if itself || self.sees(self.guild.bot, channel) {
            self.dispatch(heard_by, "THREAD_MEMBERS_UPDATE", &event);
        }
    }

    /// Tells the bot that it is a member of a thread that was opened again.
    pub(in crate::state) fn tell_own_membership(&mut self, channel: Id) {
        let found = self.channels.get(channel);
        if let Some(mut member) = found.and_then(|found| membership_json(found, self.guild.bot)) {
            member["guild_id"] = json!(self.guild.id.to_string());
            self.dispatch(intent::GUILDS, "THREAD_MEMBER_UPDATE", &member);
        }
    }

    /// Returns the channels that the bot sees, without threads.
    pub(in crate::state) fn seen_by_bot(&self) -> Vec<Id> {
        let channels = self.channels.all().filter(|channel| channel.thread.is_none());
        let seen = channels.filter(|channel| self.sees(self.guild.bot, channel.id));
        seen.map(|channel| channel.id).collect()
    }

    /// Tells the bot of the active threads in channels that it did not see before.
    pub(in crate::state) fn sync_threads(&mut self, before: &[Id]) {
        let bot = self.guild.bot;
        let gained = self.seen_by_bot().into_iter();
        let gained: Vec<Id> = gained.filter(|channel| !before.contains(channel)).collect();
        if gained.is_empty() {
            return;
        }
        let within = |thread: &&Channel| thread.parent.is_some_and(|parent| gained.contains(&parent));
        let threads = self.active_threads().filter(within);
        let threads: Vec<&Channel> = threads.filter(|thread| self.sees(bot, thread.id)).collect();
        let members = threads.iter().filter_map(|thread| membership_json(thread, bot));
        let event = json!({
            "guild_id": self.guild.id.to_string(),
            "channel_ids": gained.iter().map(Id::to_string).collect::<Vec<_>>(),
            "threads": threads.iter().map(|thread| self.channel_json(thread)).collect::<Vec<_>>(),
            "members": members.collect::<Vec<_>>(),
        });
        self.dispatch(intent::GUILDS, "THREAD_LIST_SYNC", &event);
    }

    /// Posts that one member added or removed another.
    fn say_who(&mut self, channel: Id, actor: Id, user: Id, kind: u8) {
        let mentions = Mentions {
            users: vec![user],
            ..Mentions::default()
        };
        self.insert_message(NewMessage {
            kind,
            mentions,
            ..NewMessage::new(channel, actor)
        });
    }

    /// Formats the members of a thread, by ascending user id (50001 without the privileged intent
    /// for members).
    pub(crate) fn thread_members(
        &self,
        reader: Id,
        channel: Id,
        page: ThreadMemberPage,
    ) -> ApiResult<Vec<Value>> {
        let found = self.visible(reader, channel)?;
        let thread = found.thread.as_ref().ok_or_else(ApiError::wrong_channel_type)?;
        self.require_members_intent()?;
        let mut members: Vec<&ThreadMember> = thread.members.iter().collect();
        members.sort_by_key(|member| member.user);
        let all = members.into_iter();
        if !page.with_member {
            return Ok(all.map(|member| thread_member_json(channel, member)).collect());
        }
        let listed = all.filter(|member| member.user > page.after).take(page.limit);
        Ok(listed
            .map(|member| self.with_guild_member(thread_member_json(channel, member), member.user))
            .collect())
    }

    /// Formats one member of a thread (10007).
    pub(crate) fn thread_member(
        &self,
        reader: Id,
        channel: Id,
        user: Id,
        with_member: bool,
    ) -> ApiResult<Value> {
        let found = self.visible(reader, channel)?;
        let thread = found.thread.as_ref().ok_or_else(ApiError::wrong_channel_type)?;
        let member = thread.member(user).ok_or_else(ApiError::unknown_member)?;
        let json = thread_member_json(channel, member);
        Ok(if with_member {
            self.with_guild_member(json, user)
        } else {
            json
        })
    }

    fn with_guild_member(&self, mut json: Value, user: Id) -> Value {
        if let Some(member) = self.member_json(user) {
            json["member"] = member;
        }
        json
    }

    /// Refuses a bot whose application does not have the privileged intent for members (50001).
    pub(crate) fn require_members_intent(&self) -> ApiResult<()> {
        if self.sessions.limits().privileged_intents & intent::GUILD_MEMBERS == 0 {
            return Err(ApiError::missing_access());
        }
        Ok(())
    }
}
