//! `/privacy`.

use super::context::{Answer, Context, reply, take};
use crate::flow::privacy::forget_me as forget;

/// Answers `/privacy`.
#[poise::command(
    slash_command,
    subcommands("forget_me"),
    subcommand_required,
    install_context = "Guild",
    interaction_context = "Guild"
)]
#[expect(clippy::unused_async, reason = "poise calls commands as async functions")]
pub(in crate::gateway) async fn privacy(_: Context<'_>) -> Answer {
    Ok(())
}

/// Answers `/privacy forget-me`.
#[poise::command(slash_command, rename = "forget-me")]
async fn forget_me(ctx: Context<'_>, sure: Option<bool>) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let user = caller.by().user;
    reply(
        ctx,
        forget(&ctx.data().services, user, sure.unwrap_or(false)).await,
    )
    .await
}
