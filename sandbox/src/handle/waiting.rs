//! Waiting without sleeping, and what a failed wait shows.

use std::time::Duration;

use crate::handle::sandbox::Sandbox;

/// How long the waiting functions wait, in real time.
pub(super) const DEADLINE: Duration = Duration::from_secs(20);
/// How many calls and messages a failed wait shows.
const DUMPED: usize = 30;

impl Sandbox {
    /// Waits until a condition holds, checking it again after each change.
    ///
    /// # Panics
    /// After 20 seconds, with the recent calls and messages.
    pub async fn until(&self, condition: impl Fn(&Self) -> bool) {
        let met = self
            .core
            .wait_for(DEADLINE, || condition(self).then_some(()))
            .await;
        assert!(
            met.is_some(),
            "the condition was not met within 20 seconds\n{}",
            self.dump()
        );
    }

    /// Waits until a bot is connected.
    ///
    /// # Panics
    /// After 20 seconds, with the recent calls and messages.
    pub async fn wait_online(&self) {
        self.until(Self::online).await;
    }

    /// Waits until no bot is connected.
    ///
    /// # Panics
    /// After 20 seconds, with the recent calls and messages.
    pub async fn wait_offline(&self) {
        self.until(|sandbox| !sandbox.online()).await;
    }

    /// Formats the recent calls and messages, for a failed test to show.
    #[must_use]
    pub fn dump(&self) -> String {
        self.core.read(|state| {
            let mut calls: Vec<_> = state.calls().rev().take(DUMPED).collect();
            calls.reverse();
            let calls = calls
                .iter()
                .map(|call| format!("  {} {} -> {}", call.method, call.path, call.status));
            let mut messages: Vec<_> = state.messages().all().collect();
            messages.sort_by_key(|message| message.id);
            let messages = messages.iter().rev().take(DUMPED).rev().map(|message| {
                let who = state
                    .people()
                    .user(message.author)
                    .map_or("?", |user| user.name.as_str());
                let private = if message.only_for.is_some() {
                    " (private)"
                } else {
                    ""
                };
                format!(
                    "  {}/{} {who}{private}: {:?}",
                    message.channel, message.id, message.content
                )
            });
            let listed = |lines: Vec<String>| lines.join("\n");
            format!(
                "bot online: {}\ncalls:\n{}\nmessages:\n{}",
                state.sessions().online(),
                listed(calls.collect()),
                listed(messages.collect()),
            )
        })
    }
}
