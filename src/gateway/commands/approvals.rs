//! `/approvals`.

use super::bounded::{Number, Page};
use super::context::{Answer, Context, reply, take};
use crate::flow::approval::list as flow;

/// Answers `/approvals`.
#[poise::command(slash_command, install_context = "Guild", interaction_context = "Guild")]
pub(in crate::gateway) async fn approvals(ctx: Context<'_>, page: Option<Page>) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let (member, page) = (caller.by().member.clone(), page.map_or(1, Number::get));
    let answer = flow::list(&ctx.data().services, caller.guild(), member, page).await;
    reply(ctx, answer).await
}
