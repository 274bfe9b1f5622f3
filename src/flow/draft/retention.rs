//! Removes what the operator has kept for some days only: originals, references and words of drafts that
//! are over.
//!
//! The record comes first, under the locks of the draft and of all its images, together with the job
//! that removes the files. So whoever asks for another picture at the same time either keeps the draft,
//! or is told that the original is gone. A process that dies between the two leaves a job.

use futures::FutureExt;

use super::references;
use super::starter::load;
use crate::domain::approval::vote::Image;
use crate::domain::draft::retention::over_since_ms;
use crate::domain::guild::retention::Kept;
use crate::domain::ids::DraftId;
use crate::domain::image::render::State;
use crate::domain::job::Job;
use crate::domain::limits;
use crate::flow::done::Done;
use crate::flow::error::{Error, chain};
use crate::flow::services::Services;
use crate::store::drafts::retention;
use crate::store::{Tx, drafts, jobs, renders};

const DAY_MS: i64 = 24 * 60 * 60_000;

/// What one run has removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// How many drafts something was removed of.
    pub drafts: usize,
    /// How many original pictures.
    pub originals: u64,
    /// How many references, but for those that went with a prompt.
    pub references: u64,
    /// Of how many drafts the words.
    pub prompts: u64,
    /// Whether more is to be removed: a run has a limit.
    pub more: bool,
}

impl Removed {
    /// Counts what was removed of one draft.
    fn note(&mut self, what: Kept, count: u64) {
        self.drafts += usize::from(count > 0);
        *match what {
            Kept::Originals => &mut self.originals,
            Kept::References => &mut self.references,
            Kept::Prompts => &mut self.prompts,
        } += count;
    }
}

/// Removes what was kept for as many days as the operator wants, of [`limits::REMOVED_A_RUN`] drafts at
/// most, unless `is_stopped` says that there is no more time. Several processes may run it at once.
///
/// # Errors
/// [`Error::Retry`] when the database is away. Some may have been removed.
pub async fn run(services: &Services, is_stopped: impl Fn() -> bool + Send + Sync) -> Result<Removed, Error> {
    let (now_ms, mut removed) = (services.clock.now_ms(), Removed::default());
    for what in Kept::ALL {
        if let Some(days) = services.rules.retention.days(what) {
            let before_ms = now_ms - i64::from(days) * DAY_MS;
            remove_all(services, (what, before_ms), &mut removed, &is_stopped).await?;
        }
    }
    if removed.drafts > 0 {
        tracing::info!(
            drafts = removed.drafts,
            originals = removed.originals,
            references = removed.references,
            prompts = removed.prompts,
            more = removed.more,
            "what was kept long enough is removed"
        );
    }
    Ok(removed)
}

/// Removes one kind of what is kept from the drafts that were over before a time.
async fn remove_all(
    services: &Services,
    (what, before_ms): (Kept, i64),
    removed: &mut Removed,
    is_stopped: &(impl Fn() -> bool + Send + Sync),
) -> Result<(), Error> {
    let mut after = DraftId::new(0);
    loop {
        let read = services
            .store
            .read(move |tx| retention::kept(tx, what, after, before_ms).boxed());
        let some: Vec<DraftId> = read.await?;
        let Some(last) = some.last() else {
            return Ok(());
        };
        after = *last;
        for draft in some {
            if removed.drafts >= limits::REMOVED_A_RUN || is_stopped() {
                removed.more = true;
                return Ok(());
            }
            let nth = i64::try_from(removed.drafts).unwrap_or(i64::MAX);
            match remove_if_over(services, draft, (what, before_ms), nth).await {
                Ok(count) => removed.note(what, count),
                Err(error @ Error::Retry { .. }) => return Err(error),
                // One that cannot be read keeps no other.
                Err(error @ (Error::Broken(..) | Error::LeaseLost)) => {
                    tracing::error!(draft.id = %draft, "what was kept of a draft could not be removed: {}", chain(&error));
                }
            }
        }
    }
}

/// Removes something of a draft, if the draft was over before a time. Returns how much. Most drafts that
/// stay are looked at without a lock.
async fn remove_if_over(
    services: &Services,
    draft: DraftId,
    (what, before_ms): (Kept, i64),
    nth: i64,
) -> Result<u64, Error> {
    let look = services
        .store
        .read(move |tx| async move { is_over(tx, draft, before_ms).await }.boxed());
    if look.await? {
        remove(services, draft, (what, before_ms), nth).await
    } else {
        Ok(0)
    }
}

/// Returns whether a draft was over before a time.
async fn is_over(tx: &mut Tx, draft: DraftId, before_ms: i64) -> Result<bool, Error> {
    let (draft, images) = (drafts::get(tx, draft).await?, renders::of_draft(tx, draft).await?);
    let is_posting = retention::is_posting(tx, draft.id).await?;
    let over = over_since_ms(&draft, &images, is_posting);
    Ok(over.is_ok_and(|since_ms| since_ms < before_ms))
}

/// Records that something of a draft is removed, if the draft was over before a time, and has that done.
/// Returns how much.
async fn remove(
    services: &Services,
    draft: DraftId,
    (what, before_ms): (Kept, i64),
    nth: i64,
) -> Result<u64, Error> {
    let now_ms = services.clock.now_ms();
    let done = services.change(move |tx| {
        async move {
            let whole = retention::lock(tx, draft).await?;
            // What was asked for before the locks were had is seen only now.
            if !is_over(tx, draft, before_ms).await? {
                return Ok(0);
            }
            let count = retention::remove(tx, &whole, what, now_ms).await?;
            if count == 0 {
                return Ok(0);
            }
            // Spread over time, so that these jobs keep nobody waiting.
            let at_ms = now_ms + nth * limits::REMOVED_APART_MS;
            let mut then = vec![Job::RemoveFiles(draft)];
            if what == Kept::Prompts {
                then.extend(shows(&renders::of_draft(tx, draft).await?, draft));
            }
            let then: Vec<(Job, i64)> = then.into_iter().map(|job| (job, at_ms)).collect();
            jobs::enqueue_all(tx, &then).await?;
            Ok(count)
        }
        .boxed()
    });
    done.await
}

/// Returns the jobs that take the words of a draft off its messages.
fn shows(images: &[Image], draft: DraftId) -> Vec<Job> {
    let posted = images
        .iter()
        .filter(|image| image.message.is_some() && matches!(image.state, State::Done(_)));
    let tallies = posted.map(|image| Job::ShowTally(image.id));
    tallies.chain([Job::ShowProgress(draft)]).collect()
}

/// Removes the files of a draft that are recorded as removed. It can run as often as it likes.
///
/// # Errors
/// [`Error::Retry`] when the database or the blob store is away.
pub async fn remove_files(services: &Services, id: DraftId) -> Result<Done, Error> {
    let (draft, images) = load(services, id).await?;
    for image in images.iter().filter(|image| image.original_removed_ms.is_some()) {
        services.blobs.remove(image.id).await?;
    }
    if draft.references_removed_ms.is_some() {
        references::remove(services, id, draft.references as usize).await?;
    }
    Ok(Done::Finished)
}
