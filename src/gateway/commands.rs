//! Slash commands: options in, a flow's answer out.

use std::sync::Arc;

use poise::serenity_prelude as serenity;
use serenity::{
    AutocompleteChoice, ChannelType, CommandInteraction, CreateAutocompleteResponse, Permissions,
};

use super::{Inbound, answer};
use crate::domain::draft::Raw;
use crate::domain::ids::{AnswerToken, ChannelId, DraftId, GuildId, UserId};
use crate::domain::picture::Tier;
use crate::domain::wording;
use crate::flow::draft::{Ask, Started};
use crate::flow::{self, account};

type Context<'a> = poise::ApplicationContext<'a, Arc<Inbound>, flow::Error>;
type Answer = Result<(), flow::Error>;

/// What the bot must be allowed in a channel, by the names that Discord's settings show.
const NEEDED: [(Permissions, &str); 7] = [
    (Permissions::VIEW_CHANNEL, "View Channel"),
    (Permissions::SEND_MESSAGES, "Send Messages"),
    (Permissions::CREATE_PUBLIC_THREADS, "Create Public Threads"),
    (Permissions::SEND_MESSAGES_IN_THREADS, "Send Messages in Threads"),
    (Permissions::ATTACH_FILES, "Attach Files"),
    (Permissions::ADD_REACTIONS, "Add Reactions"),
    (Permissions::READ_MESSAGE_HISTORY, "Read Message History"),
];

/// The command layer.
pub(super) fn framework(inbound: Arc<Inbound>) -> poise::Framework<Arc<Inbound>, flow::Error> {
    let options = poise::FrameworkOptions {
        commands: all(),
        allowed_mentions: Some(serenity::CreateAllowedMentions::new()),
        manual_cooldowns: true,
        initialize_owners: false,
        on_error: |error| Box::pin(failed(error)),
        ..poise::FrameworkOptions::default()
    };
    let framework = poise::Framework::builder().options(options);
    framework
        .setup(|_, _, _| Box::pin(async move { Ok(inbound) }))
        .build()
}

/// Every command, as it is registered.
pub(super) fn all() -> Vec<poise::Command<Arc<Inbound>, flow::Error>> {
    vec![draft(), credits(), treasury()]
}

/// What poise could not hand to a command. Panics and parse errors still owe the person an answer.
async fn failed(error: poise::FrameworkError<'_, Arc<Inbound>, flow::Error>) {
    let context = error.ctx();
    tracing::error!("a command failed: {error}");
    if let Some(poise::Context::Application(context)) = context {
        let trouble = Ok(wording::TROUBLE.to_owned());
        let discord = &context.data().studio.discord;
        // It may have been taken already, by the command that then failed.
        answer::defer(discord, context.interaction.id.get(), &context.interaction.token).await;
        answer::reply(discord, &context.interaction.token, trouble).await;
    }
}

/// Draft 1 to 4 images in a thread; teammates approve with ✅ what is rendered larger
#[poise::command(slash_command, install_context = "Guild", interaction_context = "Guild")]
async fn draft(
    ctx: Context<'_>,
    #[description = "What to draw"]
    #[max_length = 4000]
    prompt: String,
    #[description = "The shape, such as 16:9"]
    #[autocomplete = "ratios"]
    ratio: Option<String>,
    #[description = "How many images, 1 to 4 (4 if you do not say)"]
    #[min = 1]
    #[max = 4]
    images: Option<i64>,
    #[description = "What to keep from stage to stage, such as: product angle, free space on the left"]
    #[max_length = 500]
    keep: Option<String>,
) -> Answer {
    let Some(guild) = take(ctx).await else {
        return Ok(());
    };
    let ask = Ask {
        id: DraftId::new(ctx.interaction.id.get()),
        guild,
        channel: ChannelId::new(ctx.interaction.channel_id.get()),
        requester: UserId::new(ctx.interaction.user.id.get()),
        token: AnswerToken::new(ctx.interaction.token.clone()),
        raw: Raw {
            prompt,
            keep,
            ratio,
            images,
        },
    };
    if let Some(refusal) = refuse_place(ctx.interaction) {
        return reply(ctx, Ok(refusal)).await;
    }
    let studio = &ctx.data().studio;
    match flow::draft::start(studio, ask).await {
        Ok(Started::Accepted(text)) => answer::say(&studio.discord, &ctx.interaction.token, &text).await,
        Ok(Started::Refused(text)) => return reply(ctx, Ok(text)).await,
        Err(error) => return reply(ctx, Err(error)).await,
    }
    Ok(())
}

/// The server's credits
#[poise::command(
    slash_command,
    subcommands("pool"),
    subcommand_required,
    install_context = "Guild",
    interaction_context = "Guild"
)]
#[expect(clippy::unused_async, reason = "poise calls commands as async functions")]
async fn credits(_: Context<'_>) -> Answer {
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
async fn treasury(_: Context<'_>) -> Answer {
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

/// Takes the interaction within its three seconds. Nothing when it cannot be, or when the bot does not work there.
async fn take(ctx: Context<'_>) -> Option<GuildId> {
    let (interaction, studio) = (ctx.interaction, &ctx.data().studio);
    if !answer::defer(&studio.discord, interaction.id.get(), &interaction.token).await {
        return None;
    }
    let guild = interaction.guild_id.map(|guild| GuildId::new(guild.get()));
    let refusal = match guild {
        None => wording::ONLY_IN_A_SERVER,
        Some(guild) if !studio.rules.allows(guild) => wording::NOT_ALLOWED_HERE,
        Some(guild) => return Some(guild),
    };
    answer::reply(&studio.discord, &interaction.token, Ok(refusal.to_owned())).await;
    None
}

async fn reply(ctx: Context<'_>, outcome: Result<String, flow::Error>) -> Answer {
    answer::reply(&ctx.data().studio.discord, &ctx.interaction.token, outcome).await;
    Ok(())
}

/// Whether a draft cannot be started where it was asked for: before any credit is held.
fn refuse_place(interaction: &CommandInteraction) -> Option<String> {
    let kind = interaction.channel.as_ref().map(|channel| channel.kind);
    if !matches!(kind, Some(ChannelType::Text | ChannelType::News)) {
        return Some(wording::NOT_IN_A_THREAD.to_owned());
    }
    let have = interaction.app_permissions.unwrap_or_default();
    if have.administrator() {
        return None;
    }
    let missing: Vec<&str> = NEEDED
        .iter()
        .filter(|(needed, _)| !have.contains(*needed))
        .map(|(_, name)| *name)
        .collect();
    let channel = ChannelId::new(interaction.channel_id.get());
    (!missing.is_empty()).then(|| wording::missing_permissions(&missing, channel))
}

/// The ratios that have a ladder, with their sizes.
#[expect(clippy::unused_async, reason = "poise calls completions as async functions")]
async fn ratios(ctx: Context<'_>, typed: &str) -> CreateAutocompleteResponse {
    let rules = &ctx.data().studio.rules;
    let choices = rules.catalog.ladder.iter().filter_map(|ladder| {
        let name = ladder.ratio.to_string();
        let offered = format!("{name} · {} to {}", ladder.at(Tier::K1), ladder.at(Tier::K4));
        name.starts_with(typed.trim())
            .then(|| AutocompleteChoice::new(offered, name))
    });
    CreateAutocompleteResponse::new().set_choices(choices.take(25).collect())
}
