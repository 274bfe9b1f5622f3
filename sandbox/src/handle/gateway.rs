//! Faults of the gateway, made from within the process.

use crate::core::Core;
use crate::handle::sandbox::Sandbox;
use crate::state::sessions::cut::Cut;
use crate::state::sessions::events::Dispatched;
use crate::state::sessions::limits::GatewayLimits;
use crate::state::sessions::log::GatewayEvent;
use crate::state::sessions::mishap::{EventFault, Greeting};
use crate::state::sessions::session::SessionView;

/// Steers the gateway of a sandbox.
#[derive(Clone, Debug)]
pub struct GatewayControl {
    core: Core,
}

impl GatewayControl {
    pub(crate) const fn new(core: Core) -> Self {
        Self { core }
    }

    /// Cuts the connections of a shard, or all if none is named.
    pub fn cut(&self, shard: Option<u64>, cut: Cut) {
        self.core.change(|state| state.cut_gateway(shard, cut));
    }

    /// Adds a fault for events to come.
    pub fn mishap(&self, fault: EventFault) {
        self.core.change(|state| state.sessions_mut().add_fault(fault));
    }

    /// Receives so many of the next connections in this way.
    pub fn greet(&self, greeting: Greeting, times: usize) {
        self.core
            .change(|state| state.sessions_mut().greet(greeting, times));
    }

    /// Returns what the gateway allows.
    #[must_use]
    pub fn limits(&self) -> GatewayLimits {
        self.core.read(|state| state.sessions().limits().clone())
    }

    /// Borrows what the gateway allows, to change it.
    pub fn set_limits(&self, change: impl FnOnce(&mut GatewayLimits)) {
        self.core
            .change(|state| change(state.sessions_mut().limits_mut()));
    }

    /// Resets the bot's token, as its owner does in the portal, and as Discord does after too many
    /// IDENTIFYs. Every session ends with 4004. Every token that was used so far is refused from
    /// now on.
    pub fn reset_token(&self) {
        self.core.change(|state| state.sessions_mut().reset_token());
    }

    /// Returns the sessions, those without a connection included.
    #[must_use]
    pub fn sessions(&self) -> Vec<SessionView> {
        self.core.read(|state| state.sessions().views())
    }

    /// Returns what happened at the gateway, oldest first.
    #[must_use]
    pub fn log(&self) -> Vec<GatewayEvent> {
        self.core.read(|state| state.sessions().log())
    }
}

impl Sandbox {
    /// Returns whether a bot is connected: it was sent READY and its guilds.
    #[must_use]
    pub fn online(&self) -> bool {
        self.core.read(|state| state.sessions().online())
    }

    /// Returns the control of the gateway's limits and faults.
    #[must_use]
    pub fn gateway(&self) -> GatewayControl {
        GatewayControl::new(self.core.clone())
    }

    /// Cuts all gateway connections.
    pub fn cut_gateway(&self, cut: Cut) {
        self.gateway().cut(None, cut);
    }

    /// Returns how many events connected bots were sent.
    #[must_use]
    pub fn dispatched(&self) -> Dispatched {
        self.core.read(|state| state.sessions().dispatched())
    }
}
