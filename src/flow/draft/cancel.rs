//! Cancels what is still queued of a draft, here or at a service.

use futures::FutureExt;

use crate::domain::actor::Actor;
use crate::domain::approval::vote::Image;
use crate::domain::credits::Credits;
use crate::domain::ids::DraftId;
use crate::domain::image::render::{Render, State};
use crate::domain::job::Job;
use crate::flow::access::OfGuild;
use crate::flow::draft::starter::load;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::store::{Locked, Tx, drafts, jobs, ledger, renders};
use crate::wording;

/// What came of cancelling.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::flow) struct Cancelled {
    /// How many were queued, and are cancelled.
    pub(in crate::flow) images: usize,
    /// The credits of those.
    pub(in crate::flow) returned: Credits,
    /// How many may wait in the queue of a service, and are called off there.
    pub(in crate::flow) called_off: usize,
}

/// Cancels the first images of a draft that are queued, here or at a service. Answers privately how
/// many they were.
///
/// # Errors
/// [`Error`].
pub async fn cancel(services: &Services, draft: OfGuild<DraftId>, by: &Actor) -> Result<String, Error> {
    let id = draft.id();
    let (draft, _) = load(services, id).await?;
    if by.user != draft.requester && !by.member.manages {
        return Ok(wording::only_requester(draft.requester));
    }
    let cancelled = cancel_where(services, id, Render::is_idea).await?;
    Ok(wording::cancelled(
        cancelled.images,
        cancelled.returned,
        cancelled.called_off,
    ))
}

/// Cancels the images of a draft that are queued, here or at a service, if they are among `these`.
///
/// # Errors
/// [`Error`].
pub(in crate::flow) async fn cancel_where(
    services: &Services,
    id: DraftId,
    these: fn(&Render) -> bool,
) -> Result<Cancelled, Error> {
    let (now_ms, all) = (services.clock.now_ms(), services.clone());
    let cancelled = services.change(move |tx| {
        async move {
            drafts::lock(tx, id).await?;
            let locked = lock(tx, id, these).await?;
            let mut called_off = 0;
            for render in &locked {
                if render.state == State::Rendering && all.can_call_off(render) {
                    renders::set_called_off(tx, render, now_ms).await?;
                    called_off += 1;
                }
            }
            let (images, returned) = release(tx, locked, now_ms).await?;
            jobs::enqueue(tx, Job::ShowProgress(id), now_ms).await?;
            Ok::<_, Error>(Cancelled {
                images,
                returned,
                called_off,
            })
        }
        .boxed()
    });
    cancelled.await
}

/// Cancels every queued first image and releases its credits.
pub(in crate::flow) async fn cancel_queued(
    tx: &mut Tx,
    id: DraftId,
    now_ms: i64,
) -> Result<(usize, Credits), Error> {
    let locked = lock(tx, id, Render::is_idea).await?;
    release(tx, locked, now_ms).await
}

async fn lock(tx: &mut Tx, id: DraftId, these: fn(&Render) -> bool) -> Result<Vec<Locked<Image>>, Error> {
    let mut locked = Vec::new();
    for render in renders::of_draft(tx, id).await? {
        if render.state.is_pending() && these(&render) {
            locked.push(renders::lock(tx, render.id).await?);
        }
    }
    Ok(locked)
}

/// Cancels what is queued. All of it is locked before the first is released, because a release locks
/// the pool, and a render is always locked before its pool.
async fn release(tx: &mut Tx, locked: Vec<Locked<Image>>, now_ms: i64) -> Result<(usize, Credits), Error> {
    let (mut cancelled, mut returned) = (0, Credits::ZERO);
    for render in locked {
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
