//! Slash commands: options in, a flow's answer out. A file a command.

mod approvals;
mod autocomplete;
mod bounded;
mod context;
mod credits;
pub(in crate::gateway) mod draft;
mod image;
mod privacy;
mod project;
pub(in crate::gateway) mod register;
mod settings;
mod texts;
mod treasury;

use std::sync::Arc;

use poise::serenity_prelude as serenity;

use self::context::Command;
use super::inbound::Inbound;
use super::reply;
use crate::flow;
use crate::wording;

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

/// Returns every command, as it is registered.
pub(in crate::gateway) fn all() -> Vec<Command> {
    texts::put_on(without_words())
}

fn without_words() -> Vec<Command> {
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
