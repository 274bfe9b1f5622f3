//! Who listens: the bot's gateway sessions and the open pages.

pub(crate) mod close;
pub(crate) mod limits;
pub(crate) mod log;
pub(crate) mod mishap;
pub(crate) mod session;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::broadcast;

use crate::clock::Clock;
use crate::handle::gateway::{Cut, SessionView};
use crate::openapi::checks::Checks;
use crate::snowflake::Id;
use crate::state::sessions::close::Close;
use crate::state::sessions::limits::{GatewayLimits, Starts};
use crate::state::sessions::log::Log;
use crate::state::sessions::mishap::{Event, Mishaps};
use crate::state::sessions::session::{Frame, Link, Session, Wishes};

/// Page events that a slow page may lag behind before it loses some.
const PAGE_LAG: usize = 4_096;
/// The code with which Discord ends every session of a token that was reset.
const TOKEN_RESET: u16 = 4004;

/// Gateway intents: an event is sent only to sessions that asked for its bit.
pub(crate) mod intent {
    /// Sent whatever the intents are.
    pub(crate) const ALWAYS: u64 = 0;
    pub(crate) const GUILDS: u64 = 1;
    pub(crate) const GUILD_MEMBERS: u64 = 1 << 1;
    pub(crate) const GUILD_EXPRESSIONS: u64 = 1 << 3;
    pub(crate) const GUILD_MESSAGES: u64 = 1 << 9;
    pub(crate) const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
    pub(crate) const MESSAGE_CONTENT: u64 = 1 << 15;
}

/// What counts for [`Dispatched`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
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

impl Dispatched {
    pub(crate) const fn count(&mut self, kind: EventKind) {
        match kind {
            EventKind::Reaction => self.reactions += 1,
            EventKind::Interaction => self.interactions += 1,
            EventKind::Other => {}
        }
    }
}

/// What came of a RESUME.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resume {
    /// What was missed goes out.
    Resumed {
        /// Whether payloads are packed one by one.
        compress: bool,
    },
    /// There is no such session any more, or not all of what was missed.
    Over,
    /// The bot says that it heard what was never said. The session is over.
    BadSeq,
}

/// All listeners.
#[derive(Debug)]
pub(crate) struct Hub {
    sessions: Vec<Session>,
    pages: broadcast::Sender<PageEvent>,
    pub(crate) dispatched: Dispatched,
    pub(crate) limits: GatewayLimits,
    pub(crate) starts: Starts,
    pub(crate) mishaps: Mishaps,
    pub(crate) log: Log,
    /// The sandbox's clock: events can be late.
    pub(crate) clock: Clock,
    /// The tokens that were used, and those among them that are refused now.
    tokens: BTreeSet<String>,
    revoked: BTreeSet<String>,
    /// Every event is checked before it goes out.
    pub(crate) checks: Arc<Checks>,
}

impl Default for Hub {
    fn default() -> Self {
        let (pages, _) = broadcast::channel(PAGE_LAG);
        Self {
            sessions: Vec::new(),
            pages,
            dispatched: Dispatched::default(),
            limits: GatewayLimits::default(),
            starts: Starts::default(),
            mishaps: Mishaps::default(),
            log: Log::default(),
            clock: Clock::default(),
            tokens: BTreeSet::new(),
            revoked: BTreeSet::new(),
            checks: Arc::default(),
        }
    }
}

impl Hub {
    /// Sends an event to every session that wants it; sessions without a connection keep it for later.
    pub(crate) fn dispatch(&mut self, intent: u64, guild: Option<Id>, name: &str, data: &Value) {
        let event = Event {
            intent,
            guild,
            name: name.to_owned(),
            data: data.clone(),
        };
        let events = self.mishaps.pass(event, self.clock.now_ms());
        self.send_all(events);
    }

    /// Sends late events that are due. Says whether there were any.
    pub(crate) fn release(&mut self, now: u64) -> bool {
        let due = self.mishaps.due(now);
        let any = !due.is_empty();
        self.send_all(due);
        any
    }

    fn send_all(&mut self, events: Vec<Event>) {
        for event in events {
            if !self.sessions.is_empty() {
                self.checks.event(&event.name, &event.data);
            }
            for session in self.sessions.iter_mut().filter(|session| session.wants(&event)) {
                session.push(&event.name, &event.data, &mut self.dispatched);
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
        self.sessions.iter().any(Session::connected)
    }

    /// Whether an interaction can reach a bot, now or after a RESUME.
    pub(crate) fn reachable(&self) -> bool {
        !self.sessions.is_empty()
    }

    /// The sessions as they are now.
    pub(crate) fn sessions(&self) -> Vec<SessionView> {
        let view = |session: &Session| SessionView {
            id: session.id.clone(),
            shard: session.wishes.shard,
            intents: session.wishes.intents,
            seq: session.seq,
            connected: session.connected(),
        };
        self.sessions.iter().map(view).collect()
    }

    /// Whether a token is good: any is that was not reset.
    pub(crate) fn knows(&self, token: &str) -> bool {
        !self.revoked.contains(token)
    }

    /// Remembers a good token as the bot's.
    pub(crate) fn remember(&mut self, token: &str) {
        self.tokens.insert(token.to_owned());
    }

    /// A new session for a connection that identified itself. READY goes out as its first event.
    pub(crate) fn open(&mut self, id: String, wishes: Wishes, bot: Id, link: Link) {
        self.sessions.push(Session::new(id, wishes, bot, link));
    }

    /// Sends an event to one session alone.
    pub(crate) fn send_to(&mut self, id: &str, name: &str, data: &Value) {
        self.checks.event(name, data);
        if let Some(session) = self.sessions.iter_mut().find(|session| session.id == id) {
            session.push(name, data, &mut self.dispatched);
        }
    }

    /// Takes up a lost session again and replays what came after `seq`.
    pub(crate) fn resume(&mut self, id: &str, token: &str, seq: u64, link: Link, now: u64) -> Resume {
        self.expire(now);
        let found = self.sessions.iter_mut().find(|session| session.id == id);
        let Some(session) = found.filter(|session| session.wishes.token == token) else {
            return Resume::Over;
        };
        if seq > session.seq {
            self.sessions.retain(|session| session.id != id);
            return Resume::BadSeq;
        }
        if !session.keeps_all_after(seq) {
            return Resume::Over;
        }
        if let Some(old) = session.attach(link) {
            let _ = old.send(Frame::Close(Close::with(4000)));
        }
        session.replay_after(seq, &mut self.dispatched);
        let compress = session.wishes.compress;
        Resume::Resumed { compress }
    }

    /// The connection of a session is gone. `ended`: for good.
    pub(crate) fn detach(&mut self, id: &str, link: &Link, ended: bool, now: u64) {
        let ours = |session: &Session| session.id == id && session.is_on(link);
        if ended {
            self.sessions.retain(|session| !ours(session));
        } else if let Some(session) = self.sessions.iter_mut().find(|session| ours(session)) {
            session.detach(now);
        }
    }

    /// Cuts the connections of a shard, or all.
    pub(crate) fn cut(&mut self, shard: Option<u64>, cut: Cut, now: u64) {
        let mut kept = Vec::new();
        for mut session in std::mem::take(&mut self.sessions) {
            let meant = shard.is_none_or(|shard| shard == session.wishes.shard.0);
            if !meant || cut_one(&mut session, cut, now) {
                kept.push(session);
            }
        }
        self.sessions = kept;
    }

    /// Every session ends, and the tokens that were used are refused from now on.
    pub(crate) fn reset_token(&mut self) {
        self.revoked.append(&mut self.tokens);
        self.cut(None, Cut::Close { code: TOKEN_RESET }, 0);
    }

    /// Forgets sessions that were lost too long ago.
    pub(crate) fn expire(&mut self, now: u64) -> bool {
        let (before, resumable_ms) = (self.sessions.len(), self.limits.resumable_ms);
        self.sessions
            .retain(|session| !session.expired(now, resumable_ms));
        before != self.sessions.len()
    }
}

/// Cuts a session off. Returns whether there still is one.
fn cut_one(session: &mut Session, cut: Cut, now: u64) -> bool {
    let (frame, stays) = match cut {
        Cut::Mute => {
            session.mute();
            return true;
        }
        Cut::WithholdAcks => {
            session.tell(Frame::WithholdAcks);
            return true;
        }
        Cut::Drop => (Frame::Drop, true),
        Cut::Fresh => (Frame::Invalid(false), false),
        Cut::Resumable => (Frame::Invalid(true), true),
        Cut::Reconnect => (Frame::Reconnect, true),
        Cut::CloseBare => (Frame::CloseBare, true),
        Cut::Close { code } => {
            let close = Close::with(code);
            (Frame::Close(close), !close.ends_session())
        }
    };
    if let Some(link) = session.detach(now) {
        let _ = link.send(frame);
    }
    stays
}

impl EventKind {
    pub(crate) fn of(name: &str) -> Self {
        if name.starts_with("MESSAGE_REACTION_") {
            Self::Reaction
        } else if name == "INTERACTION_CREATE" {
            Self::Interaction
        } else {
            Self::Other
        }
    }
}
