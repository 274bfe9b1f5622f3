//! Delivers an image to its thread, and keeps the message that shows it up to date.

use futures::FutureExt;

use super::drift;
use crate::discord::{self, Post};
use crate::domain::approval::terms::Terms;
use crate::domain::geometry::Pixels;
use crate::domain::ids::{MessageId, RenderId};
use crate::domain::image::order::waits_until;
use crate::domain::image::render::State;
use crate::domain::job::Job;
use crate::domain::limits;
use crate::domain::nonce::Nonce;
use crate::domain::stage::Stage;
use crate::flow::approval::vote::{self, gather_ms};
use crate::flow::approval::{confirm, tell_stop};
use crate::flow::done::Done;
use crate::flow::draft::gone;
use crate::flow::error::Error;
use crate::flow::image::card::{buttons, forget_words, notice, picture_post, terms, text};
use crate::flow::image::fitted::{Delivery, Posted, found_form, post_fitted};
use crate::flow::image::view::{View, shows_in_gallery, view};
use crate::flow::posting::{if_it_can, lasting};
use crate::flow::services::Services;
use crate::store::jobs::{self, Claim};
use crate::store::renders;
use crate::wording;

/// Posts the outcome of a render, once, and opens the vote on its next stage.
///
/// # Errors
/// [`Error`]: the picture is stored, and posting it again costs nothing. A thread that takes no
/// message any more is no error: the bot says it in the channel of the draft.
pub async fn run(services: &Services, id: RenderId, claim: &Claim) -> Result<Done, Error> {
    let attempts = claim.attempts;
    let Some(mut view) = view(services, id).await? else {
        return Ok(Done::Finished);
    };
    if let Some(message) = view.image.message {
        // An earlier run may have died before it added the emoji.
        seed(services, &view, message).await?;
        mend(services, &view, message).await?;
        return Ok(Done::Finished);
    }
    let (turn, now_ms) = (view.turn, services.clock.now_ms());
    if let Some(at_ms) = waits_until(turn.stored_ms, turn.earlier_comes, now_ms) {
        return Ok(Done::NotYet(at_ms));
    }
    let approved = view.approved.map(|(_, pixels)| pixels);
    view.image.render.likeness = drift::measure(services, &view.image, approved).await?;
    let terms = terms(services, &view);
    let posted = match view.image.state {
        State::Done(pixels) => deliver_picture(services, &view, pixels, terms.as_ref(), attempts).await?,
        State::Failed(_) | State::Unknown => post_notice(services, &view, attempts).await?,
        State::Queued | State::Rendering | State::Cancelled => return Ok(Done::Finished),
    };
    match posted {
        Ok(posted) => {
            // What is left of the job is a matter of moments, so that both are recorded together. A
            // vote that cannot be seeded for now is open all the same.
            let seeded = seed(services, &view, posted.message).await;
            let ends = seeded.is_ok() && view.image.notice.is_none();
            let ended = record(services, &view, &posted, terms, ends.then_some(*claim)).await?;
            seeded?;
            if ended {
                return Ok(Done::Ended(None));
            }
            mend(services, &view, posted.message).await?;
        }
        Err(error) => tell_elsewhere(services, &view, &error).await?,
    }
    Ok(Done::Finished)
}

/// Posts the picture, unless an earlier run did and died before it could record that.
async fn deliver_picture(
    services: &Services,
    view: &View,
    pixels: Pixels,
    terms: Option<&Terms>,
    attempts: u32,
) -> Result<Delivery, Error> {
    let marker = wording::file_marker(view.image.id);
    if attempts > 1 {
        match lasting(services.discord.find_posted(view.thread, &marker).await)? {
            Ok(None) => {}
            Ok(Some((message, file))) => {
                return Ok(Ok(Posted {
                    message,
                    reduced: found_form(services, view.image.id, file).await?,
                    found: true,
                }));
            }
            Err(error) => return Ok(Err(error)),
        }
    }
    post_fitted(services, view, view.thread, |fitted, reduced| {
        picture_post(services, view, pixels, terms, (fitted, reduced))
    })
    .await
}

/// Says in the channel of the draft what its thread does not take any more.
async fn tell_elsewhere(services: &Services, view: &View, why: &discord::Error) -> Result<(), Error> {
    let render = &view.image;
    tracing::warn!(render.id = %render.id, "a thread takes no message about an image: {why}");
    if why.is_gone_place() {
        gone::place(services, view.thread).await?;
    }
    let content = wording::undeliverable(view.draft.requester, &view.draft.prompt);
    let (around, since_ms) = (view.draft.around(), view.draft.created_ms);
    // It is said once of a draft, however many of its images end there.
    let said = lasting(services.discord.find_said(around, since_ms, &content).await)?;
    if said.is_ok_and(|said| !said.is_empty()) {
        return Ok(());
    }
    let post = Post {
        mention: vec![view.draft.requester],
        ..Post::new(Nonce::Undeliverable(view.draft.id), content)
    };
    let told = lasting(services.discord.post(around, post).await)?;
    if let Err(error) = told {
        tracing::info!("telling of a picture outside its thread could not be done: {error}");
        if error.is_gone_place() {
            gone::place(services, around).await?;
        }
    }
    Ok(())
}

/// Puts the approving emoji under an image that is voted on, for people to press. If Discord
/// refuses it, people can still add it themselves or use the button.
async fn seed(services: &Services, view: &View, message: MessageId) -> Result<(), Error> {
    let Some(terms) = terms(services, view).filter(|_| matches!(view.image.state, State::Done(_))) else {
        return Ok(());
    };
    let seeded = services.discord.seed(view.thread, message, &terms.approve).await;
    if_it_can("seeding a vote", seeded)
}

/// Mends the message that said that nobody knows the outcome, now that the picture is shown. It
/// links to the picture.
async fn mend(services: &Services, view: &View, shown: MessageId) -> Result<(), Error> {
    let (Some(notice), State::Done(_)) = (view.image.notice, &view.image.state) else {
        return Ok(());
    };
    let tier = services.rules.spec(view.image.stage).tier;
    let place = (view.image.guild, view.thread, shown);
    let content = wording::came_late(view.image.number, tier, place);
    let edited = services.discord.edit(view.thread, notice, &content, &[]).await;
    if_it_can("mending a notice that is no longer true", edited)?;
    let id = view.image.id;
    let mended = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, id).await?;
            // Nothing else is written over: another may have become untrue meanwhile.
            if image.notice == Some(notice) {
                renders::set_notice(tx, &image, None).await?;
            }
            Ok(())
        }
        .boxed()
    });
    mended.await
}

async fn post_notice(services: &Services, view: &View, attempts: u32) -> Result<Delivery, Error> {
    let (content, buttons) = notice(services, view);
    if attempts > 1 {
        // An earlier run may have posted this notice too. It has no file to know it by, but its
        // words, and it is younger than its render.
        let said = services
            .discord
            .find_said(view.thread, view.image.queued_ms, &content)
            .await;
        match lasting(said)? {
            Ok(said) => {
                if let Some(message) = not_taken(services, said).await? {
                    return Ok(Ok(Posted {
                        message,
                        reduced: None,
                        found: true,
                    }));
                }
            }
            Err(error) => return Ok(Err(error)),
        }
    }
    // The nonce is not the picture's: the picture may still come, and must not be taken for this
    // notice. Nor is an unknown outcome the same notice as a known one.
    let nonce = match view.image.state {
        State::Unknown => Nonce::UnknownOutcome(view.image.id),
        State::Queued | State::Rendering | State::Done(_) | State::Failed(_) | State::Cancelled => {
            Nonce::Notice(view.image.id)
        }
    };
    // Who can decide hears of it in the log channel, or here if there is none.
    let is_unknown = view.image.state == State::Unknown && view.rules.log.is_none();
    let operators = services.rules.operators.iter().copied().take(limits::NAMED);
    let post = Post {
        mention: operators.filter(|_| is_unknown).collect(),
        reply_to: view.parent,
        buttons,
        ..Post::new(nonce, content)
    };
    let posted = lasting(services.discord.post(view.thread, post).await)?;
    Ok(posted.map(|message| Posted {
        message,
        reduced: None,
        found: false,
    }))
}

/// Returns the first of these messages that shows no render yet: an earlier try at an image may
/// have failed with the same words.
async fn not_taken(services: &Services, messages: Vec<MessageId>) -> Result<Option<MessageId>, Error> {
    for message in messages {
        let taken = services
            .store
            .read(move |tx| renders::in_message(tx, message).boxed());
        if taken.await?.is_none() {
            return Ok(Some(message));
        }
    }
    Ok(None)
}

/// Records the message and opens the vote. Also finishes the job of the claim, if there is one.
/// Returns whether it did. A reaction that came before this commit found no row. It is looked up
/// again.
async fn record(
    services: &Services,
    view: &View,
    posted: &Posted,
    terms: Option<Terms>,
    ends: Option<Claim>,
) -> Result<bool, Error> {
    let (id, now_ms) = (view.image.id, services.clock.now_ms());
    let terms = terms.filter(|_| matches!(view.image.state, State::Done(_)) && !view.draft.forgotten);
    let (message, reduced, found) = (posted.message, posted.reduced.clone(), posted.found);
    let exhibited = shows_in_gallery(&view.image) && view.rules.gallery.is_some();
    let images = view.draft.images;
    let told = view.image.state.clone();
    let parent = view
        .image
        .after
        .or(view.image.parent)
        .filter(|_| matches!(view.image.state, State::Done(_)));
    let told_done = matches!(told, State::Done(_));
    let recorded = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, id).await?;
            if image.message.is_some() || image.state != told {
                // The state that was told has changed. Whoever delivers the new one mends this
                // message, and may have been here already.
                if told == State::Unknown && image.state != told {
                    renders::set_notice(tx, &image, Some(message)).await?;
                    jobs::enqueue(tx, Job::Deliver(id), now_ms).await?;
                }
                return Ok(false);
            }
            renders::set_message(tx, &image, message, reduced.as_ref()).await?;
            if let Some(terms) = &terms {
                let later = vote::open(tx, &image, terms, now_ms).await?;
                jobs::schedule(tx, &later).await?;
            }
            let mut then = Vec::new();
            if told_done && image.stage != Stage::Explore && image.number.is_first() {
                then.push((Job::ShowProgress(image.draft), now_ms + limits::SHEET_GATHER_MS));
            }
            if exhibited {
                then.push((Job::Exhibit(id), now_ms));
            }
            // The image that it is made of links to what came of it.
            then.extend(parent.map(|parent| (Job::ShowTally(parent), now_ms)));
            if image.is_idea() && image.number.position < images {
                jobs::wake_later_images(tx, image.draft, image.number.position, now_ms).await?;
            }
            if found {
                // People may have voted since an earlier run posted it.
                then.extend([Job::ShowTally(id), Job::Confirm(id)].map(|job| (job, now_ms)));
            }
            jobs::enqueue_all(tx, &then).await?;
            if let Some(claim) = &ends {
                jobs::finish_with(tx, claim, now_ms).await?;
            }
            Ok(ends.is_some())
        }
        .boxed()
    });
    recorded.await
}

/// Brings the message of a render up to date.
///
/// # Errors
/// [`Error`]. A message that is gone is no error.
pub async fn show(services: &Services, id: RenderId) -> Result<Done, Error> {
    let Some(view) = view(services, id).await? else {
        return Ok(Done::Finished);
    };
    let Some(message) = view.image.message else {
        return Ok(Done::Finished);
    };
    let (content, buttons) = match view.image.state {
        State::Done(pixels) => {
            let vote = &view.image.vote;
            let voting = vote.terms().map(|terms| (vote.state(), terms));
            let buttons = buttons(services, &view, voting);
            let reduced = view.image.reduced.as_ref();
            (text(services, &view, pixels, voting, reduced), buttons)
        }
        State::Queued | State::Rendering | State::Failed(_) | State::Unknown | State::Cancelled => {
            notice(services, &view)
        }
    };
    let edited = if view.draft.forgotten {
        if view.draft.member_is_forgotten() {
            tell_stop::untell(services, (view.image.guild, view.thread, message)).await?;
        }
        forget_words(services, &view, (view.thread, message), (&content, &buttons)).await?
    } else {
        let discord = &services.discord;
        lasting(discord.edit(view.thread, message, &content, &buttons).await)?
    };
    match edited {
        Ok(()) => {}
        // Nobody can vote on it any more.
        Err(error) if error.is_gone_message() => return confirm::shut(services, id).await,
        Err(error) => tracing::info!("showing how a vote stands could not be done: {error}"),
    }
    // Votes that come during this edit are gathered, as those before it were.
    let now_ms = services.clock.now_ms();
    Ok(Done::Rest(now_ms + gather_ms(&view.image, now_ms)))
}
