//! Kills a process as it passes a named step, and counts which steps it passed.
//!
//! A step is something that the process does towards the outside: a request, a commit, a write to a
//! file. Whoever carries it says so before it is carried on, when it has taken effect, and when the
//! process has its answer.

use std::collections::BTreeMap;
use std::process::{Child, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// When during a step the process is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// The step was asked for, and never happens.
    Before,
    /// The step happened, and the process never hears of it.
    Unheard,
    /// The process was told that the step happened, just now.
    After,
}

impl Moment {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Before, Self::Unheard, Self::After];

    /// Returns the word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Unheard => "unheard",
            Self::After => "after",
        }
    }
}

/// Where a process is to be killed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aim {
    /// The beginning of the step's name. A name that is whole fits itself alone in practice.
    pub step: String,
    /// When during it.
    pub moment: Moment,
    /// How many such steps pass first.
    pub skip: u32,
}

/// A process that is to die, and where.
#[derive(Debug, Default)]
pub struct Snare {
    inner: Mutex<Inner>,
    caught: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    child: Option<Child>,
    aim: Option<Aim>,
    /// The step at which the process was killed.
    caught: Option<String>,
    passed: BTreeMap<String, u64>,
}

impl Snare {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a new process in hand, without an aim.
    pub fn hold(&self, child: Child) {
        let mut inner = self.inner();
        inner.child = Some(child);
        inner.aim = None;
        inner.caught = None;
    }

    /// Sets where the process is to be killed.
    pub fn aim(&self, aim: Aim) {
        self.inner().aim = Some(aim);
    }

    /// Says that the process is at a step. Returns whether it was killed for that: then whoever
    /// carries the step must not carry it on.
    pub fn passes(&self, step: &str, moment: Moment) -> bool {
        let mut inner = self.inner();
        if inner.caught.is_some() {
            return true;
        }
        if moment == Moment::Before {
            *inner.passed.entry(step.to_owned()).or_default() += 1;
        }
        let Some(aim) = inner
            .aim
            .as_mut()
            .filter(|aim| aim.moment == moment && step.starts_with(&aim.step))
        else {
            return false;
        };
        if aim.skip > 0 {
            aim.skip -= 1;
            return false;
        }
        inner.aim = None;
        inner.caught = Some(format!("{step}, {}", moment.name()));
        if let Some(child) = &mut inner.child {
            // It may have ended by itself.
            let _ = child.kill();
        }
        drop(inner);
        self.caught.notify_waiters();
        true
    }

    /// Waits until the process was killed at its step. Returns the step with its moment.
    pub async fn caught(&self) -> String {
        loop {
            let notified = self.caught.notified();
            if let Some(step) = self.inner().caught.clone() {
                return step;
            }
            notified.await;
        }
    }

    /// Kills the process wherever it is. Returns how it had ended before that, if it had, and the
    /// step at which it was caught, if it was.
    pub fn kill(&self) -> (Option<ExitStatus>, Option<String>) {
        let mut inner = self.inner();
        inner.aim = None;
        let caught = inner.caught.clone();
        let Some(mut child) = inner.child.take() else {
            return (None, caught);
        };
        let before = child.try_wait().ok().flatten().filter(|_| caught.is_none());
        let _ = child.kill();
        let _ = child.wait();
        // What it still sends comes from a dead process.
        inner.caught.get_or_insert_default();
        (before, caught)
    }

    /// Returns the id of the process, if it is there.
    pub fn id(&self) -> Option<u32> {
        self.inner().child.as_ref().map(Child::id)
    }

    /// Returns how the process has ended, if it has.
    pub fn ended(&self) -> Option<ExitStatus> {
        self.inner().child.as_mut()?.try_wait().ok().flatten()
    }

    /// Returns how often which step was passed.
    pub fn passed(&self) -> BTreeMap<String, u64> {
        self.inner().passed.clone()
    }
}
