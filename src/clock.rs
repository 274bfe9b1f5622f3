//! The time, as something that is passed in. Only this file asks the machine for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's.
    System,
    /// A test's, that stands still until it is moved.
    Stepped(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at a time, in milliseconds since 1970.
    #[must_use]
    pub fn stepped(now_ms: i64) -> Self {
        Self::Stepped(Arc::new(AtomicI64::new(now_ms)))
    }

    /// The time in milliseconds since 1970 (UTC).
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        match self {
            Self::System => system_ms(),
            Self::Stepped(now) => now.load(Ordering::SeqCst),
        }
    }

    /// Moves a stepped clock on; the machine's goes by itself.
    pub fn advance(&self, by_ms: i64) {
        if let Self::Stepped(now) = self {
            now.fetch_add(by_ms, Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
fn system_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
