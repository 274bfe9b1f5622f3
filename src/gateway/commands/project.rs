//! `/project`.

use poise::serenity_prelude::CreateAutocompleteResponse;

use super::bounded::{Budget, Campaign, Number, ProjectName};
use super::context::{Answer, Context, reply, take};
use crate::domain::ids::ProjectId;
use crate::domain::money::project::{Buckets, Wish};
use crate::flow::money::project as flow;
use crate::gateway::commands::autocomplete::offer_names;

/// Answers `/project`.
#[poise::command(
    slash_command,
    subcommands("estimate", "create", "show", "list", "budget", "close"),
    subcommand_required,
    install_context = "Guild",
    interaction_context = "Guild"
)]
#[expect(clippy::unused_async, reason = "poise calls commands as async functions")]
pub(in crate::gateway) async fn project(_: Context<'_>) -> Answer {
    Ok(())
}

/// Answers `/project estimate`.
#[poise::command(slash_command)]
async fn estimate(
    ctx: Context<'_>,
    drafts: Campaign<1>,
    reviews: Campaign<0>,
    finals: Campaign<0>,
) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let (drafts, reviews, finals) = (drafts.get(), reviews.get(), finals.get());
    let answer = flow::estimate(&ctx.data().services, &caller, drafts, reviews, finals).await;
    reply(ctx, answer).await
}

/// Answers `/project create`.
#[poise::command(slash_command)]
async fn create(
    ctx: Context<'_>,
    name: ProjectName,
    exploration: Option<Budget>,
    review: Option<Budget>,
    r#final: Option<Budget>,
) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let (id, wish) = (
        ProjectId::new(ctx.interaction.id.get()),
        wish(false, exploration, review, r#final),
    );
    let answer = flow::create(&ctx.data().services, &caller, id, &name.get(), wish).await;
    reply(ctx, answer).await
}

/// Answers `/project show`.
#[poise::command(slash_command)]
async fn show(ctx: Context<'_>, #[autocomplete = "names"] project: String) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    reply(
        ctx,
        flow::show(&ctx.data().services, caller.guild(), &project).await,
    )
    .await
}

/// Answers `/project list`.
#[poise::command(slash_command)]
async fn list(ctx: Context<'_>) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    reply(ctx, flow::list(&ctx.data().services, caller.guild()).await).await
}

/// Answers `/project budget`.
#[poise::command(slash_command)]
async fn budget(
    ctx: Context<'_>,
    #[autocomplete = "names"] project: String,
    exploration: Option<Budget>,
    review: Option<Budget>,
    r#final: Option<Budget>,
    no_limits: Option<bool>,
) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let wish = wish(no_limits.unwrap_or(false), exploration, review, r#final);
    let answer = flow::budget(&ctx.data().services, &caller, &project, wish).await;
    reply(ctx, answer).await
}

/// Answers `/project close`.
#[poise::command(slash_command)]
async fn close(ctx: Context<'_>, #[autocomplete = "names"] project: String, reopen: Option<bool>) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let reopen = reopen.unwrap_or(false);
    let answer = flow::close(&ctx.data().services, &caller, &project, reopen).await;
    reply(ctx, answer).await
}

fn wish(no_limits: bool, explore: Option<Budget>, review: Option<Budget>, r#final: Option<Budget>) -> Wish {
    Wish {
        no_limits,
        limits: Buckets {
            explore: explore.map(Number::get),
            review: review.map(Number::get),
            r#final: r#final.map(Number::get),
        },
    }
}

async fn names(ctx: Context<'_>, typed: &str) -> CreateAutocompleteResponse {
    offer_names(ctx, typed, true).await
}
