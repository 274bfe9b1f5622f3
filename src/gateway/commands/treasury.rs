//! `/treasury`.

use super::{Answer, Context, reply, take};
use crate::domain::ids::UserId;
use crate::flow::account;

/// The bot's operators look after the pool
#[poise::command(
    slash_command,
    subcommands("grant"),
    subcommand_required,
    default_member_permissions = "MANAGE_GUILD",
    install_context = "Guild",
    interaction_context = "Guild"
)]
#[expect(clippy::unused_async, reason = "poise calls commands as async functions")]
pub(super) async fn treasury(_: Context<'_>) -> Answer {
    Ok(())
}

/// Add credits to this server's pool
#[poise::command(slash_command)]
async fn grant(
    ctx: Context<'_>,
    #[description = "How many credits"]
    #[min = 1]
    #[max = 10_000_000]
    credits: i64,
    #[description = "Why, for the books"]
    #[max_length = 200]
    reason: Option<String>,
) -> Answer {
    let Some(guild) = take(ctx).await else {
        return Ok(());
    };
    let actor = UserId::new(ctx.interaction.user.id.get());
    let once = format!("interaction:{}", ctx.interaction.id);
    reply(
        ctx,
        account::grant(&ctx.data().studio, guild, actor, credits, reason.as_deref(), once).await,
    )
    .await
}
