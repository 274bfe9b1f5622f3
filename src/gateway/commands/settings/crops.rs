//! `/settings crops`.

use crate::flow::settings::crops::{CropEdit, change};
use crate::gateway::commands::bounded::{CropName, CropSize, Text};
use crate::gateway::commands::context::{Answer, Context, reply, take};

/// Answers `/settings crops`.
#[poise::command(slash_command)]
pub(in crate::gateway) async fn crops(
    ctx: Context<'_>,
    name: Option<CropName>,
    size: Option<CropSize>,
    remove: Option<CropName>,
) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let edit = CropEdit {
        name: name.map(Text::get),
        size: size.map(Text::get),
        remove: remove.map(Text::get),
    };
    reply(ctx, change(&ctx.data().services, &caller, edit).await).await
}
