//! Slash commands: options in, a flow's answer out. A file a command.

mod approvals;
mod autocomplete;
mod credits;
pub(in crate::gateway) mod draft;
mod image;
mod privacy;
mod project;
pub(in crate::gateway) mod register;
mod settings;
mod treasury;

use std::sync::Arc;

use poise::serenity_prelude as serenity;

use super::inbound::Inbound;
use super::reply;
use crate::discord::Reply;
use crate::domain::ids::GuildId;
use crate::flow;
use crate::wording;

type Context<'a> = poise::ApplicationContext<'a, Arc<Inbound>, flow::Error>;
type Answer = Result<(), flow::Error>;

/// How commands are heard.
pub(in crate::gateway) type Options = poise::FrameworkOptions<Arc<Inbound>, flow::Error>;

/// The command layer.
pub(in crate::gateway) fn options() -> Options {
    let mut commands = all();
    poise::framework::set_qualified_names(&mut commands);
    Options {
        commands,
        allowed_mentions: Some(serenity::CreateAllowedMentions::new()),
        manual_cooldowns: true,
        initialize_owners: false,
        on_error: |error| Box::pin(failed(error)),
        ..Options::default()
    }
}

/// Every command, as it is registered.
pub(in crate::gateway) fn all() -> Vec<poise::Command<Arc<Inbound>, flow::Error>> {
    vec![
        draft::draft(),
        self::image::picture(),
        self::image::greenlight(),
        approvals::approvals(),
        credits::credits(),
        project::project(),
        privacy::privacy(),
        settings::settings(),
        treasury::treasury(),
    ]
}

/// What poise could not hand to a command. Panics and parse errors still owe the person an answer.
async fn failed(error: poise::FrameworkError<'_, Arc<Inbound>, flow::Error>) {
    let context = error.ctx();
    tracing::error!("a command failed: {error}");
    if let Some(poise::Context::Application(context)) = context {
        let trouble = Ok(wording::TROUBLE.to_owned());
        let discord = &context.data().services.discord;
        // It may have been taken already, by the command that then failed.
        reply::defer(discord, context.interaction.id.get(), &context.interaction.token).await;
        reply::reply(discord, &context.interaction.token, trouble).await;
    }
}

/// Takes the interaction within its three seconds. Nothing when it cannot be, or when the bot does not work there.
async fn take(ctx: Context<'_>) -> Option<GuildId> {
    let (interaction, services) = (ctx.interaction, &ctx.data().services);
    if !reply::defer(&services.discord, interaction.id.get(), &interaction.token).await {
        return None;
    }
    let guild = interaction.guild_id.map(|guild| GuildId::new(guild.get()));
    let refusal = match guild {
        None => wording::ONLY_IN_A_SERVER,
        Some(guild) if !services.rules.allows(guild) => wording::NOT_ALLOWED_HERE,
        Some(guild) => return Some(guild),
    };
    reply::reply(&services.discord, &interaction.token, Ok(refusal.to_owned())).await;
    None
}

async fn reply(ctx: Context<'_>, outcome: Result<impl Into<Reply>, flow::Error>) -> Answer {
    reply::reply(&ctx.data().services.discord, &ctx.interaction.token, outcome).await;
    Ok(())
}
