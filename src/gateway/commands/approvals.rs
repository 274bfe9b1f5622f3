//! `/approvals`.

use super::bounded::{Number, Page};
use super::context::{Answer, Context, reply, take};
use crate::domain::actor::Membership;
use crate::domain::ids::RoleId;
use crate::flow::approval::list as flow;

/// Answers `/approvals`.
#[poise::command(slash_command, install_context = "Guild", interaction_context = "Guild")]
pub(in crate::gateway) async fn approvals(ctx: Context<'_>, page: Option<Page>) -> Answer {
    let Some(guild) = take(ctx).await else {
        return Ok(());
    };
    let member = ctx.interaction.member.as_deref();
    let permissions = member.and_then(|member| member.permissions).unwrap_or_default();
    let roles = member.into_iter().flat_map(|member| &member.roles);
    let member = Membership {
        roles: roles.map(|role| RoleId::new(role.get())).collect(),
        manages: permissions.manage_guild() || permissions.administrator(),
    };
    reply(
        ctx,
        flow::list(&ctx.data().services, guild, member, page.map_or(1, Number::get)).await,
    )
    .await
}
