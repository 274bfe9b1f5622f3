//! `/project`.

use super::{Answer, Context, reply, take};
use crate::flow::project as flow;

/// What a piece of work costs, and what it may cost
#[poise::command(
    slash_command,
    subcommands("estimate"),
    subcommand_required,
    install_context = "Guild",
    interaction_context = "Guild"
)]
#[expect(clippy::unused_async, reason = "poise calls commands as async functions")]
pub(super) async fn project(_: Context<'_>) -> Answer {
    Ok(())
}

/// What a campaign would cost, before a credit is spent
#[poise::command(slash_command)]
async fn estimate(
    ctx: Context<'_>,
    #[description = "How many ideas: images at the first stage"]
    #[min = 1]
    #[max = 10_000]
    drafts: i64,
    #[description = "How many of them are drawn again for review"]
    #[min = 0]
    #[max = 10_000]
    reviews: i64,
    #[description = "How many of those become finals"]
    #[min = 0]
    #[max = 10_000]
    finals: i64,
) -> Answer {
    let Some(guild) = take(ctx).await else {
        return Ok(());
    };
    let answer = flow::estimate(&ctx.data().studio, guild, drafts, reviews, finals).await;
    reply(ctx, answer).await
}
