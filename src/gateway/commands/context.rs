//! What every command works with.

use std::sync::Arc;

use crate::discord::Reply;
use crate::domain::ids::GuildId;
use crate::gateway::inbound::Inbound;
use crate::gateway::reply;
use crate::{flow, wording};

/// A command as poise has it.
pub(in crate::gateway) type Command = poise::Command<Arc<Inbound>, flow::Error>;
/// A command that somebody gave.
pub(super) type Context<'a> = poise::ApplicationContext<'a, Arc<Inbound>, flow::Error>;
/// A command answers by itself, so that nothing is left to hand back.
pub(super) type Answer = Result<(), flow::Error>;

/// Takes the interaction within its three seconds.
///
/// Returns the guild. Returns nothing if the interaction cannot be taken any more. Returns nothing
/// either if the bot does not work in the guild, and tells the member so.
pub(super) async fn take(ctx: Context<'_>) -> Option<GuildId> {
    let (interaction, services) = (ctx.interaction, &ctx.data().services);
    if !reply::defer(&services.discord, interaction.id.get(), &interaction.token).await {
        return None;
    }
    let guild = interaction.guild_id.map(|guild| GuildId::new(guild.get()));
    let refusal = match guild {
        None => wording::ONLY_IN_A_SERVER,
        Some(guild) if !services.rules.allows(guild) => wording::NOT_ALLOWED_HERE,
        Some(guild) => return Some(guild),
    };
    reply::reply(&services.discord, &interaction.token, Ok(refusal.to_owned())).await;
    None
}

/// Answers with what a flow said.
pub(super) async fn reply(ctx: Context<'_>, outcome: Result<impl Into<Reply>, flow::Error>) -> Answer {
    reply::reply(&ctx.data().services.discord, &ctx.interaction.token, outcome).await;
    Ok(())
}
