//! Bounds how long anybody waits for the database once the process is to end.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// How long a wait may still take, once the process is to end.
#[derive(Clone, Debug)]
pub(super) struct Ending(Arc<watch::Sender<Option<Duration>>>);

impl Default for Ending {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(None)))
    }
}

impl Ending {
    /// Tells everybody that the process is to end, and how long one wait may take from now on.
    pub(super) fn begin(&self, patience: Duration) {
        self.0.send_replace(Some(patience));
    }

    /// Completes when the process is to end and one wait, counted from this call on, has taken as
    /// long as it may. Never completes before.
    pub(super) async fn passed(&self) {
        let mut told = self.0.subscribe();
        let told = told.wait_for(Option::is_some).await;
        // The sender is a part of `self`, so that there is an answer.
        let patience = told.ok().and_then(|patience| *patience).unwrap_or_default();
        tokio::time::sleep(patience).await;
    }
}
