//! `/draft`.

use poise::serenity_prelude as serenity;
use serenity::{ChannelType, CommandInteraction, CreateAutocompleteResponse};

use super::autocomplete::offer_names;
use super::bounded::{Images, Keep, Number, ProjectName, Prompt, Text};
use super::context::{Answer, Context, reply, take};
use crate::domain::draft::admission::DraftOptions;
use crate::domain::ids::{AnswerToken, ChannelId, DraftId};
use crate::domain::image::reference::OfferedReference;
use crate::flow::draft::references::References;
use crate::flow::draft::start::DraftRequest;
use crate::gateway::commands::autocomplete;
use crate::gateway::permissions::{drafts, missing};
use crate::gateway::reply as answering;
use crate::{flow, wording};

/// Answers `/draft`.
#[poise::command(slash_command, install_context = "Guild", interaction_context = "Guild")]
#[expect(clippy::too_many_arguments, reason = "each is an option of the command")]
pub(in crate::gateway) async fn draft(
    ctx: Context<'_>,
    prompt: Prompt,
    #[autocomplete = "autocomplete::ratios"] ratio: Option<String>,
    #[autocomplete = "counts"] images: Option<Images<i64>>,
    keep: Option<Keep>,
    #[autocomplete = "projects"] project: Option<ProjectName>,
    reference: Option<serenity::Attachment>,
    #[rename = "reference-2"] reference_2: Option<serenity::Attachment>,
    #[rename = "reference-3"] reference_3: Option<serenity::Attachment>,
    #[rename = "reference-4"] reference_4: Option<serenity::Attachment>,
) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let parent = match place(ctx.interaction) {
        Ok(parent) => parent,
        Err(refusal) => return reply(ctx, Ok(refusal)).await,
    };
    let ask = DraftRequest {
        id: DraftId::new(ctx.interaction.id.get()),
        guild: caller.guild(),
        channel: ChannelId::new(ctx.interaction.channel_id.get()),
        parent,
        requester: caller.by().user,
        roles: caller.by().member.roles.clone(),
        token: AnswerToken::new(ctx.interaction.token.clone()),
        options: DraftOptions {
            prompt: prompt.get(),
            keep: keep.map(Text::get),
            ratio,
            images: images.map(Number::get),
            project: project.map(Text::get),
        },
        pressed: None,
        references: offered([reference, reference_2, reference_3, reference_4]),
    };
    let services = &ctx.data().services;
    let started = flow::draft::start::start(services, ask).await;
    answering::started(&services.discord, &ctx.interaction.token, started).await;
    Ok(())
}

/// Returns the references that were given with the command.
fn offered(files: [Option<serenity::Attachment>; 4]) -> References {
    let files: Vec<OfferedReference> = files
        .into_iter()
        .flatten()
        .map(|file| OfferedReference {
            name: file.filename,
            url: file.url,
            bytes: u64::from(file.size),
        })
        .collect();
    if files.is_empty() {
        References::None
    } else {
        References::Offered(files)
    }
}

/// Returns the channel above the thread in which a draft is asked for; nothing if it is no thread.
///
/// # Errors
/// Why no draft can be started there. This is known before any credit is held.
fn place(interaction: &CommandInteraction) -> Result<Option<ChannelId>, String> {
    let channel = interaction.channel.as_ref();
    let parent = channel.and_then(|channel| channel.parent_id);
    let parent = match channel.map(|channel| channel.kind) {
        Some(ChannelType::Text | ChannelType::News) => None,
        Some(ChannelType::PublicThread | ChannelType::NewsThread) if parent.is_some() => parent,
        Some(ChannelType::PrivateThread) => return Err(wording::NOT_IN_PRIVATE.to_owned()),
        _ => return Err(wording::NOT_IN_SUCH_A_CHANNEL.to_owned()),
    };
    let here = ChannelId::new(interaction.channel_id.get());
    match missing(interaction.app_permissions, here, drafts(parent.is_some())) {
        None => Ok(parent.map(|parent| ChannelId::new(parent.get()))),
        Some(refusal) => Err(refusal),
    }
}

/// Offers how many images there can be, with what they cost after the references that were given.
async fn counts(ctx: Context<'_>, typed: &str) -> CreateAutocompleteResponse {
    let options = ctx.interaction.data.options();
    let references = options
        .iter()
        .filter(|option| option.name.starts_with("reference"));
    let references = references.count();
    autocomplete::offer(ctx, async |services, caller| {
        let priced = flow::draft::offer::choices(services, caller.guild(), references).await?;
        let priced = priced.into_iter();
        Ok(priced
            .map(|(n, cost)| (n, wording::commands::offered_images(n, cost)))
            .filter(|(n, _)| n.to_string().starts_with(typed.trim()))
            .collect())
    })
    .await
}

async fn projects(ctx: Context<'_>, typed: &str) -> CreateAutocompleteResponse {
    offer_names(ctx, typed, false).await
}
