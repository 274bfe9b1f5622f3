//! A bot's session: its identity, its intents, and the events that it was sent. It outlives its
//! connection for a while.

use std::borrow::Cow;
use std::collections::VecDeque;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::snowflake::Id;
use crate::state::messages::content::withheld;
use crate::state::sessions::close::Close;
use crate::state::sessions::events::{Dispatched, Event, EventKind};
use crate::state::sessions::intent;

/// How many events are kept for a RESUME.
const REPLAY_KEPT: usize = 4_096;

/// What the state tells a session's connection to do.
#[derive(Debug)]
pub(crate) enum Instruction {
    /// Send this text.
    Text(String),
    /// Close with this.
    Close(Close),
    /// Close without a code.
    CloseBare,
    /// Send op 9: whether the session can be resumed.
    Invalid(bool),
    /// Ask for a new connection (op 7).
    Reconnect,
    /// Read nothing and send nothing from now on, with the connection open.
    Mute,
    /// Answer no heartbeat from now on.
    WithholdAcks,
    /// Drop the TCP connection without a close.
    Drop,
}

pub(crate) type ConnectionHandle = mpsc::UnboundedSender<Instruction>;

/// What a bot asks for in its IDENTIFY.
#[derive(Clone, Debug)]
pub(crate) struct Identify {
    pub(crate) token: String,
    pub(crate) intents: u64,
    /// Which shard, of how many.
    pub(crate) shard: (u64, u64),
    /// Whether payloads are compressed one by one.
    pub(crate) compress: bool,
}

/// A session as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionView {
    /// Its id.
    pub id: String,
    /// Which shard, of how many.
    pub shard: (u64, u64),
    /// The intents that it asked for.
    pub intents: u64,
    /// The sequence number of the last event.
    pub seq: u64,
    /// Whether it has a connection.
    pub connected: bool,
}

/// A session, with or without a connection.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) identify: Identify,
    /// The bot's user. The session sees the content of its messages whatever its intents.
    bot: Id,
    pub(crate) seq: u64,
    replay: VecDeque<(u64, EventKind, String)>,
    handle: Option<ConnectionHandle>,
    /// The connection is half-open: nothing passes it.
    mute: bool,
    lost_ms: u64,
}

impl Session {
    pub(crate) fn new(id: String, identify: Identify, bot: Id, handle: ConnectionHandle) -> Self {
        Self {
            id,
            identify,
            bot,
            seq: 0,
            replay: VecDeque::new(),
            handle: Some(handle),
            mute: false,
            lost_ms: 0,
        }
    }

    /// Returns the session as it is now.
    pub(crate) fn view(&self) -> SessionView {
        SessionView {
            id: self.id.clone(),
            shard: self.identify.shard,
            intents: self.identify.intents,
            seq: self.seq,
            connected: self.connected(),
        }
    }

    pub(crate) fn connected(&self) -> bool {
        self.handle.is_some()
    }

    /// Returns whether this is the session's connection.
    pub(crate) fn is_on(&self, handle: &ConnectionHandle) -> bool {
        self.handle.as_ref().is_some_and(|own| own.same_channel(handle))
    }

    /// Sets the session's connection. Returns the one that it had.
    pub(crate) fn attach(&mut self, handle: ConnectionHandle) -> Option<ConnectionHandle> {
        self.mute = false;
        self.handle.replace(handle)
    }

    /// Removes the session's connection, and returns it. Events from now on wait for a RESUME.
    pub(crate) fn detach(&mut self, now: u64) -> Option<ConnectionHandle> {
        self.lost_ms = now;
        self.handle.take()
    }

    /// Instructs the session's connection.
    pub(crate) fn tell(&self, frame: Instruction) {
        if let Some(handle) = &self.handle {
            let _ = handle.send(frame);
        }
    }

    /// Makes the session's connection half-open.
    pub(crate) fn mute(&mut self) {
        self.tell(Instruction::Mute);
        self.mute = true;
    }

    pub(crate) fn expired(&self, now: u64, resumable_ms: u64) -> bool {
        self.handle.is_none() && now >= self.lost_ms + resumable_ms
    }

    /// Returns whether every event after `seq` is still kept.
    pub(crate) fn keeps_all_after(&self, seq: u64) -> bool {
        let oldest = self.replay.front().map_or(self.seq + 1, |(first, _, _)| *first);
        seq + 1 >= oldest
    }

    /// Returns whether an event is for the session, by its intents and its shard.
    pub(crate) fn wants(&self, event: &Event) -> bool {
        let wanted = event.intent == intent::ALWAYS || self.identify.intents & event.intent != 0;
        wanted && event.guild.is_none_or(|guild| self.serves(guild))
    }

    fn serves(&self, guild: Id) -> bool {
        let (shard, of) = self.identify.shard;
        (guild >> 22) % of.max(1) == shard
    }

    pub(crate) fn push(&mut self, name: &str, data: &Value, dispatched: &mut Dispatched) {
        self.seq += 1;
        let data = self.visible(name, data);
        let text = json!({ "op": 0, "s": self.seq, "t": name, "d": data }).to_string();
        let kind = EventKind::of(name);
        if self.replay.len() == REPLAY_KEPT {
            self.replay.pop_front();
        }
        self.replay.push_back((self.seq, kind, text.clone()));
        self.deliver(kind, text, dispatched);
    }

    /// Empties the content of a message event, as Discord does, for a session without the intent
    /// for it. Messages of the bot and those that mention it keep theirs.
    fn visible<'a>(&self, name: &str, data: &'a Value) -> Cow<'a, Value> {
        let message = matches!(name, "MESSAGE_CREATE" | "MESSAGE_UPDATE");
        if !message || self.identify.intents & intent::MESSAGE_CONTENT != 0 {
            return Cow::Borrowed(data);
        }
        withheld(data, self.bot).map_or(Cow::Borrowed(data), Cow::Owned)
    }

    fn deliver(&self, kind: EventKind, text: String, dispatched: &mut Dispatched) {
        let open = self.handle.as_ref().filter(|_| !self.mute);
        if open.is_some_and(|handle| handle.send(Instruction::Text(text)).is_ok()) {
            dispatched.count(kind);
        }
    }

    pub(crate) fn replay_after(&self, seq: u64, dispatched: &mut Dispatched) {
        for (_, kind, text) in self.replay.iter().filter(|(at, _, _)| *at > seq) {
            self.deliver(*kind, text.clone(), dispatched);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_hidden_without_the_intent_for_it() {
        let (handle, _frames) = mpsc::unbounded_channel();
        let identify = Identify {
            token: "x".to_owned(),
            intents: intent::GUILD_MESSAGES,
            shard: (0, 1),
            compress: false,
        };
        let mut session = Session::new("s".to_owned(), identify, 7, handle);
        let said = |author: &str, mentions: Value| json!({ "content": "hello", "author": { "id": author }, "mentions": mentions, "embeds": [1] });
        let shown = |session: &Session, message: &Value| {
            let seen = session.visible("MESSAGE_CREATE", message);
            (seen["content"].clone(), seen["embeds"].clone())
        };
        let (hidden, all) = ((json!(""), json!([])), (json!("hello"), json!([1])));
        assert_eq!(shown(&session, &said("8", json!([]))), hidden);
        assert_eq!(shown(&session, &said("7", json!([]))), all);
        assert_eq!(shown(&session, &said("8", json!([{ "id": "7" }]))), all);
        session.identify.intents |= intent::MESSAGE_CONTENT;
        assert_eq!(shown(&session, &said("8", json!([]))), all);
    }
}
