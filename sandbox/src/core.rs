//! The shared state behind its lock, and the signal that it has changed.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::openapi::checks::Checks;
use crate::snowflake::Id;
use crate::state::State;

tokio::task_local! {
    /// The guild in which a task looks and acts.
    static GUILD: Id;
}

/// Does all of a task in a guild; without one, in the first.
pub(crate) async fn within<F: Future>(guild: Option<Id>, task: F) -> F::Output {
    match guild {
        Some(guild) => GUILD.scope(guild, task).await,
        None => task.await,
    }
}

/// A cheap handle to the running sandbox.
#[derive(Clone, Debug)]
pub(crate) struct Core(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    /// How many changes there were.
    changed: watch::Sender<u64>,
    stopping: watch::Sender<bool>,
    checks: Arc<Checks>,
    /// Whether something was changed since the last save.
    dirty: AtomicBool,
    port: u16,
    data: Option<PathBuf>,
}

impl Core {
    pub(crate) fn new(mut state: State, port: u16, data: Option<PathBuf>, checks: Checks) -> Self {
        let checks = Arc::new(checks);
        state.serve_at(format!("http://127.0.0.1:{port}"), checks.clone());
        Self(Arc::new(Inner {
            state: Mutex::new(state),
            changed: watch::channel(0).0,
            stopping: watch::channel(false).0,
            checks,
            dirty: AtomicBool::new(true),
            port,
            data,
        }))
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.port
    }

    /// Returns the checks by Discord's own document.
    pub(crate) fn checks(&self) -> &Checks {
        &self.0.checks
    }

    pub(crate) fn data(&self) -> Option<&PathBuf> {
        self.0.data.as_ref()
    }

    /// Locks the state, in the guild of the task.
    fn lock(&self) -> MutexGuard<'_, State> {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.enter(GUILD.try_with(|guild| *guild).ok());
        state
    }

    /// Reads the state under the lock.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.lock())
    }

    /// Changes the state under the lock, then wakes those who wait for a change.
    pub(crate) fn change<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        let result = act(&mut self.lock());
        self.0.dirty.store(true, Ordering::Release);
        self.announce();
        result
    }

    /// Changes the state without waking anybody or having it saved.
    pub(crate) fn touch<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        act(&mut self.lock())
    }

    /// Wakes those who wait for a change.
    pub(crate) fn announce(&self) {
        self.0.changed.send_modify(|count| *count += 1);
    }

    /// Returns whether something was changed since the last call.
    pub(crate) fn take_dirty(&self) -> bool {
        self.0.dirty.swap(false, Ordering::AcqRel)
    }

    /// Waits until `find` returns something, calling it again after each change. Returns `None`
    /// after the deadline.
    pub(crate) async fn wait_for<T>(&self, deadline: Duration, find: impl Fn() -> Option<T>) -> Option<T> {
        let mut changed = self.0.changed.subscribe();
        let search = async {
            loop {
                if let Some(found) = find() {
                    return Some(found);
                }
                if changed.changed().await.is_err() {
                    return None;
                }
            }
        };
        tokio::time::timeout(deadline, search).await.ok().flatten()
    }

    /// Tells everything that runs to end.
    pub(crate) fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// Resolves once the sandbox stops.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.0.stopping.subscribe();
        // An error means that the sender is gone, which is a stop as well.
        let _ = stopping.wait_for(|stop| *stop).await;
    }
}
