//! Forgets members who ask for it.

use futures::FutureExt;

use super::approval::confirm;
use super::done::Done;
use super::error::Error;
use super::services::Services;
use crate::domain::guild::pseudonym::PseudonymKey;
use crate::domain::ids::UserId;
use crate::domain::image::render::State;
use crate::domain::job::Job;
use crate::domain::limits;
use crate::store::privacy::{self, Forgetting};
use crate::store::{guilds, jobs, renders};
use crate::{random, wording};

/// Forgets a member who is sure, and answers `/privacy forget-me`.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn forget_me(services: &Services, user: UserId, sure: bool) -> Result<String, Error> {
    if !sure {
        return Ok(wording::forget_me());
    }
    let now_ms = services.clock.now_ms();
    let asked = services.change(move |tx| async move { Ok(privacy::ask(tx, user, now_ms).await?) }.boxed());
    asked.await?;
    Ok(wording::FORGETTING.to_owned())
}

/// Forgets a member in every guild. Where images of theirs are still being drawn, or votes of
/// theirs still count, it is done later. It is also done once more some minutes after the wish, for
/// what was under way then.
///
/// # Errors
/// [`Error`]: what is forgotten stays so, and the job runs again for the rest.
pub async fn forget(services: &Services, user: UserId) -> Result<Done, Error> {
    let read = services.store.read(move |tx| {
        async move {
            let Some(who) = privacy::asked(tx, user).await? else {
                return Ok(None);
            };
            Ok::<_, Error>(Some((who, privacy::voting(tx, who).await?)))
        }
        .boxed()
    });
    let Some((who, voting)) = read.await? else {
        return Ok(Done::Finished);
    };
    // A next stage would be drawn from words that are to go.
    for image in voting {
        confirm::shut(services, image).await?;
    }
    let now_ms = services.clock.now_ms();
    // What the member did a moment before the wish may be recorded only after it.
    let all_is_recorded = now_ms >= who.asked_ms + limits::FORGET_AGAIN_MS;
    if forget_everywhere(services, who).await? && all_is_recorded {
        let done = services.change(move |tx| async move { Ok(privacy::done(tx, who).await?) }.boxed());
        done.await?;
        return Ok(Done::Finished);
    }
    Ok(Done::Again(now_ms + limits::FORGET_AGAIN_MS))
}

/// Forgets a member in each guild. Returns whether nothing names them any more.
async fn forget_everywhere(services: &Services, who: Forgetting) -> Result<bool, Error> {
    let guilds = services.store.read(move |tx| privacy::guilds(tx, who).boxed());
    for guild in guilds.await? {
        let (now_ms, fresh) = (services.clock.now_ms(), PseudonymKey::new(random::bits()));
        let forgotten = services.change(move |tx| {
            async move {
                let pseudonym = privacy::pseudonym_key(tx, fresh)
                    .await?
                    .pseudonym(guild, who.user);
                let (drafts, noted) = privacy::forget(tx, guild, who, pseudonym).await?;
                let shown = !drafts.is_empty();
                for (image, after) in noted.into_iter().zip(1..) {
                    let at_ms = now_ms + after * limits::FORGET_APART_MS;
                    jobs::enqueue(tx, Job::ShowTally(image), at_ms).await?;
                }
                // Spread over time, so that these jobs keep nobody waiting.
                for (draft, after) in drafts.into_iter().zip(1..) {
                    let at_ms = now_ms + after * limits::FORGET_APART_MS;
                    jobs::enqueue(tx, Job::ShowProgress(draft), at_ms).await?;
                    for render in renders::of_draft(tx, draft).await? {
                        if render.message.is_some() && matches!(render.state, State::Done(_)) {
                            jobs::enqueue(tx, Job::ShowTally(render.id), at_ms).await?;
                        }
                        if render.shown.is_some() {
                            jobs::enqueue(tx, Job::Exhibit(render.id), at_ms).await?;
                        }
                    }
                }
                if shown && guilds::digests::withdraw(tx, guild).await? {
                    jobs::enqueue(tx, Job::Digest(guild), now_ms).await?;
                }
                Ok(())
            }
            .boxed()
        });
        forgotten.await?;
    }
    let left = services.store.read(move |tx| privacy::guilds(tx, who).boxed());
    Ok(left.await?.is_empty())
}
