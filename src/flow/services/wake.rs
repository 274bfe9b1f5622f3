//! The bell that calls the worker.

use std::sync::Arc;

use tokio::sync::watch;

/// A bell that wakes whoever waits for work. A listener also hears a ring that came while the
/// listener was busy.
#[derive(Clone, Debug)]
pub struct Wake(Arc<watch::Sender<()>>);

impl Default for Wake {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(())))
    }
}

impl Wake {
    /// Rings the bell.
    pub fn ring(&self) {
        self.0.send_replace(());
    }

    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> watch::Receiver<()> {
        self.0.subscribe()
    }
}
