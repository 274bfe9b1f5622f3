//! Faults of REST: failing requests, rate limits, and what the bot asked for.

use crate::handle::sandbox::Sandbox;
use crate::openapi::checks::{Checked, Violation};
use crate::state::fault::{Call, Fault};
use crate::state::rate_limits::RateLimits;

impl Sandbox {
    /// Lets REST requests of the bot fail.
    pub fn fail(&self, fault: Fault) {
        self.core.change(|state| state.add_fault(fault));
    }

    /// From now on these limits hold. What was counted is forgotten, and a ban is lifted.
    pub fn set_rate_limits(&self, limits: RateLimits) {
        self.core.change(|state| state.set_rate_limits(limits));
    }

    /// Returns the limits that hold.
    #[must_use]
    pub fn rate_limits(&self) -> RateLimits {
        self.core.read(crate::state::State::rate_limits)
    }

    /// Returns the last 20,000 REST requests of the bot, oldest first.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.core.read(|state| state.calls().cloned().collect())
    }

    /// Returns what was checked by Discord's document so far, and the violations.
    #[must_use]
    pub fn checked(&self) -> Checked {
        self.core.checks().report()
    }

    /// Returns the violations so far, and forgets them. A test that violates the document on
    /// purpose takes them.
    #[must_use]
    pub fn take_violations(&self) -> Vec<Violation> {
        self.core.checks().take_violations()
    }
}
