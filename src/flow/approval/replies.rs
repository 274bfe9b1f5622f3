//! Replies to a picture are notes on it: heard as they are written, edited and deleted, and read again
//! with a recount.

use std::collections::BTreeSet;

use futures::FutureExt;

use super::notes::{changed, take};
use crate::discord::Post;
use crate::domain::actor::{Actor, Membership};
use crate::domain::ids::{ChannelId, GuildId, MessageId, RenderId, RoleId, UserId};
use crate::domain::image::note::{NoNote, NoteText};
use crate::domain::nonce::Nonce;
use crate::flow::approval::look_up;
use crate::flow::error::Error;
use crate::flow::posting::lasting;
use crate::flow::services::Services;
use crate::store::{drafts, renders};
use crate::wording;

/// A reply of a person to a message of the bot, which mentions the bot.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The reply.
    pub message: MessageId,
    /// Where it stands.
    pub channel: ChannelId,
    /// The guild.
    pub guild: GuildId,
    /// The message that it replies to.
    pub to: MessageId,
    /// Who wrote it.
    pub by: UserId,
    /// The writer's roles. `None` where Discord did not say.
    pub roles: Option<BTreeSet<RoleId>>,
    /// What it says.
    pub text: String,
}

/// Takes a reply to an image as a note, once. `answers`: a reply that is no note is answered, so that
/// its writer knows.
///
/// # Errors
/// [`Error::Retry`] when the database or Discord is away: the reply stays, and a recount reads it.
pub async fn heard(services: &Services, heard: Heard, answers: bool) -> Result<(), Error> {
    let (to, now_ms) = (heard.to, services.clock.now_ms());
    let reply = heard.message;
    let read = services.store.read(move |tx| {
        async move {
            let known = renders::notes::of_reply(tx, reply).await?.is_some();
            Ok::<_, Error>((renders::in_message(tx, to).await?, known))
        }
        .boxed()
    });
    let image = match read.await? {
        // A note that stands, or was struck, is not taken again.
        (_, true) => return Ok(()),
        // The picture may be posted and not be recorded yet.
        (None, false) => return look_up::later(services, to, now_ms).await,
        (Some(image), false) => image,
    };
    let refused = match words(&heard.text, services.discord.me()) {
        Ok(words) => record(services, image.id, &heard, words).await?,
        Err(why) => Some(wording::no_note(why)),
    };
    match refused {
        Some(why) if answers => answer(services, &heard, &why).await,
        _ => Ok(()),
    }
}

/// Records a note. Returns why it is none, if it is none.
async fn record(
    services: &Services,
    id: RenderId,
    heard: &Heard,
    words: NoteText,
) -> Result<Option<String>, Error> {
    let by = Actor {
        user: heard.by,
        member: member(services, heard).await?,
    };
    let (reply, now_ms) = (heard.message, services.clock.now_ms());
    let rules = services.rules.clone();
    let taken = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, id).await?;
            let draft = drafts::get(tx, image.draft).await?;
            let taken = take(tx, &rules, (&image, &draft), &by, (&words, Some(reply)), now_ms).await?;
            Ok::<_, Error>(taken.err())
        }
        .boxed()
    });
    taken.await
}

/// Returns what the writer of a reply is in the guild.
async fn member(services: &Services, heard: &Heard) -> Result<Membership, Error> {
    let roles = match &heard.roles {
        Some(roles) => Some(roles.clone()),
        None => lasting(services.discord.member(heard.guild, heard.by).await)?.unwrap_or_default(),
    };
    let roles = roles.unwrap_or_default();
    let who = lasting(services.discord.managers(heard.guild).await)?;
    let manages = who.is_ok_and(|who| who.include(heard.by, &roles));
    Ok(Membership { roles, manages })
}

/// Says under a reply, once, why it is no note.
async fn answer(services: &Services, heard: &Heard, why: &str) -> Result<(), Error> {
    let post = Post {
        reply_to: Some(heard.message),
        ..Post::new(Nonce::NoNote(heard.message), wording::reply_refused(why))
    };
    if let Err(error) = lasting(services.discord.post(heard.channel, post).await)? {
        tracing::info!("that a reply is no note could not be said: {error}");
    }
    Ok(())
}

/// Gives a note that was read from a reply the words that the reply has now, while its image's next
/// stage is not paid. A text that cannot be a note withdraws it.
///
/// # Errors
/// [`Error::Retry`] when the database is away: a recount reads the reply again.
pub async fn reworded(services: &Services, reply: MessageId, text: &str) -> Result<(), Error> {
    let words = words(text, services.discord.me()).ok();
    change(services, reply, words).await
}

/// Withdraws a note whose reply was deleted, while its image's next stage is not paid.
///
/// # Errors
/// [`Error::Retry`] when the database is away: a recount finds that the reply is gone.
pub async fn deleted(services: &Services, reply: MessageId) -> Result<(), Error> {
    change(services, reply, None).await
}

/// Rewords the note of a reply, or withdraws it.
async fn change(services: &Services, reply: MessageId, words: Option<NoteText>) -> Result<(), Error> {
    let read = services
        .store
        .read(move |tx| renders::notes::of_reply(tx, reply).boxed());
    let known: Result<_, crate::store::Error> = read.await;
    let Some((id, number)) = known? else {
        return Ok(());
    };
    let (rules, now_ms) = (services.rules.clone(), services.clock.now_ms());
    let done = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, id).await?;
            if !image.vote.counts() {
                return Ok(());
            }
            let is_news = match words {
                Some(words) => renders::notes::reword(tx, &image, number, &words).await?,
                None => renders::notes::withdraw(tx, &image, number).await?,
            };
            if is_news {
                let draft = drafts::get(tx, image.draft).await?;
                changed(tx, &rules, (&image, &draft), now_ms).await?;
            }
            Ok::<_, Error>(())
        }
        .boxed()
    });
    done.await
}

/// Reads a note from the text of a reply. A mention of the bot is how people call it, and no part of
/// the note.
///
/// # Errors
/// [`NoNote`] for a text that cannot be a note.
pub(super) fn words(text: &str, me: UserId) -> Result<NoteText, NoNote> {
    let called = [format!("<@{me}>"), format!("<@!{me}>")];
    let text = called
        .iter()
        .fold(text.to_owned(), |text, call| text.replace(call, " "));
    NoteText::parse(&text)
}
