//! Votes by the buttons under an image.

use futures::FutureExt;

use super::ask_lead::let_go;
use super::vote::{after_change, policy};
use crate::domain::actor::Actor;
use crate::domain::approval::ballot::{Change, Kind, VoteSource};
use crate::domain::approval::terms::Policy;
use crate::domain::approval::vote::{Image, Vote};
use crate::domain::approval::{self, refuse_voter};
use crate::domain::draft::entity::Draft;
use crate::domain::ids::RenderId;
use crate::domain::job::Job;
use crate::flow::access::OfGuild;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::store::{Locked, Tx, drafts, jobs, renders, votes};
use crate::wording::{self, NoVote, Press};

/// What a press does with the member's vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Gives it, or takes it back if it is there.
    Toggle,
    /// Gives it.
    Give,
    /// Takes it back.
    TakeBack,
}

/// Gives a member's vote, or takes it back, at a press of the Approve button. Answers privately.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn approve(services: &Services, image: OfGuild<RenderId>, by: Actor) -> Result<String, Error> {
    pressed(services, image, by, Wanted::Toggle).await
}

/// Takes a member's vote back, at a press of the button under an approved image that waits. Answers
/// privately.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn take_back(services: &Services, image: OfGuild<RenderId>, by: Actor) -> Result<String, Error> {
    pressed(services, image, by, Wanted::TakeBack).await
}

async fn pressed(
    services: &Services,
    image: OfGuild<RenderId>,
    by: Actor,
    wanted: Wanted,
) -> Result<String, Error> {
    let (id, now_ms) = (image.id(), services.clock.now_ms());
    let answer = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, id).await?;
            let draft = drafts::get(tx, image.draft).await?;
            press_locked(tx, (&image, &draft), &by, wanted, now_ms).await
        }
        .boxed()
    });
    let (answer, change) = answer.await?;
    if let Some(change) = change {
        services.metrics.vote(Kind::Approve.name(), change.name());
    }
    Ok(answer)
}

/// Changes a member's vote by button. Returns the private answer, and what changed.
pub(super) async fn press_locked(
    tx: &mut Tx,
    (image, draft): (&Locked<Image>, &Draft),
    by: &Actor,
    wanted: Wanted,
    now_ms: i64,
) -> Result<(String, Option<Change>), Error> {
    let may_cast = wanted != Wanted::TakeBack;
    let let_go = may_cast && let_go(tx, image, by).await?;
    let policy = match may_press(image, draft, by) {
        Ok(policy) => policy,
        // A lead who asked for the draft has no vote, and says so much all the same.
        Err(NoVote::Own) if let_go => {
            after_change(tx, image, Kind::Approve, Change::Withdrawn, now_ms).await?;
            return Ok((wording::LET_GO.to_owned(), None));
        }
        Err(why) => return Ok((wording::no_vote(&why), None)),
    };
    let (user, kind) = (by.user, Kind::Approve);
    let cast = may_cast && votes::cast(tx, image, user, kind, VoteSource::Button, now_ms).await?;
    // A press that lets the approval be spent takes no vote back.
    let stays = cast || let_go || wanted == Wanted::Give;
    let withdrawn = !stays && votes::withdraw(tx, image, user, kind, VoteSource::Button).await?;
    votes::note(tx, image, user, policy.terms.role(Some(&by.member))).await?;
    let change = if stays { Change::Cast } else { Change::Withdrawn };
    let changed = cast || let_go || withdrawn;
    if changed {
        after_change(tx, image, kind, change, now_ms).await?;
    }
    if let_go {
        jobs::enqueue(tx, Job::Confirm(image.id), now_ms).await?;
    }
    let tally = approval::tally(&policy, &votes::ballot(tx, image.id).await?);
    let press = match change {
        Change::Cast => match image.for_lead.filter(|_| !let_go && tally.reached()) {
            Some(why) => Press::ForLead(why),
            None => Press::Given,
        },
        Change::Withdrawn if tally.counted.contains(&user) => Press::StillReacting,
        Change::Withdrawn if !changed => return Ok((wording::NOTHING_TO_TAKE_BACK.to_owned(), None)),
        Change::Withdrawn => Press::TakenBack,
    };
    let answer = wording::voted(press, &tally, &policy.terms.approve);
    Ok((answer, (cast || withdrawn).then_some(change)))
}

/// Returns the rules by which a press of the Approve button counts, or why it does not.
pub(super) fn may_press(image: &Image, draft: &Draft, by: &Actor) -> Result<Policy, NoVote> {
    match &image.vote {
        Vote::Open(_) | Vote::Waiting { .. } | Vote::Capped { .. } => {}
        Vote::Stopped { stop, .. } => return Err(NoVote::Stopped(stop.by)),
        Vote::Spent(_) => return Err(NoVote::Spent),
        Vote::None => return Err(NoVote::NotOpen),
        Vote::Closed { .. } => return Err(NoVote::Closed),
    }
    let policy = policy(image, draft).ok_or(NoVote::Closed)?;
    refuse_voter(&policy.terms, draft.requester, by)?;
    Ok(policy)
}
