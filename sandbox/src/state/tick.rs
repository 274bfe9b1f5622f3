//! What happens as time passes.

use std::time::Duration;

use serde_json::json;

use crate::state::State;
use crate::state::sessions::cut::Cut;

impl State {
    /// Moves the clock forward, then does what is due.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
        self.tick();
        let now_ms = self.now();
        self.pages.tell(None, "CLOCK", &json!({ "now_ms": now_ms }));
    }

    /// Does what is due by now: expires sessions, releases late events, fails unanswered
    /// interactions, archives idle threads. Returns whether anything was due.
    pub(crate) fn tick(&mut self) -> bool {
        let now = self.now();
        let expired = self.sessions.expire(now);
        let told = self.sessions.release(now);
        let failed = self.fail_unanswered(now);
        let mut archived = false;
        for guild in self.guild_ids() {
            self.enter(Some(guild));
            archived |= self.archive_idle(now);
        }
        self.enter(None);
        expired || told || failed || archived
    }

    /// Cuts the bot's connections: those of one shard, or all.
    pub(crate) fn cut_gateway(&mut self, shard: Option<u64>, cut: Cut) {
        let now = self.now();
        self.sessions.cut(shard, cut, now);
        self.tell_bot_presence();
    }
}
