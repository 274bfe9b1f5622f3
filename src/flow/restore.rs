//! Prepares a copy of the database that was put back. What happened after the copy was made is on
//! Discord and in the services' bills, and not in the copy: nothing in it is paid again without a
//! person.

use futures::FutureExt;

use super::error::Error;
use crate::domain::approval::vote::Vote;
use crate::domain::job::Job;
use crate::domain::stage::Stage;
use crate::store::{Store, Tx, jobs, renders};

/// How much of a copy waits for a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doubts {
    /// Paid calls whose outcome the copy does not know.
    pub renders: usize,
    /// Votes whose approval may be spent already.
    pub votes: usize,
}

/// Prepares a copy, in one transaction, before any bot works on it:
///
/// - A render whose end was still to come is of unknown outcome. Its credits stay held until a
///   person decides.
/// - An approval that is not spent is spent only after a lead has asked for it.
/// - A job looks for what it would post.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn prepare(store: &Store, now_ms: i64) -> Result<Doubts, Error> {
    let prepared = store.write(move |tx| {
        async move {
            let doubts = Doubts {
                renders: doubt_renders(tx, now_ms).await?,
                votes: doubt_votes(tx, now_ms).await?,
            };
            renders::set_restored(tx, now_ms).await?;
            // Last, so that the jobs from above look too.
            jobs::may_have_run(tx).await?;
            Ok(doubts)
        }
        .boxed()
    });
    prepared.await
}

async fn doubt_renders(tx: &mut Tx, now_ms: i64) -> Result<usize, Error> {
    let pending = renders::pending(tx).await?;
    for id in &pending {
        let render = renders::lock(tx, *id).await?;
        let unknown = render.state.clone().doubt();
        let unknown = unknown.map_err(|error| Error::broken(error.to_string()))?;
        renders::set_state(tx, &render, &unknown).await?;
        let mut then = vec![(Job::Deliver(*id), now_ms), (Job::LogUnknown(*id), now_ms)];
        if render.stage == Stage::Explore {
            then.push((Job::ShowProgress(render.draft), now_ms));
        }
        jobs::enqueue_all(tx, &then).await?;
    }
    Ok(pending.len())
}

async fn doubt_votes(tx: &mut Tx, now_ms: i64) -> Result<usize, Error> {
    let voting = renders::not_over(tx).await?;
    for id in &voting {
        let image = renders::lock(tx, *id).await?;
        // Nobody waits in line behind an approval that waits for a lead.
        if let Vote::Waiting { terms, .. } | Vote::Capped { terms, .. } = &image.vote {
            let open = Vote::Open(terms.clone());
            renders::write_vote(tx, &image, &open, image.remind_ms).await?;
        }
        // Its message may show that it was spent, without a button.
        jobs::enqueue(tx, Job::ShowTally(*id), now_ms).await?;
    }
    Ok(voting.len())
}
