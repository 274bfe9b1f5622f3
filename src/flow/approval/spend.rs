//! From an approval to a paid render.

use crate::flow::approval::confirm::confirm;

use futures::FutureExt;

use crate::domain::approval::VoteState;
use crate::domain::guild::operator::Rules;
use crate::domain::ids::{GuildId, RenderId};
use crate::domain::job::Job;
use crate::domain::money::authorization::Authorization;
use crate::domain::money::project::Waiting;
use crate::domain::money::spend_limit::{Capped, LimitReached};
use crate::flow::done::Done;
use crate::flow::error::Error;
use crate::flow::money::project;
use crate::flow::money::spend_limits::{self, Spender};
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::drafts::Draft;
use crate::store::renders::{self, Render};
use crate::store::{Tx, jobs, ledger};

/// What an approval is to be spent on.
pub(in crate::flow) struct ApprovedStage<'a> {
    /// The image that is approved.
    pub(in crate::flow) parent: &'a Render,
    pub(in crate::flow) draft: &'a Draft,
    pub(in crate::flow) spender: &'a Spender,
}

/// Pays for the next stage of an approved image and queues it. Says how the vote stands then: spent, waiting for
/// credits, stopped by a cap, or closed because the stage cannot be drawn any more.
pub(in crate::flow) async fn spend(
    tx: &mut Tx,
    rules: &Rules,
    order: &ApprovedStage<'_>,
    authorization: Authorization,
    now_ms: i64,
) -> Result<VoteState, Error> {
    let (parent, draft) = (order.parent, order.draft);
    let want = rules.pixels(authorization.stage(), draft.ratio);
    let Some(want) = want.filter(|_| !draft.forgotten) else {
        return Ok(VoteState::Closed);
    };
    let mut locked = ledger::lock(tx, parent.guild).await?;
    let (chosen, cost) = (
        settings::rules_in(tx, rules, parent.guild).await?,
        (authorization.stage(), authorization.price()),
    );
    if let Some(full) = spend_limits::full(tx, &locked, &chosen, order.spender, cost, now_ms).await? {
        return blocked_by_limit(tx, parent, &full, now_ms).await;
    }
    // Strictly oldest first: whoever has waited longer is paid for first, unless only a budget stops it.
    let joins = Waiting {
        render: parent.id,
        bucket: draft.project.map(|project| (project, authorization.stage())),
        price: authorization.price(),
    };
    let awaiting = project::awaiting(tx, parent.guild, Some(joins)).await?;
    if awaiting.first() != Some(&joins) || authorization.price() > locked.pool().available {
        return Ok(VoteState::Waiting);
    }
    let mut origin = parent.origin();
    origin.parent = Some(parent.id);
    let child = authorization.render();
    let new = Render::queued(
        child,
        origin,
        authorization.stage(),
        authorization.price(),
        want,
        now_ms,
    );
    if !renders::insert(tx, &new).await? {
        return Err(Error::broken(format!(
            "image {} has a child, and its vote is open",
            parent.id
        )));
    }
    if ledger::hold(tx, &mut locked, authorization, now_ms)
        .await?
        .is_err()
    {
        return Err(Error::broken(
            "the pool or a budget is short of what was just compared",
        ));
    }
    jobs::enqueue(tx, Job::Render(child), now_ms).await?;
    Ok(VoteState::Spent)
}

/// Notes which cap an approval waits for, and has it looked at again when that may let it through. It keeps its place in the
/// line for credits, but nobody waits behind it.
pub(in crate::flow) async fn blocked_by_limit(
    tx: &mut Tx,
    parent: &Render,
    full: &LimitReached,
    now_ms: i64,
) -> Result<VoteState, Error> {
    let capped = Capped {
        by: full.limit,
        until_ms: full.frees_ms,
    };
    let since_ms = parent.vote.waiting_since_ms.unwrap_or(now_ms);
    renders::limit(tx, parent.id, &capped, since_ms).await?;
    if let Some(until_ms) = capped.until_ms {
        jobs::enqueue(tx, Job::RecheckLimit(parent.id), until_ms).await?;
    }
    if parent.vote.capped.is_some_and(|before| before != capped) {
        jobs::enqueue(tx, Job::ShowTally(parent.id), now_ms).await?;
    }
    Ok(VoteState::Capped)
}

/// Starts approvals of a guild that wait for credits, one a transaction, oldest first, each checked again, until one
/// cannot be paid; and has those looked at that a cap stopped which has room for them now.
///
/// # Errors
/// [`Error`]: it is tried again.
pub async fn resume_waiting(services: &Services, guild: GuildId) -> Result<Done, Error> {
    let (rules, now_ms) = (services.rules.clone(), services.clock.now_ms());
    let woken = services.change(move |tx| {
        async move {
            let chosen = settings::rules_in(tx, &rules, guild).await?;
            spend_limits::wake(tx, &chosen, guild, now_ms).await
        }
        .boxed()
    });
    woken.await?;
    let payable = || services.store.read(move |tx| first_payable(tx, guild).boxed());
    let mut first = payable().await?;
    while let Some(image) = first {
        match confirm(services, image).await? {
            Done::Again(at_ms) => return Ok(Done::Again(at_ms)),
            Done::Finished | Done::Rest(_) => {}
        }
        let next = payable().await?;
        if next == first {
            break;
        }
        first = next;
    }
    Ok(Done::Finished)
}

/// The approval that has waited longest of those that no budget stops, if the pool can pay for it.
pub(in crate::flow) async fn first_payable(tx: &mut Tx, guild: GuildId) -> Result<Option<RenderId>, Error> {
    let awaiting = project::awaiting(tx, guild, None).await?;
    let available = ledger::read(tx, guild).await?.available;
    let first = awaiting.first().filter(|first| first.price <= available);
    Ok(first.map(|first| first.render))
}
