//! The bells that call the worker: one a lane of the queue.

use std::sync::Arc;

use tokio::sync::watch;

use crate::domain::job::Job;

/// The jobs that a claim may take. Paid calls are long, and must not keep the others waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Paid calls.
    Render,
    /// Everything else.
    Quick,
}

impl Lane {
    /// Returns the lane of a job.
    #[must_use]
    pub const fn of(job: Job) -> Self {
        if matches!(job, Job::Render(_)) {
            Self::Render
        } else {
            Self::Quick
        }
    }
}

/// The lanes in which a transaction has enqueued something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rung {
    /// Whether it enqueued a paid call.
    pub render: bool,
    /// Whether it enqueued anything else.
    pub quick: bool,
}

/// Wakes whoever waits for the jobs of a lane, after a commit that enqueued one. A listener also
/// hears a ring that came while it was busy. Cheap to clone; a copy is the same bells.
#[derive(Clone, Debug)]
pub struct Bells(Arc<[watch::Sender<()>; 2]>);

impl Default for Bells {
    fn default() -> Self {
        Self(Arc::new([watch::Sender::new(()), watch::Sender::new(())]))
    }
}

impl Bells {
    /// Rings the bells of the lanes in which something was enqueued.
    pub(super) fn ring(&self, rung: Rung) {
        for (lane, is_rung) in [(Lane::Render, rung.render), (Lane::Quick, rung.quick)] {
            if is_rung {
                self.of(lane).send_replace(());
            }
        }
    }

    /// Listens to the bell of a lane from now on.
    #[must_use]
    pub fn listen(&self, lane: Lane) -> watch::Receiver<()> {
        self.of(lane).subscribe()
    }

    fn of(&self, lane: Lane) -> &watch::Sender<()> {
        match lane {
            Lane::Render => &self.0[0],
            Lane::Quick => &self.0[1],
        }
    }
}
