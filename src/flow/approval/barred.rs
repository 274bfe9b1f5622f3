//! Asks, before an approval is spent, whether its picture could be posted.

use super::reading::Question;
use crate::discord::Post;
use crate::domain::ids::RenderId;
use crate::domain::nonce::Nonce;
use crate::domain::permission::{Permission, Purpose};
use crate::flow::error::Error;
use crate::flow::posting::{lasting, was_said};
use crate::flow::services::Services;
use crate::flow::settings;
use crate::wording;

/// Returns what the bot lacks to post the picture of the next stage.
///
/// # Errors
/// [`Error::Retry`] when Discord is busy or away.
pub(in crate::flow) async fn barred(
    services: &Services,
    question: &Question,
) -> Result<Vec<Permission>, Error> {
    let (guild, around) = (question.policy.guild, question.around);
    let lacks = services.discord.lacks(guild, around, Purpose::Picture).await;
    // A refusal to say it is none to post: the votes in that place could be read.
    Ok(lasting(lacks)?.unwrap_or_default())
}

/// Says, once, that an approved stage could not be posted: in the thread, or around it, or else in
/// the log channel.
///
/// # Errors
/// [`Error::Retry`] when Discord or the database is away.
pub(in crate::flow) async fn tell_barred(
    services: &Services,
    id: RenderId,
    question: &Question,
    missing: &[Permission],
) -> Result<(), Error> {
    tracing::warn!(render.id = %id, ?missing, "an approved stage could not be posted");
    let content = wording::cannot_be_posted(question.position, missing, question.around);
    let log = settings::rules(services, question.policy.guild).await?.log;
    for channel in [question.thread, question.around].into_iter().chain(log) {
        if was_said(services, channel, question.message.at_ms(), &content, 2).await? {
            return Ok(());
        }
        let post = Post {
            reply_to: (channel == question.thread).then_some(question.message),
            ..Post::new(Nonce::Barred(id), content.clone())
        };
        if lasting(services.discord.post(channel, post).await)?.is_ok() {
            return Ok(());
        }
    }
    Ok(())
}
