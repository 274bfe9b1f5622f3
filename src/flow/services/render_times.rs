//! How long images take, as this process has seen it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::engine::quota::smoothed;
use crate::domain::stage::Stage;

/// How long an image of each stage took lately, in milliseconds. Not kept when the process ends: the first image tells anew.
#[derive(Clone, Debug, Default)]
pub struct RenderTimes(Arc<Mutex<BTreeMap<Stage, i64>>>);

impl RenderTimes {
    /// Notes how long an image took.
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
