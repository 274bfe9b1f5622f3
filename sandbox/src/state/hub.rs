//! Who listens: the bot's gateway sessions and the open pages.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{broadcast, mpsc};

use crate::snowflake::Id;

/// Events kept for a RESUME.
const REPLAY_KEPT: usize = 4_096;
/// How long a lost session can be resumed, in milliseconds.
const RESUMABLE_MS: u64 = 5 * 60 * 1_000;
/// Page events that a slow page may lag behind before it loses some.
const PAGE_LAG: usize = 4_096;

/// Gateway intents: an event is sent only to sessions that asked for its bit.
pub(crate) mod intent {
    /// Sent whatever the intents are.
    pub(crate) const ALWAYS: u64 = 0;
    pub(crate) const GUILDS: u64 = 1;
    pub(crate) const GUILD_MEMBERS: u64 = 1 << 1;
    pub(crate) const GUILD_MESSAGES: u64 = 1 << 9;
    pub(crate) const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
}

/// What a session's connection is told to do.
#[derive(Debug)]
pub(crate) enum Frame {
    /// Send this text.
    Text(String),
    /// Close with this code and reason.
    Close(u16, &'static str),
    /// Say that the session is over (op 9 `d: false`); the connection may identify anew.
    Invalid,
    /// Drop the TCP connection without a word.
    Drop,
}

pub(crate) type Link = mpsc::UnboundedSender<Frame>;

/// A bot's gateway session. It outlives its connection for a while, so that it can be resumed.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    intents: u64,
    shard: (u64, u64),
    seq: u64,
    replay: VecDeque<(u64, EventKind, String)>,
    link: Option<Link>,
    lost_ms: u64,
}

/// What counts for [`Dispatched`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EventKind {
    Reaction,
    Interaction,
    Other,
}

/// How many events were sent to connected bot sessions so far, replays included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Dispatched {
    /// `MESSAGE_REACTION_*` events.
    pub reactions: u64,
    /// `INTERACTION_CREATE` events.
    pub interactions: u64,
}

/// An event for the pages.
#[derive(Clone, Debug)]
pub struct PageEvent {
    /// Only for the page of this user; all if absent.
    pub only_for: Option<u64>,
    /// `{ "t": type, "d": data }`.
    pub body: Arc<Value>,
}

/// All listeners.
#[derive(Debug)]
pub(crate) struct Hub {
    sessions: Vec<Session>,
    pages: broadcast::Sender<PageEvent>,
    pub(crate) dispatched: Dispatched,
}

impl Default for Hub {
    fn default() -> Self {
        let (pages, _) = broadcast::channel(PAGE_LAG);
        Self {
            sessions: Vec::new(),
            pages,
            dispatched: Dispatched::default(),
        }
    }
}

impl Hub {
    /// Sends an event to every session that wants it; sessions without a connection keep it for later.
    pub(crate) fn dispatch(&mut self, intent: u64, guild: Option<Id>, name: &str, data: &Value) {
        for session in &mut self.sessions {
            let wanted = intent == intent::ALWAYS || session.intents & intent != 0;
            if wanted && guild.is_none_or(|guild| session.serves(guild)) {
                session.push(name, data, &mut self.dispatched);
            }
        }
    }

    /// Tells the pages.
    pub(crate) fn page(&self, only_for: Option<Id>, kind: &str, data: &Value) {
        if self.pages.receiver_count() == 0 {
            return;
        }
        let body = Arc::new(json!({ "t": kind, "d": data }));
        // They may have left just now.
        let _ = self.pages.send(PageEvent { only_for, body });
    }

    /// Listens as a page does.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<PageEvent> {
        self.pages.subscribe()
    }

    /// Whether a bot is connected.
    pub(crate) fn online(&self) -> bool {
        self.sessions.iter().any(|session| session.link.is_some())
    }

    /// Whether an interaction can reach a bot, now or after a RESUME.
    pub(crate) fn reachable(&self) -> bool {
        !self.sessions.is_empty()
    }

    /// A new session for a connection that identified itself. READY goes out as its first event.
    pub(crate) fn open(&mut self, id: String, intents: u64, shard: (u64, u64), link: Link) {
        self.sessions.push(Session {
            id,
            intents,
            shard,
            seq: 0,
            replay: VecDeque::new(),
            link: Some(link),
            lost_ms: 0,
        });
    }

    /// Sends an event to one session alone.
    pub(crate) fn send_to(&mut self, id: &str, name: &str, data: &Value) {
        if let Some(session) = self.sessions.iter_mut().find(|session| session.id == id) {
            session.push(name, data, &mut self.dispatched);
        }
    }

    /// Takes up a lost session again and replays what came after `seq`. False: it cannot be resumed.
    pub(crate) fn resume(&mut self, id: &str, seq: u64, link: Link) -> bool {
        let Some(session) = self.sessions.iter_mut().find(|session| session.id == id) else {
            return false;
        };
        let oldest = session
            .replay
            .front()
            .map_or(session.seq + 1, |(first, _, _)| *first);
        if seq > session.seq || seq + 1 < oldest {
            return false;
        }
        if let Some(old) = session.link.replace(link) {
            let _ = old.send(Frame::Close(4000, "Resumed elsewhere."));
        }
        session.replay_after(seq, &mut self.dispatched);
        true
    }

    /// The connection of a session is gone. `ended`: the bot closed it with 1000 or 1001, for good.
    pub(crate) fn detach(&mut self, id: &str, link: &Link, ended: bool, now: u64) {
        let ours = |session: &Session| {
            session.id == id && session.link.as_ref().is_some_and(|own| own.same_channel(link))
        };
        if ended {
            self.sessions.retain(|session| !ours(session));
        } else if let Some(session) = self.sessions.iter_mut().find(|session| ours(session)) {
            session.link = None;
            session.lost_ms = now;
        }
    }

    /// Cuts every connection; the sessions can be resumed.
    pub(crate) fn cut(&mut self, now: u64) {
        for session in &mut self.sessions {
            if let Some(link) = session.link.take() {
                let _ = link.send(Frame::Drop);
                session.lost_ms = now;
            }
        }
    }

    /// Ends every session with op 9 `d: false`: what happens until the bot identifies anew is lost to it.
    pub(crate) fn invalidate(&mut self) {
        for session in self.sessions.drain(..) {
            if let Some(link) = session.link {
                let _ = link.send(Frame::Invalid);
            }
        }
    }

    /// Forgets sessions that were lost too long ago.
    pub(crate) fn expire(&mut self, now: u64) -> bool {
        let before = self.sessions.len();
        self.sessions
            .retain(|session| session.link.is_some() || now < session.lost_ms + RESUMABLE_MS);
        before != self.sessions.len()
    }
}

impl Session {
    fn serves(&self, guild: Id) -> bool {
        let (shard, of) = self.shard;
        (guild >> 22) % of.max(1) == shard
    }

    fn push(&mut self, name: &str, data: &Value, dispatched: &mut Dispatched) {
        self.seq += 1;
        let text = json!({ "op": 0, "s": self.seq, "t": name, "d": data }).to_string();
        let kind = EventKind::of(name);
        if self.replay.len() == REPLAY_KEPT {
            self.replay.pop_front();
        }
        self.replay.push_back((self.seq, kind, text.clone()));
        self.deliver(kind, text, dispatched);
    }

    fn deliver(&self, kind: EventKind, text: String, dispatched: &mut Dispatched) {
        let sent = self
            .link
            .as_ref()
            .is_some_and(|link| link.send(Frame::Text(text)).is_ok());
        match (sent, kind) {
            (true, EventKind::Reaction) => dispatched.reactions += 1,
            (true, EventKind::Interaction) => dispatched.interactions += 1,
            (true, EventKind::Other) | (false, _) => {}
        }
    }

    fn replay_after(&self, seq: u64, dispatched: &mut Dispatched) {
        for (_, kind, text) in self.replay.iter().filter(|(at, _, _)| *at > seq) {
            self.deliver(*kind, text.clone(), dispatched);
        }
    }
}

impl EventKind {
    fn of(name: &str) -> Self {
        if name.starts_with("MESSAGE_REACTION_") {
            Self::Reaction
        } else if name == "INTERACTION_CREATE" {
            Self::Interaction
        } else {
            Self::Other
        }
    }
}
