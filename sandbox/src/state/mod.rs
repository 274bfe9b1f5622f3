//! Everything that the local Discord knows, and the moves that change it.
//!
//! [`State`] is one value, and knows nothing of sockets or HTTP. Each folder below owns a part of
//! it as a struct ([`People`], [`Channels`], [`Messages`], [`Interactions`], [`Sessions`]), and
//! holds the moves that are about it: methods of [`State`] without I/O and without waiting. A move
//! tells bots and pages what happened through [`State::dispatch`] and [`Pages`], so events come in
//! the order of the changes.

pub(crate) mod channels;
pub(crate) mod fault;
pub(crate) mod interactions;
pub(crate) mod messages;
pub(crate) mod model;
mod neighbours;
pub(crate) mod pages;
pub(crate) mod people;
pub(crate) mod persistence;
pub(crate) mod rate_limits;
pub(crate) mod sessions;
mod tick;
pub(crate) mod traffic;

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::broadcast;

use crate::clock::Clock;
use crate::guide::Guide;
use crate::openapi::checks::Checks;
use crate::permissions;
use crate::snowflake::{Id, Snowflakes};
use crate::state::channels::Channels;
use crate::state::fault::{Call, Calls, Fault, Faults};
use crate::state::interactions::Interactions;
use crate::state::messages::Messages;
use crate::state::messages::rules::MessageLimits;
use crate::state::model::{Elsewhere, Guild};
use crate::state::pages::{PageEvent, Pages};
use crate::state::people::People;
use crate::state::rate_limits::{RateLimiter, RateLimits};
use crate::state::sessions::Sessions;
use crate::state::sessions::events::Event;
use crate::state::traffic::Traffic;
use crate::world::World;

/// Everything that the local Discord knows.
#[derive(Debug)]
pub(crate) struct State {
    clock: Clock,
    ids: Snowflakes,
    /// The guild that the state is in.
    guild: Guild,
    /// How many servers more the gateway announces.
    other_guilds: u32,
    /// The first guild.
    home: Id,
    /// The guilds that the state is not in.
    elsewhere: Vec<Elsewhere>,
    people: People,
    channels: Channels,
    messages: Messages,
    interactions: Interactions,
    sessions: Sessions,
    pages: Pages,
    faults: Faults,
    calls: Calls,
    traffic: Arc<Traffic>,
    limiter: RateLimiter,
    /// `http://127.0.0.1:PORT`, in front of every attachment's path.
    origin: String,
}

impl State {
    /// Builds the state of a fresh world.
    pub(crate) fn new(world: World) -> Self {
        let guild = Guild {
            id: world.guild,
            name: world.guild_name,
            owner: world.owner,
            premium_tier: world.premium_tier,
            system_channel: world.system_channel,
            bot: world.bot,
            everyone: permissions::MEMBER,
        };
        let mut state = Self::of(guild);
        state.other_guilds = world.other_guilds;
        state.add_roles(world.roles);
        state.add_people(world.people);
        state.add_channels(world.channels);
        for neighbour in world.neighbours {
            state.add_neighbour(neighbour);
        }
        state
    }

    /// Builds the state of an empty guild.
    fn of(guild: Guild) -> Self {
        let traffic = Arc::new(Traffic::default());
        let mut pages = Pages::default();
        pages.enter(guild.id);
        Self {
            clock: Clock::default(),
            ids: Snowflakes::default(),
            home: guild.id,
            guild,
            other_guilds: 0,
            elsewhere: Vec::new(),
            people: People::default(),
            channels: Channels::default(),
            messages: Messages::default(),
            interactions: Interactions::default(),
            sessions: Sessions::heard_by(traffic.clone()),
            pages,
            faults: Faults::default(),
            calls: Calls::default(),
            traffic,
            limiter: RateLimiter::default(),
            origin: String::new(),
        }
    }

    /// Sets where the state is served, and what checks its events.
    pub(crate) fn serve_at(&mut self, origin: String, checks: Arc<Checks>) {
        self.origin = origin;
        self.sessions.check_by(checks);
    }

    /// Returns `http://127.0.0.1:PORT`, where everything is served.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns the sandbox's time, in milliseconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        self.clock.now_ms()
    }

    /// Makes a new id.
    pub(crate) fn next_id(&mut self) -> Id {
        let now = self.now();
        self.ids.next(now)
    }

    /// Returns the guild that the state is in.
    pub(crate) const fn guild(&self) -> &Guild {
        &self.guild
    }

    /// Returns the ids of the servers that the gateway announces besides the guild.
    pub(crate) fn other_guilds(&self) -> impl Iterator<Item = Id> + use<> {
        let first = self.home;
        // The shard of a server is told by the bits above the 22nd.
        (1..=Id::from(self.other_guilds)).map(move |number| first + (number << 22))
    }

    /// Returns the id of the bot's user, which is its application's too.
    pub(crate) const fn bot(&self) -> Id {
        self.guild.bot
    }

    /// Returns the guild's owner, who may do everything.
    pub(crate) const fn owner(&self) -> Id {
        self.guild.owner
    }

    /// Returns users, members and roles.
    pub(crate) const fn people(&self) -> &People {
        &self.people
    }

    /// Returns channels and threads.
    pub(crate) const fn channels(&self) -> &Channels {
        &self.channels
    }

    /// Returns messages and files.
    pub(crate) const fn messages(&self) -> &Messages {
        &self.messages
    }

    /// Returns interactions and commands.
    pub(crate) const fn interactions(&self) -> &Interactions {
        &self.interactions
    }

    /// Returns the bot's gateway sessions.
    pub(crate) const fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// Borrows the bot's gateway sessions, to open, instruct and end them.
    pub(crate) const fn sessions_mut(&mut self) -> &mut Sessions {
        &mut self.sessions
    }

    /// Sets what a newcomer is told.
    pub(crate) fn set_guide(&mut self, guide: Option<Guide>) {
        self.pages.set_guide(guide);
    }

    /// Returns what a newcomer is told, if anything.
    pub(crate) fn guide(&self) -> Option<&Guide> {
        self.pages.guide()
    }

    /// Subscribes to what the pages are told.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<PageEvent> {
        self.pages.subscribe()
    }

    /// Sends an event of the guild to every session that asked for this intent.
    fn dispatch(&mut self, intent: u64, name: &str, data: &Value) {
        let event = Event {
            intent,
            guild: Some(self.guild.id),
            name: name.to_owned(),
            data: data.clone(),
        };
        let now = self.now();
        self.sessions.dispatch(event, now);
    }

    /// Tells the pages whether a bot is connected.
    pub(crate) fn tell_bot_presence(&self) {
        let online = self.sessions.online();
        self.pages.tell(None, "BOT", &json!({ "online": online }));
    }

    /// Sets what may be posted and edited.
    pub(crate) fn set_message_limits(&mut self, limits: MessageLimits) {
        self.messages.set_limits(limits);
    }

    /// Lets REST requests of the bot fail.
    pub(crate) fn add_fault(&mut self, fault: Fault) {
        self.faults.add(fault);
    }

    /// Returns the fault for a REST request, if one is due.
    pub(crate) fn take_fault(&mut self, method: &str, path: &str) -> Option<Fault> {
        self.faults.take(method, path)
    }

    /// Remembers a REST request.
    pub(crate) fn record(&mut self, call: Call) {
        self.calls.record(call);
    }

    /// Returns the REST requests of the bot, oldest first.
    pub(crate) fn calls(&self) -> impl DoubleEndedIterator<Item = &Call> {
        self.calls.all()
    }

    /// Returns the faults that wait for requests.
    pub(crate) fn armed(&self) -> &[Fault] {
        self.faults.armed()
    }

    /// Takes back every fault that waits: for requests, events and connections.
    pub(crate) fn disarm(&mut self) {
        self.faults.disarm();
        self.sessions.disarm();
    }

    /// Returns what passed between bots and the local Discord.
    pub(crate) fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// Sets the rate limits. Forgets what was counted, and lifts a ban.
    pub(crate) fn set_rate_limits(&mut self, limits: RateLimits) {
        self.limiter = RateLimiter::new(limits);
    }

    /// Returns the rate limits that hold.
    pub(crate) fn rate_limits(&self) -> RateLimits {
        self.limiter.limits().clone()
    }

    /// Borrows the rate limits, to hold a request to them.
    pub(crate) const fn limiter_mut(&mut self) -> &mut RateLimiter {
        &mut self.limiter
    }
}
