//! Events are hints; a sweep makes them true.

use futures::FutureExt;

use super::{Error, Studio};
use crate::domain::job::Job;
use crate::store::{jobs, renders};

/// Has every open vote read again from Discord. Called at every fresh session of the gateway, the first one included,
/// and at every one that goes on after a loss: reactions that were given while nobody listened are found so.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn missed_votes(studio: &Studio) -> Result<(), Error> {
    let now_ms = studio.clock.now_ms();
    let recount = studio.change(move |tx| {
        async move {
            let open = renders::voting(tx).await?;
            for render in &open {
                jobs::enqueue(tx, Job::Confirm(*render), now_ms).await?;
            }
            Ok::<_, Error>(open.len())
        }
        .boxed()
    });
    let open = recount.await?;
    tracing::info!(votes = open, "reading open votes again");
    Ok(())
}
