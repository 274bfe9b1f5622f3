//! Slash commands: options in, a flow's answer out. Each command has a file.
//!
//! A new command: a file here, a line in [`without_words`], its words in `wording::commands`.

mod approvals;
mod autocomplete;
mod bounded;
mod context;
mod credits;
pub(in crate::gateway) mod draft;
mod help;
mod image;
mod privacy;
mod project;
pub(in crate::gateway) mod register;
mod report;
mod settings;
mod texts;
mod treasury;

use std::sync::Arc;

use poise::serenity_prelude as serenity;

use self::context::Command;
use super::inbound::Inbound;
use super::reply;
use crate::{flow, wording};

/// What poise is told of the commands.
pub(in crate::gateway) type Options = poise::FrameworkOptions<Arc<Inbound>, flow::Error>;

/// Returns the commands, and how poise is to treat them.
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
        report::report(),
        help::help(),
        privacy::privacy(),
        settings::settings(),
        treasury::treasury(),
    ]
}

/// Answers where poise could not hand a command over: after a panic or a parse error, too, the
/// member gets an answer.
async fn failed(error: poise::FrameworkError<'_, Arc<Inbound>, flow::Error>) {
    let context = error.ctx();
    tracing::error!("a command failed: {}", flow::chain(&error));
    if let Some(poise::Context::Application(context)) = context {
        let trouble = Ok(wording::TROUBLE.to_owned());
        let services = &context.data().services;
        // It may have been taken already, by the command that then failed.
        reply::defer(services, context.interaction.id.get(), &context.interaction.token).await;
        reply::reply(&services.discord, &context.interaction.token, trouble).await;
    }
}
