//! How long images take, as this process has seen it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;

use crate::domain::engine::quota::smoothed;
use crate::domain::ids::DraftId;
use crate::domain::stage::Stage;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::store;
use crate::store::fair_queue;
use crate::wording::Wait;

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

    fn of(&self, stage: Stage) -> Option<i64> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&stage).copied()
    }
}

/// Behind how many images of others the next one of a draft waits, and about how long; nothing if it is next.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub(in crate::flow) async fn wait(services: &Services, draft: DraftId) -> Result<Option<Wait>, Error> {
    let (engine, now_ms) = (services.rules.engine(Stage::Explore), services.clock.now_ms());
    let quota = engine.quota;
    let read = services
        .store
        .read(move |tx| async move { fair_queue::ahead(tx, &engine, draft, now_ms).await }.boxed());
    let ahead: Result<_, store::Error> = read.await;
    Ok(ahead?.filter(|ahead| *ahead > 0).map(|ahead| Wait {
        ahead,
        ms: quota.wait_ms(ahead, services.render_times.of(Stage::Explore)),
    }))
}
