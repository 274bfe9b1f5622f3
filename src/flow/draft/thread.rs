//! Opens the thread of a draft from its starter, or abandons the draft and releases every hold.

use futures::FutureExt;

use crate::domain::approval::vote::Image;
use crate::domain::draft::entity::{Draft, Place};
use crate::domain::ids::{DraftId, MessageId};
use crate::domain::job::Job;
use crate::domain::limits;
use crate::flow::done::Done;
use crate::flow::draft::cancel::cancel_queued;
use crate::flow::draft::starter::{cost_of, load, post_starter, withdraw_starter};
use crate::flow::error::Error;
use crate::flow::money::funds;
use crate::flow::posting::{if_it_can, lasting};
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::jobs::Claim;
use crate::store::{Tx, drafts, jobs, renders};
use crate::{discord, wording};

/// Posts the starter, opens the thread from it, queues the renders, and finishes the private
/// answer. A second run finds what the first has posted and opened. No step undoes what another worker
/// has recorded meanwhile.
///
/// # Errors
/// [`Error`]. A thread that can never be opened is no error: the draft's credits are released.
pub async fn open_thread(services: &Services, id: DraftId, claim: &Claim) -> Result<Done, Error> {
    let (mut draft, renders) = load(services, id).await?;
    if let Place::Opening(starter) = draft.place {
        let starter = match starter {
            Some(starter) => Ok(starter),
            None => lasting(post_starter(services, &draft, &renders, claim.attempts).await?)?,
        };
        draft.place = match starter {
            Err(error) => abandon(services, id, None, &error).await?,
            Ok(starter) => match open_from(services, &draft, starter).await? {
                Ok(place) => place,
                Err(error) => abandon(services, id, Some(starter), &error).await?,
            },
        };
    }
    if let Place::Abandoned(Some(starter)) = draft.place {
        withdraw_starter(services, &draft, starter, cost_of(&renders)?).await?;
    }
    answer(services, &draft, &renders, *claim).await
}

/// Opens the thread, records both, and queues the renders. If the thread cannot be opened yet, records
/// the starter. A run that dies in between posts no second one: the next finds it by its button.
async fn open_from(
    services: &Services,
    draft: &Draft,
    starter: MessageId,
) -> Result<Result<Place, discord::Error>, Error> {
    let thread = if draft.parent.is_some() {
        draft.channel
    } else {
        let name = wording::thread_name(&draft.prompt);
        let opened = services.discord.open_thread(draft.channel, starter, &name).await;
        match lasting(opened) {
            Ok(Ok(thread)) => thread,
            Ok(Err(error)) => return Ok(Err(error)),
            Err(error) => {
                settle_place(services, draft.id, Place::Opening(Some(starter))).await?;
                return Err(error);
            }
        }
    };
    let place = Place::Open { starter, thread };
    Ok(Ok(settle_place(services, draft.id, place).await?))
}

/// Records the place of a draft, with what follows from it, unless the draft is open or abandoned
/// already. Returns the place that the draft has then.
async fn settle_place(services: &Services, id: DraftId, place: Place) -> Result<Place, Error> {
    let now_ms = services.clock.now_ms();
    let settled = services.change(move |tx| {
        async move {
            let draft = drafts::lock(tx, id).await?;
            if !matches!(draft.place, Place::Opening(_)) {
                return Ok(draft.place);
            }
            match place {
                Place::Opening(_) => {}
                Place::Open { .. } => queue_renders(tx, id, now_ms).await?,
                Place::Abandoned(_) => drop(cancel_queued(tx, id, now_ms).await?),
            }
            drafts::set_place(tx, &draft, place).await?;
            Ok(place)
        }
        .boxed()
    });
    settled.await
}

async fn queue_renders(tx: &mut Tx, id: DraftId, now_ms: i64) -> Result<(), Error> {
    let all = renders::of_draft(tx, id).await?;
    let pending = all.iter().filter(|render| render.state.is_pending());
    let queued: Vec<(Job, i64)> = pending.map(|render| (Job::Render(render.id), now_ms)).collect();
    jobs::enqueue_all(tx, &queued).await?;
    // The starter shows that they are queued. Its place in the queue is told soon, if they still are.
    Ok(jobs::schedule(tx, &[(Job::ShowProgress(id), now_ms + limits::GATHER_MS)]).await?)
}

/// Releases every hold of a draft whose thread can never be opened.
async fn abandon(
    services: &Services,
    id: DraftId,
    starter: Option<MessageId>,
    why: &discord::Error,
) -> Result<Place, Error> {
    tracing::warn!(draft.id = %id, "the thread of a draft cannot be opened: {why}");
    settle_place(services, id, Place::Abandoned(starter)).await
}

/// Finishes the private answer, and the job with it. The requester may have dismissed the answer,
/// which is as good.
async fn answer(services: &Services, draft: &Draft, renders: &[Image], claim: Claim) -> Result<Done, Error> {
    let Some(token) = &draft.answer_token else {
        return Ok(Done::Finished);
    };
    let cost = cost_of(renders)?;
    let text = match draft.place {
        Place::Open { thread, .. } => {
            let missing = draft
                .last_stage
                .next()
                .map(|missing| services.rules.spec(missing).tier);
            let note = missing.map(|missing| wording::shortened(draft.ratio, missing, draft.last_stage));
            wording::opened(draft.images as usize, cost, thread, note.as_deref())
                + &remarks(services, draft).await?
        }
        Place::Abandoned(_) | Place::Opening(_) => {
            wording::abandoned(cost, draft.channel, wording::NO_THREAD)
        }
    };
    let expired = services.clock.now_ms() - draft.created_ms > limits::INTERACTION_MS;
    if !expired {
        if_it_can(
            "answering privately",
            services.discord.answer(token.expose(), &text.into()).await,
        )?;
    }
    let (id, now_ms) = (draft.id, services.clock.now_ms());
    let forgotten = services.change(move |tx| {
        async move {
            drafts::forget_token(tx, id).await?;
            jobs::finish_with(tx, &claim, now_ms).await?;
            Ok(Done::Ended(None))
        }
        .boxed()
    });
    forgotten.await
}

/// Returns remarks to append to the private answer about a draft: which approvals wait for credits;
/// for a guild's first draft, which quorums can never be reached; for a member's first, what a vague
/// prompt leaves to chance. Empty if there is nothing to remark.
async fn remarks(services: &Services, draft: &Draft) -> Result<String, Error> {
    let (asked, operator) = (draft.clone(), services.rules.clone());
    let read = services.store.read(move |tx| {
        async move {
            let waiting = funds::awaiting(tx, asked.guild).await?;
            let first = drafts::first(tx, &asked).await?;
            let rules = settings::rules_in(tx, &operator, asked.guild).await?;
            Ok::<_, Error>((waiting, first, rules))
        }
        .boxed()
    });
    let (waiting, first, rules) = read.await?;
    let mut remarks = wording::awaited(&waiting);
    if first.of_guild {
        remarks += settings::unreachable_quorums(services, draft.guild, &rules).as_str();
    }
    if first.of_requester {
        remarks += wording::hint(&services.rules.hints.of(draft.prompt.as_str())).as_str();
    }
    Ok(remarks)
}
