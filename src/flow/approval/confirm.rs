//! From votes to a paid render.
//!
//! A recount reads the reactions from Discord with no transaction open, and decides in one, under the image's lock and
//! then the pool's: one quorum, one render, whatever happens twice.

use super::reading::{Read, When, question, read};
use super::spend::{ApprovedStage, spend};

use futures::FutureExt;

use super::vote::{gather_ms, policy};
use crate::discord;
use crate::domain::approval::ballot::Kind;
use crate::domain::approval::{self, Decision, Policy, VoteState, decide};
use crate::domain::ids::{RenderId, UserId};
use crate::domain::job::Job;
use crate::flow::done::Done;
use crate::flow::error::Error;
use crate::flow::money::spend_limits::Spender;
use crate::flow::posting::lasting;
use crate::flow::services::Services;
use crate::store::drafts::{self};
use crate::store::renders::{self, Render};
use crate::store::{Tx, jobs, votes};

/// Reads the votes on an image from Discord and decides.
///
/// # Errors
/// [`Error`]: nothing was spent, and it is tried again.
pub async fn confirm(services: &Services, id: RenderId) -> Result<Done, Error> {
    recount(services, id, When::Asked).await
}

/// The same once the window has passed.
///
/// # Errors
/// [`Error`]: the vote stays open, and it is tried again.
pub async fn close(services: &Services, id: RenderId) -> Result<Done, Error> {
    recount(services, id, When::Deadline).await
}

pub(in crate::flow) async fn recount(services: &Services, id: RenderId, when: When) -> Result<Done, Error> {
    let Some(question) = question(services, id).await? else {
        return Ok(Done::Finished);
    };
    let closes_ms = question.policy.terms.closes_ms;
    if when == When::Deadline && services.clock.now_ms() < closes_ms {
        return Ok(Done::Again(closes_ms));
    }
    match lasting(read(services, &question, when).await)? {
        Ok(read) => {
            let Policy { guild, requester, .. } = question.policy;
            // Whose caps count need be known only where something may be spent.
            let spender = if approval::tally(&question.policy, &read.ballot).reached() {
                Spender::absent(services, guild, requester).await?
            } else {
                Spender {
                    member: requester,
                    roles: None,
                }
            };
            decide_vote(services, id, read, spender).await
        }
        // Its message is gone: nobody can vote any more, and nobody could see what a vote was for.
        Err(error) if error.is_gone_message() => shut(services, id).await,
        Err(error) => unreadable(services, id, when, &error).await,
    }
}

/// The bot may not read the votes. Nothing is spent on what nobody can check, and nobody waits in line behind it: it
/// leaves the line for credits, and the next sweep looks again; past its deadline it closes.
pub(in crate::flow) async fn unreadable(
    services: &Services,
    id: RenderId,
    when: When,
    error: &discord::Error,
) -> Result<Done, Error> {
    tracing::warn!(render.id = %id, "the votes on an image cannot be read: {error}");
    leave(services, id, move |state| match (when, state) {
        (When::Deadline, _) => VoteState::Closed,
        (When::Asked, VoteState::Waiting | VoteState::Capped) => VoteState::Open,
        (When::Asked, state) => state,
    })
    .await
}

/// Closes the vote on an image without a count: its message is gone, or nothing may be drawn from it any more.
pub(in crate::flow) async fn shut(services: &Services, id: RenderId) -> Result<Done, Error> {
    leave(services, id, |_| VoteState::Closed).await
}

/// Moves a vote without a decision.
pub(in crate::flow) async fn leave(
    services: &Services,
    id: RenderId,
    to: impl FnOnce(VoteState) -> VoteState + Send + 'static,
) -> Result<Done, Error> {
    let now_ms = services.clock.now_ms();
    let left = services.change(move |tx| {
        async move {
            let render = renders::lock(tx, id).await?;
            let state = render.vote.state;
            let next = if state.counts() { to(state) } else { state };
            if next != state {
                move_vote(tx, &render, next, now_ms).await?;
            }
            Ok(Done::Finished)
        }
        .boxed()
    });
    left.await
}

pub(in crate::flow) async fn decide_vote(
    services: &Services,
    id: RenderId,
    read: Read,
    spender: Spender,
) -> Result<Done, Error> {
    let (rules, now_ms, child) = (
        services.rules.clone(),
        services.clock.now_ms(),
        services.render_id(),
    );
    let done = services.change(move |tx| {
        async move {
            let render = renders::lock(tx, id).await?;
            if !render.vote.state.counts() {
                return Ok(Done::Finished);
            }
            if render.vote.version != read.version {
                return Ok(Done::Again(now_ms));
            }
            let changed = record(tx, id, &read, now_ms).await?;
            let draft = drafts::get(tx, render.draft).await?;
            let policy =
                policy(&render, &draft).ok_or_else(|| Error::broken("an open vote without terms"))?;
            let state = match decide(&policy, &read.ballot, child) {
                Decision::Stop(tally) => stopped(tx, &render, &tally.stopped_by).await?,
                Decision::Wait(_) => VoteState::Open,
                Decision::Approve(_, authorization) => {
                    let order = ApprovedStage {
                        parent: &render,
                        draft: &draft,
                        spender: &spender,
                    };
                    spend(tx, &rules, &order, authorization, now_ms).await?
                }
            };
            let late = read.when == When::Deadline && state != VoteState::Spent;
            let state = if late { VoteState::Closed } else { state };
            if state != render.vote.state {
                move_vote(tx, &render, state, now_ms).await?;
            } else if changed {
                jobs::enqueue(tx, Job::ShowTally(id), now_ms + gather_ms(&render, now_ms)).await?;
            }
            Ok(Done::Finished)
        }
        .boxed()
    });
    done.await
}

/// Records what was read. Says whether anything is news.
pub(in crate::flow) async fn record(
    tx: &mut Tx,
    id: RenderId,
    read: &Read,
    now_ms: i64,
) -> Result<bool, Error> {
    let mut changed = votes::replace_reactions(tx, id, Kind::Approve, &read.approve, now_ms).await?;
    changed |= votes::replace_reactions(tx, id, Kind::Veto, &read.veto, now_ms).await?;
    for (user, role) in read.ballot.known() {
        changed |= votes::note(tx, id, user, role).await?;
    }
    Ok(changed)
}

/// Notes who stops a vote: whoever did before if they still do, so that their reason stands.
pub(in crate::flow) async fn stopped(
    tx: &mut Tx,
    render: &Render,
    by: &[UserId],
) -> Result<VoteState, Error> {
    let before = render.vote.stop.as_ref().map(|stop| stop.by);
    let by = before
        .filter(|before| by.contains(before))
        .or(by.first().copied());
    if let Some(by) = by {
        renders::stop(tx, render.id, by).await?;
    }
    Ok(VoteState::Stopped)
}

/// Records how a vote stands and has it shown at once. When a place in the line for credits becomes free, the next may go.
pub(in crate::flow) async fn move_vote(
    tx: &mut Tx,
    render: &Render,
    state: VoteState,
    now_ms: i64,
) -> Result<(), Error> {
    if !matches!(state, VoteState::Stopped | VoteState::Capped) {
        let since = (state == VoteState::Waiting).then(|| render.vote.waiting_since_ms.unwrap_or(now_ms));
        renders::set_vote(tx, render.id, state, since).await?;
    }
    if render.vote.state == VoteState::Waiting && state != VoteState::Waiting {
        jobs::enqueue(tx, Job::ResumeWaiting(render.guild), now_ms).await?;
    }
    Ok(jobs::enqueue(tx, Job::ShowTally(render.id), now_ms).await?)
}
