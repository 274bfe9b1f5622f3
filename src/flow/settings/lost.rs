//! Looks for what a guild's settings rest on and is gone: deleted roles, emoji and channels, and
//! channels in which the bot may not do its work. Tells the admins of it.

use futures::FutureExt;

use super::read::rules;
use crate::discord::Post;
use crate::domain::approval::vote::Vote;
use crate::domain::emoji::Emoji;
use crate::domain::guild::lost::Lost;
use crate::domain::guild::settings::GuildRules;
use crate::domain::ids::{GuildId, RenderId};
use crate::domain::job::Job;
use crate::domain::limits;
use crate::domain::nonce::Nonce;
use crate::flow::done::Done;
use crate::flow::error::Error;
use crate::flow::posting::{if_it_can, lasting, was_said};
use crate::flow::services::Services;
use crate::store::{guilds, jobs, renders, votes};
use crate::{discord, wording};

/// Has the settings of a guild looked at, if they name anything that can be deleted.
///
/// # Errors
/// [`Error::Retry`] when the database is away: the next session looks.
pub async fn watch(services: &Services, guild: GuildId) -> Result<(), Error> {
    if !rules(services, guild).await?.name_anything() {
        return Ok(());
    }
    let now_ms = services.clock.now_ms();
    let asked = services.change(move |tx| {
        async move { Ok(jobs::enqueue(tx, Job::CheckSettings(guild), now_ms).await?) }.boxed()
    });
    asked.await
}

/// Looks for what is gone, mends what can be mended, and tells the log channel, once.
///
/// # Errors
/// [`Error`]: the job runs again. A log channel that takes no message is no error: `/settings show`
/// tells the same.
pub async fn check(services: &Services, guild: GuildId) -> Result<Done, Error> {
    let rules = rules(services, guild).await?;
    let found = lasting(find(services, guild, &rules).await)?;
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            tracing::info!(guild.id = %guild, "what settings name cannot be looked up: {error}");
            return Ok(Done::Finished);
        }
    };
    for lost in &found {
        if let Lost::Emoji { approves } = lost {
            replace_emoji(services, guild, *approves).await?;
        }
    }
    let content = wording::lost(&found).trim_start().to_owned();
    let Some(log) = rules.log.filter(|_| !content.is_empty()) else {
        return Ok(Done::Finished);
    };
    let now_ms = services.clock.now_ms();
    // The same is not told twice within a week, however many sessions begin.
    if !was_said(services, log, now_ms - limits::TELL_AGAIN_MS, &content, 2).await? {
        let post = Post::new(Nonce::Lost(now_ms), content);
        if_it_can(
            "telling of what is gone",
            services.discord.post(log, post).await.map(drop),
        )?;
    }
    Ok(Done::Finished)
}

/// Returns what the rules of a guild rest on and does not hold any more.
///
/// # Errors
/// [`discord::Error`] when Discord refuses or cannot be reached.
pub(in crate::flow) async fn find(
    services: &Services,
    guild: GuildId,
    rules: &GuildRules,
) -> Result<Vec<Lost>, discord::Error> {
    let discord = &services.discord;
    let (mut found, mut mentioned) = (Vec::new(), rules.mentioned_roles());
    for (of, roles) in rules.role_lists() {
        let gone = discord.gone_roles(guild, &roles).await?;
        let all = gone.len() == roles.len();
        found.extend((!gone.is_empty()).then_some(Lost::Roles { of, all }));
        mentioned.retain(|role| !gone.contains(role));
    }
    if !mentioned.is_empty() {
        let closed = discord.unmentionable(guild, &mentioned).await?;
        found.extend(closed.into_iter().map(Lost::Unmentionable));
    }
    for (emoji, approves) in [(&rules.approve, true), (&rules.veto, false)] {
        if let Emoji::Custom { id, .. } = emoji
            && !discord.has_emoji(guild, *id).await?
        {
            found.push(Lost::Emoji { approves });
        }
    }
    for (of, channel, purpose) in rules.named_channels() {
        match discord.lacks_now(guild, channel, purpose).await {
            Ok(missing) if missing.is_empty() => {}
            Ok(missing) => found.push(Lost::Permissions(of, channel, missing)),
            Err(error) if error.is_gone_message() => found.push(Lost::Channel(of)),
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Puts the usual emoji in the place of a deleted one, in the settings and in the open votes.
async fn replace_emoji(services: &Services, guild: GuildId, approves: bool) -> Result<(), Error> {
    let read = services.change(move |tx| {
        async move {
            let row = guilds::lock(tx, guild).await?;
            let mut after = row.settings.clone();
            let gone = if approves {
                after.approve.take()
            } else {
                after.veto.take()
            };
            // The other may have been what this one usually is.
            if after.approve == Some(Emoji::veto()) || after.veto == Some(Emoji::approve()) {
                (after.approve, after.veto) = (None, None);
            }
            guilds::write(tx, &row, &after).await?;
            let all = renders::voting_count(tx, guild).await?;
            Ok((gone, renders::voting_of(tx, guild, 0, all).await?))
        }
        .boxed()
    });
    let (Some(gone), voting) = read.await? else {
        return Ok(());
    };
    for image in voting {
        replace_in_vote(services, image, gone.clone()).await?;
    }
    Ok(())
}

/// Puts the usual emoji in the place of a deleted one in an open vote. Who approved with it has
/// approved as with the button. A vote that somebody asks to stop keeps the emoji that stops it.
async fn replace_in_vote(services: &Services, id: RenderId, gone: Emoji) -> Result<(), Error> {
    let now_ms = services.clock.now_ms();
    let replaced = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, id).await?;
            let mut vote = image.vote.clone();
            let (Vote::Open(terms) | Vote::Waiting { terms, .. } | Vote::Capped { terms, .. }) = &mut vote
            else {
                return Ok(());
            };
            let vetoes = votes::ballot(tx, id).await?.vetoes;
            if terms.approve == gone && terms.veto != Emoji::approve() {
                terms.approve = Emoji::approve();
                votes::keep_as_pressed(tx, &image, now_ms).await?;
            } else if terms.veto == gone
                && terms.approve != Emoji::veto()
                && vetoes.values().all(|veto| veto.lifted)
            {
                terms.veto = Emoji::veto();
            } else {
                return Ok(());
            }
            renders::write_vote(tx, &image, &vote, image.remind_ms).await?;
            renders::bump_vote(tx, &image).await?;
            // Delivering puts the emoji that approves under the picture.
            let then = [Job::Deliver(id), Job::Confirm(id), Job::ShowTally(id)];
            Ok(jobs::enqueue_all(tx, &then.map(|job| (job, now_ms))).await?)
        }
        .boxed()
    });
    replaced.await
}
