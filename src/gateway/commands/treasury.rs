//! `/treasury`.

use poise::serenity_prelude::CreateAutocompleteResponse;

use super::autocomplete::offer;
use super::bounded::{Grant, Reason, Text};
use super::context::{Answer, Context, reply, take};
use crate::domain::ids::UserId;
use crate::domain::image::render::Verdict;
use crate::domain::money::export::{Book, Format};
use crate::flow::money::export::hand;
use crate::flow::money::treasury::{self, GrantRequest};
use crate::flow::money::unresolved::{self, Choice};

/// Answers `/treasury`.
#[poise::command(
    slash_command,
    subcommands("grant", "correct", "export", "unresolved_command"),
    subcommand_required,
    default_member_permissions = "MANAGE_GUILD",
    install_context = "Guild",
    interaction_context = "Guild"
)]
#[expect(clippy::unused_async, reason = "poise calls commands as async functions")]
pub(in crate::gateway) async fn treasury(_: Context<'_>) -> Answer {
    Ok(())
}

/// Answers `/treasury grant`.
#[poise::command(slash_command)]
async fn grant(ctx: Context<'_>, credits: Grant, reason: Option<Reason>) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let order = order(ctx, credits, reason);
    reply(ctx, treasury::grant(&ctx.data().services, &caller, order).await).await
}

/// Answers `/treasury correct`.
#[poise::command(slash_command)]
async fn correct(ctx: Context<'_>, credits: Grant, reason: Reason) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let order = order(ctx, credits, Some(reason));
    reply(ctx, treasury::correct(&ctx.data().services, &caller, order).await).await
}

fn order(ctx: Context<'_>, amount: Grant, reason: Option<Reason>) -> GrantRequest {
    GrantRequest {
        actor: UserId::new(ctx.interaction.user.id.get()),
        amount: amount.get(),
        reason: reason.map(Text::get),
        once: format!("interaction:{}", ctx.interaction.id),
    }
}

/// What can be handed out, as people choose it.
#[derive(Clone, Copy, Debug, poise::ChoiceParameter)]
enum BookChoice {
    Entries,
    Lineage,
}

/// How it is written, as people choose it.
#[derive(Clone, Copy, Debug, poise::ChoiceParameter)]
enum FormatChoice {
    Csv,
    Json,
}

/// Answers `/treasury export`.
#[poise::command(slash_command)]
async fn export(ctx: Context<'_>, book: Option<BookChoice>, format: Option<FormatChoice>) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let book = match book {
        None | Some(BookChoice::Entries) => Book::Entries,
        Some(BookChoice::Lineage) => Book::Lineage,
    };
    let format = match format {
        None | Some(FormatChoice::Csv) => Format::Csv,
        Some(FormatChoice::Json) => Format::Json,
    };
    let services = &ctx.data().services;
    reply(ctx, hand(services, &caller, book, format).await).await
}

/// What becomes of the credits, as people choose it.
#[derive(Clone, Copy, Debug, poise::ChoiceParameter)]
enum VerdictChoice {
    Settle,
    Release,
}

/// Answers `/treasury unresolved`.
#[poise::command(slash_command, rename = "unresolved")]
async fn unresolved_command(
    ctx: Context<'_>,
    #[autocomplete = "unknown_images"] image: Option<String>,
    decision: Option<VerdictChoice>,
    reason: Option<Reason>,
) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let verdict = decision.map(|decision| match decision {
        VerdictChoice::Settle => Verdict::Settle,
        VerdictChoice::Release => Verdict::Release,
    });
    let choice = Choice {
        image,
        verdict,
        reason: reason.map(Text::get),
    };
    let answer = unresolved::unresolved(&ctx.data().services, &caller, choice).await;
    reply(ctx, answer).await
}

async fn unknown_images(ctx: Context<'_>, typed: &str) -> CreateAutocompleteResponse {
    offer(ctx, async |services, caller| {
        unresolved::complete(services, caller, typed).await
    })
    .await
}
