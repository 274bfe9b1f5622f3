//! Reminds threads of their open votes, half-way through. A message also keeps a thread from being
//! archived, which reactions do not.

use futures::FutureExt;

use crate::discord::Post;
use crate::domain::approval::vote::{Image, VoteState};
use crate::domain::draft::entity::Draft;
use crate::domain::ids::{ChannelId, DraftId, MessageId, RenderId};
use crate::domain::limits;
use crate::domain::nonce::Nonce;
use crate::flow::done::Done;
use crate::flow::error::Error;
use crate::flow::posting::{if_it_can, lasting, was_said};
use crate::flow::services::Services;
use crate::store::{drafts, renders};
use crate::wording::{self, StillOpen};

/// An open vote of which its thread was not reminded.
struct Unsaid {
    render: RenderId,
    at_ms: i64,
    told: StillOpen,
}

/// Reminds the thread of a draft of its open votes. One message names all whose half-time has come
/// or is near.
///
/// # Errors
/// [`Error`]: the job runs again. A thread that takes no message is no error: the bot tells its
/// channel.
pub async fn remind(services: &Services, id: DraftId, attempts: u32) -> Result<Done, Error> {
    let read = services.store.read(move |tx| {
        async move { Ok::<_, Error>((drafts::get(tx, id).await?, renders::of_draft(tx, id).await?)) }.boxed()
    });
    let (draft, all) = read.await?;
    let Some(thread) = draft.thread() else {
        return Ok(Done::Finished);
    };
    let now_ms = services.clock.now_ms();
    let mut unsaid: Vec<Unsaid> = all
        .iter()
        .filter_map(|image| unsaid(services, &draft, thread, image))
        .collect();
    unsaid.sort_by_key(|vote| vote.at_ms);
    let Some(first) = unsaid.first().map(|vote| vote.at_ms) else {
        return Ok(Done::Finished);
    };
    if first > now_ms {
        return Ok(Done::Again(first));
    }
    let later =
        unsaid.split_off(unsaid.partition_point(|vote| vote.at_ms <= now_ms + limits::REMIND_TOGETHER_MS));
    // The bot may have been away for so long that there is nothing left to remind of.
    let open: Vec<StillOpen> = unsaid
        .iter()
        .map(|vote| vote.told)
        .filter(|vote| vote.closes_ms > now_ms)
        .collect();
    if !open.is_empty() {
        say(
            services,
            &draft,
            thread,
            (unsaid[0].render, first),
            &open,
            attempts,
        )
        .await?;
    }
    note(
        services,
        unsaid.iter().map(|vote| (vote.render, vote.at_ms)).collect(),
    )
    .await?;
    Ok(later
        .first()
        .map_or(Done::Finished, |next| Done::Again(next.at_ms)))
}

fn unsaid(services: &Services, draft: &Draft, thread: ChannelId, image: &Image) -> Option<Unsaid> {
    let (_, spec) = services.rules.next(image.stage, draft.last_stage)?;
    let (at_ms, terms) = (image.remind_ms?, image.vote.terms()?);
    let message: MessageId = image.message.filter(|_| image.vote.state() == VoteState::Open)?;
    Some(Unsaid {
        render: image.id,
        at_ms,
        told: StillOpen {
            number: image.number,
            tier: spec.tier,
            closes_ms: terms.closes_ms,
            place: (image.guild, thread, message),
        },
    })
}

/// Posts the reminder, unless an earlier run did and died before it could record that.
async fn say(
    services: &Services,
    draft: &Draft,
    thread: ChannelId,
    (first, since_ms): (RenderId, i64),
    open: &[StillOpen],
    attempts: u32,
) -> Result<(), Error> {
    let content = wording::reminder(open);
    for channel in [thread, draft.around()] {
        if was_said(services, channel, since_ms, &content, attempts).await? {
            return Ok(());
        }
        let post = Post::new(Nonce::Reminder(first), content.clone());
        match lasting(services.discord.post(channel, post).await)? {
            // The votes of this thread are over. A recount finds that.
            Err(error) if error.is_gone_message() => return Ok(()),
            Err(error) if channel == thread => {
                tracing::info!(draft.id = %draft.id, "the thread takes no reminder: {error}");
            }
            told => return if_it_can("reminding of votes", told.map(drop)),
        }
    }
    Ok(())
}

async fn note(services: &Services, mut said: Vec<(RenderId, i64)>) -> Result<(), Error> {
    said.sort_unstable();
    let noted = services.change(move |tx| {
        async move {
            for (render, at_ms) in said {
                let image = renders::lock(tx, render).await?;
                renders::reminded(tx, &image, at_ms).await?;
            }
            Ok(())
        }
        .boxed()
    });
    noted.await
}
