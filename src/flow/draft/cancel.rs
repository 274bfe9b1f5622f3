//! Cancels what is still queued of a draft.

use futures::FutureExt;

use crate::domain::actor::Actor;
use crate::domain::credits::Credits;
use crate::domain::ids::DraftId;
use crate::domain::job::Job;
use crate::domain::stage::Stage;
use crate::flow::access::OfGuild;
use crate::flow::draft::starter::load;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::store::{Tx, drafts, jobs, ledger, renders};
use crate::wording;

/// Cancels the queued first images of a draft. Answers privately how many they were.
///
/// # Errors
/// [`Error`].
pub async fn cancel(services: &Services, draft: OfGuild<DraftId>, by: &Actor) -> Result<String, Error> {
    let id = draft.id();
    let (draft, _) = load(services, id).await?;
    if by.user != draft.requester && !by.member.manages {
        return Ok(wording::only_requester(draft.requester));
    }
    let now_ms = services.clock.now_ms();
    let cancelled = services.change(move |tx| {
        async move {
            drafts::lock(tx, id).await?;
            let cancelled = cancel_queued(tx, id, now_ms).await?;
            jobs::enqueue(tx, Job::ShowProgress(id), now_ms).await?;
            Ok::<_, Error>(cancelled)
        }
        .boxed()
    });
    let (n, returned) = cancelled.await?;
    Ok(wording::cancelled(n, returned))
}

/// Cancels every queued first image and releases its credits. Locks all of them before it releases
/// the first, because a release locks the pool, and a render is always locked before its pool.
pub(in crate::flow) async fn cancel_queued(
    tx: &mut Tx,
    id: DraftId,
    now_ms: i64,
) -> Result<(usize, Credits), Error> {
    let mut queued = Vec::new();
    for render in renders::of_draft(tx, id).await? {
        if render.stage == Stage::Explore {
            queued.push(renders::lock(tx, render.id).await?);
        }
    }
    let (mut cancelled, mut returned) = (0, Credits::ZERO);
    for render in queued {
        let Ok(state) = render.state.clone().cancel() else {
            continue;
        };
        renders::set_state(tx, &render, &state).await?;
        let held = ledger::open_hold(tx, &render).await?;
        let held =
            held.ok_or_else(|| Error::broken(format!("render {} was queued without a hold", render.id)))?;
        returned = returned
            .plus(held.amount())
            .map_err(|error| Error::broken(error.to_string()))?;
        cancelled += 1;
        ledger::release(tx, held, now_ms).await?;
    }
    Ok((cancelled, returned))
}
