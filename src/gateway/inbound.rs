//! What every handler works with, and how far the handlers are.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::domain::pauses::Pauses;
use crate::flow;
use crate::flow::approval::recount;
use crate::flow::error::Error;
use crate::flow::services::Services;

/// What every handler works with. Cheap to clone.
#[derive(Clone, Debug)]
pub(in crate::gateway) struct Inbound {
    pub(in crate::gateway) services: Services,
    pub(in crate::gateway) seen: Seen,
    /// The pauses between tries at what must be done in the end.
    pauses: Pauses,
    /// Wakes who looks for the votes that an event told of in vain.
    missed: Arc<Notify>,
    /// Counts the sessions that began or went on.
    session: Arc<AtomicU64>,
    /// The interactions whose answers are under way.
    answering: TaskTracker,
    heard: Arc<Mutex<Heard>>,
}

/// How many interactions are remembered. Discord takes an answer for 15 minutes, and tells of one twice
/// within moments.
const REMEMBERED: usize = 1_024;

/// The ids of the interactions that were heard last.
///
/// Discord lets one answer of two take an interaction, but an answer to that may be lost. Who then tries
/// again cannot know whether it was another that took it, so this process never hears of one twice.
#[derive(Debug, Default)]
struct Heard(VecDeque<u64>);

impl Heard {
    /// Notes an interaction. Returns whether it was not heard before.
    fn is_new(&mut self, interaction: u64) -> bool {
        if self.0.contains(&interaction) {
            return false;
        }
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(interaction);
        true
    }
}

impl Inbound {
    pub(in crate::gateway) fn new(services: Services, pauses: Pauses) -> Self {
        Self {
            services,
            seen: Seen::default(),
            pauses,
            missed: Arc::default(),
            session: Arc::default(),
            answering: TaskTracker::new(),
            heard: Arc::default(),
        }
    }

    /// Notes that an interaction was heard. Returns whether this process hears of it for the first time.
    pub(in crate::gateway) fn hears(&self, interaction: u64) -> bool {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.is_new(interaction)
    }

    /// Notes that an interaction is being answered, until the token is dropped.
    pub(in crate::gateway) fn answers(&self) -> TaskTrackerToken {
        self.answering.token()
    }

    /// Waits until every interaction that was heard is answered, at most so long.
    pub(in crate::gateway) async fn has_answered(&self, longest: Duration) {
        self.answering.close();
        if tokio::time::timeout(longest, self.answering.wait())
            .await
            .is_err()
        {
            let left = self.answering.len();
            tracing::warn!(
                left,
                "interactions are left without an answer, because it took too long"
            );
        }
    }

    /// Notes that an event could not be recorded. What it told of is read from Discord as soon as
    /// the database writes again.
    pub(in crate::gateway) fn missed_event(&self) {
        self.missed.notify_one();
    }

    /// Has the open votes recounted after events that could not be recorded. Never ends.
    pub(in crate::gateway) async fn catch_up(&self) {
        loop {
            self.missed.notified().await;
            for pause in self.pauses.all() {
                // The first write that works is the recount itself.
                tokio::time::sleep(pause).await;
                match recount::missed_votes(&self.services).await {
                    Ok(()) => break,
                    Err(error) => tracing::warn!(
                        "votes were missed, and cannot be read again yet: {}",
                        flow::chain(&error)
                    ),
                }
            }
        }
    }

    /// Notes that a session began or went on.
    pub(in crate::gateway) fn begin_session(&self) {
        self.session.fetch_add(1, Ordering::SeqCst);
    }

    /// Does some work that a session begins with, and tries again until it succeeds. Stops when a
    /// later session begins, which does the same.
    pub(in crate::gateway) async fn persist<F>(&self, what: &str, work: impl Fn() -> F)
    where
        F: Future<Output = Result<(), Error>>,
    {
        let mut session = None;
        for pause in self.pauses.all() {
            let Err(error) = work().await else { return };
            let (why, ms) = (flow::chain(&error), pause.as_millis());
            tracing::warn!("the bot could not {what} and will try again in {ms} ms: {why}");
            tokio::time::sleep(pause).await;
            let now = self.session.load(Ordering::SeqCst);
            if *session.get_or_insert(now) != now {
                return;
            }
        }
    }
}

/// How many events were handled to their end, whatever came of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventCounts {
    /// Reactions given and taken back.
    pub reactions: u64,
    /// Messages of a guild that were posted, edited or deleted.
    pub messages: u64,
    /// Fresh sessions whose open votes were read again.
    pub sessions: u64,
    /// Sessions that went on after a loss, and whose open votes were read again.
    pub resumed: u64,
    /// Guilds that came into sight or changed, and have their pool.
    pub guilds: u64,
    /// Roles, channels, emoji and the bot's own member that changed.
    pub changes: u64,
    /// Places that were deleted or out of which the bot was removed, and what was queued for them is
    /// called off.
    pub places: u64,
}

/// Tells how far the handlers are, for code that waits for them.
#[derive(Clone, Debug)]
pub struct Seen(Arc<watch::Sender<EventCounts>>);

/// Starts to count.
impl Default for Seen {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(EventCounts::default())))
    }
}

impl Seen {
    /// Follows the counts.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<EventCounts> {
        self.0.subscribe()
    }

    pub(in crate::gateway) fn note(&self, change: impl FnOnce(&mut EventCounts)) {
        self.0.send_modify(change);
    }
}
