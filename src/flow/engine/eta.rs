//! Estimates how long a draft waits, by how long images took in this process.

use futures::FutureExt;

use crate::domain::ids::DraftId;
use crate::domain::stage::Stage;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::store::{self, fair_queue};
use crate::wording::Wait;

/// Returns behind how many images of others the next image of a draft waits, and about how long.
/// Returns nothing if it is next.
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
