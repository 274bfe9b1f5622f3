//! Decides whether votes pay for a render.
//!
//! A recount reads the reactions from Discord with no transaction open. It decides in one
//! transaction, under the image's lock and then the pool's: one quorum makes one render, whatever
//! happens twice.

use futures::FutureExt;

use super::ask_lead::ask_lead;
use super::barred::{barred, tell_barred};
use super::reading::{Read, When, question, read};
use super::spend::{ApprovedStage, spend};
use super::vote::{gather_ms, policy, with_starter};
use crate::discord;
use crate::domain::approval::ballot::Kind;
use crate::domain::approval::terms::{Policy, Terms};
use crate::domain::approval::vote::{Image, Stop, Vote, VoteState};
use crate::domain::approval::{self, Decision, decide};
use crate::domain::ids::{RenderId, UserId};
use crate::domain::job::Job;
use crate::flow::done::Done;
use crate::flow::error::Error;
use crate::flow::money::spend_limits::Spender;
use crate::flow::posting::lasting;
use crate::flow::services::Services;
use crate::store::jobs::Claim;
use crate::store::{Locked, Tx, drafts, jobs, renders, votes};

/// Reads the votes on an image from Discord and decides. The decision also ends the job of the claim,
/// if there is one.
///
/// # Errors
/// [`Error`]: nothing was spent, and it is tried again.
pub async fn confirm(services: &Services, id: RenderId, claim: Option<&Claim>) -> Result<Done, Error> {
    recount(services, id, When::Asked, claim).await
}

/// Reads the votes on an image once its window has passed, and decides: without a quorum the vote
/// closes.
///
/// # Errors
/// [`Error`]: the vote stays open, and it is tried again.
pub async fn close(services: &Services, id: RenderId, claim: &Claim) -> Result<Done, Error> {
    recount(services, id, When::Deadline, Some(claim)).await
}

async fn recount(
    services: &Services,
    id: RenderId,
    when: When,
    claim: Option<&Claim>,
) -> Result<Done, Error> {
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
            // Whose spending limits apply, and where the picture can be posted, need be known only
            // where something may be spent.
            let for_lead = question.policy.for_lead;
            if let (Decision::AskLead(_), Some(case)) = (decide(&question.policy, &read.ballot), for_lead) {
                ask_lead(services, id, &question, case).await?;
            }
            let reached = approval::tally(&question.policy, &read.ballot).reached();
            let spender = if reached && for_lead.is_none() {
                if let Some(bar) = barred(services, guild, question.around, question.thread).await? {
                    tell_barred(services, id, &question, &bar).await?;
                    return set_aside(services, id, when).await;
                }
                Spender::absent(services, guild, requester).await?
            } else {
                Spender {
                    member: requester,
                    roles: None,
                }
            };
            decide_vote(services, id, (read, spender), claim.copied()).await
        }
        // Its message is gone: nobody can vote any more, and nobody could see what a vote was for.
        Err(error) if error.is_gone_message() => shut(services, id).await,
        Err(error) => unreadable(services, id, when, &error).await,
    }
}

/// Records that the bot may not read the votes on an image. Nothing is spent on what nobody can
/// check. An approval leaves the line for credits, so that nobody waits behind it, and the next
/// sweep looks again. Past its deadline the vote closes.
async fn unreadable(
    services: &Services,
    id: RenderId,
    when: When,
    error: &discord::Error,
) -> Result<Done, Error> {
    tracing::warn!(render.id = %id, "the votes on an image cannot be read: {error}");
    set_aside(services, id, when).await
}

/// Has an approval leave the line for credits until the next sweep, or closes its vote past the
/// deadline.
async fn set_aside(services: &Services, id: RenderId, when: When) -> Result<Done, Error> {
    leave(services, id, move |vote| match (when, vote) {
        (When::Deadline, vote) => vote.closed(),
        (When::Asked, Vote::Waiting { terms, .. } | Vote::Capped { terms, .. }) => Vote::Open(terms),
        (When::Asked, vote) => vote,
    })
    .await
}

/// Closes the vote on an image without a count: its message is gone, or nothing may be drawn from
/// it any more.
pub(in crate::flow) async fn shut(services: &Services, id: RenderId) -> Result<Done, Error> {
    leave(services, id, Vote::closed).await
}

/// Moves a vote that counts, without a decision.
async fn leave(
    services: &Services,
    id: RenderId,
    to: impl FnOnce(Vote) -> Vote + Send + 'static,
) -> Result<Done, Error> {
    let now_ms = services.clock.now_ms();
    let left = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, id).await?;
            if image.vote.counts() {
                let next = to(image.vote.clone());
                if next != image.vote {
                    move_vote(tx, &image, &next, now_ms).await?;
                }
            }
            Ok(Done::Finished)
        }
        .boxed()
    });
    left.await
}

async fn decide_vote(
    services: &Services,
    id: RenderId,
    (read, spender): (Read, Spender),
    claim: Option<Claim>,
) -> Result<Done, Error> {
    let (rules, now_ms, child) = (
        services.rules.clone(),
        services.clock.now_ms(),
        services.render_id(),
    );
    let done = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, id).await?;
            if !image.vote.counts() {
                return Ok(Done::Finished);
            }
            if image.vote_version != read.version {
                return Ok(Done::Again(now_ms));
            }
            let changed = record(tx, &image, &read, now_ms).await?;
            let draft = drafts::get(tx, image.draft).await?;
            let policy = policy(&image, &draft).ok_or_else(|| Error::broken("an open vote without terms"))?;
            let next = match decide(&policy, &read.ballot) {
                Decision::Stop(tally) => stopped(&image.vote, &policy.terms, &tally.stopped_by),
                Decision::Wait(_) | Decision::AskLead(_) => Vote::Open(policy.terms),
                Decision::Approve(_) => {
                    let approved = ApprovedStage {
                        parent: &image,
                        draft: &draft,
                        spender: &spender,
                        terms: &policy.terms,
                        stage: policy.stage,
                        child,
                    };
                    spend(tx, &rules, &approved, now_ms).await?
                }
            };
            let late = read.when == When::Deadline && next.state() != VoteState::Spent;
            let next = if late { next.closed_over(&image.vote) } else { next };
            if next != image.vote {
                move_vote(tx, &image, &next, now_ms).await?;
            } else if changed {
                jobs::enqueue(tx, Job::ShowTally(id), now_ms + gather_ms(&image, now_ms)).await?;
            }
            let Some(claim) = claim else {
                return Ok(Done::Finished);
            };
            jobs::finish_with(tx, &claim, now_ms).await?;
            Ok(Done::Ended(None))
        }
        .boxed()
    });
    done.await
}

/// Records the votes that were read. Returns whether any of them is news.
async fn record(tx: &mut Tx, image: &Locked<Image>, read: &Read, now_ms: i64) -> Result<bool, Error> {
    let mut changed = votes::replace_reactions(tx, image, Kind::Approve, &read.approve, now_ms).await?;
    changed |= votes::replace_reactions(tx, image, Kind::Veto, &read.veto, now_ms).await?;
    for (user, role) in read.ballot.known() {
        changed |= votes::note(tx, image, user, role).await?;
    }
    Ok(changed)
}

/// Returns a vote as leads have stopped it. A lead who stopped it before stays the one named if
/// their veto stands, so that their reason stays too.
fn stopped(before: &Vote, terms: &Terms, by: &[UserId]) -> Vote {
    let same = before.stop().filter(|stop| by.contains(&stop.by)).cloned();
    let first = by.first().map(|by| Stop {
        by: *by,
        reason: None,
    });
    match same.or(first) {
        Some(stop) => Vote::Stopped {
            terms: terms.clone(),
            stop,
        },
        None => Vote::Open(terms.clone()),
    }
}

/// Records the state of a vote and has its message updated: at once, or, when its next stage is
/// bought, together with the link to the picture if that comes soon. If a place in the line for
/// credits becomes free, wakes the next approval.
async fn move_vote(tx: &mut Tx, image: &Locked<Image>, vote: &Vote, now_ms: i64) -> Result<(), Error> {
    renders::write_vote(tx, image, vote, image.remind_ms).await?;
    if vote.state() == VoteState::Stopped && image.vote.state() != VoteState::Stopped {
        jobs::enqueue(tx, Job::TellStop(image.id), now_ms).await?;
    }
    if image.vote.state() == VoteState::Waiting && vote.state() != VoteState::Waiting {
        jobs::enqueue(tx, Job::ResumeWaiting(image.guild), now_ms).await?;
    }
    let wait_ms = match vote.state() {
        VoteState::Spent => gather_ms(image, now_ms),
        VoteState::None
        | VoteState::Open
        | VoteState::Stopped
        | VoteState::Waiting
        | VoteState::Capped
        | VoteState::Closed => 0,
    };
    let shown = (Job::ShowTally(image.id), now_ms + wait_ms);
    Ok(jobs::enqueue_all(tx, &with_starter(image, &[shown], now_ms)).await?)
}
