//! `/credits`.

use super::context::{Answer, Context, reply, take};
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
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    reply(ctx, pool::pool(&ctx.data().services, caller.guild()).await).await
}

/// Answers `/credits mine`.
#[poise::command(slash_command)]
async fn mine(ctx: Context<'_>) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let (member, roles) = (caller.by().user, caller.by().member.roles.clone());
    reply(
        ctx,
        pool::mine(&ctx.data().services, caller.guild(), member, roles).await,
    )
    .await
}

/// Answers `/credits history`.
#[poise::command(slash_command)]
async fn history(ctx: Context<'_>) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    reply(ctx, pool::history(&ctx.data().services, caller.guild()).await).await
}
