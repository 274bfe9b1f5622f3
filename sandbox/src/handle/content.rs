//! What may be posted and edited, and what the guild's boosts allow.

use crate::handle::sandbox::Sandbox;
use crate::state::messages::content::MessageLimits;

impl Sandbox {
    /// What may be posted and edited from now on.
    pub fn set_message_limits(&self, limits: MessageLimits) {
        self.core.change(|state| state.content.limits = limits);
    }

    /// The guild has this boost tier from now on, 0 to 3, which sets how large files may be (10, 10, 50, 100 MiB). The
    /// bot is told.
    pub fn set_premium_tier(&self, tier: u8) {
        self.core.change(|state| state.set_premium_tier(tier));
    }
}
