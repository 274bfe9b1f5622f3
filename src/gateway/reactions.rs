//! Reactions: drop what is not ours, record the rest.

use serenity::all::{ChannelId as SerenityChannelId, MessageId as SerenityMessageId, Reaction};

use super::inbound::Inbound;
use crate::domain::approval::ballot::Change;
use crate::domain::ids::{ChannelId, MessageId, UserId};
use crate::flow::approval::vote;
use crate::flow::draft::gone;
use crate::{discord, flow};

pub(in crate::gateway) async fn added(inbound: &Inbound, reaction: &Reaction) {
    let by_bot = reaction.member.as_ref().is_some_and(|member| member.user.bot);
    let me = inbound.services.discord.me();
    let elsewhere = reaction
        .message_author_id
        .is_some_and(|author| author.get() != me.get());
    if !by_bot && !elsewhere {
        record(inbound, reaction, Change::Cast).await;
    }
    inbound.seen.note(|counts| counts.reactions += 1);
}

pub(in crate::gateway) async fn removed(inbound: &Inbound, reaction: &Reaction) {
    record(inbound, reaction, Change::Withdrawn).await;
    inbound.seen.note(|counts| counts.reactions += 1);
}

/// Reads again who voted, after all reactions of a message were taken off.
///
/// serenity 0.12 cannot read the event for all reactions of one emoji. The next recount finds that.
pub(in crate::gateway) async fn cleared(inbound: &Inbound, message: SerenityMessageId) {
    let message = MessageId::new(message.get());
    if let Err(error) = vote::reread(&inbound.services, message).await {
        tracing::warn!(
            message.id = %message,
            "reactions that were all taken off will be read later: {}",
            flow::chain(&error)
        );
        inbound.missed_event();
    }
    inbound.seen.note(|counts| counts.reactions += 1);
}

/// Closes the votes of a thread or a channel that was deleted, and calls off what is queued for it.
pub(in crate::gateway) async fn place_gone(inbound: &Inbound, channel: SerenityChannelId) {
    let place = ChannelId::new(channel.get());
    if let Err(error) = gone::place(&inbound.services, place).await {
        tracing::warn!(
            channel.id = %channel,
            "what is queued for a deleted channel is not called off: {}",
            flow::chain(&error)
        );
    }
    if let Err(error) = vote::place_gone(&inbound.services, place).await {
        tracing::warn!(
            channel.id = %channel,
            "votes in a deleted channel will be closed later: {}",
            flow::chain(&error)
        );
        inbound.missed_event();
    }
    inbound.seen.note(|counts| counts.places += 1);
}

async fn record(inbound: &Inbound, reaction: &Reaction, change: Change) {
    let me = inbound.services.discord.me();
    let user = reaction
        .user_id
        .map(|user| UserId::new(user.get()))
        .filter(|user| *user != me);
    let (Some(user), Some(emoji)) = (user, discord::emoji(&reaction.emoji)) else {
        return;
    };
    let message = MessageId::new(reaction.message_id.get());
    if let Err(error) = vote::reacted(&inbound.services, message, user, &emoji, change).await {
        // It stays on Discord, and a recount finds it there.
        tracing::warn!(message.id = %message, "a reaction will be read later: {}", flow::chain(&error));
        inbound.missed_event();
    }
}
