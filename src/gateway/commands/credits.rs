//! `/credits`.

use super::{Answer, Context, reply, take};
use crate::flow::account;

/// The server's credits
#[poise::command(
    slash_command,
    subcommands("pool"),
    subcommand_required,
    install_context = "Guild",
    interaction_context = "Guild"
)]
#[expect(clippy::unused_async, reason = "poise calls commands as async functions")]
pub(super) async fn credits(_: Context<'_>) -> Answer {
    Ok(())
}

/// What is left in the server's pool, what is spent and what is held
#[poise::command(slash_command)]
async fn pool(ctx: Context<'_>) -> Answer {
    let Some(guild) = take(ctx).await else {
        return Ok(());
    };
    reply(ctx, account::pool(&ctx.data().studio, guild).await).await
}
