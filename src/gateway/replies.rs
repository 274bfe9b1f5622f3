//! Replies to pictures: drop what is no note, hand on the rest.
//!
//! The content of a reply arrives because it mentions the bot, as a reply does unless its writer turns
//! that off. The privileged intent for content is never asked for.

use serenity::all::{Message, MessageId as SerenityMessageId, MessageUpdateEvent, User};

use super::inbound::Inbound;
use crate::domain::ids::{ChannelId, GuildId, MessageId, RoleId, UserId};
use crate::flow;
use crate::flow::approval::replies::{self, Heard};
use crate::flow::error::Error;

pub(in crate::gateway) async fn posted(inbound: &Inbound, message: &Message) {
    if let Some(heard) = heard(inbound, message) {
        note(
            inbound,
            heard.message,
            replies::heard(&inbound.services, heard, true).await,
        );
    }
    inbound.seen.note(|counts| counts.messages += 1);
}

pub(in crate::gateway) async fn edited(inbound: &Inbound, event: &MessageUpdateEvent) {
    let message = MessageId::new(event.id.get());
    // Without a mention Discord withholds the content, and says an empty one.
    let readable = event
        .mentions
        .as_deref()
        .is_some_and(|users| mentions(inbound, users));
    if let Some(text) = event.content.as_deref().filter(|_| readable) {
        note(
            inbound,
            message,
            replies::reworded(&inbound.services, message, text).await,
        );
    }
    inbound.seen.note(|counts| counts.messages += 1);
}

pub(in crate::gateway) async fn deleted(inbound: &Inbound, messages: &[SerenityMessageId]) {
    for message in messages {
        let message = MessageId::new(message.get());
        note(
            inbound,
            message,
            replies::deleted(&inbound.services, message).await,
        );
    }
    inbound.seen.note(|counts| counts.messages += 1);
}

/// Has what could not be recorded read again with the next recount.
fn note(inbound: &Inbound, message: MessageId, recorded: Result<(), Error>) {
    if let Err(error) = recorded {
        tracing::warn!(message.id = %message, "a reply will be read later: {}", flow::chain(&error));
        inbound.missed_event();
    }
}

/// Returns a message as a reply to one of the bot's, if it is one of a person and its text arrived.
fn heard(inbound: &Inbound, message: &Message) -> Option<Heard> {
    let me = inbound.services.discord.me().get();
    let original = message.referenced_message.as_deref()?;
    if message.author.bot || original.author.id.get() != me || !mentions(inbound, &message.mentions) {
        return None;
    }
    let roles = message.member.as_deref().map(|member| {
        let roles = member.roles.iter();
        roles.map(|role| RoleId::new(role.get())).collect()
    });
    Some(Heard {
        message: MessageId::new(message.id.get()),
        channel: ChannelId::new(message.channel_id.get()),
        guild: GuildId::new(message.guild_id?.get()),
        to: MessageId::new(original.id.get()),
        by: UserId::new(message.author.id.get()),
        roles,
        text: message.content.clone(),
    })
}

fn mentions(inbound: &Inbound, users: &[User]) -> bool {
    let me = inbound.services.discord.me().get();
    users.iter().any(|user| user.id.get() == me)
}
