//! Votes, as members give and take them back. An event only records a vote; [`quorum`](super::quorum) decides.

use futures::FutureExt;

use super::{Error, Studio};
use crate::domain::approval::{self, Policy, Source, Tally, VoteState};
use crate::domain::ids::{MessageId, RenderId, UserId};
use crate::domain::job::Job;
use crate::domain::wording::{self, NoVote, Press};
use crate::store::drafts::{self, Draft};
use crate::store::renders::{self, Render};
use crate::store::{Tx, jobs, votes};

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
    let recorded = studio.change(move |tx| {
        async move {
            let render = renders::lock(tx, id).await?;
            if !render.vote.state.counts() {
                return Ok(());
            }
            let changed = match change {
                Change::Cast => votes::cast(tx, id, user, Source::Reaction, now_ms).await?,
                Change::Withdrawn => votes::withdraw(tx, id, user, Source::Reaction).await?,
            };
            // Events may come in another order than they happened. A removal without a vote is a sign of it.
            if changed || change == Change::Withdrawn {
                after_change(tx, &render, change, now_ms).await?;
            }
            Ok(())
        }
        .boxed()
    });
    recorded.await
}

/// Has the votes on a message read again: reactions were taken off without saying whose.
///
/// # Errors
/// [`Error::Retry`] when the database is away; the next recount finds it.
pub async fn reread(studio: &Studio, message: MessageId) -> Result<(), Error> {
    let now_ms = studio.clock.now_ms();
    let queued = studio.change(move |tx| {
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

/// A press of the Approve button: gives the member's vote, or takes it back. Answers privately.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn pressed(studio: &Studio, id: RenderId, user: UserId) -> Result<String, Error> {
    let now_ms = studio.clock.now_ms();
    let answer = studio.change(move |tx| {
        async move {
            let render = renders::lock(tx, id).await?;
            let draft = drafts::get(tx, render.draft).await?;
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
            let change = if cast { Change::Cast } else { Change::Withdrawn };
            after_change(tx, &render, change, now_ms).await?;
            let tally = approval::tally(&policy, &votes::ballot(tx, id).await?);
            let press = match change {
                Change::Cast => Press::Given,
                Change::Withdrawn if tally.counted.contains(&user) => Press::StillReacting,
                Change::Withdrawn => Press::TakenBack,
            };
            Ok(wording::voted(press, &tally))
        }
        .boxed()
    });
    answer.await
}

/// After a vote changed it is shown; within one vote of the quorum, or where what we have may not be what Discord has,
/// it is also read again.
async fn after_change(tx: &mut Tx, render: &Render, change: Change, now_ms: i64) -> Result<(), Error> {
    renders::bump_vote(tx, render.id).await?;
    let draft = drafts::get(tx, render.draft).await?;
    let tally = tally_of(tx, render, &draft).await?;
    let near = tally.is_some_and(|tally| tally.counted.len() + 1 >= tally.quorum as usize);
    if near || change == Change::Withdrawn || render.vote.state == VoteState::Waiting {
        jobs::enqueue(tx, Job::Confirm(render.id), now_ms).await?;
    }
    Ok(jobs::enqueue(tx, Job::ShowTally(render.id), now_ms).await?)
}

/// The rules of the vote on a render; none if no vote was ever open on it.
pub(super) fn policy(render: &Render, draft: &Draft) -> Option<Policy> {
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

/// The votes on a render as they are recorded; none if no vote was ever open on it.
pub(super) async fn tally_of(tx: &mut Tx, render: &Render, draft: &Draft) -> Result<Option<Tally>, Error> {
    let Some(policy) = policy(render, draft) else {
        return Ok(None);
    };
    Ok(Some(approval::tally(
        &policy,
        &votes::ballot(tx, render.id).await?,
    )))
}
