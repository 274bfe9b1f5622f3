//! What a press of a button and a form have in common.

use serenity::all::Permissions;

use crate::discord::Reply;
use crate::domain::button::{Button, Offer};
use crate::domain::ids::{AnswerToken, ChannelId, DraftId, GuildId};
use crate::flow::access::Pressed;
use crate::flow::draft::again::{self, DraftFrom};
use crate::flow::error::Error;
use crate::gateway::inbound::Inbound;
use crate::gateway::permissions::{drafts, missing};
use crate::gateway::reply;

/// A press, or a form that was sent, as Discord describes it.
pub(in crate::gateway) struct Press<'a> {
    pub(in crate::gateway) id: u64,
    pub(in crate::gateway) channel: serenity::all::ChannelId,
    /// What the bot may do there.
    pub(in crate::gateway) have: Option<Permissions>,
    pub(in crate::gateway) token: &'a str,
}

/// Drafts like an image, with other words if some are given, and answers as `/draft` does.
pub(in crate::gateway) async fn draft_like(
    inbound: &Inbound,
    press: Press<'_>,
    (button, Offer { image, .. }): (Button, Offer),
    pressed: &Pressed,
    words: Option<String>,
) {
    let (services, token, by) = (&inbound.services, press.token, pressed.caller().by());
    let channel = ChannelId::new(press.channel.get());
    let pattern = match pressed.image(image) {
        Ok(own) => again::pattern(services, channel, own).await,
        Err(error) => Err(error),
    };
    let pattern = match pattern {
        Ok(Ok(pattern)) => pattern,
        Ok(Err(refusal)) => return reply::reply(&services.discord, token, Ok(refusal)).await,
        Err(error) => return reply::reply(&services.discord, token, Err::<Reply, _>(error)).await,
    };
    if let Some(refusal) = missing(press.have, channel, drafts(pattern.draft.parent.is_some())) {
        return reply::reply(&services.discord, token, Ok(refusal)).await;
    }
    let like = DraftFrom {
        id: DraftId::new(press.id),
        requester: by.user,
        roles: by.member.roles.clone(),
        token: AnswerToken::new(token.to_owned()),
        words,
        pressed: button,
    };
    let started = again::again(services, pattern.draft, like).await;
    reply::started(&services.discord, token, started).await;
}

/// Returns the guild of an interaction. An interaction outside of servers has none.
pub(in crate::gateway) fn guild_of(guild: Option<serenity::all::GuildId>) -> Option<GuildId> {
    guild.map(|guild| GuildId::new(guild.get()))
}

/// Returns the error of an id that nothing of ours has.
pub(in crate::gateway) fn unknown(id: &str) -> Error {
    Error::broken(format!("a button or a form with the id {id}"))
}
