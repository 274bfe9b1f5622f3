//! Tells the requester that a lead has stopped the vote on an image of theirs.

use futures::FutureExt;

use crate::discord::Post;
use crate::domain::ids::{ChannelId, GuildId, MessageId, RenderId};
use crate::domain::nonce::Nonce;
use crate::flow::done::Done;
use crate::flow::error::Error;
use crate::flow::posting::{if_it_can, lasting, was_said};
use crate::flow::services::Services;
use crate::store::{drafts, renders};
use crate::wording;

/// Posts, once, that a vote was stopped, and mentions the requester. Says nothing if the stop is lifted
/// by now, or if the requester has stopped it.
///
/// # Errors
/// [`Error`]: the job runs again. A thread that takes no message is no error.
pub async fn tell(services: &Services, id: RenderId, attempts: u32) -> Result<Done, Error> {
    let read = services.store.read(move |tx| {
        async move {
            let Some(image) = renders::find(tx, id).await? else {
                return Ok(None);
            };
            let draft = drafts::get(tx, image.draft).await?;
            Ok::<_, Error>(Some((image, draft)))
        }
        .boxed()
    });
    let Some((image, draft)) = read.await? else {
        return Ok(Done::Finished);
    };
    let told = image
        .vote
        .stop()
        .filter(|stop| stop.by != draft.requester && !draft.forgotten);
    let next = services.rules.next(image.stage, draft.last_stage);
    let (Some(_), Some((_, spec)), Some(thread), Some(message)) = (told, next, draft.thread(), image.message)
    else {
        return Ok(Done::Finished);
    };
    let (what, place) = ((image.number, spec.tier), (image.guild, thread, message));
    let content = wording::tell_stop(draft.requester, what, place);
    if was_said(services, thread, message.at_ms(), &content, attempts).await? {
        return Ok(Done::Finished);
    }
    let post = Post {
        mention: vec![draft.requester],
        reply_to: Some(message),
        ..Post::new(Nonce::Stopped(id), content)
    };
    let posted = services.discord.post(thread, post).await.map(drop);
    if_it_can("telling the requester of a stop", posted)?;
    Ok(Done::Finished)
}

/// Deletes what [`tell`] has posted about an image whose requester is forgotten.
///
/// # Errors
/// [`Error::Retry`] when Discord is busy or away.
pub(in crate::flow) async fn untell(
    services: &Services,
    (guild, thread, message): (GuildId, ChannelId, MessageId),
) -> Result<(), Error> {
    let discord = &services.discord;
    let end = wording::stopped_picture(guild, thread, message);
    let told = discord.find_ours(thread, message.at_ms(), |text| text.ends_with(&end));
    for notice in lasting(told.await)?.unwrap_or_default() {
        if_it_can(
            "deleting what was said of a stop",
            discord.delete(thread, notice).await,
        )?;
    }
    Ok(())
}
