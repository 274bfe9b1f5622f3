//! Votes, from an emoji to a paid render.
//!
//! An event only records a vote and asks for a [`confirm`]. That reads the reactions from Discord with no transaction
//! open, and decides in one, under the image's lock and then the pool's: one quorum, one render.

use std::collections::BTreeSet;

use futures::FutureExt;

use super::job::Done;
use super::{Error, Studio};
use crate::discord;
use crate::domain::approval::{self, Ballot, Decision, Policy, Source, Tally, VoteState, decide};
use crate::domain::ids::{ChannelId, GuildId, MessageId, RenderId, UserId};
use crate::domain::job::Job;
use crate::domain::rules::Rules;
use crate::domain::warrant::Warrant;
use crate::domain::wording::{self, NoVote, Press};
use crate::store::drafts::{self, Draft};
use crate::store::renders::{self, Render};
use crate::store::{Tx, jobs, ledger, votes};

/// Whether a vote is given or taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Given.
    Cast,
    /// Taken back.
    Withdrawn,
}

/// Records a reaction. Most are on messages that are none of ours, which one indexed query tells.
///
/// # Errors
/// [`Error::Retry`] when the database is away; the reaction stays on Discord and a recount finds it.
pub async fn reacted(studio: &Studio, message: MessageId, user: UserId, change: Change) -> Result<(), Error> {
    let found = studio
        .store
        .read(move |tx| renders::by_message(tx, message).boxed())
        .await?;
    let Some(id) = found else { return Ok(()) };
    let now_ms = studio.clock.now_ms();
    let recorded = studio.store.write(move |tx| {
        async move {
            let render = renders::lock(tx, id).await?;
            if !render.vote.state.counts() {
                return Ok(());
            }
            let changed = match change {
                Change::Cast => votes::cast(tx, id, user, Source::Reaction, now_ms).await?,
                Change::Withdrawn => votes::withdraw(tx, id, user, Source::Reaction).await?,
            };
            if changed {
                after_change(tx, &render, now_ms).await?;
            }
            Ok::<_, Error>(())
        }
        .boxed()
    });
    recorded.await?;
    studio.wake.ring();
    Ok(())
}

/// Has the votes on a message read again: reactions were taken off without saying whose.
///
/// # Errors
/// [`Error::Retry`] when the database is away; the next recount finds it.
pub async fn reread(studio: &Studio, message: MessageId) -> Result<(), Error> {
    let now_ms = studio.clock.now_ms();
    let queued = studio.store.write(move |tx| {
        async move {
            if let Some(id) = renders::by_message(tx, message).await? {
                renders::lock(tx, id).await?;
                renders::bump_vote(tx, id).await?;
                jobs::enqueue(tx, Job::Confirm(id), now_ms).await?;
            }
            Ok::<_, Error>(())
        }
        .boxed()
    });
    queued.await?;
    studio.wake.ring();
    Ok(())
}

/// A press of the Approve button: gives the member's vote, or takes it back. Answers privately.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn pressed(studio: &Studio, id: RenderId, user: UserId) -> Result<String, Error> {
    let now_ms = studio.clock.now_ms();
    let answer = studio.store.write(move |tx| {
        async move {
            let render = renders::lock(tx, id).await?;
            let draft = draft_of(tx, &render).await?;
            if render.vote.state == VoteState::Spent {
                return Ok(wording::no_vote(NoVote::Spent).to_owned());
            }
            let Some(policy) = policy(&render, &draft).filter(|_| render.vote.state.counts()) else {
                return Ok(wording::no_vote(NoVote::Closed).to_owned());
            };
            if user == draft.requester && !policy.own_vote {
                return Ok(wording::no_vote(NoVote::Own).to_owned());
            }
            let cast = votes::cast(tx, id, user, Source::Button, now_ms).await?;
            if !cast {
                votes::withdraw(tx, id, user, Source::Button).await?;
            }
            after_change(tx, &render, now_ms).await?;
            let tally = approval::tally(&policy, &votes::ballot(tx, id).await?);
            let press = match cast {
                true => Press::Given,
                false if tally.counted.contains(&user) => Press::StillReacting,
                false => Press::TakenBack,
            };
            Ok::<_, Error>(wording::voted(press, &tally))
        }
        .boxed()
    });
    let answer = answer.await?;
    studio.wake.ring();
    Ok(answer)
}

/// After a vote changed: near the quorum, or waiting for credits, it is confirmed; else it is only shown.
async fn after_change(tx: &mut Tx, render: &Render, now_ms: i64) -> Result<(), Error> {
    renders::bump_vote(tx, render.id).await?;
    let draft = draft_of(tx, render).await?;
    let reached = tally_of(tx, render, &draft)
        .await?
        .is_some_and(|tally| tally.reached());
    let near = reached || render.vote.state == VoteState::Waiting;
    let job = if near {
        Job::Confirm(render.id)
    } else {
        Job::ShowTally(render.id)
    };
    Ok(jobs::enqueue(tx, job, now_ms).await?)
}

async fn draft_of(tx: &mut Tx, render: &Render) -> Result<Draft, Error> {
    let draft = drafts::find(tx, render.draft).await?;
    draft.ok_or_else(|| Error::broken(format!("render {} without a draft", render.id)))
}

fn policy(render: &Render, draft: &Draft) -> Option<Policy> {
    let (terms, stage) = (render.vote.terms?, render.stage.next()?);
    Some(Policy {
        guild: render.guild,
        stage,
        price: terms.price,
        quorum: terms.quorum,
        requester: draft.requester,
        own_vote: terms.own_vote,
    })
}

/// The votes on a render as they are recorded; nothing if no vote was ever open on it.
pub(super) async fn tally_of(tx: &mut Tx, render: &Render, draft: &Draft) -> Result<Option<Tally>, Error> {
    let Some(policy) = policy(render, draft) else {
        return Ok(None);
    };
    Ok(Some(approval::tally(
        &policy,
        &votes::ballot(tx, render.id).await?,
    )))
}

/// Reads the votes from Discord and decides.
///
/// # Errors
/// [`Error`]: nothing was spent, and it is tried again.
pub async fn confirm(studio: &Studio, id: RenderId) -> Result<Done, Error> {
    settle_vote(studio, id, false).await
}

/// The same once the window has passed. What this recount finds counts; without a quorum the vote closes.
///
/// # Errors
/// [`Error`]: the vote stays open, and it is tried again.
pub async fn close(studio: &Studio, id: RenderId) -> Result<Done, Error> {
    settle_vote(studio, id, true).await
}

/// A vote that is about to be decided, as it was before Discord was asked.
struct Asked {
    version: i64,
    message: MessageId,
    thread: ChannelId,
    policy: Policy,
    buttons: Ballot,
}

async fn settle_vote(studio: &Studio, id: RenderId, closing: bool) -> Result<Done, Error> {
    let Some(asked) = ask(studio, id).await? else {
        return Ok(Done::Finished);
    };
    let reactions = match studio.discord.approvals(asked.thread, asked.message).await {
        Ok(reactions) => Some(reactions),
        Err(discord::Error::Gone(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let Some(reactions) = reactions else {
        // Its message is gone: nobody can vote any more, and nobody could see what a vote was for.
        return shut(studio, id).await;
    };
    let left = who_left(studio, &asked, &reactions).await?;
    let read = Read {
        version: asked.version,
        reactions: &reactions - &left,
        left,
        closing,
    };
    decide_vote(studio, id, read).await
}

async fn ask(studio: &Studio, id: RenderId) -> Result<Option<Asked>, Error> {
    let read = studio.store.read(move |tx| {
        async move {
            let Some(render) = renders::find(tx, id)
                .await?
                .filter(|render| render.vote.state.counts())
            else {
                return Ok(None);
            };
            let draft = draft_of(tx, &render).await?;
            let (Some(message), Some(thread), Some(policy)) =
                (render.message, draft.thread(), policy(&render, &draft))
            else {
                return Ok(None);
            };
            let buttons = votes::by_source(tx, id, Source::Button).await?;
            Ok::<_, Error>(Some(Asked {
                version: render.vote.version,
                message,
                thread,
                policy,
                buttons,
            }))
        }
        .boxed()
    });
    read.await
}

/// The voters who are no members any more. Only a quorum can spend, so only then are they asked for.
async fn who_left(studio: &Studio, asked: &Asked, reactions: &Ballot) -> Result<Ballot, Error> {
    let tally = approval::tally(&asked.policy, &(reactions | &asked.buttons));
    let mut left = BTreeSet::new();
    if tally.reached() {
        let mut members = 0;
        for user in tally.counted {
            if studio.discord.is_member(asked.policy.guild, user).await? {
                members += 1;
            } else {
                left.insert(user);
            }
            if members == asked.policy.quorum {
                break;
            }
        }
    }
    Ok(left)
}

/// What Discord told.
#[derive(Clone)]
struct Read {
    version: i64,
    reactions: Ballot,
    left: Ballot,
    closing: bool,
}

async fn decide_vote(studio: &Studio, id: RenderId, read: Read) -> Result<Done, Error> {
    let (rules, now_ms, child) = (studio.rules.clone(), studio.clock.now_ms(), studio.render_id());
    let done = studio.store.write(move |tx| {
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
            let draft = draft_of(tx, &render).await?;
            let policy =
                policy(&render, &draft).ok_or_else(|| Error::broken("an open vote without terms"))?;
            let late = read.closing && render.vote.terms.is_some_and(|terms| now_ms >= terms.closes_ms);
            let state = match decide(&policy, &votes::ballot(tx, id).await?, child) {
                Decision::Wait(_) if late => VoteState::Closed,
                Decision::Wait(_) => VoteState::Open,
                Decision::Approve(_, warrant) => {
                    match spend(tx, &rules, &render, &draft, warrant, now_ms).await? {
                        VoteState::Waiting if late => VoteState::Closed,
                        state => state,
                    }
                }
            };
            // While it waits for credits a vote more changes no state, and is shown all the same.
            if changed || state != render.vote.state || state == VoteState::Waiting {
                move_vote(tx, &render, state, now_ms).await?;
            }
            Ok::<_, Error>(Done::Finished)
        }
        .boxed()
    });
    let done = done.await?;
    studio.wake.ring();
    Ok(done)
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
    if renders::insert(tx, &new).await? {
        if ledger::hold(tx, &mut locked, warrant, now_ms).await?.is_err() {
            return Err(Error::broken("the pool is short of what was just compared"));
        }
        jobs::enqueue(tx, Job::Render(child), now_ms).await?;
    }
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

async fn shut(studio: &Studio, id: RenderId) -> Result<Done, Error> {
    let now_ms = studio.clock.now_ms();
    let shut = studio.store.write(move |tx| {
        async move {
            let render = renders::lock(tx, id).await?;
            if render.vote.state.counts() {
                move_vote(tx, &render, VoteState::Closed, now_ms).await?;
            }
            Ok::<_, Error>(Done::Finished)
        }
        .boxed()
    });
    let done = shut.await?;
    studio.wake.ring();
    Ok(done)
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
