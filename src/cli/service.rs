//! Tells systemd that the bot has started, that it lives, and that it stops. Without systemd nobody
//! is told.

use sd_notify::NotifyState;
use tokio_util::task::AbortOnDropHandle;

/// Says that the bot has started. Says that it lives, twice as often as systemd wants to hear it,
/// until this is dropped.
pub(super) fn started() -> Option<AbortOnDropHandle<()>> {
    tell(NotifyState::Ready);
    let every = sd_notify::watchdog_enabled()?;
    Some(AbortOnDropHandle::new(tokio::spawn(async move {
        let mut beats = tokio::time::interval(every / 2);
        loop {
            beats.tick().await;
            tell(NotifyState::Watchdog);
        }
    })))
}

/// Says that the bot is to stop, which may take as long as a paid call.
pub(super) fn stopping() {
    tell(NotifyState::Stopping);
}

fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!("systemd is not told how the bot is: {error}");
    }
}
