//! Looks up young messages that showed no recorded image when somebody reacted to them.

use futures::FutureExt;

use crate::domain::ids::MessageId;
use crate::domain::job::Job;
use crate::domain::limits;
use crate::flow::done::Done;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::store::{jobs, renders};

/// Has a young message looked up once more that shows no image: the picture may be posted and not
/// be recorded yet, perhaps by another process.
pub(in crate::flow) async fn later(
    services: &Services,
    message: MessageId,
    now_ms: i64,
) -> Result<(), Error> {
    if now_ms - message.at_ms() > limits::LOOK_UP_FOR_MS {
        return Ok(());
    }
    let soon_ms = now_ms + limits::GATHER_MS;
    let queued = services.change(move |tx| {
        async move { Ok(jobs::schedule(tx, &[(Job::LookUp(message), soon_ms)]).await?) }.boxed()
    });
    queued.await
}

/// Has the votes on a message read, now that the image that it shows may be recorded.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn look_up(services: &Services, message: MessageId) -> Result<Done, Error> {
    let now_ms = services.clock.now_ms();
    let queued = services.change(move |tx| {
        async move {
            let known = renders::in_message(tx, message).await?;
            if let Some(image) = known {
                if image.vote.counts() {
                    jobs::enqueue(tx, Job::Confirm(image.id), now_ms).await?;
                }
                return Ok(Done::Finished);
            }
            let old = now_ms - message.at_ms() > limits::LOOK_UP_FOR_MS;
            Ok(if old {
                Done::Finished
            } else {
                Done::Again(now_ms + limits::GATHER_MS)
            })
        }
        .boxed()
    });
    queued.await
}
