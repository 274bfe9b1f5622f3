//! A failed render, tried again at the price it had.

use futures::FutureExt;

use crate::domain::actor::Actor;
use crate::domain::approval::again;
use crate::domain::ids::RenderId;
use crate::domain::image::render::{Failure, State};
use crate::domain::job::Job;
use crate::domain::stage::Stage;
use crate::flow::approval::vote::refuse_voter;
use crate::flow::error::Error;
use crate::flow::money::spend_limits::{self, Spender};
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::Tx;
use crate::store::drafts::{self, Draft};
use crate::store::jobs::{self};
use crate::store::ledger::{self};
use crate::store::projects;
use crate::store::renders::{self, Render};
use crate::wording;

/// Queues a failed render again, at the price it had: its approval, or its draft, still stands. Answers privately.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn try_again(services: &Services, failed: RenderId, by: Actor) -> Result<String, Error> {
    let Some(spender) = spender(services, failed, &by).await? else {
        return Ok(wording::NO_RETRY.to_owned());
    };
    let (rules, now_ms, new) = (
        services.rules.clone(),
        services.clock.now_ms(),
        services.render_id(),
    );
    let answer = services.change(move |tx| {
        async move {
            let failed = renders::lock(tx, failed).await?;
            if !may_retry(&failed)
                || renders::live(tx, failed.draft, failed.position, failed.stage)
                    .await?
                    .is_some()
            {
                return Ok(wording::NO_RETRY.to_owned());
            }
            let draft = drafts::get(tx, failed.draft).await?;
            if draft.forgotten {
                return Ok(wording::FORGOTTEN.to_owned());
            }
            if let Some(refused) = refuse_person(tx, &failed, &draft, &by).await? {
                return Ok(refused);
            }
            let mut locked = ledger::lock(tx, failed.guild).await?;
            let chosen = settings::rules_in(tx, &rules, failed.guild).await?;
            let cost = (failed.stage, failed.price);
            if let Some(full) = spend_limits::full(tx, &locked, &chosen, &spender, cost, now_ms).await? {
                return Ok(wording::full(&full));
            }
            let available = locked.pool().available;
            if failed.price > available {
                return Ok(wording::retry_short(failed.price, available));
            }
            let (stage, price) = (failed.stage, failed.price);
            if let Some(full) = projects::full(tx, failed.id, stage, price).await? {
                return Ok(wording::budget_short(&full));
            }
            let second = Render::queued(new, failed.origin(), stage, price, failed.want, now_ms);
            if !renders::insert(tx, &second).await? {
                return Ok(wording::NO_RETRY.to_owned());
            }
            let authorization = again(failed.guild, stage, price, new);
            if ledger::hold(tx, &mut locked, authorization, now_ms)
                .await?
                .is_err()
            {
                return Err(Error::broken(
                    "the pool or a budget is short of what was just compared",
                ));
            }
            jobs::enqueue(tx, Job::Render(new), now_ms).await?;
            jobs::enqueue(tx, Job::ShowTally(failed.id), now_ms).await?;
            if stage == Stage::Explore {
                jobs::enqueue(tx, Job::ShowProgress(failed.draft), now_ms).await?;
            }
            Ok::<_, Error>(wording::retrying(price))
        }
        .boxed()
    });
    let answer = answer.await?;
    Ok(answer)
}

/// Who would spend on another try: who asked for the draft. Nothing if there is no such render.
pub(in crate::flow) async fn spender(
    services: &Services,
    failed: RenderId,
    by: &Actor,
) -> Result<Option<Spender>, Error> {
    let read = services.store.read(move |tx| {
        async move {
            match renders::find(tx, failed).await? {
                None => Ok(None),
                Some(render) => Ok::<_, Error>(Some(drafts::get(tx, render.draft).await?)),
            }
        }
        .boxed()
    });
    Ok(match read.await? {
        None => None,
        Some(draft) if draft.requester == by.user => Some(Spender {
            member: by.user,
            roles: Some(by.member.roles.clone()),
        }),
        Some(draft) => Some(Spender::absent(services, draft.guild, draft.requester).await?),
    })
}

/// Whether a render ended in a way that another try can mend. A prompt that was refused would be refused again.
#[must_use]
pub const fn may_retry(render: &Render) -> bool {
    matches!(
        render.state,
        State::Failed(Failure::Operator | Failure::Broken | Failure::Exhausted)
    )
}

/// Why somebody may not try a render again: a first image is for who asked for it, a later one for those who could
/// approve it by the rules under which it was approved.
pub(in crate::flow) async fn refuse_person(
    tx: &mut Tx,
    failed: &Render,
    draft: &Draft,
    by: &Actor,
) -> Result<Option<String>, Error> {
    let Some(parent) = failed.parent else {
        let requester = by.user == draft.requester;
        return Ok((!requester).then(|| wording::retry_own(draft.requester)));
    };
    let terms = renders::find(tx, parent)
        .await?
        .and_then(|parent| parent.vote.terms);
    let terms = terms.ok_or_else(|| Error::broken("an image of a later stage without a vote"))?;
    Ok(refuse_voter(&terms, draft, by).map(|why| wording::no_vote(&why)))
}
