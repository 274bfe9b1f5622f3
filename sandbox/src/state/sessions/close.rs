//! Discord's close codes of the gateway.

/// A close code with Discord's reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Close {
    pub(crate) code: u16,
    pub(crate) reason: &'static str,
    /// Whether it ends the session; else the session may be resumed.
    ends: bool,
}

const fn lost(code: u16, reason: &'static str) -> Close {
    let ends = false;
    Close { code, reason, ends }
}

const fn over(code: u16, reason: &'static str) -> Close {
    let ends = true;
    Close { code, reason, ends }
}

pub(crate) const UNKNOWN_ERROR: Close = lost(4000, "Unknown error.");
pub(crate) const UNKNOWN_OPCODE: Close = lost(4001, "Unknown opcode.");
pub(crate) const DECODE_ERROR: Close = lost(4002, "Error while decoding payload.");
pub(crate) const NOT_AUTHENTICATED: Close = lost(4003, "Not authenticated.");
pub(crate) const AUTHENTICATION_FAILED: Close = over(4004, "Authentication failed.");
pub(crate) const ALREADY_AUTHENTICATED: Close = lost(4005, "Already authenticated.");
pub(crate) const INVALID_SEQ: Close = over(4007, "Invalid seq.");
pub(crate) const RATE_LIMITED: Close = lost(4008, "Rate limited.");
pub(crate) const TIMED_OUT: Close = over(4009, "Session timed out.");
pub(crate) const INVALID_SHARD: Close = over(4010, "Invalid shard.");
pub(crate) const SHARDING_REQUIRED: Close = over(4011, "Sharding required.");
pub(crate) const INVALID_VERSION: Close = over(4012, "Invalid API version.");
pub(crate) const INVALID_INTENTS: Close = over(4013, "Invalid intent(s).");
pub(crate) const DISALLOWED_INTENTS: Close = over(4014, "Disallowed intent(s).");

const ALL: [Close; 14] = [
    UNKNOWN_ERROR,
    UNKNOWN_OPCODE,
    DECODE_ERROR,
    NOT_AUTHENTICATED,
    AUTHENTICATION_FAILED,
    ALREADY_AUTHENTICATED,
    INVALID_SEQ,
    RATE_LIMITED,
    TIMED_OUT,
    INVALID_SHARD,
    SHARDING_REQUIRED,
    INVALID_VERSION,
    INVALID_INTENTS,
    DISALLOWED_INTENTS,
];

impl Close {
    /// Returns the close with a code. A code that is not Discord's own leaves the session to be
    /// resumed.
    pub(crate) fn with(code: u16) -> Self {
        let known = ALL.iter().find(|close| close.code == code);
        known.copied().unwrap_or(lost(code, ""))
    }

    /// Returns whether it ends the session.
    pub(crate) const fn ends_session(self) -> bool {
        self.ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_ends_the_session_or_leaves_it() {
        for code in [4000, 4001, 4002, 4003, 4005, 4008, 1000, 1001, 1011] {
            assert!(!Close::with(code).ends_session(), "{code}");
        }
        for code in [4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014] {
            assert!(Close::with(code).ends_session(), "{code}");
        }
    }
}
