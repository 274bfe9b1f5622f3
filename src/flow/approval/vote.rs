//! Records votes, as members give and take them back. An event only records a vote; [a
//! recount](super::confirm) decides.

use futures::FutureExt;

use crate::domain::actor::Actor;
use crate::domain::approval::ballot::{Change, Kind, VoteSource, VoterRole};
use crate::domain::approval::terms::{Policy, Terms};
use crate::domain::approval::vote::{Image, Stop, Vote, VoteState};
use crate::domain::approval::{self, Tally};
use crate::domain::draft::entity::Draft;
use crate::domain::emoji::Emoji;
use crate::domain::ids::{ChannelId, MessageId, RenderId, UserId};
use crate::domain::image::render::Render;
use crate::domain::job::Job;
use crate::domain::limits;
use crate::domain::stage::Stage;
use crate::flow::access::OfGuild;
use crate::flow::approval::look_up;
use crate::flow::error::Error;
use crate::flow::kept::{original_removed, prompt_gone};
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::{Locked, Tx, drafts, jobs, renders, votes};
use crate::wording;

/// Records a reaction, if it is a vote. Most reactions are on messages that show no image, which
/// one indexed query tells.
///
/// # Errors
/// [`Error::Retry`] when the database is away: the reaction stays on Discord, and a recount finds
/// it.
pub async fn reacted(
    services: &Services,
    message: MessageId,
    user: UserId,
    emoji: &Emoji,
    change: Change,
) -> Result<(), Error> {
    let now_ms = services.clock.now_ms();
    let (id, kind) = match meaning(services, message, emoji).await? {
        Meaning::Vote(id, kind) => (id, kind),
        Meaning::NoVote => return Ok(()),
        Meaning::Unknown => return look_up::later(services, message, now_ms).await,
    };
    let recorded = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, id).await?;
            if !image.vote.counts() {
                return Ok(false);
            }
            let changed = match change {
                Change::Cast => votes::cast(tx, &image, user, kind, VoteSource::Reaction, now_ms).await?,
                Change::Withdrawn => votes::withdraw(tx, &image, user, kind, VoteSource::Reaction).await?,
            };
            after_change(tx, &image, kind, change, now_ms).await?;
            // The record does not match Discord: a vote that was there already, or a removal
            // without one.
            if !changed {
                jobs::enqueue(tx, Job::Confirm(id), now_ms).await?;
            }
            Ok(true)
        }
        .boxed()
    });
    if recorded.await? {
        services.metrics.vote(kind.name(), change.name());
    }
    Ok(())
}

/// What an emoji means under a message.
enum Meaning {
    /// A vote on an image.
    Vote(RenderId, Kind),
    /// Nothing: the image is not voted on with this emoji.
    NoVote,
    /// The message shows no image that is recorded.
    Unknown,
}

async fn meaning(services: &Services, message: MessageId, emoji: &Emoji) -> Result<Meaning, Error> {
    let read = services
        .store
        .read(move |tx| renders::in_message(tx, message).boxed());
    let Some(image) = read.await? else {
        return Ok(Meaning::Unknown);
    };
    Ok(match image.vote.terms() {
        Some(terms) if *emoji == terms.approve => Meaning::Vote(image.id, Kind::Approve),
        Some(terms) if *emoji == terms.veto => Meaning::Vote(image.id, Kind::Veto),
        Some(_) | None => Meaning::NoVote,
    })
}

/// Has the votes on a message read again, because reactions were taken off without saying whose.
///
/// # Errors
/// [`Error::Retry`] when the database is away; the next recount finds it.
pub async fn reread(services: &Services, message: MessageId) -> Result<(), Error> {
    let now_ms = services.clock.now_ms();
    let queued = services.change(move |tx| {
        async move {
            if let Some(shown) = renders::in_message(tx, message).await? {
                let image = renders::lock(tx, shown.id).await?;
                renders::bump_vote(tx, &image).await?;
                jobs::enqueue(tx, Job::Confirm(shown.id), now_ms).await?;
            }
            Ok(())
        }
        .boxed()
    });
    queued.await
}

/// Has the votes in a thread or channel that is gone looked at. A recount finds that they are over.
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

/// Returns a private answer if a member may not say why a vote is stopped, and nothing if they may.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn may_explain(
    services: &Services,
    image: OfGuild<RenderId>,
    by: &Actor,
) -> Result<Option<String>, Error> {
    let id = image.id();
    let read = services.store.read(move |tx| renders::find(tx, id).boxed());
    let render = read.await?;
    Ok(render.map_or_else(
        || Some(wording::NOT_STOPPED.to_owned()),
        |image| stop_of(&image, by).err(),
    ))
}

/// Returns the terms and the stop of a stopped vote, or why a member may not act on the stop.
fn stop_of<'a>(image: &'a Image, by: &Actor) -> Result<(&'a Terms, &'a Stop), String> {
    let Vote::Stopped { terms, stop } = &image.vote else {
        return Err(wording::NOT_STOPPED.to_owned());
    };
    if terms.role(Some(&by.member)) == VoterRole::Lead {
        Ok((terms, stop))
    } else {
        Err(wording::only_leads(&terms.leads))
    }
}

/// Records why a lead stopped a vote, for everybody to read. Answers privately.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn explain(
    services: &Services,
    image: OfGuild<RenderId>,
    by: Actor,
    reason: &str,
) -> Result<String, Error> {
    let reason = crate::domain::text::clean(reason);
    let reason = crate::domain::text::shorten(&reason, limits::REASON_CHARS);
    let (id, now_ms) = (image.id(), services.clock.now_ms());
    let answer = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, id).await?;
            let (terms, stop) = match stop_of(&image, &by) {
                Ok((terms, stop)) => (terms.clone(), stop.by),
                Err(refusal) => return Ok(refusal),
            };
            let stop = Stop {
                by: stop,
                reason: Some(reason),
            };
            let vote = Vote::Stopped { terms, stop };
            renders::write_vote(tx, &image, &vote, image.remind_ms).await?;
            jobs::enqueue(tx, Job::ShowTally(id), now_ms).await?;
            Ok(wording::REASON_GIVEN.to_owned())
        }
        .boxed()
    });
    answer.await
}

/// Lifts the stop of a vote for a lead: vetoes that were given so far do not stop it any more.
/// Answers privately.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn lift(services: &Services, image: OfGuild<RenderId>, by: Actor) -> Result<String, Error> {
    let (id, now_ms) = (image.id(), services.clock.now_ms());
    let answer = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, id).await?;
            let open = match stop_of(&image, &by) {
                Ok((terms, _)) => Vote::Open(terms.clone()),
                Err(refusal) => return Ok(refusal),
            };
            votes::lift(tx, &image).await?;
            renders::write_vote(tx, &image, &open, image.remind_ms).await?;
            renders::bump_vote(tx, &image).await?;
            let then = [(Job::Confirm(id), now_ms), (Job::ShowTally(id), now_ms)];
            jobs::enqueue_all(tx, &with_starter(&image, &then, now_ms)).await?;
            Ok(wording::LIFTED.to_owned())
        }
        .boxed()
    });
    answer.await
}

/// Opens the vote on an image under some terms. Returns the jobs that follow from it later, each with
/// its time, which the caller enqueues.
pub(in crate::flow) async fn open(
    tx: &mut Tx,
    image: &Locked<Image>,
    terms: &Terms,
    now_ms: i64,
) -> Result<[(Job, i64); 2], Error> {
    let half_ms = i64::midpoint(now_ms, terms.closes_ms);
    renders::write_vote(tx, image, &Vote::Open(terms.clone()), Some(half_ms)).await?;
    Ok([
        (Job::CloseVote(image.id), terms.closes_ms),
        (Job::Remind(image.draft), half_ms),
    ])
}

/// Reopens a closed vote by the settings of now, at a press of the Reopen button. Reactions that
/// are still under the image count. Answers privately.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn reopen(services: &Services, image: OfGuild<RenderId>, by: Actor) -> Result<String, Error> {
    let (id, rules, now_ms) = (image.id(), services.rules.clone(), services.clock.now_ms());
    let answer = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, id).await?;
            if image.vote.state() != VoteState::Closed {
                return Ok(wording::NOT_CLOSED.to_owned());
            }
            let draft = drafts::get(tx, image.draft).await?;
            if let Some(gone) = prompt_gone(&rules, &draft).or(original_removed(&rules, &image)) {
                return Ok(gone);
            }
            let next = rules.next(image.stage, draft.last_stage).map(|(stage, _)| stage);
            let Some(next) = next.filter(|stage| rules.pixels(*stage, draft.ratio).is_some()) else {
                return Ok(wording::NOT_DRAWN_ANY_MORE.to_owned());
            };
            let chosen = settings::rules_in(tx, &rules, image.guild).await?;
            let terms = chosen.terms(next, now_ms);
            if by.user != draft.requester && terms.role(Some(&by.member)) == VoterRole::Other {
                return Ok(wording::may_not_reopen(draft.requester, &terms.approvers));
            }
            let mut then = open(tx, &image, &terms, now_ms).await?.to_vec();
            renders::bump_vote(tx, &image).await?;
            // Reactions are there already. The emoji that approves may be another now: delivering
            // puts it there.
            let now = [Job::Confirm(id), Job::Deliver(id), Job::ShowTally(id)];
            then.extend(now.map(|job| (job, now_ms)));
            jobs::enqueue_all(tx, &with_starter(&image, &then, now_ms)).await?;
            Ok(wording::reopened(terms.closes_ms))
        }
        .boxed()
    });
    answer.await
}

/// Has a changed vote shown, together with changes that follow soon. Also has the vote read again
/// where the change can decide something, or where the record may not match Discord.
pub(super) async fn after_change(
    tx: &mut Tx,
    image: &Locked<Image>,
    kind: Kind,
    change: Change,
    now_ms: i64,
) -> Result<(), Error> {
    renders::bump_vote(tx, image).await?;
    // Counts all votes, whoever gave them: a recount by counts does not notice when one member's
    // stands for another's.
    let mut all = 0;
    for source in [VoteSource::Reaction, VoteSource::Button] {
        all += votes::voters(tx, image.id, Kind::Approve, source).await?.len();
    }
    let terms = image.vote.terms();
    let quorum = terms.map_or(0, |terms| terms.quorum as usize);
    let near = all + 1 >= quorum;
    let ask = terms.is_some_and(Terms::ask_for_roles);
    let open = image.vote.state() == VoteState::Open;
    if near || ask || !open || change == Change::Withdrawn || kind == Kind::Veto {
        jobs::enqueue(tx, Job::Confirm(image.id), now_ms).await?;
    }
    let soon_ms = now_ms + gather_ms(image, now_ms);
    Ok(jobs::schedule(tx, &[(Job::ShowTally(image.id), soon_ms)]).await?)
}

/// Returns the jobs that follow after the vote on an image has opened, stopped or ended: `then`, and
/// for an image of the first stage, which has a button on the starter, the one that shows that.
pub(super) fn with_starter(image: &Image, then: &[(Job, i64)], now_ms: i64) -> Vec<(Job, i64)> {
    let mut all = then.to_vec();
    if image.stage == Stage::Explore {
        all.push((Job::ShowProgress(image.draft), now_ms + limits::SHEET_GATHER_MS));
    }
    all
}

/// Returns for how long changes of an image's message are gathered before it is edited, in
/// milliseconds. An old message waits longer, because Discord limits edits of old messages.
pub(in crate::flow) fn gather_ms(render: &Render, now_ms: i64) -> i64 {
    let posted_ms = render.message.map_or(now_ms, MessageId::at_ms);
    if now_ms - posted_ms > limits::OLD_MESSAGE_MS {
        limits::GATHER_OLD_MS
    } else {
        limits::GATHER_MS
    }
}

/// Returns the rules of the vote on an image, or nothing if no vote was ever open on it.
pub(in crate::flow) fn policy(image: &Image, draft: &Draft) -> Option<Policy> {
    Some(Policy {
        guild: image.guild,
        stage: image.stage.next()?,
        requester: draft.requester,
        terms: image.vote.terms().cloned()?,
        for_lead: image.for_lead,
    })
}

/// Counts the recorded votes on an image. Returns nothing if no vote was ever open on it.
pub(in crate::flow) async fn tally_of(
    tx: &mut Tx,
    image: &Image,
    draft: &Draft,
) -> Result<Option<Tally>, Error> {
    let Some(policy) = policy(image, draft) else {
        return Ok(None);
    };
    Ok(Some(approval::tally(
        &policy,
        &votes::ballot(tx, image.id).await?,
    )))
}
