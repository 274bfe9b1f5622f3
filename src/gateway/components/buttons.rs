//! Buttons: the id says what is pressed and on what; everything else is in the database.

use serenity::all::ComponentInteraction;

use super::custom_id::{Pressed, parse};
use super::forms::{form_of, open};
use super::press::{Press, Wanted, draft_like, refuse_place, unknown};
use crate::discord::Reply;
use crate::domain::ids::{ChannelId, GuildId};
use crate::flow::approval::vote;
use crate::flow::draft::{again, cancel};
use crate::flow::error::Error;
use crate::flow::image::{panel, retry};
use crate::gateway::inbound::Inbound;
use crate::gateway::member::actor;
use crate::gateway::reply;
use crate::wording;

/// Does what a press asks for, and answers: with a form, a draft, or privately.
pub(in crate::gateway) async fn pressed(inbound: &Inbound, interaction: &ComponentInteraction) {
    let (discord, pressed) = (&inbound.services.discord, parse(&interaction.data.custom_id));
    if let Some(pressed) = pressed
        && let Some(form) = form_of(inbound, interaction, pressed).await
    {
        return open(inbound, interaction, form).await;
    }
    if !reply::defer(discord, interaction.id.get(), &interaction.token).await {
        return;
    }
    let outcome = match (refuse_place(inbound, interaction.guild_id), pressed) {
        (Some(refusal), _) => Ok(refusal.to_owned().into()),
        (None, Some(Pressed::Again(image))) => {
            let by = actor(interaction.user.id, interaction.member.as_ref());
            let press = Press {
                id: interaction.id.get(),
                guild: interaction.guild_id,
                channel: interaction.channel_id,
                have: interaction.app_permissions,
                token: &interaction.token,
            };
            return draft_like(inbound, press, image, by, Wanted::default()).await;
        }
        (None, Some(pressed)) => act(inbound, interaction, pressed).await,
        (None, None) => Err(unknown(&interaction.data.custom_id)),
    };
    reply::reply(discord, &interaction.token, outcome).await;
}

/// Hands a press to its flow. Returns the private answer.
async fn act(
    inbound: &Inbound,
    interaction: &ComponentInteraction,
    pressed: Pressed,
) -> Result<Reply, Error> {
    let services = &inbound.services;
    let by = actor(interaction.user.id, interaction.member.as_ref());
    let guild = interaction.guild_id.map(|guild| GuildId::new(guild.get()));
    let guild = guild.ok_or_else(|| Error::broken("a press without a server"))?;
    let told = match pressed {
        Pressed::Original(id) => return panel::original(services, guild, id).await,
        Pressed::Crops(id) => return panel::crops(services, guild, id).await,
        Pressed::Crop(id, size) => return panel::crop(services, guild, id, size).await,
        Pressed::Lineage(id) => panel::lineage(services, guild, id).await?,
        Pressed::Approve(id) => vote::pressed(services, id, by).await?,
        // A member who may give a reason was shown a form instead.
        Pressed::Reason(id) => {
            let refusal = vote::may_explain(services, id, &by).await?;
            refusal.unwrap_or_else(|| wording::NOT_STOPPED.to_owned())
        }
        Pressed::Lift(id) => vote::lift(services, id, by).await?,
        Pressed::Reopen(id) => vote::reopen(services, id, by).await?,
        Pressed::Retry(id) => retry::try_again(services, id, by).await?,
        Pressed::Cancel(id) => cancel::cancel(services, id, by.user, by.member.manages).await?,
        // A member who may have other words drawn was shown a form instead.
        Pressed::Words(id) | Pressed::After(id) => {
            let channel = ChannelId::new(interaction.channel_id.get());
            let pattern = again::pattern(services, guild, channel, id).await?;
            pattern.err().unwrap_or_else(|| wording::PRESS_AGAIN.to_owned())
        }
        // The first opens a form wherever the bot works. The second is a draft.
        Pressed::Keep(_) | Pressed::Again(_) => return Err(unknown(&interaction.data.custom_id)),
    };
    Ok(told.into())
}
