//! `/credits`.

use super::context::{Answer, Context, reply, take};
use crate::domain::ids::{RoleId, UserId};
use crate::flow::money::pool;

/// Answers `/credits`.
#[poise::command(
    slash_command,
    subcommands("pool", "mine", "history"),
    subcommand_required,
    install_context = "Guild",
    interaction_context = "Guild"
)]
#[expect(clippy::unused_async, reason = "poise calls commands as async functions")]
pub(in crate::gateway) async fn credits(_: Context<'_>) -> Answer {
    Ok(())
}

/// Answers `/credits pool`.
#[poise::command(slash_command)]
async fn pool(ctx: Context<'_>) -> Answer {
    let Some(guild) = take(ctx).await else {
        return Ok(());
    };
    reply(ctx, pool::pool(&ctx.data().services, guild).await).await
}

/// Answers `/credits mine`.
#[poise::command(slash_command)]
async fn mine(ctx: Context<'_>) -> Answer {
    let Some(guild) = take(ctx).await else {
        return Ok(());
    };
    let member = UserId::new(ctx.interaction.user.id.get());
    let roles = ctx.interaction.member.iter().flat_map(|member| &member.roles);
    let roles = roles.map(|role| RoleId::new(role.get())).collect();
    reply(ctx, pool::mine(&ctx.data().services, guild, member, roles).await).await
}

/// Answers `/credits history`.
#[poise::command(slash_command)]
async fn history(ctx: Context<'_>) -> Answer {
    let Some(guild) = take(ctx).await else {
        return Ok(());
    };
    reply(ctx, pool::history(&ctx.data().services, guild).await).await
}
