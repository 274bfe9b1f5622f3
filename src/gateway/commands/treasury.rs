//! `/treasury`.

use super::{Answer, Context, answer, reply, take};
use crate::domain::books::{Book, Format};
use crate::domain::ids::UserId;
use crate::flow::account;
use crate::flow::books::{Handed, hand};

/// The bot's operators look after the pool
#[poise::command(
    slash_command,
    subcommands("grant", "export"),
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

/// What can be handed out, as people choose it.
#[derive(Clone, Copy, Debug, poise::ChoiceParameter)]
enum BookChoice {
    #[name = "entries: every grant, hold and what became of it"]
    Entries,
    #[name = "lineage: every image, draft → 2K → 4K, with prompts and voters"]
    Lineage,
}

/// How it is written, as people choose it.
#[derive(Clone, Copy, Debug, poise::ChoiceParameter)]
enum FormatChoice {
    #[name = "CSV, for spreadsheets"]
    Csv,
    #[name = "JSON, for programs"]
    Json,
}

/// The books of this server as a file, for you alone
#[poise::command(slash_command)]
async fn export(
    ctx: Context<'_>,
    #[description = "Which book (entries if you do not say)"] book: Option<BookChoice>,
    #[description = "How it is written (CSV if you do not say)"] format: Option<FormatChoice>,
) -> Answer {
    let Some(guild) = take(ctx).await else {
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
    let (studio, actor) = (&ctx.data().studio, UserId::new(ctx.interaction.user.id.get()));
    match hand(studio, guild, actor, book, format).await {
        Ok(Handed::Book(text, file)) => {
            answer::hand(&studio.discord, &ctx.interaction.token, &text, file).await;
        }
        Ok(Handed::Refused(text)) => return reply(ctx, Ok(text)).await,
        Err(error) => return reply(ctx, Err(error)).await,
    }
    Ok(())
}
