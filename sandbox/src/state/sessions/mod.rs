//! The bot's gateway sessions, and everything that can go wrong with them.

pub(crate) mod close;
pub(crate) mod cut;
pub(crate) mod events;
pub(crate) mod intent;
pub(crate) mod limits;
pub(crate) mod log;
pub(crate) mod mishap;
pub(crate) mod session;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use crate::openapi::checks::Checks;
use crate::snowflake::Id;
use crate::state::sessions::close::Close;
use crate::state::sessions::cut::Cut;
use crate::state::sessions::events::{Dispatched, Event};
use crate::state::sessions::limits::{GatewayLimits, SessionStarts, StartDecision};
use crate::state::sessions::log::{GatewayEvent, Log};
use crate::state::sessions::mishap::{EventFault, Greeting, Mishaps};
use crate::state::sessions::session::{ConnectionHandle, Identify, Instruction, Session, SessionView};
use crate::state::traffic::Traffic;

/// The code with which Discord ends every session of a token that was reset.
const TOKEN_RESET: u16 = 4004;

/// What came of a RESUME.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resume {
    /// The session goes on, and missed events are sent.
    Resumed {
        /// Whether payloads are compressed one by one.
        compress: bool,
    },
    /// The session is gone, or some missed events are.
    Over,
    /// The bot claims an event that was never sent. The session is over.
    BadSeq,
}

/// All sessions of the bot, the gateway's limits and faults, and its log.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    open: Vec<Session>,
    dispatched: Dispatched,
    limits: GatewayLimits,
    starts: SessionStarts,
    mishaps: Mishaps,
    log: Log,
    /// The tokens that were used, and those that are refused since a reset.
    tokens: BTreeSet<String>,
    revoked: BTreeSet<String>,
    /// What checks every event before it is sent.
    checks: Arc<Checks>,
    /// What keeps every event that is sent.
    traffic: Arc<Traffic>,
}

impl Sessions {
    /// Keeps what passes in this.
    pub(crate) fn heard_by(traffic: Arc<Traffic>) -> Self {
        Self {
            traffic,
            ..Self::default()
        }
    }

    /// Checks every event by the document from now on.
    pub(crate) fn check_by(&mut self, checks: Arc<Checks>) {
        self.checks = checks;
    }

    /// Sends an event to every session that wants it. A session without a connection keeps it for a
    /// RESUME.
    pub(crate) fn dispatch(&mut self, event: Event, now: u64) {
        let events = self.mishaps.pass(event, now);
        self.send_all(events, now);
    }

    /// Sends late events that are due. Returns whether there were any.
    pub(crate) fn release(&mut self, now: u64) -> bool {
        let due = self.mishaps.due(now);
        let any = !due.is_empty();
        self.send_all(due, now);
        any
    }

    fn send_all(&mut self, events: Vec<Event>, now: u64) {
        for event in events {
            if self.open.iter().any(|session| session.wants(&event)) {
                self.check(&event.name, &event.data, now);
            }
            for session in self.open.iter_mut().filter(|session| session.wants(&event)) {
                session.push(&event.name, &event.data, &mut self.dispatched);
            }
        }
    }

    fn check(&self, name: &str, data: &Value, now: u64) {
        let flaws = self.checks.event(name, data);
        self.traffic.event(name, data, flaws, now);
    }

    /// Returns whether a bot is connected.
    pub(crate) fn online(&self) -> bool {
        self.open.iter().any(Session::connected)
    }

    /// Returns whether a session asked for this intent.
    pub(crate) fn hears(&self, id: &str, intent: u64) -> bool {
        let mut open = self.open.iter();
        open.any(|session| session.id == id && session.identify.intents & intent != 0)
    }

    /// Returns whether an interaction can reach a bot, now or after a RESUME.
    pub(crate) fn reachable(&self) -> bool {
        !self.open.is_empty()
    }

    /// Returns how many events were sent so far.
    pub(crate) const fn dispatched(&self) -> Dispatched {
        self.dispatched
    }

    /// Returns what the gateway allows.
    pub(crate) const fn limits(&self) -> &GatewayLimits {
        &self.limits
    }

    /// Borrows what the gateway allows, to change it.
    pub(crate) const fn limits_mut(&mut self) -> &mut GatewayLimits {
        &mut self.limits
    }

    /// Returns how many sessions may begin today, and in how many milliseconds the count restarts.
    pub(crate) fn starts_left(&self, now: u64) -> (u64, u64) {
        self.starts.left(&self.limits, now)
    }

    /// Counts an IDENTIFY of a shard, and decides about it.
    pub(crate) fn begin(&mut self, shard: u64, now: u64) -> StartDecision {
        self.starts.begin(&self.limits, shard, now)
    }

    /// Adds a fault for events to come.
    pub(crate) fn add_fault(&mut self, fault: EventFault) {
        self.mishaps.add(fault);
    }

    /// Receives so many of the next connections in this way.
    pub(crate) fn greet(&mut self, greeting: Greeting, times: usize) {
        self.mishaps.greet(greeting, times);
    }

    /// Returns how the next connection is received, if not as usual.
    pub(crate) fn greeting(&mut self) -> Option<Greeting> {
        self.mishaps.greeting()
    }

    /// Returns the faults that wait for events, and how the next connections are received.
    pub(crate) fn armed(&self) -> (&[EventFault], &[Greeting]) {
        self.mishaps.armed()
    }

    /// Takes back what waits for events and for connections.
    pub(crate) fn disarm(&mut self) {
        self.mishaps.disarm();
    }

    /// Logs what happened.
    pub(crate) fn note(&mut self, event: GatewayEvent) {
        self.log.note(event);
    }

    /// Returns the log, oldest entry first.
    pub(crate) fn log(&self) -> Vec<GatewayEvent> {
        self.log.all()
    }

    /// Returns the sessions as they are now.
    pub(crate) fn views(&self) -> Vec<SessionView> {
        self.open.iter().map(Session::view).collect()
    }

    /// Returns whether a token is valid: any is that was not reset.
    pub(crate) fn knows(&self, token: &str) -> bool {
        !self.revoked.contains(token)
    }

    /// Remembers a valid token, so that a reset revokes it.
    pub(crate) fn remember(&mut self, token: &str) {
        self.tokens.insert(token.to_owned());
    }

    /// Adds a session for a connection that identified.
    pub(crate) fn open(&mut self, id: String, identify: Identify, bot: Id, handle: ConnectionHandle) {
        self.open.push(Session::new(id, identify, bot, handle));
    }

    /// Sends an event to one session alone.
    pub(crate) fn send_to(&mut self, id: &str, name: &str, data: &Value, now: u64) {
        self.check(name, data, now);
        if let Some(session) = self.open.iter_mut().find(|session| session.id == id) {
            session.push(name, data, &mut self.dispatched);
        }
    }

    /// Resumes a session and replays the events after `seq`.
    pub(crate) fn resume(
        &mut self,
        id: &str,
        token: &str,
        seq: u64,
        handle: ConnectionHandle,
        now: u64,
    ) -> Resume {
        self.expire(now);
        let found = self.open.iter_mut().find(|session| session.id == id);
        let Some(session) = found.filter(|session| session.identify.token == token) else {
            return Resume::Over;
        };
        if seq > session.seq {
            self.open.retain(|session| session.id != id);
            return Resume::BadSeq;
        }
        if !session.keeps_all_after(seq) {
            return Resume::Over;
        }
        if let Some(old) = session.attach(handle) {
            let _ = old.send(Instruction::Close(Close::with(4000)));
        }
        session.replay_after(seq, &mut self.dispatched);
        let compress = session.identify.compress;
        Resume::Resumed { compress }
    }

    /// Notes that the connection of a session is gone. `ended`: the session is over too.
    pub(crate) fn detach(&mut self, id: &str, handle: &ConnectionHandle, ended: bool, now: u64) {
        let ours = |session: &Session| session.id == id && session.is_on(handle);
        if ended {
            self.open.retain(|session| !ours(session));
        } else if let Some(session) = self.open.iter_mut().find(|session| ours(session)) {
            session.detach(now);
        }
    }

    /// Cuts the connections of one shard, or all.
    pub(crate) fn cut(&mut self, shard: Option<u64>, cut: Cut, now: u64) {
        let mut kept = Vec::new();
        for mut session in std::mem::take(&mut self.open) {
            let meant = shard.is_none_or(|shard| shard == session.identify.shard.0);
            if !meant || cut.apply(&mut session, now) {
                kept.push(session);
            }
        }
        self.open = kept;
    }

    /// Ends every session with 4004, and refuses the tokens that were used from now on.
    pub(crate) fn reset_token(&mut self) {
        self.revoked.append(&mut self.tokens);
        self.cut(None, Cut::Close { code: TOKEN_RESET }, 0);
    }

    /// Drops sessions that lost their connection too long ago. Returns whether there were any.
    pub(crate) fn expire(&mut self, now: u64) -> bool {
        let (before, resumable_ms) = (self.open.len(), self.limits.resumable_ms);
        self.open.retain(|session| !session.expired(now, resumable_ms));
        before != self.open.len()
    }
}
