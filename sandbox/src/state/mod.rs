//! Everything that the local Discord knows, and the moves that change it.
//!
//! Moves are plain functions over [`State`]: no I/O and no waiting. The clock is read through
//! [`State::now`]; what others should hear of goes through [`sessions::Hub`].

pub(crate) mod channels;
pub(crate) mod fault;
pub(crate) mod interactions;
pub(crate) mod messages;
pub(crate) mod model;
pub(crate) mod people;
pub(crate) mod persistence;
pub(crate) mod rate_limits;
pub(crate) mod sessions;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::handle::gateway::Cut;
use crate::permissions;
use crate::snowflake::{Id, Snowflakes};
use crate::state::fault::{Call, Faults};
use crate::state::messages::content::Content;
use crate::state::model::Blob;
use crate::state::model::{Channel, CustomEmoji, Guild, Interaction, Member, Message, Role, User};
use crate::state::rate_limits::Limiter;
use crate::state::sessions::Hub;
use crate::world::World;

/// How many REST requests are remembered.
const CALLS_KEPT: usize = 20_000;

/// The whole of the local Discord. What is not skipped here is what `data` keeps.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    ids: Snowflakes,
    pub(crate) guild: Guild,
    pub(crate) users: BTreeMap<Id, User>,
    pub(crate) members: BTreeMap<Id, Member>,
    pub(crate) roles: Vec<Role>,
    /// The guild's own emoji.
    #[serde(default)]
    pub(crate) emojis: BTreeMap<Id, CustomEmoji>,
    pub(crate) channels: BTreeMap<Id, Channel>,
    /// By channel, then by message.
    pub(crate) messages: BTreeMap<Id, BTreeMap<Id, Message>>,
    pub(crate) interactions: BTreeMap<Id, Interaction>,
    /// The registered commands, as Discord answers them.
    pub(crate) commands: Vec<Value>,
    /// The bytes of attachments, by attachment.
    pub(crate) blobs: HashMap<Id, Blob>,
    /// `http://127.0.0.1:PORT`, in front of every attachment's path.
    #[serde(skip)]
    pub(crate) origin: String,
    #[serde(skip)]
    pub(crate) hub: Hub,
    #[serde(skip)]
    pub(crate) faults: Faults,
    #[serde(skip)]
    pub(crate) limits: Limiter,
    #[serde(default)]
    pub(crate) content: Content,
    #[serde(skip)]
    pub(crate) calls: VecDeque<Call>,
}

impl State {
    /// A fresh world.
    pub(crate) fn new(world: World) -> Self {
        let mut state = Self {
            clock: Clock::default(),
            ids: Snowflakes::default(),
            guild: Guild {
                id: world.guild,
                name: world.guild_name,
                owner: world.owner,
                premium_tier: world.premium_tier,
                bot: world.bot,
                everyone: permissions::MEMBER,
            },
            users: BTreeMap::new(),
            members: BTreeMap::new(),
            roles: Vec::new(),
            emojis: BTreeMap::new(),
            channels: BTreeMap::new(),
            messages: BTreeMap::new(),
            interactions: BTreeMap::new(),
            commands: Vec::new(),
            blobs: HashMap::new(),
            origin: String::new(),
            hub: Hub::default(),
            faults: Faults::default(),
            limits: Limiter::default(),
            content: Content::default(),
            calls: VecDeque::new(),
        };
        state.add_roles(world.roles);
        state.add_people(world.people);
        state.add_channels(world.channels);
        state
    }

    /// Milliseconds since 1970 on the sandbox's clock.
    pub(crate) fn now(&self) -> u64 {
        self.clock.now_ms()
    }

    /// A new id.
    pub(crate) fn next_id(&mut self) -> Id {
        let now = self.now();
        self.ids.next(now)
    }

    /// Pushes the clock forward and does what is due then.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
        self.hub.clock = self.clock.clone();
        self.tick();
        self.hub.page(None, "CLOCK", &json!({ "now_ms": self.now() }));
    }

    /// What happens by itself as time passes. Returns whether anything did.
    pub(crate) fn tick(&mut self) -> bool {
        let now = self.now();
        let expired = self.hub.expire(now);
        let told = self.hub.release(now);
        let failed = self.fail_unanswered(now);
        let archived = self.archive_idle(now);
        expired || told || failed || archived
    }

    /// Cuts the bot's connections: those of a shard, or all.
    pub(crate) fn cut_gateway(&mut self, shard: Option<u64>, cut: Cut) {
        let now = self.now();
        self.hub.cut(shard, cut, now);
        self.tell_bot_presence();
    }

    /// Tells the pages whether a bot is connected.
    pub(crate) fn tell_bot_presence(&self) {
        self.hub
            .page(None, "BOT", &json!({ "online": self.hub.online() }));
    }

    /// Remembers a REST request.
    pub(crate) fn record(&mut self, call: Call) {
        if self.calls.len() == CALLS_KEPT {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
    }
}
