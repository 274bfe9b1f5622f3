//! Counts what happens in a run.

use std::collections::BTreeMap;
use std::process::ExitStatus;

use crate::faults::Counts;
use crate::people::Record;
use crate::plan::Death;
use crate::service::Call;

/// What was counted.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How often a bot was killed.
    pub kills: u64,
    /// How often a bot was asked to stop.
    pub stops: u64,
    /// The kills, by the step at which each came.
    pub killed_at: BTreeMap<String, u64>,
    /// The steps that were aimed at and did not come.
    pub missed: BTreeMap<String, u64>,
    /// How often each step was passed.
    pub passed: BTreeMap<String, u64>,
    /// What members did.
    pub acts: BTreeMap<String, u64>,
    /// The paid calls, by how they were answered.
    pub calls: BTreeMap<String, u64>,
    /// The faults besides deaths.
    pub faults: Counts,
    /// How bots ended by themselves.
    pub ended: BTreeMap<String, u64>,
}

fn count(counts: &mut BTreeMap<String, u64>, what: &str) {
    *counts.entry(what.to_owned()).or_default() += 1;
}

impl Tally {
    /// Counts a death by SIGKILL. A bot that had ended before was not killed.
    pub fn killed(&mut self, death: &Death, caught: Option<String>, before: Option<ExitStatus>) {
        if let Some(status) = before {
            count(&mut self.ended, &format!("{status}"));
            return;
        }
        self.kills += 1;
        if let (Death::At(aim), None) = (death, &caught) {
            let missed = format!("{}, {}", aim.step, aim.moment.name());
            count(&mut self.missed, &missed);
        }
        let at = caught.unwrap_or_else(|| "at an instant".to_owned());
        count(&mut self.killed_at, &at);
    }

    /// Counts a bot that was asked to stop, and how it ended, if it did.
    pub fn stopped(&mut self, ended: Option<ExitStatus>) {
        self.stops += 1;
        let how = ended.map_or("not at all".to_owned(), |status| format!("asked, {status}"));
        count(&mut self.ended, &how);
    }

    /// Adds faults.
    pub fn faults(&mut self, counts: Counts) {
        add(&mut self.faults, counts);
    }

    /// Adds steps that were passed.
    pub fn passed(&mut self, counts: BTreeMap<String, u64>) {
        add(&mut self.passed, counts);
    }

    /// Adds what members did and what the service was asked.
    pub fn told(&mut self, record: &Record, calls: &[Call]) {
        for (act, times) in &record.acts {
            *self.acts.entry((*act).to_owned()).or_default() += times;
        }
        for call in calls {
            count(&mut self.calls, call.way.name());
        }
    }
}

/// Adds counts to counts.
pub fn add(to: &mut BTreeMap<String, u64>, more: impl IntoIterator<Item = (String, u64)>) {
    for (what, times) in more {
        *to.entry(what).or_default() += times;
    }
}

/// Returns how much counts come to in all.
pub fn sum(counts: &BTreeMap<String, u64>) -> u64 {
    counts.values().sum()
}
