//! From votes to a paid render.
//!
//! A recount reads the reactions from Discord with no transaction open, and decides in one, under the image's lock and
//! then the pool's: one quorum, one render, whatever happens twice.

use std::collections::BTreeSet;

use futures::FutureExt;

use super::job::Done;
use super::vote::policy;
use super::{Error, Studio, lasting};
use crate::discord;
use crate::domain::approval::{self, Ballot, Decision, Policy, Source, VoteState, decide};
use crate::domain::ids::{ChannelId, GuildId, MessageId, RenderId};
use crate::domain::job::Job;
use crate::domain::rules::Rules;
use crate::domain::warrant::Warrant;
use crate::domain::wording;
use crate::store::drafts::{self, Draft};
use crate::store::renders::{self, Render};
use crate::store::{Tx, jobs, ledger, votes};

/// Why a vote is counted again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// Something may have changed.
    Asked,
    /// Its window has passed. What this recount finds counts; without a quorum the vote closes.
    Deadline,
}

/// Reads the votes on an image from Discord and decides.
///
/// # Errors
/// [`Error`]: nothing was spent, and it is tried again.
pub async fn confirm(studio: &Studio, id: RenderId) -> Result<Done, Error> {
    recount(studio, id, When::Asked).await
}

/// The same once the window has passed.
///
/// # Errors
/// [`Error`]: the vote stays open, and it is tried again.
pub async fn close(studio: &Studio, id: RenderId) -> Result<Done, Error> {
    recount(studio, id, When::Deadline).await
}

/// A vote as it was before Discord was asked.
struct Question {
    version: i64,
    message: MessageId,
    thread: ChannelId,
    closes_ms: i64,
    policy: Policy,
    buttons: Ballot,
}

async fn recount(studio: &Studio, id: RenderId, when: When) -> Result<Done, Error> {
    let Some(question) = question(studio, id).await? else {
        return Ok(Done::Finished);
    };
    if when == When::Deadline && studio.clock.now_ms() < question.closes_ms {
        return Ok(Done::Again(question.closes_ms));
    }
    let reactions = match lasting(studio.discord.approvals(question.thread, question.message).await)? {
        Ok(reactions) => reactions,
        // Its message is gone: nobody can vote any more, and nobody could see what a vote was for.
        Err(error) if error.is_gone_message() => return leave(studio, id, VoteState::Closed).await,
        Err(error) => return unreadable(studio, id, when, &error).await,
    };
    let left = match who_left(studio, &question, &reactions).await? {
        Ok(left) => left,
        Err(error) => return unreadable(studio, id, when, &error).await,
    };
    let read = Read {
        version: question.version,
        reactions: &reactions - &left,
        left,
        when,
    };
    decide_vote(studio, id, read).await
}

async fn question(studio: &Studio, id: RenderId) -> Result<Option<Question>, Error> {
    let read = studio.store.read(move |tx| {
        async move {
            let Some(render) = renders::find(tx, id)
                .await?
                .filter(|render| render.vote.state.counts())
            else {
                return Ok(None);
            };
            let draft = drafts::get(tx, render.draft).await?;
            let (Some(message), Some(thread), Some(terms), Some(policy)) = (
                render.message,
                draft.thread(),
                render.vote.terms,
                policy(&render, &draft),
            ) else {
                return Ok(None);
            };
            let (version, closes_ms) = (render.vote.version, terms.closes_ms);
            let buttons = votes::by_source(tx, id, Source::Button).await?;
            Ok::<_, Error>(Some(Question {
                version,
                message,
                thread,
                closes_ms,
                policy,
                buttons,
            }))
        }
        .boxed()
    });
    read.await
}

/// The bot may not read the votes. Nothing is spent on what nobody can check, and nobody waits in line behind it: it
/// leaves the line for credits, and the next sweep looks again; past its deadline it closes.
async fn unreadable(
    studio: &Studio,
    id: RenderId,
    when: When,
    error: &discord::Error,
) -> Result<Done, Error> {
    tracing::warn!(render.id = %id, "the votes on an image cannot be read: {error}");
    let state = match when {
        When::Asked => VoteState::Open,
        When::Deadline => VoteState::Closed,
    };
    leave(studio, id, state).await
}

/// Moves a vote without a decision.
async fn leave(studio: &Studio, id: RenderId, state: VoteState) -> Result<Done, Error> {
    let now_ms = studio.clock.now_ms();
    let left = studio.change(move |tx| {
        async move {
            let render = renders::lock(tx, id).await?;
            if render.vote.state.counts() && render.vote.state != state {
                move_vote(tx, &render, state, now_ms).await?;
            }
            Ok(Done::Finished)
        }
        .boxed()
    });
    left.await
}

/// The voters who are no members any more. Only a quorum can spend, so only then are they asked for: until there is a
/// quorum without them, and until those who will be named as approvers are known to be there.
async fn who_left(
    studio: &Studio,
    question: &Question,
    reactions: &Ballot,
) -> Result<Result<Ballot, discord::Error>, Error> {
    let tally = approval::tally(&question.policy, &(reactions | &question.buttons));
    let mut left = BTreeSet::new();
    if tally.reached() {
        let enough = (question.policy.quorum as usize).max(wording::NAMED);
        let mut members = 0;
        for user in tally.counted {
            match lasting(studio.discord.is_member(question.policy.guild, user).await)? {
                Ok(true) => members += 1,
                Ok(false) => drop(left.insert(user)),
                Err(error) => return Ok(Err(error)),
            }
            if members == enough {
                break;
            }
        }
    }
    Ok(Ok(left))
}

/// What Discord told.
struct Read {
    version: i64,
    reactions: Ballot,
    left: Ballot,
    when: When,
}

async fn decide_vote(studio: &Studio, id: RenderId, read: Read) -> Result<Done, Error> {
    let (rules, now_ms, child) = (studio.rules.clone(), studio.clock.now_ms(), studio.render_id());
    let done = studio.change(move |tx| {
        async move {
            let render = renders::lock(tx, id).await?;
            if !render.vote.state.counts() {
                return Ok(Done::Finished);
            }
            if render.vote.version != read.version {
                return Ok(Done::Again(now_ms));
            }
            let mut changed = votes::replace_reactions(tx, id, &read.reactions, now_ms).await?;
            for user in &read.left {
                changed |= votes::withdraw(tx, id, *user, Source::Button).await?;
            }
            let draft = drafts::get(tx, render.draft).await?;
            let policy =
                policy(&render, &draft).ok_or_else(|| Error::broken("an open vote without terms"))?;
            let late = read.when == When::Deadline;
            let state = match decide(&policy, &votes::ballot(tx, id).await?, child) {
                Decision::Wait(_) if late => VoteState::Closed,
                Decision::Wait(_) => VoteState::Open,
                Decision::Approve(_, warrant) => {
                    let state = spend(tx, &rules, &render, &draft, warrant, now_ms).await?;
                    if late && state == VoteState::Waiting {
                        VoteState::Closed
                    } else {
                        state
                    }
                }
            };
            if changed || state != render.vote.state {
                move_vote(tx, &render, state, now_ms).await?;
            }
            Ok(Done::Finished)
        }
        .boxed()
    });
    done.await
}

/// Pays for the next stage of an approved image and queues it. Says how the vote stands then: spent, waiting for
/// credits, or closed because the stage cannot be drawn any more.
async fn spend(
    tx: &mut Tx,
    rules: &Rules,
    parent: &Render,
    draft: &Draft,
    warrant: Warrant,
    now_ms: i64,
) -> Result<VoteState, Error> {
    let Some(want) = rules.pixels(warrant.stage(), draft.ratio) else {
        return Ok(VoteState::Closed);
    };
    let mut locked = ledger::lock(tx, parent.guild).await?;
    // Strictly oldest first: whoever has waited longer is paid for first.
    let first = renders::first_waiting(tx, parent.guild).await?;
    if first.is_some_and(|first| first != parent.id) || warrant.price() > locked.pool().available {
        return Ok(VoteState::Waiting);
    }
    let mut origin = parent.origin();
    origin.parent = Some(parent.id);
    let child = warrant.render();
    let new = Render::queued(child, origin, warrant.stage(), warrant.price(), want, now_ms);
    if !renders::insert(tx, &new).await? {
        return Err(Error::broken(format!(
            "image {} has a child, and its vote is open",
            parent.id
        )));
    }
    if ledger::hold(tx, &mut locked, warrant, now_ms).await?.is_err() {
        return Err(Error::broken("the pool is short of what was just compared"));
    }
    jobs::enqueue(tx, Job::Render(child), now_ms).await?;
    Ok(VoteState::Spent)
}

/// Records how a vote stands and has it shown. When a place in the line for credits becomes free, the next may go.
async fn move_vote(tx: &mut Tx, render: &Render, state: VoteState, now_ms: i64) -> Result<(), Error> {
    let since = (state == VoteState::Waiting).then(|| render.vote.waiting_since_ms.unwrap_or(now_ms));
    renders::set_vote(tx, render.id, state, since).await?;
    if render.vote.state == VoteState::Waiting && state != VoteState::Waiting {
        jobs::enqueue(tx, Job::ResumeWaiting(render.guild), now_ms).await?;
    }
    Ok(jobs::enqueue(tx, Job::ShowTally(render.id), now_ms).await?)
}

/// Starts approvals of a guild that wait for credits, one a transaction, oldest first, each checked again, until one
/// cannot be paid.
///
/// # Errors
/// [`Error`]: it is tried again.
pub async fn resume_waiting(studio: &Studio, guild: GuildId) -> Result<Done, Error> {
    loop {
        let first = studio
            .store
            .read(move |tx| first_payable(tx, guild).boxed())
            .await?;
        let Some(first) = first else {
            return Ok(Done::Finished);
        };
        match confirm(studio, first).await? {
            Done::Again(at_ms) => return Ok(Done::Again(at_ms)),
            Done::Finished => {}
        }
        let still = studio
            .store
            .read(move |tx| first_payable(tx, guild).boxed())
            .await?;
        if still == Some(first) {
            return Ok(Done::Finished);
        }
    }
}

/// The approval that has waited longest, if the pool can pay for it.
async fn first_payable(tx: &mut Tx, guild: GuildId) -> Result<Option<RenderId>, Error> {
    let Some(first) = renders::first_waiting(tx, guild).await? else {
        return Ok(None);
    };
    let price = renders::find(tx, first)
        .await?
        .and_then(|render| render.vote.terms)
        .map(|terms| terms.price);
    let available = ledger::read(tx, guild).await?.available;
    Ok(price.is_some_and(|price| price <= available).then_some(first))
}
