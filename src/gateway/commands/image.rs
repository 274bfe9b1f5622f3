//! `/image`, and the menu of a message.

use poise::serenity_prelude::Message;

use super::bounded::{Images, Number};
use super::context::{Answer, Context, reply, take};
use crate::discord::Reply;
use crate::domain::button::{Around, Frames};
use crate::domain::ids::{ChannelId, GuildId, MessageId, RenderId};
use crate::flow::error::Error;
use crate::flow::image::{crops as crop, hand_out, lineage as history, panel as flow};
use crate::flow::services::Services;
use crate::wording;

/// Answers `/image`.
#[poise::command(
    slash_command,
    rename = "image",
    subcommands("original", "crops", "lineage", "pack"),
    subcommand_required,
    install_context = "Guild",
    interaction_context = "Guild"
)]
#[expect(clippy::unused_async, reason = "poise calls commands as async functions")]
pub(in crate::gateway) async fn picture(_: Context<'_>) -> Answer {
    Ok(())
}

/// Answers `/image original`.
#[poise::command(slash_command)]
async fn original(ctx: Context<'_>, image: Option<Images<u32>>) -> Answer {
    about(ctx, image, hand_out::original).await
}

/// Answers `/image crops`.
#[poise::command(slash_command)]
async fn crops(ctx: Context<'_>, image: Option<Images<u32>>) -> Answer {
    about(ctx, image, async |services, guild, image| {
        let around = Around::Subject;
        crop::sheet(services, guild, Frames { image, around }).await
    })
    .await
}

/// Answers `/image lineage`.
#[poise::command(slash_command)]
async fn lineage(ctx: Context<'_>, image: Option<Images<u32>>) -> Answer {
    about(ctx, image, history::lineage).await
}

/// Answers `/image pack`.
#[poise::command(slash_command)]
async fn pack(ctx: Context<'_>, image: Option<Images<u32>>) -> Answer {
    about(ctx, image, hand_out::pack).await
}

/// Answers about an image of the place where the command was given.
///
/// It takes no image of another place: only who sees the place may see the image.
async fn about<T: Into<Reply>>(
    ctx: Context<'_>,
    image: Option<Images<u32>>,
    tell: impl AsyncFnOnce(&Services, GuildId, RenderId) -> Result<T, Error>,
) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let (services, guild) = (&ctx.data().services, caller.guild());
    let thread = ChannelId::new(ctx.interaction.channel_id.get());
    let answer = match flow::newest(services, guild, thread, image.map(Number::get)).await {
        Ok(Some(id)) => tell(services, guild, id).await.map(Into::into),
        Ok(None) => Ok(wording::NO_IMAGE_HERE.to_owned().into()),
        Err(error) => Err(error),
    };
    reply(ctx, answer).await
}

/// Answers the menu of a message: what can be done with its image.
#[poise::command(
    context_menu_command = "greenlight",
    install_context = "Guild",
    interaction_context = "Guild"
)]
pub(in crate::gateway) async fn greenlight(ctx: Context<'_>, message: Message) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let place = (
        ChannelId::new(message.channel_id.get()),
        MessageId::new(message.id.get()),
    );
    reply(
        ctx,
        flow::panel(&ctx.data().services, caller.guild(), place).await,
    )
    .await
}
