//! Asks, before an approval is spent, whether its picture could be posted.

use super::reading::Question;
use crate::discord::Post;
use crate::domain::ids::{ChannelId, GuildId, RenderId};
use crate::domain::nonce::Nonce;
use crate::domain::permission::{Bar, Purpose};
use crate::flow::error::Error;
use crate::flow::posting::{lasting, was_said};
use crate::flow::services::Services;
use crate::flow::settings;
use crate::wording;

/// Returns what keeps the bot from posting a picture in a thread, or nothing.
///
/// # Errors
/// [`Error::Retry`] when Discord is busy or away.
pub(in crate::flow) async fn barred(
    services: &Services,
    guild: GuildId,
    around: ChannelId,
    thread: ChannelId,
) -> Result<Option<Bar>, Error> {
    let discord = &services.discord;
    let lacks = discord.lacks(guild, around, Purpose::Picture).await;
    // A refusal to say it is none to post: the votes in that place could be read.
    let lacks = lasting(lacks)?.unwrap_or_default();
    if !lacks.is_empty() {
        return Ok(Some(Bar::Lacks(lacks, around)));
    }
    // One that is archived alone is opened again by a post.
    if !lasting(discord.is_locked(guild, thread).await)?.unwrap_or(false) {
        return Ok(None);
    }
    let lacks = discord.lacks(guild, around, Purpose::LockedThread).await;
    let lacks = lasting(lacks)?.unwrap_or_default();
    Ok((!lacks.is_empty()).then_some(Bar::Locked(thread)))
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
    bar: &Bar,
) -> Result<(), Error> {
    tracing::warn!(render.id = %id, ?bar, "an approved stage could not be posted");
    let content = wording::cannot_be_posted(question.number, bar);
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
