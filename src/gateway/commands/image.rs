//! `/image`, and the menu of a message.

use poise::serenity_prelude::Message;

use super::context::{Answer, Context, reply, take};
use crate::discord::Reply;
use crate::domain::ids::{ChannelId, GuildId, MessageId, RenderId};
use crate::flow::error::Error;
use crate::flow::image::panel as flow;
use crate::flow::services::Services;
use crate::wording;

/// What is kept of a picture of this thread
#[poise::command(
    slash_command,
    rename = "image",
    subcommands("original", "crops", "lineage"),
    subcommand_required,
    install_context = "Guild",
    interaction_context = "Guild"
)]
#[expect(clippy::unused_async, reason = "poise calls commands as async functions")]
pub(in crate::gateway) async fn picture(_: Context<'_>) -> Answer {
    Ok(())
}

/// The file as it was drawn, for you alone
#[poise::command(slash_command)]
async fn original(
    ctx: Context<'_>,
    #[description = "Which image of the draft (the newest picture here if you do not say)"]
    #[min = 1]
    #[max = 4]
    image: Option<u32>,
) -> Answer {
    about(ctx, image, flow::original).await
}

/// The picture cut to the sizes that channels want, for nothing
#[poise::command(slash_command)]
async fn crops(
    ctx: Context<'_>,
    #[description = "Which image of the draft (the newest picture here if you do not say)"]
    #[min = 1]
    #[max = 4]
    image: Option<u32>,
) -> Answer {
    about(ctx, image, flow::crops).await
}

/// Draft → 2K → 4K, with who approved and what it cost
#[poise::command(slash_command)]
async fn lineage(
    ctx: Context<'_>,
    #[description = "Which image of the draft (the newest picture here if you do not say)"]
    #[min = 1]
    #[max = 4]
    image: Option<u32>,
) -> Answer {
    about(ctx, image, flow::lineage).await
}

/// Answers about a picture of the place where it is asked for, and of no other: whoever can see that has seen the picture.
async fn about<T: Into<Reply>>(
    ctx: Context<'_>,
    image: Option<u32>,
    tell: impl AsyncFnOnce(&Services, GuildId, RenderId) -> Result<T, Error>,
) -> Answer {
    let Some(guild) = take(ctx).await else {
        return Ok(());
    };
    let (services, thread) = (
        &ctx.data().services,
        ChannelId::new(ctx.interaction.channel_id.get()),
    );
    let answer = match flow::newest(services, guild, thread, image).await {
        Ok(Some(id)) => tell(services, guild, id).await.map(Into::into),
        Ok(None) => Ok(wording::NO_IMAGE_HERE.to_owned().into()),
        Err(error) => Err(error),
    };
    reply(ctx, answer).await
}

#[poise::command(
    context_menu_command = "Greenlight",
    install_context = "Guild",
    interaction_context = "Guild"
)]
pub(in crate::gateway) async fn greenlight(ctx: Context<'_>, message: Message) -> Answer {
    let Some(guild) = take(ctx).await else {
        return Ok(());
    };
    let place = (
        ChannelId::new(message.channel_id.get()),
        MessageId::new(message.id.get()),
    );
    reply(ctx, flow::panel(&ctx.data().services, guild, place).await).await
}
