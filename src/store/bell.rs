//! The bells that call the worker: one a lane of the queue.

pub mod tray;

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

/// The lanes in which a transaction has enqueued something, each with the time at which the first of
/// it is due, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rung {
    render: Option<i64>,
    quick: Option<i64>,
}

impl Rung {
    /// Notes that something was enqueued.
    pub(super) fn note(&mut self, lane: Lane, due_ms: i64) {
        let of = self.of(lane);
        *of = Some(of.map_or(due_ms, |first| first.min(due_ms)));
    }

    /// Returns when the first that was enqueued in a lane is due.
    pub(super) const fn due_ms(self, lane: Lane) -> Option<i64> {
        match lane {
            Lane::Render => self.render,
            Lane::Quick => self.quick,
        }
    }

    /// Notes that nobody need look for what was enqueued.
    pub(super) fn answer(&mut self, lane: Lane) {
        *self.of(lane) = None;
    }

    const fn of(&mut self, lane: Lane) -> &mut Option<i64> {
        match lane {
            Lane::Render => &mut self.render,
            Lane::Quick => &mut self.quick,
        }
    }
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
        for lane in [Lane::Render, Lane::Quick] {
            if rung.due_ms(lane).is_some() {
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
