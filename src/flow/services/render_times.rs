//! Remembers how long images took in this process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::engine::quota::smoothed;
use crate::domain::stage::Stage;

/// How long images of each stage took lately, in milliseconds. A new process knows nothing until
/// the first image of a stage is drawn.
#[derive(Clone, Debug, Default)]
pub struct RenderTimes(Arc<Mutex<BTreeMap<Stage, i64>>>);

impl RenderTimes {
    /// Records how long an image took.
    pub fn note(&self, stage: Stage, took_ms: i64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = all.get(&stage).copied();
        all.insert(stage, smoothed(before, took_ms));
    }

    pub(in crate::flow) fn of(&self, stage: Stage) -> Option<i64> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&stage).copied()
    }
}
