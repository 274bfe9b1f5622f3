//! Bad days of REST: requests that fail, rate limits, and what the bot asked for meanwhile.

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

    /// The limits that hold.
    #[must_use]
    pub fn rate_limits(&self) -> RateLimits {
        self.core.read(crate::state::State::rate_limits)
    }

    /// Every REST request of the bot so far, oldest first (the last 20,000).
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.core.read(|state| state.calls().cloned().collect())
    }

    /// What was checked by Discord's own document so far, and what did not hold.
    #[must_use]
    pub fn checked(&self) -> Checked {
        self.core.checks().report()
    }

    /// What did not hold so far; it is forgotten. A test that does something wrong on purpose takes this.
    #[must_use]
    pub fn take_violations(&self) -> Vec<Violation> {
        self.core.checks().take_violations()
    }
}
