//! Posts finals in the gallery, each once, linked with the message in its thread.

use futures::FutureExt;

use crate::discord::{self, Post};
use crate::domain::credits::Credits;
use crate::domain::geometry::{Pixels, Tier};
use crate::domain::ids::{ChannelId, MessageId, RenderId, UserId};
use crate::domain::image::reduced::Reduced;
use crate::domain::image::render::{Shown, State};
use crate::domain::job::Job;
use crate::domain::nonce::Nonce;
use crate::flow::approval::vote;
use crate::flow::done::Done;
use crate::flow::error::Error;
use crate::flow::image::card::{forget_words, whole_file};
use crate::flow::image::fitted::post_fitted;
use crate::flow::image::view::View;
use crate::flow::posting::{if_it_can, lasting, was_said};
use crate::flow::services::Services;
use crate::store::{drafts, jobs, renders};
use crate::wording;

/// Posts a final in the gallery of its guild, if it has one. Links the final's own message with
/// that post. Takes the name and the prompt off a post that is there, if they were forgotten.
///
/// # Errors
/// [`Error`]: the job runs again. A gallery that takes no message is no error: the bot says so
/// where the final is shown.
pub async fn exhibit(services: &Services, id: RenderId, attempts: u32) -> Result<Done, Error> {
    let Some(view) = crate::flow::image::view::view(services, id).await? else {
        return Ok(Done::Finished);
    };
    let (State::Done(pixels), Some(gallery), Some(message)) =
        (&view.image.state, view.rules.gallery, view.image.message)
    else {
        return Ok(Done::Finished);
    };
    if !crate::flow::image::view::shows_in_gallery(&view.image) {
        return Ok(Done::Finished);
    }
    if let Some(shown) = view.image.shown {
        if view.draft.forgotten {
            let content = content(services, &view, *pixels, message).await?;
            let place = (shown.channel, shown.message);
            let edited = forget_words(services, &view, place, (&content, &[])).await?;
            if_it_can("forgetting who asked for a final", edited)?;
        }
        return Ok(Done::Finished);
    }
    match post(services, &view, *pixels, (gallery, message), attempts).await? {
        Ok(shown) => record(services, id, shown).await?,
        Err(error) => tell(services, &view, gallery, message, attempts, &error).await?,
    }
    Ok(Done::Finished)
}

/// Posts the final, unless an earlier run did and died before it could record that.
async fn post(
    services: &Services,
    view: &View,
    pixels: Pixels,
    (gallery, message): (ChannelId, MessageId),
    attempts: u32,
) -> Result<Result<Shown, discord::Error>, Error> {
    let shown = |message| Shown {
        channel: gallery,
        message,
    };
    let render = &view.image;
    if attempts > 1 {
        match lasting(
            services
                .discord
                .find_posted(gallery, &wording::file_marker(render.id))
                .await,
        )? {
            Ok(None) => {}
            Ok(Some((found, _))) => return Ok(Ok(shown(found))),
            Err(error) => return Ok(Err(error)),
        }
    }
    let content = content(services, view, pixels, message).await?;
    let post = |file, reduced: Option<&Reduced>| {
        let form = reduced.map_or_else(String::new, |reduced| {
            format!("\n{}", wording::reduced_form(reduced))
        });
        Post {
            files: vec![whole_file(services, &view.draft, render, pixels, file)],
            ..Post::new(Nonce::Gallery(render.id), content.clone() + form.as_str())
        }
    };
    let posted = post_fitted(services, view, gallery, post).await?;
    Ok(posted.map(|posted| shown(posted.message)))
}

/// Returns what the gallery says of a final.
async fn content(
    services: &Services,
    view: &View,
    pixels: Pixels,
    message: MessageId,
) -> Result<String, Error> {
    let render = &view.image;
    let (approvals, cost) = path(services, render.id).await?;
    Ok(wording::exhibit(&wording::Exhibit {
        prompt: &view.draft.prompt,
        requester: view.draft.requester,
        tier: services.rules.spec(render.stage).tier,
        pixels,
        approvals: &approvals,
        cost,
        source: (render.guild, view.thread, message),
    }))
}

/// Returns who approved each stage of an image after its first, and what all of its stages cost.
async fn path(services: &Services, last: RenderId) -> Result<(Vec<(Tier, Vec<UserId>)>, Credits), Error> {
    let rules = services.rules.clone();
    let read = services.store.read(move |tx| {
        async move {
            let (mut approvals, mut cost, mut next) = (Vec::new(), Credits::ZERO, Some(last));
            while let Some(id) = next {
                let found = renders::find(tx, id).await?;
                let render = found.ok_or_else(|| Error::broken(format!("render {id} is not there")))?;
                cost = cost
                    .plus(render.price)
                    .map_err(|error| Error::broken(error.to_string()))?;
                if let Some(stage) = render.stage.next() {
                    let draft = drafts::get(tx, render.draft).await?;
                    let tally = vote::tally_of(tx, &render, &draft).await?;
                    approvals.push((rules.spec(stage).tier, tally.unwrap_or_default().counted));
                }
                next = render.parent;
            }
            approvals.reverse();
            Ok::<_, Error>((approvals, cost))
        }
        .boxed()
    });
    read.await
}

/// Records where the final is shown, and has its own message say so.
async fn record(services: &Services, id: RenderId, shown: Shown) -> Result<(), Error> {
    let now_ms = services.clock.now_ms();
    let recorded = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, id).await?;
            if image.shown.is_none() {
                renders::set_shown(tx, &image, shown).await?;
                jobs::enqueue(tx, Job::ShowTally(id), now_ms).await?;
            }
            Ok(())
        }
        .boxed()
    });
    recorded.await
}

/// Says in the thread, or else in its channel, that the gallery takes no message.
async fn tell(
    services: &Services,
    view: &View,
    gallery: ChannelId,
    message: MessageId,
    attempts: u32,
    why: &discord::Error,
) -> Result<(), Error> {
    let render = &view.image;
    tracing::warn!(render.id = %render.id, "the gallery takes no message about an image: {why}");
    let tier = services.rules.spec(render.stage).tier;
    let source = (render.guild, view.thread, message);
    let content = wording::not_exhibited(render.number, tier, gallery, source);
    for channel in [view.thread, view.draft.channel] {
        if was_said(services, channel, message.at_ms(), &content, attempts).await? {
            return Ok(());
        }
        let post = Post {
            reply_to: (channel == view.thread).then_some(message),
            ..Post::new(Nonce::NotInGallery(render.id), content.clone())
        };
        let told = lasting(services.discord.post(channel, post).await)?;
        if told.is_ok() || channel == view.draft.channel {
            return if_it_can("telling of the gallery", told.map(drop));
        }
    }
    Ok(())
}
