//! Votes, as members give and take them back. An event only records a vote; [`quorum`](super::confirm) decides.

use futures::FutureExt;

use crate::domain::actor::Actor;
use crate::domain::approval::ballot::{Kind, VoteSource, VoterRole};
use crate::domain::approval::{self, Policy, Tally, Terms, VoteState};
use crate::domain::emoji::Emoji;
use crate::domain::ids::{ChannelId, MessageId, RenderId, UserId};
use crate::domain::job::Job;
use crate::domain::limits;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::drafts::{self, Draft};
use crate::store::renders::{self, Render};
use crate::store::{Tx, jobs, votes};
use crate::wording::{self, NoVote, Press};

/// Whether a vote is given or taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Given.
    Cast,
    /// Taken back.
    Withdrawn,
}

/// Records a reaction, if it is a vote. Most are on messages that are none of ours, which one indexed query tells.
///
/// # Errors
/// [`Error::Retry`] when the database is away; the reaction stays on Discord and a recount finds it.
pub async fn reacted(
    services: &Services,
    message: MessageId,
    user: UserId,
    emoji: &Emoji,
    change: Change,
) -> Result<(), Error> {
    let Some((id, kind)) = meaning(services, message, emoji).await? else {
        return Ok(());
    };
    let now_ms = services.clock.now_ms();
    let recorded = services.change(move |tx| {
        async move {
            let render = renders::lock(tx, id).await?;
            if !render.vote.state.counts() {
                return Ok(());
            }
            let changed = match change {
                Change::Cast => votes::cast(tx, id, user, kind, VoteSource::Reaction, now_ms).await?,
                Change::Withdrawn => votes::withdraw(tx, id, user, kind, VoteSource::Reaction).await?,
            };
            after_change(tx, &render, kind, change, now_ms).await?;
            // What is recorded is not what Discord has: a vote that was there already, or a removal without one.
            if !changed {
                jobs::enqueue(tx, Job::Confirm(id), now_ms).await?;
            }
            Ok(())
        }
        .boxed()
    });
    recorded.await
}

/// The image that a message shows and what an emoji says there; nothing if either is none of ours.
async fn meaning(
    services: &Services,
    message: MessageId,
    emoji: &Emoji,
) -> Result<Option<(RenderId, Kind)>, Error> {
    let read = services.store.read(move |tx| {
        async move {
            match renders::by_message(tx, message).await? {
                None => Ok(None),
                Some(id) => Ok::<_, Error>(renders::find(tx, id).await?),
            }
        }
        .boxed()
    });
    let Some(render) = read.await? else {
        return Ok(None);
    };
    let terms = render.vote.terms;
    Ok(terms.and_then(|terms| {
        if *emoji == terms.approve {
            Some((render.id, Kind::Approve))
        } else if *emoji == terms.veto {
            Some((render.id, Kind::Veto))
        } else {
            None
        }
    }))
}

/// Has the votes on a message read again: reactions were taken off without saying whose.
///
/// # Errors
/// [`Error::Retry`] when the database is away; the next recount finds it.
pub async fn reread(services: &Services, message: MessageId) -> Result<(), Error> {
    let now_ms = services.clock.now_ms();
    let queued = services.change(move |tx| {
        async move {
            if let Some(id) = renders::by_message(tx, message).await? {
                renders::lock(tx, id).await?;
                renders::bump_vote(tx, id).await?;
                jobs::enqueue(tx, Job::Confirm(id), now_ms).await?;
            }
            Ok(())
        }
        .boxed()
    });
    queued.await
}

/// Has the votes in a thread or channel that is gone looked at: a recount finds that they are over.
///
/// # Errors
/// [`Error::Retry`] when the database is away; the next recount finds it.
pub async fn place_gone(services: &Services, channel: ChannelId) -> Result<(), Error> {
    let now_ms = services.clock.now_ms();
    let queued = services.change(move |tx| {
        async move {
            for id in renders::voting_in(tx, channel).await? {
                jobs::enqueue(tx, Job::Confirm(id), now_ms).await?;
            }
            Ok(())
        }
        .boxed()
    });
    queued.await
}

/// A press of the Approve button: gives the member's vote, or takes it back. Answers privately.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn pressed(services: &Services, id: RenderId, by: Actor) -> Result<String, Error> {
    let now_ms = services.clock.now_ms();
    let answer = services.change(move |tx| {
        async move {
            let render = renders::lock(tx, id).await?;
            let draft = drafts::get(tx, render.draft).await?;
            let policy = match may_press(&render, &draft, &by) {
                Ok(policy) => policy,
                Err(why) => return Ok(wording::no_vote(&why)),
            };
            let (user, kind) = (by.user, Kind::Approve);
            let cast = votes::cast(tx, id, user, kind, VoteSource::Button, now_ms).await?;
            if !cast {
                votes::withdraw(tx, id, user, kind, VoteSource::Button).await?;
            }
            votes::note(tx, id, user, policy.terms.role(Some(&by.member))).await?;
            let change = if cast { Change::Cast } else { Change::Withdrawn };
            after_change(tx, &render, kind, change, now_ms).await?;
            let tally = approval::tally(&policy, &votes::ballot(tx, id).await?);
            let press = match change {
                Change::Cast => Press::Given,
                Change::Withdrawn if tally.counted.contains(&user) => Press::StillReacting,
                Change::Withdrawn => Press::TakenBack,
            };
            Ok(wording::voted(press, &tally, &policy.terms.approve))
        }
        .boxed()
    });
    answer.await
}

/// The rules by which a press of the Approve button counts, or why it does not.
fn may_press(render: &Render, draft: &Draft, by: &Actor) -> Result<Policy, NoVote> {
    match (render.vote.state, &render.vote.stop) {
        (VoteState::Open | VoteState::Waiting | VoteState::Capped, _) => {}
        (VoteState::Stopped, Some(stop)) => return Err(NoVote::Stopped(stop.by)),
        (VoteState::Spent, _) => return Err(NoVote::Spent),
        (VoteState::None | VoteState::Stopped | VoteState::Closed, _) => return Err(NoVote::Closed),
    }
    let policy = policy(render, draft).ok_or(NoVote::Closed)?;
    refuse_voter(&policy.terms, draft, by).map_or(Ok(policy), Err)
}

/// Why somebody's approval would not count by the terms of a vote, if it would not.
pub(in crate::flow) fn refuse_voter(terms: &Terms, draft: &Draft, by: &Actor) -> Option<NoVote> {
    if by.user == draft.requester && !terms.own_vote {
        Some(NoVote::Own)
    } else if terms.role(Some(&by.member)) == VoterRole::Other {
        Some(NoVote::NoRole(terms.approvers.clone()))
    } else {
        None
    }
}

/// Whether somebody may say why a vote is stopped. Nothing if they may, else a private answer.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn may_explain(services: &Services, id: RenderId, by: &Actor) -> Result<Option<String>, Error> {
    let read = services.store.read(move |tx| renders::find(tx, id).boxed());
    let render = read.await?;
    Ok(render.map_or_else(
        || Some(wording::NOT_STOPPED.to_owned()),
        |render| refuse_lead(&render, by),
    ))
}

/// Why somebody may do nothing about the stop of a vote, if they may not.
fn refuse_lead(render: &Render, by: &Actor) -> Option<String> {
    match &render.vote.terms {
        Some(terms) if render.vote.state == VoteState::Stopped => {
            let leads = terms.role(Some(&by.member)) == VoterRole::Lead;
            (!leads).then(|| wording::only_leads(&terms.leads))
        }
        Some(_) | None => Some(wording::NOT_STOPPED.to_owned()),
    }
}

/// A lead says why a vote is stopped, for everybody to read. Answers privately.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn explain(services: &Services, id: RenderId, by: Actor, reason: &str) -> Result<String, Error> {
    let reason = crate::domain::text::clean(reason);
    let reason = crate::domain::text::shorten(&reason, limits::REASON_CHARS);
    let now_ms = services.clock.now_ms();
    let answer = services.change(move |tx| {
        async move {
            let render = renders::lock(tx, id).await?;
            if let Some(refusal) = refuse_lead(&render, &by) {
                return Ok(refusal);
            }
            renders::explain_stop(tx, id, &reason).await?;
            jobs::enqueue(tx, Job::ShowTally(id), now_ms).await?;
            Ok(wording::REASON_GIVEN.to_owned())
        }
        .boxed()
    });
    answer.await
}

/// A lead lets a stopped vote go on: the vetoes that were given so far stop nothing any more. Answers privately.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn lift(services: &Services, id: RenderId, by: Actor) -> Result<String, Error> {
    let now_ms = services.clock.now_ms();
    let answer = services.change(move |tx| {
        async move {
            let render = renders::lock(tx, id).await?;
            if let Some(refusal) = refuse_lead(&render, &by) {
                return Ok(refusal);
            }
            votes::lift(tx, id).await?;
            renders::set_vote(tx, id, VoteState::Open, None).await?;
            renders::bump_vote(tx, id).await?;
            jobs::enqueue(tx, Job::Confirm(id), now_ms).await?;
            jobs::enqueue(tx, Job::ShowTally(id), now_ms).await?;
            Ok(wording::LIFTED.to_owned())
        }
        .boxed()
    });
    answer.await
}

/// Opens the vote on an image under some terms, with all that follows from it. Lock the render first.
pub(in crate::flow) async fn open(
    tx: &mut Tx,
    render: &Render,
    terms: &Terms,
    now_ms: i64,
) -> Result<(), Error> {
    let half_ms = i64::midpoint(now_ms, terms.closes_ms);
    renders::open_vote(tx, render.id, terms, half_ms).await?;
    jobs::enqueue(tx, Job::Confirm(render.id), now_ms).await?;
    jobs::enqueue(tx, Job::CloseVote(render.id), terms.closes_ms).await?;
    Ok(jobs::enqueue(tx, Job::Remind(render.draft), half_ms).await?)
}

/// A press of the Reopen button: a closed vote opens anew, by what the settings say now. Reactions that are still under the
/// picture count. Answers privately.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn reopen(services: &Services, id: RenderId, by: Actor) -> Result<String, Error> {
    let (rules, now_ms) = (services.rules.clone(), services.clock.now_ms());
    let answer = services.change(move |tx| {
        async move {
            let render = renders::lock(tx, id).await?;
            if render.vote.state != VoteState::Closed {
                return Ok(wording::NOT_CLOSED.to_owned());
            }
            let draft = drafts::get(tx, render.draft).await?;
            if draft.forgotten {
                return Ok(wording::FORGOTTEN.to_owned());
            }
            let next = rules.next(render.stage, draft.last_stage).map(|(stage, _)| stage);
            let Some(next) = next.filter(|stage| rules.pixels(*stage, draft.ratio).is_some()) else {
                return Ok(wording::NOT_DRAWN_ANY_MORE.to_owned());
            };
            let chosen = settings::rules_in(tx, &rules, render.guild).await?;
            let terms = chosen.terms(next, now_ms);
            if by.user != draft.requester && terms.role(Some(&by.member)) == VoterRole::Other {
                return Ok(wording::may_not_reopen(draft.requester, &terms.approvers));
            }
            open(tx, &render, &terms, now_ms).await?;
            renders::bump_vote(tx, id).await?;
            // The emoji that approves may be another now: it is put there.
            jobs::enqueue(tx, Job::Deliver(id), now_ms).await?;
            jobs::enqueue(tx, Job::ShowTally(id), now_ms).await?;
            Ok(wording::reopened(terms.closes_ms))
        }
        .boxed()
    });
    answer.await
}

/// After a vote changed it is shown, together with those that come soon; and where that can decide something, or where what
/// we have may not be what Discord has, it is also read again.
async fn after_change(
    tx: &mut Tx,
    render: &Render,
    kind: Kind,
    change: Change,
    now_ms: i64,
) -> Result<(), Error> {
    renders::bump_vote(tx, render.id).await?;
    // All votes, whoever gave them: a recount by counts does not notice when one member's stands for another's.
    let mut all = 0;
    for source in [VoteSource::Reaction, VoteSource::Button] {
        all += votes::voters(tx, render.id, Kind::Approve, source).await?.len();
    }
    let quorum = render
        .vote
        .terms
        .as_ref()
        .map_or(0, |terms| terms.quorum as usize);
    let near = all + 1 >= quorum;
    let ask = render.vote.terms.as_ref().is_some_and(Terms::ask_for_roles);
    let open = render.vote.state == VoteState::Open;
    if near || ask || !open || change == Change::Withdrawn || kind == Kind::Veto {
        jobs::enqueue(tx, Job::Confirm(render.id), now_ms).await?;
    }
    let soon_ms = now_ms + gather_ms(render, now_ms);
    Ok(jobs::enqueue(tx, Job::ShowTally(render.id), soon_ms).await?)
}

/// How long changes of what an image's message shows are gathered before it is edited: longer if it is old, because
/// Discord limits that.
pub(in crate::flow) fn gather_ms(render: &Render, now_ms: i64) -> i64 {
    let posted_ms = render.message.map_or(now_ms, MessageId::at_ms);
    if now_ms - posted_ms > limits::OLD_MESSAGE_MS {
        limits::GATHER_OLD_MS
    } else {
        limits::GATHER_MS
    }
}

/// The rules of the vote on a render; none if no vote was ever open on it.
pub(in crate::flow) fn policy(render: &Render, draft: &Draft) -> Option<Policy> {
    Some(Policy {
        guild: render.guild,
        stage: render.stage.next()?,
        requester: draft.requester,
        terms: render.vote.terms.clone()?,
    })
}

/// The votes on a render as they are recorded; none if no vote was ever open on it.
pub(in crate::flow) async fn tally_of(
    tx: &mut Tx,
    render: &Render,
    draft: &Draft,
) -> Result<Option<Tally>, Error> {
    let Some(policy) = policy(render, draft) else {
        return Ok(None);
    };
    Ok(Some(approval::tally(
        &policy,
        &votes::ballot(tx, render.id).await?,
    )))
}
