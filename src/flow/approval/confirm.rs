//! From votes to a paid render.
//!
//! A recount reads the reactions from Discord with no transaction open, and decides in one, under the image's lock and
//! then the pool's: one quorum, one render, whatever happens twice.

use std::collections::BTreeSet;

use futures::FutureExt;

use super::vote::{gather_ms, policy};
use crate::discord;
use crate::domain::actor::Membership;
use crate::domain::approval::ballot::{Ballot, Kind, Veto, VoteSource, VoterRole};
use crate::domain::approval::{self, Decision, Policy, VoteState, decide};
use crate::domain::guild::operator::Rules;
use crate::domain::ids::{ChannelId, GuildId, MessageId, RenderId, RoleId, UserId};
use crate::domain::job::Job;
use crate::domain::money::authorization::Authorization;
use crate::domain::money::project::Waiting;
use crate::domain::money::spend_limit::{Capped, LimitReached};
use crate::flow::done::Done;
use crate::flow::error::Error;
use crate::flow::money::project;
use crate::flow::money::spend_limits::{self, Spender};
use crate::flow::posting::lasting;
use crate::flow::services::Services;
use crate::flow::settings;
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

/// A vote as it was before Discord was asked.
struct Question {
    version: i64,
    message: MessageId,
    thread: ChannelId,
    policy: Policy,
    /// Who pressed the Approve button.
    buttons: BTreeSet<UserId>,
    /// Whose vetoes were lifted.
    lifted: BTreeSet<UserId>,
}

/// What Discord told.
struct Read {
    version: i64,
    approve: BTreeSet<UserId>,
    veto: BTreeSet<UserId>,
    /// All votes, with what is known of those who had to be looked up.
    ballot: Ballot,
    when: When,
}

async fn recount(services: &Services, id: RenderId, when: When) -> Result<Done, Error> {
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

async fn question(services: &Services, id: RenderId) -> Result<Option<Question>, Error> {
    let read = services.store.read(move |tx| {
        async move {
            let Some(render) = renders::find(tx, id)
                .await?
                .filter(|render| render.vote.state.counts())
            else {
                return Ok(None);
            };
            let draft = drafts::get(tx, render.draft).await?;
            let (Some(message), Some(thread), Some(policy)) =
                (render.message, draft.thread(), policy(&render, &draft))
            else {
                return Ok(None);
            };
            let vetoes = votes::ballot(tx, id).await?.vetoes;
            let lifted = vetoes.into_iter().filter(|(_, veto)| veto.lifted);
            Ok::<_, Error>(Some(Question {
                version: render.vote.version,
                message,
                thread,
                policy,
                buttons: votes::voters(tx, id, Kind::Approve, VoteSource::Button).await?,
                lifted: lifted.map(|(user, _)| user).collect(),
            }))
        }
        .boxed()
    });
    read.await
}

/// Asks Discord who reacted, and who those people are whose votes can decide something.
async fn read(services: &Services, question: &Question, when: When) -> Result<Read, discord::Error> {
    let (discord, policy) = (&services.discord, &question.policy);
    let emoji = [&policy.terms.approve, &policy.terms.veto];
    let [approve, veto] = discord
        .reactions(question.thread, question.message, emoji)
        .await?;
    let voters = approve.iter().chain(&question.buttons);
    let vetoes = veto.iter().map(|user| {
        let lifted = question.lifted.contains(user);
        (
            *user,
            Veto {
                lifted,
                ..Veto::default()
            },
        )
    });
    let mut ballot = Ballot {
        approvals: voters.map(|user| (*user, VoterRole::Unknown)).collect(),
        vetoes: vetoes.collect(),
    };
    let mut known = None;
    while let Some(user) = approval::next_voter_to_look_up(policy, &ballot) {
        let member = match discord.member(policy.guild, user).await? {
            None => None,
            Some(roles) => {
                let manages = manages(services, policy, &mut known, user, &roles).await?;
                Some(Membership { roles, manages })
            }
        };
        ballot.note(user, policy.terms.role(member.as_ref()));
    }
    Ok(Read {
        version: question.version,
        approve,
        veto,
        ballot,
        when,
    })
}

/// Whether a member may manage the server. Asked for only where that makes a lead, and once for all.
async fn manages(
    services: &Services,
    policy: &Policy,
    known: &mut Option<discord::Managers>,
    user: UserId,
    roles: &BTreeSet<RoleId>,
) -> Result<bool, discord::Error> {
    if !policy.terms.leads.is_empty() {
        return Ok(false);
    }
    let managers = match known.take() {
        Some(managers) => managers,
        None => services.discord.managers(policy.guild).await?,
    };
    Ok(known.insert(managers).include(user, roles))
}

/// The bot may not read the votes. Nothing is spent on what nobody can check, and nobody waits in line behind it: it
/// leaves the line for credits, and the next sweep looks again; past its deadline it closes.
async fn unreadable(
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
async fn leave(
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

async fn decide_vote(services: &Services, id: RenderId, read: Read, spender: Spender) -> Result<Done, Error> {
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
async fn record(tx: &mut Tx, id: RenderId, read: &Read, now_ms: i64) -> Result<bool, Error> {
    let mut changed = votes::replace_reactions(tx, id, Kind::Approve, &read.approve, now_ms).await?;
    changed |= votes::replace_reactions(tx, id, Kind::Veto, &read.veto, now_ms).await?;
    for (user, role) in read.ballot.known() {
        changed |= votes::note(tx, id, user, role).await?;
    }
    Ok(changed)
}

/// Notes who stops a vote: whoever did before if they still do, so that their reason stands.
async fn stopped(tx: &mut Tx, render: &Render, by: &[UserId]) -> Result<VoteState, Error> {
    let before = render.vote.stop.as_ref().map(|stop| stop.by);
    let by = before
        .filter(|before| by.contains(before))
        .or(by.first().copied());
    if let Some(by) = by {
        renders::stop(tx, render.id, by).await?;
    }
    Ok(VoteState::Stopped)
}

/// What an approval is to be spent on.
struct ApprovedStage<'a> {
    /// The image that is approved.
    parent: &'a Render,
    draft: &'a Draft,
    spender: &'a Spender,
}

/// Pays for the next stage of an approved image and queues it. Says how the vote stands then: spent, waiting for
/// credits, stopped by a cap, or closed because the stage cannot be drawn any more.
async fn spend(
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
async fn blocked_by_limit(
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

/// Records how a vote stands and has it shown at once. When a place in the line for credits becomes free, the next may go.
async fn move_vote(tx: &mut Tx, render: &Render, state: VoteState, now_ms: i64) -> Result<(), Error> {
    if !matches!(state, VoteState::Stopped | VoteState::Capped) {
        let since = (state == VoteState::Waiting).then(|| render.vote.waiting_since_ms.unwrap_or(now_ms));
        renders::set_vote(tx, render.id, state, since).await?;
    }
    if render.vote.state == VoteState::Waiting && state != VoteState::Waiting {
        jobs::enqueue(tx, Job::ResumeWaiting(render.guild), now_ms).await?;
    }
    Ok(jobs::enqueue(tx, Job::ShowTally(render.id), now_ms).await?)
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
async fn first_payable(tx: &mut Tx, guild: GuildId) -> Result<Option<RenderId>, Error> {
    let awaiting = project::awaiting(tx, guild, None).await?;
    let available = ledger::read(tx, guild).await?.available;
    let first = awaiting.first().filter(|first| first.price <= available);
    Ok(first.map(|first| first.render))
}
