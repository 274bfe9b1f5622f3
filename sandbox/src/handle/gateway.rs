//! The gateway's bad days, from within the process.

use serde::{Deserialize, Serialize};

use crate::core::Core;
use crate::state::sessions::limits::GatewayLimits;
use crate::state::sessions::log::GatewayEvent;
use crate::state::sessions::mishap::{EventFault, Greeting};

/// How a gateway connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cut {
    /// The TCP connection ends without a word. The session can be resumed, and then nothing is lost.
    Drop,
    /// Op 9 with `d: false`: the session is over. What happens until the bot identifies anew is lost to it.
    Fresh,
    /// Op 9 with `d: true`: the session can be resumed.
    Resumable,
    /// Op 7: the bot is asked to connect anew and to resume.
    Reconnect,
    /// A close with a code. 4004, 4007 and 4009 to 4014 end the session, any other leaves it to be resumed.
    Close {
        /// The code.
        code: u16,
    },
    /// A close without a code. The session can be resumed.
    CloseBare,
    /// Half-open: the connection stands, and nothing passes it in either direction.
    Mute,
    /// Heartbeats are not answered; all else goes on.
    WithholdAcks,
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
    /// The number of the last event.
    pub seq: u64,
    /// Whether it has a connection.
    pub connected: bool,
}

/// Steers the gateway of a sandbox.
#[derive(Clone, Debug)]
pub struct GatewayControl {
    core: Core,
}

impl GatewayControl {
    pub(crate) const fn new(core: Core) -> Self {
        Self { core }
    }

    /// Cuts the connections of a shard; of all if none is named.
    pub fn cut(&self, shard: Option<u64>, cut: Cut) {
        self.core.change(|state| state.cut_gateway(shard, cut));
    }

    /// Lets something happen to events that come.
    pub fn mishap(&self, fault: EventFault) {
        self.core.change(|state| state.hub.mishaps.add(fault));
    }

    /// So many of the next connections are received so.
    pub fn greet(&self, greeting: Greeting, times: usize) {
        self.core.change(|state| state.hub.mishaps.greet(greeting, times));
    }

    /// What the gateway allows now.
    #[must_use]
    pub fn limits(&self) -> GatewayLimits {
        self.core.read(|state| state.hub.limits.clone())
    }

    /// Changes what the gateway allows from now on.
    pub fn set_limits(&self, change: impl FnOnce(&mut GatewayLimits)) {
        self.core.change(|state| change(&mut state.hub.limits));
    }

    /// Resets the bot's token, as its owner does in the portal, and as Discord does after too many IDENTIFYs: every
    /// session ends with 4004, and every token that was used so far is refused from now on.
    pub fn reset_token(&self) {
        self.core.change(|state| state.hub.reset_token());
    }

    /// The sessions, those without a connection included.
    #[must_use]
    pub fn sessions(&self) -> Vec<SessionView> {
        self.core.read(|state| state.hub.sessions())
    }

    /// What happened at the gateway, oldest first.
    #[must_use]
    pub fn log(&self) -> Vec<GatewayEvent> {
        self.core.read(|state| state.hub.log.all())
    }
}
