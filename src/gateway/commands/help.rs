//! `/help`.

use super::context::{Answer, Context, reply, take};
use crate::flow::settings;

/// Answers `/help`.
#[poise::command(slash_command, install_context = "Guild", interaction_context = "Guild")]
pub(in crate::gateway) async fn help(ctx: Context<'_>) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let answer = settings::help(&ctx.data().services, &caller).await;
    reply(ctx, answer).await
}
