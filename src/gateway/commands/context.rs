//! What every command works with.

use std::sync::Arc;

use crate::discord::Reply;
use crate::domain::guild::access::Right;
use crate::domain::ids::GuildId;
use crate::flow::access::Caller;
use crate::flow::{self, Error};
use crate::gateway::inbound::Inbound;
use crate::gateway::member::actor;
use crate::gateway::reply;

/// A command as poise has it.
pub(in crate::gateway) type Command = poise::Command<Arc<Inbound>, flow::Error>;
/// A command that somebody gave.
pub(super) type Context<'a> = poise::ApplicationContext<'a, Arc<Inbound>, flow::Error>;
/// A command answers by itself, so that nothing is left to hand back.
pub(super) type Answer = Result<(), flow::Error>;

/// Takes the interaction within its three seconds.
///
/// Returns the member, who has the right to the command. Returns nothing if the interaction cannot
/// be taken any more. Returns nothing either to a member who may not use the command here, and tells
/// them so.
pub(super) async fn take(ctx: Context<'_>) -> Option<Caller> {
    let (interaction, services) = (ctx.interaction, &ctx.data().services);
    if !reply::defer(services, interaction.id.get(), &interaction.token).await {
        return None;
    }
    let refusal = match caller(ctx) {
        Ok(Ok(caller)) => return Some(caller),
        Ok(Err(refusal)) => Ok(refusal),
        Err(error) => Err(error),
    };
    reply::reply(&services.discord, &interaction.token, refusal).await;
    None
}

/// Returns the member, if they have the right to the command, or returns in words why they do not.
///
/// # Errors
/// [`Error::Broken`] for a command that nobody has a right to.
pub(super) fn caller(ctx: Context<'_>) -> Result<Result<Caller, String>, Error> {
    let interaction = ctx.interaction;
    let name = &ctx.command().qualified_name;
    let right = Right::of_command(name).ok_or_else(|| Error::broken(format!("/{name} has no right")))?;
    let guild = interaction.guild_id.map(|guild| GuildId::new(guild.get()));
    let by = actor(interaction.user.id, interaction.member.as_deref());
    Ok(Caller::enter(&ctx.data().services.rules, right, guild, by))
}

/// Answers with what a flow said.
pub(super) async fn reply(ctx: Context<'_>, outcome: Result<impl Into<Reply>, flow::Error>) -> Answer {
    reply::reply(&ctx.data().services.discord, &ctx.interaction.token, outcome).await;
    Ok(())
}
